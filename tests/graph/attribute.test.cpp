#include <gtest/gtest.h>

#include <cstdint>
#include <hale/graph/attribute.hpp>
#include <limits>
#include <vector>

namespace hale::graph {
namespace {

TEST(Tensor, a_splat_stands_for_all_elements) {
  const Tensor splat{ElementType::i64, {2, 2}, std::vector<std::int64_t>{7}};
  EXPECT_EQ(splat.integers(), (std::vector<std::int64_t>{7, 7, 7, 7}));
  EXPECT_TRUE(all_equal(splat, 7));
}

TEST(Tensor, a_huge_splat_is_not_spread_out) {
  const Tensor splat{ElementType::i64, {1 << 30}, std::vector<std::int64_t>{0}};
  EXPECT_FALSE(splat.integers());
}

TEST(Tensor, elided_and_empty_elements_equal_no_number) {
  EXPECT_FALSE(all_equal(Tensor{ElementType::f32, {3}}, 0));
  EXPECT_FALSE(all_equal(Tensor{ElementType::f32, {0}, std::vector<double>{}}, 0));
  EXPECT_FALSE(all_equal(Tensor{ElementType::f32, {2}, std::vector<double>{0, 1}}, 0));
}

TEST(element_count, open_and_overflowing_extents_have_none) {
  EXPECT_EQ(element_count(tensor_type(ElementType::f32, {2, 3})), 6);
  EXPECT_EQ(element_count(tensor_type(ElementType::f32, {})), 1);
  EXPECT_FALSE(element_count(Type{ElementType::f32, std::vector<Dim>{Dim{}}}));
  EXPECT_FALSE(element_count(Type{ElementType::f32}));
  constexpr std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(element_count(tensor_type(ElementType::f32, {huge, huge})));
}

TEST(Dim, two_open_extents_are_surely_equal_where_they_share_a_symbol) {
  EXPECT_TRUE(surely_equal(Dim{3}, Dim{3}));
  EXPECT_FALSE(surely_equal(Dim{3}, Dim{4}));
  EXPECT_TRUE(surely_equal(Dim{Dim::open, "N"}, Dim{Dim::open, "N"}));
  EXPECT_FALSE(surely_equal(Dim{}, Dim{}));
}

TEST(describe, names_symbols_and_unknowns) {
  const Type type{ElementType::f32, std::vector<Dim>{Dim{Dim::open, "N"}, Dim{3}, Dim{}}};
  EXPECT_EQ(describe(type), "Nx3x?");
  EXPECT_EQ(describe(Type{ElementType::f32}), "?");
  EXPECT_EQ(describe(tensor_type(ElementType::f32, {})), "a scalar");
  EXPECT_EQ(describe(Type{.other = "sequence", .inside = {type}}), "sequence of Nx3x?");
  EXPECT_EQ(describe(Type{.other = "map"}), "map");
}

TEST(element_type, unknown_numbers_are_undefined) {
  EXPECT_EQ(element_type(1), ElementType::f32);
  EXPECT_EQ(element_type(16), ElementType::bf16);
  EXPECT_EQ(element_type(26), ElementType::i2);
  for (const std::int64_t number : {-1, 0, 27, 1 << 20})
    EXPECT_EQ(element_type(number), ElementType::undefined);
}

TEST(bits_of, elements_are_packed) {
  EXPECT_EQ(bits_of(ElementType::f32), 32U);
  EXPECT_EQ(bits_of(ElementType::boolean), 8U);
  EXPECT_EQ(bits_of(ElementType::complex128), 128U);
  EXPECT_EQ(bits_of(ElementType::f8e5m2fnuz), 8U);
  EXPECT_EQ(bits_of(ElementType::f4e2m1), 4U);
  EXPECT_EQ(bits_of(ElementType::i2), 2U);
  EXPECT_EQ(bits_of(ElementType::string), 0U);
}

TEST(is_floating, no_element_type_is_an_integer_too) {
  for (std::size_t i = 0; i < element_type_names.size(); ++i) {
    const auto type = static_cast<ElementType>(i);
    EXPECT_FALSE(is_floating(type) && is_integer(type)) << name_of(type);
  }
  EXPECT_TRUE(is_floating(ElementType::f8e4m3fn));
  EXPECT_TRUE(is_floating(ElementType::f8e8m0));
  EXPECT_TRUE(is_integer(ElementType::u4));
  EXPECT_FALSE(is_floating(ElementType::string) || is_integer(ElementType::string));
}

}  // namespace
}  // namespace hale::graph
