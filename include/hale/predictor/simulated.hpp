#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/numeric/gaussian.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/concepts.hpp>
#include <hale/predictor/prediction.hpp>
#include <hale/space/any_graph.hpp>
#include <hale/workload/simulated_device.hpp>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Prediction by simulated devices: a real device is a point among those that the prior holds.
namespace hale::predictor {

/// How latencies stray from what any simulated device would take, as logarithms.
struct SimulationError {
  double noise = 0.15;        // of a measurement, and of what no term stands for: each its own
  double discrepancy = 0.15;  // shared by models that spend their time alike
  double degrees = 4;         // of freedom: fewer make outliers count less

  friend bool operator==(const SimulationError&, const SimulationError&) = default;
};

/// What a base for any graph knows before a device is measured.
struct SimulatedBase {
  workload::DevicePrior prior = workload::broad_prior();
  SimulationError error{};
  double level = 0.9;            // of intervals
  double widening = 1;           // of the predictive distribution, so that they hold: conformal
  double most_deviation = 0.35;  // of an interpolating prediction's logarithm
  std::string made_from{};

  friend bool operator==(const SimulatedBase&, const SimulatedBase&) = default;
};

/// A set of log latencies that are normal together.
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

namespace detail::simulated {

using Index = Eigen::Index;
using workload::term_count;
using workload::Terms;
constexpr auto width = static_cast<Index>(term_count);

/// A model on a device: the logarithm of its milliseconds, and the share that each term has.
struct Share {
  double log_ms = 0;
  Eigen::Matrix<double, 1, width> share;
};

[[nodiscard]] inline Share share_of(const Terms& terms, const Eigen::VectorXd& log_rates) {
  Share result;
  double sum = 0;
  for (Index i = 0; i < width; ++i) {
    const double amount = terms.amounts[static_cast<std::size_t>(i)];
    const double part = amount > 0 ? amount * std::exp(log_rates(i)) : 0;
    result.share(i) = part;
    sum += part;
  }
  sum = std::max(sum, std::numeric_limits<double>::min());
  result.share /= sum;
  result.log_ms = std::log(sum);
  return result;
}

/// The models' shares as rows, with their log latencies.
struct Linearised {
  Eigen::VectorXd log_ms;  // (models)
  Eigen::MatrixXd shares;  // (models, terms)

  Linearised(std::span<const Terms> models, const Eigen::VectorXd& log_rates)
      : log_ms(static_cast<Index>(models.size())),
        shares(static_cast<Index>(models.size()), width) {
    for (Index m = 0; m < log_ms.size(); ++m) {
      const Share one = share_of(models[static_cast<std::size_t>(m)], log_rates);
      log_ms(m) = one.log_ms;
      shares.row(m) = one.share;
    }
  }

  /// The squared cosines between the shares: how alike models spend their time.
  [[nodiscard]] static Eigen::MatrixXd likeness(const Eigen::MatrixXd& a,
                                                const Eigen::MatrixXd& b) {
    return (a.rowwise().normalized() * b.rowwise().normalized().transpose()).array().square();
  }
};

/// The prior's covariance, by its factors: never a matrix of all terms.
class PriorCovariance {
 public:
  explicit PriorCovariance(const workload::DevicePrior& prior)
      : factors_(width, static_cast<Index>(prior.factors.size())), variances_(width) {
    for (Index f = 0; f < factors_.cols(); ++f)
      for (Index i = 0; i < width; ++i)
        factors_(i, f) = prior.factors[static_cast<std::size_t>(f)][static_cast<std::size_t>(i)];
    for (Index i = 0; i < width; ++i)
      variances_(i) = std::pow(prior.spread[static_cast<std::size_t>(i)], 2);
  }

  /// (terms, models) of shares (models, terms).
  [[nodiscard]] Eigen::MatrixXd times(const Eigen::MatrixXd& shares) const {
    return factors_ * (shares * factors_).transpose() +
           variances_.asDiagonal() * shares.transpose();
  }

 private:
  Eigen::MatrixXd factors_;
  Eigen::VectorXd variances_;
};

}  // namespace detail::simulated

/// A device inferred from the latencies of some models: normal in the logarithms of its rates.
///
/// The most probable rates by Gauss-Newton, each step a solve of as many equations as there are
/// measurements; around them the distribution is normal (Laplace). Outliers weigh less, as a
/// Student-t distribution has it. What no device explains is a Gaussian process over how models
/// spend their time.
class SimulatedPosterior {
 public:
  using Terms = workload::Terms;

