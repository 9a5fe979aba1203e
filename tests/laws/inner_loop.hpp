#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <hale/meta/concepts.hpp>
#include <span>

#include "../nn/derivatives.hpp"

/// What every inner loop of second order promises, as a typed suite: instantiate it with one.
namespace hale::laws {

template <meta::InnerLoop I>
class InnerLoopLaws : public ::testing::Test {
 protected:
  static constexpr std::size_t size = 9;
  Rng rng{7};
  Buffer<double> theta = testing::random_buffer(size, rng);
  Buffer<double> rates = testing::random_buffer(size, rng);
  Buffer<double> gradient = testing::random_buffer(size, rng);
  Buffer<double> weights = testing::random_buffer(size, rng);  // of what comes out
  Buffer<double> direction = testing::random_buffer(size, rng);

  /// What comes out of step k, weighed.
  double outcome(std::size_t k, const Buffer<double>& at, const Buffer<double>& at_rates,
                 const Buffer<double>& at_gradient) {
    Buffer<double> next(size);
    I::template step<double>(k, at, at_rates, at_gradient, next);
    return testing::dot(next, weights);
  }
};
TYPED_TEST_SUITE_P(InnerLoopLaws);

TYPED_TEST_P(InnerLoopLaws, AStepBackIsTheTransposedDerivativeOfTheStep) {
  using testing::directional_derivative;
  ASSERT_EQ(TypeParam::order, meta::Order::second);
  for (std::size_t k = 0; k < TypeParam::steps; ++k) {
    Buffer<double> v = this->weights;
    Buffer<double> pull(this->size);
    Buffer<double> d_rates(this->size);
    TypeParam::template step_back<double>(k, this->rates, this->gradient, v, pull, d_rates);
    const auto of_theta = [&](const auto& x) {
      return this->outcome(k, x, this->rates, this->gradient);
    };
    const auto of_rates = [&](const auto& x) {
      return this->outcome(k, this->theta, x, this->gradient);
    };
    const auto of_gradient = [&](const auto& x) {
      return this->outcome(k, this->theta, this->rates, x);
    };
    EXPECT_CLOSE(testing::dot(v, this->direction),
                 directional_derivative(of_theta, this->theta, this->direction));
    EXPECT_CLOSE(-testing::dot(pull, this->direction),
                 directional_derivative(of_gradient, this->gradient, this->direction));
    if (TypeParam::learns_rates) {
      EXPECT_CLOSE(testing::dot(d_rates, this->direction),
                   directional_derivative(of_rates, this->rates, this->direction));
    }
  }
}

REGISTER_TYPED_TEST_SUITE_P(InnerLoopLaws, AStepBackIsTheTransposedDerivativeOfTheStep);

}  // namespace hale::laws
