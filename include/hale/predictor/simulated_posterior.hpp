#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/core/units.hpp>
#include <hale/device/measurements.hpp>
#include <hale/predictor/inferred_device.hpp>
#include <hale/predictor/simulated_base.hpp>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Prediction by simulated devices. A simulated device is a rate for each term; a real one is
/// answered with the rates that explain its measurements best.
namespace hale::predictor {

/// What the measurements say of a device. It is inferred several times: as any device, as one of
/// each class, and as one like a known device, where these explain the measurements well. Each of
/// these alternatives has the probability that the measurements give it.
class SimulatedPosterior {
 public:
  using Terms = workload::Terms;

  /// Shapes: models (K), latency_ms (K). Pre: no model stands twice, since each row is judged by
  /// the others: give repeated readings as one row, their median. Errors: no measurement; latencies
  /// that no network could take; models without any term, or with a term that is negative or not
  /// finite. Cost: a solve of K equations, at most 64, for each class and each known device of
  /// three of them; then at most 40 for each of up to `most_alternatives`. Of more than
  /// `most_rows`, the device is inferred from that many, those that tell most: a solve is cubic.
  [[nodiscard]] static Result<SimulatedPosterior> infer(const SimulatedBase& base,
                                                        std::span<const Terms> models,
                                                        std::span<const double> latency_ms) {
    HALE_TRY(const Eigen::VectorXd target, log_latencies(models, latency_ms));
    if (models.size() <= most_rows) return SimulatedPosterior(base, models, target);
    const auto [kept, kept_target] = most_telling_rows(base, models, target, most_rows);
    SimulatedPosterior posterior(base, kept, kept_target);
    posterior.least_ = target.minCoeff();
    posterior.most_ = target.maxCoeff();
    for (Alternative& each : posterior.alternatives_) {
      const auto [off, noise] = posterior.expected(each.familiarity, each.noise, models);
      each.device.judge(models, target - off, noise);
    }
    return posterior;
  }

  /// As likeliest_candidates(). Where there are many rows, those that tell most say which.
  [[nodiscard]] static std::vector<Candidate> candidates_of(const SimulatedBase& base,
                                                            std::span<const Terms> models,
                                                            const Eigen::VectorXd& log_ms) {
    constexpr std::size_t enough = 64;
    if (models.size() <= enough) return likeliest_candidates(base, models, log_ms);
    const auto [kept, kept_ms] = most_telling_rows(base, models, log_ms, enough);
    return likeliest_candidates(base, kept, kept_ms);
  }

  /// How many measurements a device is inferred from at most.
  static constexpr std::size_t most_rows = 300;

  /// Memory that predictions write over, as InferredDevice::Scratch.
  struct Scratch {
    InferredDevice::Scratch device;
    Eigen::VectorXf familiar;
    std::vector<Familiarity::Effect> effects;  // (classes * models)
    JointPrediction found;
  };

