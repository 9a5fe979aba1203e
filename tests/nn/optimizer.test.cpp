#include "../laws/optimizer.hpp"

#include <gtest/gtest.h>

#include <hale/nn/concepts.hpp>
#include <hale/nn/optimizer.hpp>
#include <ratio>
#include <vector>

#include "../laws/loss.hpp"

namespace hale::nn {
namespace {

static_assert(Optimizer<Adam<float>>);
static_assert(!Optimizer<int>);
static_assert(OptimizerRule<AdamRule<>>);
static_assert(!OptimizerRule<Adam<float>>);
static_assert(AdamRule<>::rate == 1e-4);
static_assert(AdamRule<std::ratio<3, 1000>>::rate == 3e-3);

TEST(Adam, FirstStepIsTheRateAgainstTheGradientsSign) {
  Adam<double> adam(2, {.rate = 0.1});
  std::vector<double> theta = {1, 1};
  const std::vector<double> gradient = {3, -0.02};
  adam.step(theta, gradient);
  EXPECT_NEAR(theta[0], 0.9, 1e-6);
  EXPECT_NEAR(theta[1], 1.1, 1e-6);
}

TEST(Adam, FollowsItsRecurrence) {
  Adam<double> adam(1, {.rate = 0.01});
  std::vector<double> theta = {0.5};
  double expected = 0.5;
  double m = 0;
  double v = 0;
  for (int t = 1; t <= 20; ++t) {
    const std::vector<double> gradient = {2 * theta[0] + 0.3 * t};
    m = 0.9 * m + 0.1 * gradient[0];
    v = 0.999 * v + 0.001 * gradient[0] * gradient[0];
    expected -=
        0.01 * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8);
    adam.step(theta, gradient);
    EXPECT_NEAR(theta[0], expected, 1e-12);
  }
}

}  // namespace
}  // namespace hale::nn

namespace hale::laws {
INSTANTIATE_TYPED_TEST_SUITE_P(OfAdam, OptimizerLaws, nn::AdamRule<>);
INSTANTIATE_TYPED_TEST_SUITE_P(OfMeanSquaredError, LossLaws, nn::MeanSquaredError);
}  // namespace hale::laws
