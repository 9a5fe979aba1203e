#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/numeric/gaussian.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/simulated.hpp>
#include <hale/workload/simulated_device.hpp>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace hale::predictor {

/// A model to measure next, and how wide intervals are then.
struct Suggestion {
  std::size_t candidate = 0;
  double half_width = 0;  // of the candidates' intervals once it is measured, relative, the median
};

/// Chooses what to measure: each time the candidate that tells most about all candidates.
///
/// That is the one that shrinks the candidates' variances most, in the geometric mean: each
/// variance counts in proportion to itself, so that a few large ones do not decide. Before any
/// measurement, latencies covary as on devices that the prior simulates; afterwards as in the
/// posterior. The latency of a candidate is never looked at. Source: greedy reduction of predictive
/// variances (Krause et al., JMLR 2008, in kind).
class MeasurementChoice {
 public:
  /// Pre: candidates are not empty. Cost: O(n^2 devices) before any
  /// measurement, then as SimulatedPosterior::predict_jointly().
  MeasurementChoice(const SimulatedBase& base, std::span<const workload::Terms> candidates,
                    const SimulatedPosterior* measured = nullptr)
      : error_(base.error), reach_(numeric::normal_quantile((1 + base.level) / 2) * base.widening) {
    if (measured != nullptr) error_.noise = measured->noise();
    covariance_ = measured != nullptr ? measured->predict_jointly(candidates).covariance
                                      : prior_covariance(base, candidates);
    taken_.assign(candidates.size(), false);
  }

  /// Half the width of the candidates' intervals now, relative: the median over the candidates.
  [[nodiscard]] double half_width() const {
    std::vector<double> widths;
    for (Eigen::Index i = 0; i < covariance_.rows(); ++i) {
      const double variance = std::max(covariance_(i, i), 0.0) + error_.noise * error_.noise;
      widths.push_back(std::expm1(reach_ * std::sqrt(variance)));
    }
    return numeric::median(std::move(widths));
  }

  /// The next candidate; nothing where all were chosen. Cost: O(n^2).
  [[nodiscard]] std::optional<Suggestion> next() {
    const Eigen::ArrayXd variances =
        covariance_.diagonal().array().max(0.0) + error_.noise * error_.noise;
    std::optional<Eigen::Index> best;
    double most = 0;
    for (Eigen::Index i = 0; i < covariance_.rows(); ++i) {
      if (taken_[static_cast<std::size_t>(i)]) continue;
      const Eigen::ArrayXd explained =
          covariance_.col(i).array().square() / (variances * variances(i));
      const double gain = -(1 - explained).max(1e-9).log().sum();
      if (!best || gain > most) {
        best = i;
        most = gain;
      }
    }
    if (!best) return std::nullopt;
    take(static_cast<std::size_t>(*best));
    return Suggestion{static_cast<std::size_t>(*best), half_width()};
  }

  /// Leaves a candidate out: it was measured before.
  void skip(std::size_t candidate) { taken_[candidate] = true; }

  /// Counts a candidate as measured now.
  void take(std::size_t candidate) {
    const auto i = static_cast<Eigen::Index>(candidate);
    taken_[candidate] = true;
    const Eigen::VectorXd column = covariance_.col(i);
    const double variance = std::max(column(i), 0.0) + error_.noise * error_.noise;
    covariance_.noalias() -= column * column.transpose() / variance;
  }

 private:
  static constexpr std::size_t devices = 600;
  static constexpr std::uint64_t seed = 1;

  static Eigen::MatrixXd prior_covariance(const SimulatedBase& base,
                                          std::span<const workload::Terms> candidates) {
    Rng rng(seed);
    const workload::DeviceBank bank(base.prior, devices, rng);
    Eigen::MatrixXd logs(static_cast<Eigen::Index>(candidates.size()),
                         static_cast<Eigen::Index>(devices));
    std::vector<double> each(devices);
    for (Eigen::Index i = 0; i < logs.rows(); ++i) {
      bank.latencies(candidates[static_cast<std::size_t>(i)], each);
      for (Eigen::Index d = 0; d < logs.cols(); ++d)
        logs(i, d) = std::log(
            std::max(each[static_cast<std::size_t>(d)], std::numeric_limits<double>::min()));
    }
    logs.colwise() -= logs.rowwise().mean().eval();
    const detail::simulated::Linearised at(
        candidates,
        Eigen::Map<const Eigen::VectorXd>(base.prior.mean.data(), detail::simulated::width));
    detail::simulated::Directions directions;
    directions.assign(at.shares);
    Eigen::MatrixXd shared;
    directions.likeness(directions, std::pow(base.error.discrepancy, 2), shared);
    return logs * logs.transpose() / static_cast<double>(devices) + shared;
  }

  SimulationError error_;
  double reach_;
  Eigen::MatrixXd covariance_;  // of the candidates' log latencies
  std::vector<bool> taken_;
};

}  // namespace hale::predictor
