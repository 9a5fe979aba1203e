#include <gtest/gtest.h>

#include <hale/core/error.hpp>
#include <memory>
#include <string>
#include <utility>

namespace hale {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail("odd");
  return number / 2;
}

Result<std::string> quarter(int number) {
  HALE_TRY(const int first, half(number));
  HALE_TRY(const int second, half(first));
  return std::to_string(second);
}

Result<> require_even(int number, int& passed) {
  HALE_CHECK(half(number));
  ++passed;
  HALE_CHECK(half(number));
  ++passed;
  return {};
}

TEST(Error, IsTheFailingStateOfAnyResult) {
  const Result<int> number = fail("no number");
  const Result<> nothing = fail("nothing");
  ASSERT_FALSE(number);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(number.error(), Error{"no number"});
  EXPECT_EQ(nothing.error().message, "nothing");
}

TEST(Error, NamesThePlaceInFront) {
  const Result<> inner = fail("kernel_shape has 3 entries");
  const Result<int> outer = fail_in("model.onnx", inner.error());
  ASSERT_FALSE(outer);
  EXPECT_EQ(outer.error().message, "model.onnx: kernel_shape has 3 entries");
}

TEST(HaleTry, DeclaresTheValueOfAResult) { EXPECT_EQ(quarter(12), "3"); }

TEST(HaleTry, ReturnsTheFirstError) {
  for (const int number : {7, 6}) {
    const auto result = quarter(number);
    ASSERT_FALSE(result) << number;
    EXPECT_EQ(result.error().message, "odd");
  }
}

TEST(HaleTry, MovesWhatCannotBeCopied) {
  const auto pass_on = []() -> Result<std::unique_ptr<int>> {
    HALE_TRY(auto owned, Result<std::unique_ptr<int>>(std::make_unique<int>(5)));
    return owned;
  };
  EXPECT_EQ(**pass_on(), 5);
}

TEST(HaleTry, EvaluatesItsExpressionOnce) {
  int calls = 0;
  const auto called = [&]() -> Result<int> { return ++calls; };
  const auto use = [&]() -> Result<int> {
    HALE_TRY(const int value, called());
    return value;
  };
  EXPECT_EQ(use(), 1);
  EXPECT_EQ(calls, 1);
}

TEST(HaleCheck, GoesOnAfterASuccessAndReturnsAnError) {
  int passed = 0;
  EXPECT_TRUE(require_even(4, passed));
  EXPECT_EQ(passed, 2);
  const auto refused = require_even(5, passed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "odd");
  EXPECT_EQ(passed, 2);
}

}  // namespace
}  // namespace hale