  /// Shapes: models (K), latency_ms (K). Errors: none measured; latencies that are no positive
  /// numbers; models without any term. Cost: about 20 solves of K equations.
  [[nodiscard]] static Result<SimulatedPosterior> infer(const SimulatedBase& base,
                                                        std::vector<Terms> models,
                                                        std::span<const double> latency_ms) {
    if (models.empty() || models.size() != latency_ms.size())
      return fail(concat("found ", models.size(), " models and ", latency_ms.size(),
                         " latencies, expected as many and at least one"));
    Eigen::VectorXd target(static_cast<Index>(models.size()));
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (!(latency_ms[i] > 0) || !std::isfinite(latency_ms[i]))
        return fail(concat("measurement ", i + 1, " took ", latency_ms[i],
                           " ms, expected a positive number"));
      target(static_cast<Index>(i)) = std::log(latency_ms[i]);
    }
    SimulatedPosterior posterior(base, std::move(models), std::move(target));
    posterior.iterate();
    posterior.factorise();
    return posterior;
  }

  /// Log latencies with all that is unknown of them, noise excluded. Shapes: models (n).
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

  /// One model's log latency and the variance of it. Cost: O(K terms), no n^2.
  [[nodiscard]] std::pair<double, double> predict(const Terms& model) const {
    const JointPrediction one = predict_jointly({&model, 1});
    return {one.mean(0), std::max(one.covariance(0, 0), 0.0)};
  }

  /// Whether a log latency lies within a factor of ten of what was measured: beyond it, what is
  /// small here may be all there is.
  [[nodiscard]] bool is_within_reach(double log_ms) const {
    const double reach = std::log(10.0);
    return log_ms > target_.minCoeff() - reach && log_ms < target_.maxCoeff() + reach;
  }

  /// The milliseconds that one unit of each term takes on this device.
  [[nodiscard]] workload::SimulatedDevice device() const {
    workload::SimulatedDevice device;
    for (std::size_t i = 0; i < workload::term_count; ++i)
      device.log_rates[i] = log_rates_(static_cast<Index>(i));
    return device;
  }

  /// How far this device strays from simulated ones, by how far the base expects it to: deviations
  /// are in units of it.
  [[nodiscard]] double scale() const { return scale_; }
  /// log(measured / explained by the device), a measurement each.
  [[nodiscard]] const Eigen::VectorXd& residuals() const { return residuals_; }
  /// How much each measurement counts: 1 as all, less for an outlier.
  [[nodiscard]] const Eigen::VectorXd& weights() const { return weights_; }

 private:
  using Index = Eigen::Index;

  SimulatedPosterior(const SimulatedBase& base, std::vector<Terms> models, Eigen::VectorXd target)
      : base_error_(base.error),
        covariance_(base.prior),
        models_(std::move(models)),
        target_(std::move(target)),
        mean_(Eigen::Map<const Eigen::VectorXd>(base.prior.mean.data(), detail::simulated::width)),
        log_rates_(mean_),
        weights_(Eigen::VectorXd::Ones(target_.size())) {}

  [[nodiscard]] Eigen::MatrixXd error_covariance(const Eigen::MatrixXd& shares) const {
    Eigen::MatrixXd error = std::pow(base_error_.discrepancy, 2) *
                            detail::simulated::Linearised::likeness(shares, shares);
    error.diagonal().array() += std::pow(base_error_.noise, 2) / weights_.array();
    return error;
  }

  void weigh() {
    const double scale = std::pow(base_error_.noise, 2) + std::pow(base_error_.discrepancy, 2);
    weights_ =
        (base_error_.degrees + 1) / (base_error_.degrees + residuals_.array().square() / scale);
    weights_ = weights_.cwiseMin(1.0);
  }

