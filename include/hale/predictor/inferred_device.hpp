#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/numeric/gaussian.hpp>
#include <hale/predictor/linearised.hpp>
#include <optional>
#include <span>
#include <utility>

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

  /// `noise` is the variance of each measurement's logarithm around what rates and discrepancy
  /// explain. Shapes: models (K), log_ms (K), noise (K). Pre: K > 0, all finite. Cost: at most 40
  /// solves of K equations, usually 5 to 20.
  InferredDevice(const workload::DevicePrior& prior, const SimulationError& error,
                 std::span<const Terms> models, const Eigen::VectorXd& log_ms,
                 const Eigen::VectorXd& noise)
      : base_error_(error), covariance_(prior), noise_(noise) {
    const Eigen::VectorXd mean = detail::simulated::vector_of(prior.mean);
    iterate(models, log_ms, mean);
    factorise(models, log_ms, mean);
  }

  /// Memory that a prediction writes over: one that was used for as many models saves the next one
  /// from allocating its own.
  struct Scratch {
    detail::simulated::Linearised at;
    detail::simulated::Directions directions;
    Eigen::MatrixXd along;                                                          // (n, factors)
    Eigen::MatrixXd prior;                                                          // (terms, n)
    Eigen::MatrixXd shared;                                                         // (n, K)
    Eigen::MatrixXd cross;                                                          // (n, K)
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> solved;  // (K, n)
    Eigen::MatrixXd known;                                                          // (n, n)
    Eigen::MatrixXd own;                                                            // (n, n)
    JointPrediction found;
  };

  /// Log latencies and how unsure they are together, without the noise of measuring, as
  /// `scratch.found`. Shapes: models (n).
  /// Cost: O(n K terms + n^2 (K + terms)).
  void predict_jointly(std::span<const Terms> models, Scratch& scratch) const {
    auto& [at, directions, along, prior, shared, cross, solved, known, own, found] = scratch;
    const double discrepancy = std::pow(base_error_.discrepancy, 2);
    at.assign(models, rates_);
    directions.assign(at.shares);
    covariance_.times(at.shares, along, prior);
    directions.likeness(directions_, discrepancy, shared);
    cross.noalias() = at.shares * prior_of_measured_;
    cross += shared;
    solved = cross.transpose();
    solver_.solveInPlace(solved);
    known.noalias() = cross * solved;
    found.mean = at.log_ms;
    found.mean.noalias() += shared * residual_weights_;
    found.covariance.noalias() = at.shares * prior;
    directions.likeness(directions, discrepancy, own);
    found.covariance = scale_ * scale_ * (found.covariance + own - known);
  }
  [[nodiscard]] JointPrediction predict_jointly(std::span<const Terms> models) const {
    Scratch scratch;
    predict_jointly(models, scratch);
    return std::move(scratch.found);
  }

  /// Judges other measurements than those that the device was inferred from: residuals() and
  /// weights() are of these from now on. Shapes: models (n), log_ms (n), noise (n).
  void judge(std::span<const Terms> models, const Eigen::VectorXd& log_ms,
             const Eigen::VectorXd& noise) {
    residuals_ = log_ms - detail::simulated::Linearised(models, log_rates_).log_ms;
    noise_ = noise;
    weights_ = detail::simulated::weights_of(residuals_, variances(), base_error_.degrees);
  }

  /// A term that a network spends much of its time on, and no measured network does.
  struct Unmeasured {
    std::size_t term = 0;
    double share = 0;  // of the network's time
    double most = 0;   // of any measured network's
  };

  /// The largest such term; nothing where there is none. Cost: O(terms), no allocation.
  [[nodiscard]] std::optional<Unmeasured> unmeasured(const Terms& model) const {
    constexpr double much = 0.15;
    constexpr double times = 4;  // as much as in any measured network
    const auto shares = detail::simulated::share_of(model, rates_).share;
    std::optional<Unmeasured> found;
    for (Index i = 0; i < shares.size(); ++i)
      if (shares(i) >= much && shares(i) > times * most_shares_(i) &&
          (!found || shares(i) > found->share))
        found = {static_cast<std::size_t>(i), shares(i), most_shares_(i)};
    return found;
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

  /// Of each measurement's logarithm around what the rates explain.
  [[nodiscard]] Eigen::VectorXd variances() const {
    return noise_.array() + std::pow(base_error_.discrepancy, 2);
  }

  void iterate(std::span<const Terms> models, const Eigen::VectorXd& log_ms,
               const Eigen::VectorXd& mean) {
    log_rates_ = detail::simulated::Linearised::at_speed(models, mean, log_ms);
    for (int step = 0; step < detail::simulated::most_steps; ++step) {
      const detail::simulated::Linearised at(models, log_rates_);
      residuals_ = log_ms - at.log_ms;
      weights_ = detail::simulated::weights_of(residuals_, variances(), base_error_.degrees);
      const Eigen::MatrixXd prior = covariance_.times(at.shares);
      const Eigen::VectorXd off = residuals_ + at.shares * (log_rates_ - mean);
      const Eigen::MatrixXd total =
          at.shares * prior +
          detail::simulated::error_covariance(base_error_, at.shares, noise_, weights_);
      if (detail::simulated::take_step(mean + prior * total.ldlt().solve(off) - log_rates_,
                                       log_rates_))
        break;
    }
  }

  void factorise(std::span<const Terms> models, const Eigen::VectorXd& log_ms,
                 const Eigen::VectorXd& mean) {
    const detail::simulated::Linearised at(models, log_rates_);
    rates_ = detail::simulated::rates_of(log_rates_);
    most_shares_ = at.shares.colwise().maxCoeff();
    directions_.assign(at.shares);
    residuals_ = log_ms - at.log_ms;
    prior_of_measured_ = covariance_.times(at.shares);
    const Eigen::MatrixXd error =
        detail::simulated::error_covariance(base_error_, at.shares, noise_, weights_);
    const Eigen::MatrixXd total = at.shares * prior_of_measured_ + error;
    solver_.compute(total);
    residual_weights_ = error.ldlt().solve(residuals_);
    const Eigen::VectorXd off = residuals_ + at.shares * (log_rates_ - mean);
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
  Eigen::VectorXd noise_;  // (K), variances
  Eigen::VectorXd log_rates_;
  Eigen::VectorXd weights_;
  Eigen::VectorXd residuals_;
  detail::simulated::Rates rates_;
  Eigen::Matrix<double, 1, detail::simulated::width> most_shares_;  // of any measured model's time
  detail::simulated::Directions directions_;  // (K, terms), of the measurements' shares
  Eigen::MatrixXd prior_of_measured_;         // (terms, K)
  Eigen::LLT<Eigen::MatrixXd> solver_;
  Eigen::VectorXd residual_weights_;
  double scale_ = 1;
  double log_evidence_ = 0;
};

}  // namespace hale::predictor
