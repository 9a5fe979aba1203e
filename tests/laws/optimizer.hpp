#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <hale/core/random.hpp>
#include <hale/nn/concepts.hpp>
#include <span>
#include <vector>

/// What every optimiser promises, as a typed suite: instantiate it with the rule that makes it.
namespace hale::laws {

template <nn::OptimizerRule R>
class OptimizerLaws : public ::testing::Test {
 protected:
  static constexpr std::size_t size = 50;
  using Optimizer = nn::OptimizerOf<R, float>;

  /// A step down the slope of the sum of squares, in parts that end at `cut`.
  static void step(Optimizer& optimizer, std::vector<float>& theta, std::size_t cut = size) {
    const std::vector<float> slope = theta;
    const auto begun = optimizer.advance();
    const std::span<float> all(theta);
    const std::span<const float> against(slope);
    if (cut < size)  // the parts may come in any order
      optimizer.move(begun, cut, all.subspan(cut), against.subspan(cut));
    optimizer.move(begun, 0, all.first(cut), against.first(cut));
  }
  static std::vector<float> start() {
    Rng rng(5);
    std::vector<float> theta(size);
    for (float& x : theta) x = static_cast<float>(rng.uniform(1, 2));
    return theta;
  }
  static double sum_of_squares(const std::vector<float>& theta) {
    double sum = 0;
    for (const float x : theta) sum += static_cast<double>(x * x);
    return sum;
  }
};
TYPED_TEST_SUITE_P(OptimizerLaws);

TYPED_TEST_P(OptimizerLaws, GoesDown) {
  auto optimizer = TypeParam::template make<float>(this->size, 1e-2);
  auto theta = this->start();
  const double before = this->sum_of_squares(theta);
  for (int i = 0; i < 20; ++i) this->step(optimizer, theta);
  EXPECT_LT(this->sum_of_squares(theta), before);
  EXPECT_EQ(optimizer.steps(), 20U);
  EXPECT_GT(TypeParam::rate, 0);
}

TYPED_TEST_P(OptimizerLaws, MovesPartsAsItMovesTheWhole) {
  auto whole = TypeParam::template make<float>(this->size, 1e-2);
  auto parts = whole;
  auto at_once = this->start();
  auto in_parts = at_once;
  for (std::size_t i = 0; i < 5; ++i) {
    this->step(whole, at_once);
    this->step(parts, in_parts, 7 * (i + 1));
    EXPECT_EQ(at_once, in_parts);
  }
}

TYPED_TEST_P(OptimizerLaws, GoesOnFromItsStepsAndMoments) {
  auto one = TypeParam::template make<float>(this->size, 1e-2);
  auto theta = this->start();
  for (int i = 0; i < 5; ++i) this->step(one, theta);
  std::vector<Buffer<float>> moments;
  one.for_each_moment([&](std::string_view name, const Buffer<float>& moment) {
    EXPECT_FALSE(name.empty());
    moments.push_back(moment);
  });
  auto other = TypeParam::template make<float>(this->size, 1e-2);
  other.steps() = one.steps();
  std::size_t next = 0;
  other.for_each_moment(
      [&](std::string_view, Buffer<float>& moment) { moment = moments.at(next++); });
  auto theirs = theta;
  for (int i = 0; i < 5; ++i) {
    this->step(one, theta);
    this->step(other, theirs);
  }
  EXPECT_EQ(theta, theirs);
}

REGISTER_TYPED_TEST_SUITE_P(OptimizerLaws, GoesDown, MovesPartsAsItMovesTheWhole,
                            GoesOnFromItsStepsAndMoments);

}  // namespace hale::laws
