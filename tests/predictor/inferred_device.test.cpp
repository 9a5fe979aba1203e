#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <hale/predictor/inferred_device.hpp>
#include <hale/predictor/simulated_base.hpp>
#include <limits>
#include <vector>

namespace hale {
namespace {

using predictor::InferredDevice;
using predictor::SimulationError;
using workload::DevicePrior;
using workload::Terms;

/// A model that takes time for nothing but a term: its log latency is linear in the rates.
Terms of_term(std::size_t term, double amount = 1) {
  Terms terms;
  terms.amounts[term] = amount;
  return terms;
}

DevicePrior prior_of_two(double first, double second) {
  DevicePrior prior;
  prior.spread[0] = first;
  prior.spread[1] = second;
  return prior;
}

TEST(InferredDevice, WeighsPriorsByTheDensityOfWhatWasMeasured) {
  const SimulationError error;
  const std::vector<Terms> models = {of_term(0), of_term(0, 2), of_term(1)};
  Eigen::VectorXd log_ms(3);
  log_ms << 0.3, std::log(2) + 0.25, -0.4;
  Eigen::VectorXd off(3);  // from the prior's mean
  off << 0.3, 0.25, -0.4;
  for (const double spread : {0.5, 1.0, 2.0}) {
    const double noise = std::pow(error.noise, 2);
    const double shared = std::pow(error.discrepancy, 2);
    const double first = spread * spread + shared;
    Eigen::MatrixXd covariance(3, 3);
    covariance << first + noise, first, 0,  //
        first, first + noise, 0,            //
        0, 0, 1 + shared + noise;
    const double density =
        -0.5 * off.dot(covariance.inverse() * off) - 0.5 * std::log(covariance.determinant());
    const DevicePrior prior = prior_of_two(spread, 1);
    const InferredDevice device(prior, error, models, log_ms, Eigen::VectorXd::Constant(3, noise));
    EXPECT_NEAR(device.log_evidence(), density, 1e-9);
    EXPECT_NEAR(predictor::detail::simulated::log_evidence(prior, error, models, log_ms), density,
                1e-9);
  }
}

TEST(InferredDevice, CountsAnOutlierLess) {
  const std::vector<Terms> models(8, of_term(0));
  Eigen::VectorXd log_ms = Eigen::VectorXd::Constant(8, 1.0);
  log_ms(3) += std::log(10);
  const InferredDevice device(prior_of_two(2, 1), {}, models, log_ms,
                              Eigen::VectorXd::Constant(8, 0.01));
  for (Eigen::Index i = 0; i < 8; ++i) {
    if (i == 3)
      EXPECT_LT(device.weights()(i), 0.1);
    else
      EXPECT_GT(device.weights()(i), 0.9);
  }
  const std::vector<Terms> another = {of_term(0, 3)};
  EXPECT_NEAR(device.predict_jointly(another).mean(0), 1 + std::log(3), 0.05);
}

TEST(LogDensity, IsAsGoodAsNoneWithoutAFactorisation) {
  Eigen::MatrixXd indefinite(2, 2);
  indefinite << 1, 2, 2, 1;
  const Eigen::LLT<Eigen::MatrixXd> failed(indefinite);
  EXPECT_EQ(predictor::detail::simulated::log_density(failed, Eigen::VectorXd::Ones(2)),
            std::numeric_limits<double>::lowest());
}

}  // namespace
}  // namespace hale
