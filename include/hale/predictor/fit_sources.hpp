#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/core/units.hpp>
#include <hale/device/measurements.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/predictor/linearised.hpp>
#include <hale/workload/simulated_device.hpp>
#include <string>
#include <vector>

/// The rates of devices whose latencies are known, fitted to all of them.
namespace hale::predictor {

/// A device that a base is learned from.
struct SourceRows {
  std::string device;
  GraphRows rows;
  /// Its runtime, kind of processor and precision: devices of one class are learned from together.
  std::string class_name{};  // empty: the device's name
  /// What it runs on: devices of one are left out together where intervals are learned.
  std::string hardware{};  // empty: the device's name
};

/// The rates that explain a device's rows best under a prior.
struct Fit {
  Eigen::VectorXd log_rates;   // (terms)
  Eigen::MatrixXd covariance;  // (terms, terms), of the above
  Eigen::VectorXd told;        // (terms): how much the rows say of each, from 0 to 1
  Eigen::VectorXd residuals;   // (rows): log(measured / explained)
};

/// What devices of a class are before their rows are looked at. The speed is wide open.
struct FitPrior {
  Eigen::VectorXd mean;        // (terms), log rates
  Eigen::MatrixXd covariance;  // (terms, terms), beside the speed
  double noise = 0.1;          // standard deviation of a row's logarithm
};

namespace detail::fits {

using simulated::Index;
using simulated::width;

inline constexpr double speed_variance = 4;  // of the logarithm of how fast a device is as a whole

/// Rates that move together with every other: the speed.
[[nodiscard]] inline Eigen::MatrixXd any_speed() {
  return Eigen::MatrixXd::Constant(width, width, speed_variance);
}

[[nodiscard]] inline Eigen::VectorXd broad_mean() {
  return simulated::vector_of(workload::broad_prior().mean);
}

/// The broad prior's covariance beside the speed, a little smaller: devices that were measured are
/// more alike than a microcontroller and an accelerator.
[[nodiscard]] inline Eigen::MatrixXd broad_covariance() {
  constexpr double narrowing = 0.8;
  const workload::DevicePrior prior = workload::broad_prior();
  Eigen::MatrixXd sum(width, width);
  for (Index i = 0; i < width; ++i)
    for (Index j = 0; j < width; ++j)
      sum(i, j) = prior.covariance(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
  return narrowing * narrowing * (sum - any_speed());
}

/// How fast rates are as a whole, beside the broad prior's.
[[nodiscard]] inline double speed_of(const Eigen::VectorXd& log_rates) {
  const Eigen::VectorXd off = log_rates - broad_mean();
  return numeric::median(std::vector<double>(off.begin(), off.end()));
}

/// Errors: a latency that no network could take.
[[nodiscard]] inline Result<Eigen::VectorXd> logarithms(const GraphRows& rows) {
  Eigen::VectorXd logs(static_cast<Index>(rows.size()));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!device::is_plausible(Milliseconds{rows.latency_ms[row]}))
      return fail(concat("row ", row + 1, " took ", rows.latency_ms[row], " ms, expected ",
                         device::plausible));
    logs(static_cast<Index>(row)) = std::log(rows.latency_ms[row]);
  }
  return logs;
}

}  // namespace detail::fits

/// Fits the rates of one device by Gauss-Newton; outliers count less, by a Student-t distribution.
///
/// Errors: no row; a latency that no network could take. Cost: a few solves, each of as many
/// equations as there are terms.
[[nodiscard]] inline Result<Fit> fit_rates(const GraphRows& rows, const FitPrior& prior) {
  using namespace detail::simulated;
  if (rows.size() == 0) return fail("no row to learn from, expected at least one");
  HALE_TRY(const Eigen::VectorXd target, detail::fits::logarithms(rows));
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(width, width);
  const Eigen::MatrixXd precision =
      (prior.covariance + detail::fits::any_speed()).llt().solve(identity);
  const double variance = prior.noise * prior.noise;
  const Eigen::VectorXd variances = Eigen::VectorXd::Constant(target.size(), variance);
  constexpr double degrees = SimulationError{}.degrees;
  Eigen::VectorXd log_rates = Linearised::at_speed(rows.models, prior.mean, target);
  Eigen::MatrixXd total;
  Fit fit;
  for (int step = 0; step < most_steps; ++step) {
    const Linearised at(rows.models, log_rates);
    fit.residuals = target - at.log_ms;
    const Eigen::MatrixXd weighted =
        (weights_of(fit.residuals, variances, degrees) / variance).asDiagonal() * at.shares;
    const Eigen::VectorXd off = fit.residuals + at.shares * (log_rates - prior.mean);
    total = weighted.transpose() * at.shares + precision;
    if (take_step(prior.mean + total.llt().solve(weighted.transpose() * off) - log_rates,
                  log_rates))
      break;
  }
  fit.residuals = target - Linearised(rows.models, log_rates).log_ms;
  fit.covariance = total.llt().solve(identity);
  fit.told = (1 - fit.covariance.diagonal().array() / prior.covariance.diagonal().array())
                 .max(0.0)
                 .min(1.0);
  fit.log_rates = std::move(log_rates);
  return fit;
}

}  // namespace hale::predictor
