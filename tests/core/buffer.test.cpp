#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <hale/core/buffer.hpp>
#include <type_traits>
#include <utility>

namespace hale {
namespace {

static_assert(std::is_nothrow_move_constructible_v<Buffer<float>>);
static_assert(std::is_nothrow_move_assignable_v<Buffer<float>>);

template <class T>
class BufferOf : public ::testing::Test {};
using Elements = ::testing::Types<std::uint8_t, float, double>;
TYPED_TEST_SUITE(BufferOf, Elements);

TYPED_TEST(BufferOf, BeginsOnA64ByteBoundaryAtAnySize) {
  for (const std::size_t size : {0U, 1U, 7U, 64U, 1001U}) {
    const Buffer<TypeParam> buffer(size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0U) << size;
    EXPECT_EQ(buffer.size(), size);
  }
}

TYPED_TEST(BufferOf, IsZeroUpToOneRegisterBehindItsEnd) {
  const Buffer<TypeParam> buffer(13);
  for (std::size_t i = 0; i < 13 + 64 / sizeof(TypeParam); ++i)
    EXPECT_EQ(buffer.data()[i], TypeParam{0}) << i;
}

TYPED_TEST(BufferOf, KeepsItsSlackZeroWhenFilledFromValues) {
  const std::array<TypeParam, 3> values = {1, 2, 3};
  const Buffer<TypeParam> buffer{std::span<const TypeParam>(values)};
  EXPECT_EQ(buffer[2], TypeParam{3});
  for (std::size_t i = 0; i < 64 / sizeof(TypeParam); ++i)
    EXPECT_EQ(buffer.data()[3 + i], TypeParam{0}) << i;
}

TEST(Buffer, IsEmptyWithoutASize) {
  const Buffer<float> buffer;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.begin(), buffer.end());
  EXPECT_EQ(buffer, Buffer<float>(0));
}

TEST(Buffer, CopiesItsElementsIntoMemoryOfItsOwn) {
  Buffer<float> original(5);
  original[4] = 2;
  Buffer<float> copy = original;
  EXPECT_EQ(copy, original);
  EXPECT_NE(copy.data(), original.data());
  copy[4] = 3;
  EXPECT_EQ(original[4], 2);
  EXPECT_NE(copy, original);
}

TEST(Buffer, MovesItsMemoryAndLeavesAnEmptyOne) {
  Buffer<float> original(5);
  const float* memory = original.data();
  Buffer<float> moved = std::move(original);
  EXPECT_EQ(moved.data(), memory);
  EXPECT_EQ(moved.size(), 5U);
  original = Buffer<float>(2);  // what was moved from may be assigned to
  EXPECT_EQ(original.size(), 2U);
}

TEST(Buffer, SurvivesAssignmentToItself) {
  Buffer<float> buffer(3);
  buffer[1] = 7;
  const Buffer<float>& same = buffer;
  buffer = same;
  EXPECT_EQ(buffer.size(), 3U);
  EXPECT_EQ(buffer[1], 7);
}

TEST(Buffer, DiffersFromALongerOneWithTheSameBeginning) {
  EXPECT_NE(Buffer<float>(2), Buffer<float>(3));
}

}  // namespace
}  // namespace hale
