#include <gtest/gtest.h>

#include <hale/core/units.hpp>
#include <limits>
#include <type_traits>

namespace hale {
namespace {

static_assert(!std::is_convertible_v<double, Milliseconds>, "a bare number has no unit");
static_assert(!std::is_convertible_v<Milliseconds, double>);

TEST(Milliseconds, AreOrderedAsTheirValues) {
  EXPECT_LT(Milliseconds{1.5}, Milliseconds{2});
  EXPECT_EQ(Milliseconds{}, Milliseconds{0});
  const Milliseconds unknown{std::numeric_limits<double>::quiet_NaN()};
  EXPECT_FALSE(unknown < Milliseconds{1} || unknown >= Milliseconds{1});
}

}  // namespace
}  // namespace hale
