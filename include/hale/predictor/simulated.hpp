#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/core/units.hpp>
#include <hale/device/measurements.hpp>
#include <hale/numeric/gaussian.hpp>
#include <hale/predictor/concepts.hpp>
#include <hale/predictor/inferred_device.hpp>
#include <hale/predictor/prediction.hpp>
#include <hale/predictor/simulated_base.hpp>
#include <hale/space/any_graph.hpp>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Prediction by simulated devices. A simulated device is a rate for each term; a real one is
/// answered with the rates that explain its measurements best.
namespace hale::predictor {

/// What the measurements say of a device. It is inferred several times: as any device, and as one
/// like each of the nearest known devices. Each of these alternatives has the probability that the
/// measurements give it.
class SimulatedPosterior {
 public:
  using Terms = workload::Terms;

  /// Shapes: models (K), latency_ms (K). Pre: no model stands twice, since each row is judged by
  /// the others: give repeated readings as one row, their median. Errors: no measurement; latencies
  /// that no network could take; models without any term, or with a term that is negative or not
  /// finite. Cost: a solve of K equations for each known device; then at most 40 for the device as
  /// any device, and as many for each of the `most_known` nearest. Of more than `most_rows`, the
  /// device is inferred from that many, those that tell most: a solve is cubic in K.
  [[nodiscard]] static Result<SimulatedPosterior> infer(const SimulatedBase& base,
                                                        std::span<const Terms> models,
                                                        std::span<const double> latency_ms) {
    HALE_TRY(const Eigen::VectorXd target, log_latencies(models, latency_ms));
    if (models.size() <= most_rows) return SimulatedPosterior(base, models, target);
    std::vector<Terms> kept;
    Eigen::VectorXd kept_target(static_cast<Eigen::Index>(most_rows));
    for (const std::size_t row : most_telling(base, models, most_rows)) {
      kept_target(static_cast<Eigen::Index>(kept.size())) = target(static_cast<Eigen::Index>(row));
      kept.push_back(models[row]);
    }
    SimulatedPosterior posterior(base, kept, kept_target);
    posterior.least_ = target.minCoeff();
    posterior.most_ = target.maxCoeff();
    for (Alternative& each : posterior.alternatives_) each.device.judge(models, target);
    return posterior;
  }

  /// How many measurements a device is inferred from at most.
  static constexpr std::size_t most_rows = 300;

  /// Memory that predictions write over, as InferredDevice::Scratch.
  struct Scratch {
    InferredDevice::Scratch device;
    JointPrediction found;
  };

  /// Log latencies and how unsure they are together, without the noise of measuring, as
  /// `scratch.found`: the mean and the covariance of the mixture of alternatives, taken as normal.
  /// Shapes: models (n). Cost: O(n K terms + n^2 (K + terms)) for each of at most four
  /// alternatives.
  void predict_jointly(std::span<const Terms> models, Scratch& scratch) const {
    const auto count = static_cast<Eigen::Index>(models.size());
    auto& [mean, covariance] = scratch.found;
    mean.setZero(count);
    covariance.setZero(count, count);
    JointPrediction& one = scratch.device.found;
    for (const Alternative& each : alternatives_) {
      each.device.predict_jointly(models, scratch.device);
      mean += each.probability * one.mean;
      one.covariance.noalias() += one.mean * one.mean.transpose();
      covariance += each.probability * one.covariance;
    }
    covariance.noalias() -= mean * mean.transpose();
  }
  [[nodiscard]] JointPrediction predict_jointly(std::span<const Terms> models) const {
    Scratch scratch;
    predict_jointly(models, scratch);
    return std::move(scratch.found);
  }

  /// One model's log latency and the variance of it. Cost: O(K terms), no n^2; no allocation once
  /// `scratch` was used for a model, up to 120 measurements or so.
  [[nodiscard]] std::pair<double, double> predict(const Terms& model, Scratch& scratch) const {
    predict_jointly({&model, 1}, scratch);
    return {scratch.found.mean(0), std::max(scratch.found.covariance(0, 0), 0.0)};
  }
  [[nodiscard]] std::pair<double, double> predict(const Terms& model) const {
    Scratch scratch;
    return predict(model, scratch);
  }

  /// The standard deviation of a measurement's logarithm around the latency that is predicted.
  [[nodiscard]] double noise() const {
    double variance = 0;
    for (const Alternative& each : alternatives_)
      variance += each.probability * std::pow(noise_ * each.device.scale(), 2);
    return std::sqrt(variance);
  }