  void iterate() {
    constexpr int most_steps = 40;
    constexpr double longest = 1.5;  // of a step in any rate's logarithm
    constexpr double close = 1e-4;
    {
      const detail::simulated::Linearised at(models_, log_rates_);
      const Eigen::VectorXd off = target_ - at.log_ms;
      log_rates_.array() += numeric::median(std::vector<double>(off.begin(), off.end()));
    }
    for (int step = 0; step < most_steps; ++step) {
      const detail::simulated::Linearised at(models_, log_rates_);
      residuals_ = target_ - at.log_ms;
      weigh();
      const Eigen::MatrixXd prior = covariance_.times(at.shares);
      const Eigen::VectorXd off = residuals_ + at.shares * (log_rates_ - mean_);
      const Eigen::MatrixXd total = at.shares * prior + error_covariance(at.shares);
      Eigen::VectorXd move = mean_ + prior * total.ldlt().solve(off) - log_rates_;
      const double largest = move.cwiseAbs().maxCoeff();
      if (largest > longest) move *= longest / largest;
      log_rates_ += move;
      if (largest < close) break;
    }
  }

  void factorise() {
    const detail::simulated::Linearised at(models_, log_rates_);
    shares_ = at.shares;
    residuals_ = target_ - at.log_ms;
    prior_of_measured_ = covariance_.times(shares_);
    const Eigen::MatrixXd error = error_covariance(shares_);
    const Eigen::MatrixXd total = shares_ * prior_of_measured_ + error;
    solver_.compute(total);
    residual_weights_ = error.ldlt().solve(residuals_);
    scale_ = strain(residuals_ + shares_ * (log_rates_ - mean_));
  }

  /// The root mean square of what each measurement is off from what the others predict, by the
  /// deviation predicted. Few say little of it: it starts from 1.
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
  std::vector<Terms> models_;
  Eigen::VectorXd target_;
  Eigen::VectorXd mean_;
  Eigen::VectorXd log_rates_;
  Eigen::VectorXd weights_;
  Eigen::VectorXd residuals_;
  Eigen::MatrixXd shares_;             // (K, terms)
  Eigen::MatrixXd prior_of_measured_;  // (terms, K)
  Eigen::LLT<Eigen::MatrixXd> solver_;
  Eigen::VectorXd residual_weights_;
  double scale_ = 1;
};

/// Any graph on one device, after some measurements.
class SimulatedPredictor {
 public:
  using Space = space::AnyGraph;
  using Encoder = space::AnyGraphEncoder;
  using Architecture = Space::Architecture;

  /// Errors: as SimulatedPosterior::infer(). Cost: about a millisecond at ten measurements.
  [[nodiscard]] static Result<SimulatedPredictor> adapt(const SimulatedBase& base,
                                                        const MeasuredRows<Space>& measured) {
    HALE_TRY(auto posterior,
             SimulatedPosterior::infer(base, measured.architectures, measured.latency_ms));
    return SimulatedPredictor(base, std::move(posterior));
  }

  /// Shapes: architectures (n) -> out (n). Cost: O(n K terms).
  void predict(std::span<const Architecture> architectures, std::span<Prediction> out) const {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = predict(architectures[i]);
  }
  [[nodiscard]] Prediction predict(const Architecture& architecture) const {
    const auto [mean, variance] = posterior_.predict(architecture);
    const double deviation = std::sqrt(variance + noise_ * noise_);
    const double half = quantile_ * widening_ * deviation;
    return {Milliseconds{std::exp(mean)}, Milliseconds{std::exp(mean - half)},
            Milliseconds{std::exp(mean + half)},
            deviation <= most_deviation_ && posterior_.is_within_reach(mean)
                ? Verdict::interpolating
                : Verdict::extrapolating};
  }

  [[nodiscard]] double interval_level() const { return level_; }
  [[nodiscard]] const SimulatedPosterior& posterior() const { return posterior_; }

 private:
  SimulatedPredictor(const SimulatedBase& base, SimulatedPosterior posterior)
      : posterior_(std::move(posterior)),
        noise_(base.error.noise * posterior_.scale()),
        widening_(base.widening),
        quantile_(numeric::normal_quantile((1 + base.level) / 2)),
        most_deviation_(base.most_deviation),
        level_(base.level) {}

  SimulatedPosterior posterior_;
  double noise_;
  double widening_;
  double quantile_;
  double most_deviation_;
  double level_;
};

static_assert(Predictor<SimulatedPredictor>);

}  // namespace hale::predictor
