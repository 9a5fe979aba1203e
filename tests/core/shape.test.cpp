#include <gtest/gtest.h>

#include <hale/core/shape.hpp>

namespace hale {
namespace {

TEST(Shape, MultipliesItsExtents) {
  EXPECT_EQ(Shape<100>::size, 100U);
  EXPECT_EQ((Shape<8, 100>::size), 800U);
  EXPECT_EQ((Shape<8, 0, 3>::size), 0U);
  EXPECT_EQ(Shape<>::size, 1U) << "a scalar has one element";
}

TEST(Shape, CountsItsExtents) {
  EXPECT_EQ(Shape<>::rank, 0U);
  EXPECT_EQ((Shape<8, 100, 3>::rank), 3U);
}

TEST(Given, IsAsLongAsItsRow) { EXPECT_EQ(Given<10>::size, 10U); }

}  // namespace
}  // namespace hale
