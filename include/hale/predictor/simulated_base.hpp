#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/predictor/device_class.hpp>
#include <hale/predictor/linearised.hpp>
#include <hale/workload/simulated_device.hpp>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// What a base for any graph knows before a device is measured: what devices there may be, and
/// those that it was learned from.
namespace hale::predictor {

/// What a base for any graph knows before a device is measured.
struct SimulatedBase {
  workload::DevicePrior prior = workload::broad_prior();  // of devices of no known class
  SimulationError error{};                                // of the same
  std::vector<DeviceClass> classes{};
  std::vector<workload::Terms> networks{};  // that are familiar to a class
  double level = 0.9;                       // of intervals
  double widening = 1;           // of the predictive distribution, so that they hold: conformal
  double most_deviation = 0.35;  // of an interpolating prediction's logarithm
  std::string made_from{};

  friend bool operator==(const SimulatedBase&, const SimulatedBase&) = default;
};

/// What a device may be: any, one of a class, or one like a known device of a class.
struct Candidate {
  workload::DevicePrior prior{};
  const DeviceClass* device_class = nullptr;  // null: of no known class
  std::string near{};                         // the known device; empty: none
  double log_before = 0;                      // log probability before any measurement
  double log_evidence = 0;                    // with the above, by an estimate

  [[nodiscard]] const SimulationError& error(const SimulatedBase& base) const {
    return device_class != nullptr ? device_class->error : base.error;
  }
};

namespace detail::simulated {

/// The logarithm of measurements' density under a prior, without what all priors share. An
/// estimate: the models are taken as linear about the prior's mean.
[[nodiscard]] inline double log_evidence(const workload::DevicePrior& prior,
                                         const SimulationError& error,
                                         std::span<const Terms> models,
                                         const Eigen::VectorXd& target) {
  const Linearised at(models, vector_of(prior.mean));
  const Eigen::VectorXd off = target - at.log_ms;
  const Eigen::VectorXd noise = Eigen::VectorXd::Constant(off.size(), error.noise * error.noise);
  const Eigen::MatrixXd total =
      at.shares * PriorCovariance(prior).times(at.shares) +
      error_covariance(error, at.shares, noise, Eigen::VectorXd::Ones(off.size()));
  return log_density(Eigen::LLT<Eigen::MatrixXd>(total), off);
}

inline void sort_by_evidence(std::vector<Candidate>& candidates) {
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.log_evidence > b.log_evidence; });
}

}  // namespace detail::simulated

/// How probable each thing that a device may be is before any measurement.
struct Beforehand {
  static constexpr double no_class = 0.1;  // of no known class
  static constexpr double known = 0.5;     // of those of a class: like a known device

  /// Of a class: classes of much hardware are met more often.
  [[nodiscard]] static double of(const DeviceClass& one, const SimulatedBase& base) {
    double sum = 0;
    for (const DeviceClass& each : base.classes) sum += std::sqrt(each.hardware);
    return (1 - no_class) * std::sqrt(one.hardware) / sum;
  }
};

/// What may explain the measurements, the best first. Known devices are asked of the three classes
/// that explain them best.
///
/// Shapes: models (K), log_ms (K). Cost: a solve of K equations for each class, and for each known
/// device of three of them.
[[nodiscard]] inline std::vector<Candidate> likeliest_candidates(
    const SimulatedBase& base, std::span<const workload::Terms> models,
    const Eigen::VectorXd& log_ms) {
  constexpr std::size_t looked_into = 3;
  std::vector<Candidate> found;
  const auto add = [&](Candidate one) {
    one.log_evidence = one.log_before +
                       detail::simulated::log_evidence(one.prior, one.error(base), models, log_ms);
    found.push_back(std::move(one));
  };
  add({base.prior, nullptr, {}, base.classes.empty() ? 0 : std::log(Beforehand::no_class)});
  for (const DeviceClass& each : base.classes) {
    const double of_all = each.known.empty() ? 1 : 1 - Beforehand::known;
    add({each.prior, &each, {}, std::log(Beforehand::of(each, base) * of_all)});
  }
  detail::simulated::sort_by_evidence(found);
  std::vector<const DeviceClass*> nearest;
  for (const Candidate& each : found)
    if (each.device_class != nullptr && nearest.size() < looked_into)
      nearest.push_back(each.device_class);
  for (const DeviceClass* each : nearest) {
    const double before = Beforehand::of(*each, base) * Beforehand::known;
    for (const KnownDevice& known : each->known)
      add({prior_near(each->prior, known), each, known.name,
           std::log(before / static_cast<double>(each->known.size()))});
  }
  detail::simulated::sort_by_evidence(found);
  return found;
}

/// The rows to infer a device from where there are many, in their order: each time the model whose
/// latency those chosen before leave most open under the prior. The latencies are not looked at.
///
/// Pre: count <= models. Cost: O(models count (count + terms)). Source: pivoted Cholesky.
[[nodiscard]] inline std::vector<std::size_t> most_telling(const SimulatedBase& base,
                                                           std::span<const workload::Terms> models,
                                                           std::size_t count) {
  using namespace detail::simulated;
  const Linearised at(models, vector_of(base.prior.mean));
  const Eigen::MatrixXd prior = PriorCovariance(base.prior).times(at.shares);
  Directions directions;
  directions.assign(at.shares);
  const double discrepancy = std::pow(base.error.discrepancy, 2);
  const double noise = std::pow(base.error.noise, 2);
  const Index all = at.shares.rows();
  Eigen::VectorXd left = at.shares.cwiseProduct(prior.transpose()).rowwise().sum().array() +
                         discrepancy;  // variances, given those chosen
  Eigen::MatrixXd told(all, static_cast<Index>(count));
  std::vector<std::size_t> chosen;
  for (Index step = 0; step < told.cols(); ++step) {
    Index next = 0;
    const double variance = left.maxCoeff(&next) + noise;
    const Eigen::VectorXd alike = directions.rows * directions.rows.row(next).transpose();
    told.col(step) = at.shares * prior.col(next);
    told.col(step) += discrepancy * alike.cwiseAbs2();
    told.col(step) -= told.leftCols(step) * told.row(next).head(step).transpose();
    told.col(step) /= std::sqrt(variance);
    left -= told.col(step).cwiseAbs2();
    left(next) = std::numeric_limits<double>::lowest();
    chosen.push_back(static_cast<std::size_t>(next));
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace hale::predictor
