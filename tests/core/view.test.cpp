#include <gtest/gtest.h>

#include <array>
#include <hale/core/view.hpp>
#include <type_traits>

namespace hale {
namespace {

static_assert(std::is_convertible_v<MatrixView<float>, MatrixView<const float>>);
static_assert(!std::is_convertible_v<MatrixView<const float>, MatrixView<float>>);
static_assert(!std::is_convertible_v<MatrixView<float>, MatrixView<double>>);
static_assert(!std::is_convertible_v<MatrixView<float>, MatrixView<const double>>);
static_assert(std::is_trivially_copyable_v<MatrixView<float>>);

// Three rows of two, three elements apart.
class MatrixViewOfThreeRows : public ::testing::Test {
 protected:
  std::array<int, 9> numbers{0, 1, 2, 3, 4, 5, 6, 7, 8};
  MatrixView<int> view{numbers.data(), 3, 2, 3};
};

TEST_F(MatrixViewOfThreeRows, StepsByItsStrideFromRowToRow) {
  EXPECT_EQ(view(0, 1), 1);
  EXPECT_EQ(view(2, 1), 7);
}

TEST_F(MatrixViewOfThreeRows, WritesWhereItReads) {
  view(1, 0) = 30;
  EXPECT_EQ(numbers[3], 30);
  const MatrixView<const int> reading = view;
  EXPECT_EQ(reading(1, 0), 30);
  EXPECT_EQ(reading.data, view.data);
}

TEST_F(MatrixViewOfThreeRows, GivesARowWithoutItsSlack) {
  const auto row = view.row(1);
  EXPECT_EQ(row.size(), 2U);
  EXPECT_EQ(row[0], 3);
  EXPECT_EQ(row[1], 4);
}

TEST_F(MatrixViewOfThreeRows, GivesSomeOfItsRows) {
  const auto some = view.rows_from(1, 2);
  EXPECT_EQ(some.rows, 2U);
  EXPECT_EQ(some.columns, 2U);
  EXPECT_EQ(some.stride, 3U);
  EXPECT_EQ(some(1, 1), 7);
  EXPECT_EQ(view.rows_from(3, 0).rows, 0U);
}

TEST_F(MatrixViewOfThreeRows, LiesRowOnRowWithoutAStride) {
  const MatrixView<int> dense(numbers.data(), 3, 3);
  EXPECT_EQ(dense.stride, 3U);
  EXPECT_EQ(dense(1, 2), 5);
}

TEST(MatrixView, IsEmptyByDefault) {
  const MatrixView<float> view;
  EXPECT_EQ(view.data, nullptr);
  EXPECT_EQ(view.rows, 0U);
}

#ifndef NDEBUG
TEST_F(MatrixViewOfThreeRows, AssertsThatAnElementLiesInside) {
  EXPECT_DEATH(static_cast<void>(view(3, 0)), "row < rows");
  EXPECT_DEATH(static_cast<void>(view(0, 2)), "column < columns");
  EXPECT_DEATH(static_cast<void>(view.row(3)), "index < rows");
  EXPECT_DEATH(static_cast<void>(view.rows_from(2, 2)), "count <= rows");
}
#endif

}  // namespace
}  // namespace hale