  /// Whether a log latency lies within a factor of ten of what was measured. Beyond that, a term
  /// that hardly counted in the measurements may take most of the time.
  [[nodiscard]] bool is_within_reach(double log_ms) const {
    const double reach = std::log(10.0);
    return log_ms > least_ - reach && log_ms < most_ + reach;
  }

  /// The most probable alternative.
  [[nodiscard]] const InferredDevice& likeliest() const { return alternatives_.front().device; }
  /// The name of the known device that it is most probably like; empty where it is like none.
  [[nodiscard]] const std::string& nearest() const { return alternatives_.front().near; }

 private:
  static constexpr std::size_t most_known = 3;
  static constexpr double like_none = 5.0 / 6;  // the probability, before, of being like none known
  static constexpr double negligible = 0.01;    // of the most probable: left out

  struct Alternative {
    InferredDevice device;
    std::string near;
    double log_odds = 0;
    double probability = 0;
  };

  /// The logarithms. Errors: as infer().
  [[nodiscard]] static Result<Eigen::VectorXd> log_latencies(std::span<const Terms> models,
                                                             std::span<const double> latency_ms) {
    if (models.empty() || models.size() != latency_ms.size())
      return fail(concat("found ", models.size(), " models and ", latency_ms.size(),
                         " latencies, expected as many and at least one"));
    Eigen::VectorXd target(static_cast<Eigen::Index>(models.size()));
    for (std::size_t i = 0; i < models.size(); ++i) {
      if (!device::is_plausible(Milliseconds{latency_ms[i]}))
        return fail(concat("measurement ", i + 1, " took ", latency_ms[i], " ms, expected ",
                           device::plausible));
      const auto& amounts = models[i].amounts;
      if (!std::all_of(amounts.begin(), amounts.end(),
                       [](double each) { return std::isfinite(each) && each >= 0; }))
        return fail(concat("measurement ", i + 1, " is of a model with a term that is no amount"));
      if (std::none_of(amounts.begin(), amounts.end(),
                       [](double each) { return each >= std::numeric_limits<double>::min(); }))
        return fail(concat("measurement ", i + 1, " is of a model without any term"));
      target(static_cast<Eigen::Index>(i)) = std::log(latency_ms[i]);
    }
    return target;
  }

  SimulatedPosterior(const SimulatedBase& base, std::span<const Terms> models,
                     const Eigen::VectorXd& target)
      : noise_(base.error.noise), least_(target.minCoeff()), most_(target.maxCoeff()) {
    const auto add = [&](const workload::DevicePrior& prior, std::string near, double before) {
      InferredDevice device(prior, base.error, models, target);
      const double log_odds = device.log_evidence() + std::log(before);
      alternatives_.push_back({std::move(device), std::move(near), log_odds, 0});
    };
    add(base.prior, {}, like_none);
    for (const KnownDevice* known : nearest_known(base, models, target, most_known))
      add(prior_near(base.prior, *known), known->name,
          (1 - like_none) / static_cast<double>(base.known.size()));
    std::sort(alternatives_.begin(), alternatives_.end(),
              [](const auto& a, const auto& b) { return a.log_odds > b.log_odds; });
    const double most = alternatives_.front().log_odds;
    std::erase_if(alternatives_,
                  [most](const auto& each) { return each.log_odds < most + std::log(negligible); });
    double sum = 0;
    for (const Alternative& each : alternatives_) sum += std::exp(each.log_odds - most);
    for (Alternative& each : alternatives_) each.probability = std::exp(each.log_odds - most) / sum;
  }

  double noise_;  // of the base
  double least_;  // log latency that was measured
  double most_;
  std::vector<Alternative> alternatives_;  // the most probable first
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

  using Scratch = SimulatedPosterior::Scratch;

  /// Shapes: architectures (n) -> out (n). Cost: O(n K terms).
  void predict(std::span<const Architecture> architectures, std::span<Prediction> out) const {
    Scratch scratch;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = predict(architectures[i], scratch);
  }
  [[nodiscard]] Prediction predict(const Architecture& architecture) const {
    Scratch scratch;
    return predict(architecture, scratch);
  }
  /// Cost: O(K terms); allocates as SimulatedPosterior::predict().
  [[nodiscard]] Prediction predict(const Architecture& architecture, Scratch& scratch) const {
    const auto [mean, variance] = posterior_.predict(architecture, scratch);
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
        noise_(posterior_.noise()),
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
