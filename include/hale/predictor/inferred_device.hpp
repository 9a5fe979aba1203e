#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/numeric/gaussian.hpp>
#include <hale/predictor/simulated_base.hpp>
#include <span>

namespace hale::predictor {

/// Log latencies of several models, taken as normal together.
struct JointPrediction {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;

  /// The probability that model a is faster than model b.
  [[nodiscard]] double faster(std::size_t a, std::size_t b) const {
    const auto i = static_cast<Eigen::Index>(a);
    const auto j = static_cast<Eigen::Index>(b);
    const double variance = covariance(i, i) + covariance(j, j) - 2 * covariance(i, j);
    return numeric::normal_below((mean(j) - mean(i)) / std::sqrt(std::max(variance, 1e-12)));
  }
};

/// A device inferred from the latencies of some models, under one prior. Its rates are normal in
/// their logarithms.
///
/// Gauss-Newton finds the most probable rates: each step solves as many equations as there are
/// measurements. Around them the distribution is taken as normal (Laplace). Outliers count less, by
/// a Student-t distribution. What no rates explain is a Gaussian process: models that spend their
/// time alike are off alike.
class InferredDevice {
 public:
  using Terms = workload::Terms;

  /// Shapes: models (K), log_ms (K). Pre: K > 0, all finite. Cost: at most 40 solves of K
  /// equations, usually 5 to 20.
  InferredDevice(const workload::DevicePrior& prior, const SimulationError& error,
                 std::span<const Terms> models, const Eigen::VectorXd& log_ms)
      : base_error_(error), covariance_(prior) {
    const Eigen::VectorXd mean = detail::simulated::vector_of(prior.mean);
    iterate(models, log_ms, mean);
    factorise(models, log_ms, mean);
  }

  /// Log latencies and how unsure they are together, without the noise of measuring. Shapes: models
  /// (n).
  /// Cost: O(n K terms + n^2 (K + terms)).
  [[nodiscard]] JointPrediction predict_jointly(std::span<const Terms> models) const {
    const detail::simulated::Linearised at(models, log_rates_);
    const Eigen::MatrixXd prior = covariance_.times(at.shares);  // (terms, n)
    const double discrepancy = std::pow(base_error_.discrepancy, 2);
    const auto likeness = [&](const Eigen::MatrixXd& other) -> Eigen::MatrixXd {
      return discrepancy * detail::simulated::Linearised::likeness(at.shares, other);
    };
    const Eigen::MatrixXd shared = likeness(shares_);                       // (n, K)
    const Eigen::MatrixXd cross = at.shares * prior_of_measured_ + shared;  // (n, K)
    const Eigen::MatrixXd known = cross * solver_.solve(cross.transpose());
    return {at.log_ms + shared * residual_weights_,
            scale_ * scale_ * (at.shares * prior + likeness(at.shares) - known)};
  }

  /// The milliseconds that one unit of each term takes on this device.
  [[nodiscard]] workload::SimulatedDevice device() const {
    workload::SimulatedDevice device;
    for (std::size_t i = 0; i < workload::term_count; ++i)
      device.log_rates[i] = log_rates_(static_cast<Index>(i));
    return device;
  }

  /// How far this device is from what the prior expects, in units of what the base expects: 1 is as
  /// expected. Deviations are scaled by it.
  [[nodiscard]] double scale() const { return scale_; }
  /// The logarithm of the measurements' density under the prior, without what all priors share.
  [[nodiscard]] double log_evidence() const { return log_evidence_; }
  /// log(measured / explained by the device), one for each measurement.
  [[nodiscard]] const Eigen::VectorXd& residuals() const { return residuals_; }
  /// How much each measurement counts: 1 usually, less for an outlier.
  [[nodiscard]] const Eigen::VectorXd& weights() const { return weights_; }

 private:
  using Index = Eigen::Index;

  void iterate(std::span<const Terms> models, const Eigen::VectorXd& log_ms,
               const Eigen::VectorXd& mean) {
    log_rates_ = detail::simulated::Linearised::at_speed(models, mean, log_ms);
    const double variance = std::pow(base_error_.noise, 2) + std::pow(base_error_.discrepancy, 2);
    for (int step = 0; step < detail::simulated::most_steps; ++step) {
      const detail::simulated::Linearised at(models, log_rates_);
      residuals_ = log_ms - at.log_ms;
      weights_ = detail::simulated::weights_of(residuals_, variance, base_error_.degrees);
      const Eigen::MatrixXd prior = covariance_.times(at.shares);
      const Eigen::VectorXd off = residuals_ + at.shares * (log_rates_ - mean);
      const Eigen::MatrixXd total =
          at.shares * prior + detail::simulated::error_covariance(base_error_, at.shares, weights_);
      if (detail::simulated::take_step(mean + prior * total.ldlt().solve(off) - log_rates_,
                                       log_rates_))
        break;
    }
  }

  void factorise(std::span<const Terms> models, const Eigen::VectorXd& log_ms,
                 const Eigen::VectorXd& mean) {
    const detail::simulated::Linearised at(models, log_rates_);
    shares_ = at.shares;
    residuals_ = log_ms - at.log_ms;
    prior_of_measured_ = covariance_.times(shares_);
    const Eigen::MatrixXd error =
        detail::simulated::error_covariance(base_error_, shares_, weights_);
    const Eigen::MatrixXd total = shares_ * prior_of_measured_ + error;
    solver_.compute(total);
    residual_weights_ = error.ldlt().solve(residuals_);
    const Eigen::VectorXd off = residuals_ + shares_ * (log_rates_ - mean);
    scale_ = strain(off);
    // What it takes to count measurements less, as the mixture of normals that a Student-t is.
    const double discounts = (weights_.array().log() - weights_.array() + 1).sum();
    log_evidence_ = detail::simulated::finite_density(detail::simulated::log_density(solver_, off) +
                                                      base_error_.degrees / 2 * discounts);
  }

  /// How far each measurement is from what the others predict, in units of the deviation that is
  /// predicted: the root mean square. Few measurements say little of it, so it starts from 1.
  /// Source: leave-one-out in closed form (Rasmussen and Williams 2006, equation 5.12).
  [[nodiscard]] double strain(const Eigen::VectorXd& off) const {
    constexpr double trust = 5;  // in 1, as if so many measurements had said so
    const Index count = off.size();
    const Eigen::MatrixXd precision = solver_.solve(Eigen::MatrixXd::Identity(count, count));
    const double strayed =
        ((precision * off).array().square() / precision.diagonal().array()).sum();
    return std::sqrt((trust + strayed) / (trust + static_cast<double>(count)));
  }

  SimulationError base_error_;
  detail::simulated::PriorCovariance covariance_;
  Eigen::VectorXd log_rates_;
  Eigen::VectorXd weights_;
  Eigen::VectorXd residuals_;
  Eigen::MatrixXd shares_;             // (K, terms)
  Eigen::MatrixXd prior_of_measured_;  // (terms, K)
  Eigen::LLT<Eigen::MatrixXd> solver_;
  Eigen::VectorXd residual_weights_;
  double scale_ = 1;
  double log_evidence_ = 0;
};

}  // namespace hale::predictor