  /// Log latencies and how unsure they are together, without the noise of measuring, as
  /// `scratch.found`: the mean and the covariance of the mixture of alternatives, taken as normal.
  /// Shapes: models (n). Cost: O(n K terms + n^2 (K + terms)) for each of at most
  /// `most_alternatives`, usually one or two; O(n familiar terms) for each class among them.
  void predict_jointly(std::span<const Terms> models, Scratch& scratch) const {
    const auto count = static_cast<Eigen::Index>(models.size());
    auto& [mean, covariance] = scratch.found;
    mean.setZero(count);
    covariance.setZero(count, count);
    JointPrediction& one = scratch.device.found;
    scratch.effects.clear();
    for (const Familiarity& familiarity : familiarities_)
      for (const Terms& model : models)
        scratch.effects.push_back(familiarity.effect(model, scratch.familiar));
    for (const Alternative& each : alternatives_) {
      each.device.predict_jointly(models, scratch.device);
      if (each.familiarity)
        each.add_effects({&scratch.effects[*each.familiarity * models.size()], models.size()}, one);
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
      variance += each.probability * each.noise * std::pow(each.device.scale(), 2);
    return std::sqrt(variance);
  }

  /// What intervals are widened by, so that they hold: conformal.
  [[nodiscard]] double widening() const {
    double sum = 0;
    for (const Alternative& each : alternatives_) sum += each.probability * each.widening;
    return sum;
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
  /// The class that it is most probably of; empty where that is none.
  [[nodiscard]] const std::string& class_name() const { return alternatives_.front().class_name; }

 private:
  static constexpr std::size_t most_alternatives = 12;
  static constexpr double negligible = 0.01;  // of the most probable: left out

  struct Alternative {
    InferredDevice device;
    std::string near;
    std::string class_name;
    std::optional<std::size_t> familiarity;  // its number; nothing: of no class
    double noise = 0;                        // a measurement's own: variance
    double widening = 1;
    double log_odds = 0;
    double probability = 0;

    void add_effects(std::span<const Familiarity::Effect> effects, JointPrediction& found) const {
      for (std::size_t i = 0; i < effects.size(); ++i) {
        const auto at = static_cast<Eigen::Index>(i);
        found.mean(at) += effects[i].off;
        found.covariance(at, at) += std::pow(device.scale(), 2) * effects[i].variance;
      }
    }
  };

  /// How far models are off what rates explain, and the variance of each beside that. `familiarity`
  /// as in Alternative.
  [[nodiscard]] std::pair<Eigen::VectorXd, Eigen::VectorXd> expected(
      std::optional<std::size_t> familiarity, double noise, std::span<const Terms> models) const {
    const auto count = static_cast<Eigen::Index>(models.size());
    Eigen::VectorXd off = Eigen::VectorXd::Zero(count);
    Eigen::VectorXd variance = Eigen::VectorXd::Constant(count, noise);
    Eigen::VectorXf scratch;
    for (Eigen::Index i = 0; familiarity && i < count; ++i) {
      const Familiarity::Effect effect =
          familiarities_[*familiarity].effect(models[static_cast<std::size_t>(i)], scratch);
      off(i) = effect.off;
      variance(i) += effect.variance;
    }
    return {std::move(off), std::move(variance)};
  }

  /// The rows that tell most, in their order.
  [[nodiscard]] static std::pair<std::vector<Terms>, Eigen::VectorXd> most_telling_rows(
      const SimulatedBase& base, std::span<const Terms> models, const Eigen::VectorXd& target,
      std::size_t count) {
    std::pair<std::vector<Terms>, Eigen::VectorXd> kept{
        {}, Eigen::VectorXd(static_cast<Eigen::Index>(count))};
    for (const std::size_t row : most_telling(base, models, count)) {
      kept.second(static_cast<Eigen::Index>(kept.first.size())) =
          target(static_cast<Eigen::Index>(row));
      kept.first.push_back(models[row]);
    }
    return kept;
  }

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
      : least_(target.minCoeff()), most_(target.maxCoeff()) {
    std::vector<Candidate> candidates = candidates_of(base, models, target);
    candidates.resize(std::min(candidates.size(), most_alternatives));
    std::map<const DeviceClass*, std::size_t> numbers;
    for (Candidate& each : candidates) {
      const DeviceClass* of = each.device_class;
      std::optional<std::size_t> familiarity;
      if (of != nullptr) {
        const auto [known, fresh] = numbers.emplace(of, familiarities_.size());
        if (fresh) familiarities_.emplace_back(*of, base.networks);
        familiarity = known->second;
      }
      const SimulationError& error = each.error(base);
      const double own = error.noise * error.noise * (of != nullptr ? Familiarity::own_noise : 1);
      const auto [off, noise] = expected(familiarity, own, models);
      InferredDevice device(each.prior, error, models, target - off, noise);
      const double log_odds = device.log_evidence() + each.log_before;
      alternatives_.push_back({std::move(device), std::move(each.near),
                               of != nullptr ? of->name : std::string(), familiarity, own,
                               of != nullptr ? of->widening : base.widening, log_odds, 0});
    }
    weigh();
    keep_used_familiarities();
  }

  /// Gives the alternatives their probabilities, the most probable first, without negligible ones.
  void weigh() {
    std::sort(alternatives_.begin(), alternatives_.end(),
              [](const auto& a, const auto& b) { return a.log_odds > b.log_odds; });
    const double most = alternatives_.front().log_odds;
    std::erase_if(alternatives_,
                  [most](const auto& each) { return each.log_odds < most + std::log(negligible); });
    double sum = 0;
    for (const Alternative& each : alternatives_) sum += std::exp(each.log_odds - most);
    for (Alternative& each : alternatives_) each.probability = std::exp(each.log_odds - most) / sum;
  }

  /// Drops the familiarities of classes that no alternative is of, so that predictions do not
  /// compute them.
  void keep_used_familiarities() {
    std::vector<Familiarity> used;
    std::map<std::size_t, std::size_t> numbers;
    for (Alternative& each : alternatives_) {
      if (!each.familiarity) continue;
      const auto [known, fresh] = numbers.emplace(*each.familiarity, used.size());
      if (fresh) used.push_back(std::move(familiarities_[*each.familiarity]));
      each.familiarity = known->second;
    }
    familiarities_ = std::move(used);
  }

  double least_;  // log latency that was measured
  double most_;
  std::vector<Familiarity> familiarities_;  // one for each class of the alternatives
  std::vector<Alternative> alternatives_;   // the most probable first
};

}  // namespace hale::predictor
