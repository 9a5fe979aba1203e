#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/predictor/linearised.hpp>
#include <hale/workload/simulated_device.hpp>
#include <span>
#include <string>
#include <vector>

namespace hale::predictor {

/// A device that a base was learned from. A new device may be like it.
struct KnownDevice {
  std::string name;
  workload::DevicePrior::Rates log_rates{};  // at the speed of the class's mean

  friend bool operator==(const KnownDevice&, const KnownDevice&) = default;
};

/// A network that devices of a class ran, and how it pulls the predictions of networks like it.
struct FamiliarNetwork {
  std::size_t network = 0;  // among the base's
  double pull = 0;          // of the logarithm
  double hardware = 1;      // how many kinds of hardware ran it

  friend bool operator==(const FamiliarNetwork&, const FamiliarNetwork&) = default;
};

/// Devices of one runtime, kind of processor and precision: what their rates have in common, how
/// they differ, and how well rates explain their latencies.
struct DeviceClass {
  std::string name;  // "tflite cpu f32"
  workload::DevicePrior prior{};
  SimulationError error{};
  double widening = 1;  // of intervals, so that they hold: conformal
  double hardware = 1;  // how many kinds of hardware it was learned from
  std::vector<KnownDevice> known{};
  std::vector<FamiliarNetwork> familiar{};

  friend bool operator==(const DeviceClass&, const DeviceClass&) = default;
};

/// The prior of devices that are like a known one.
[[nodiscard]] inline workload::DevicePrior prior_near(const workload::DevicePrior& any,
                                                      const KnownDevice& known) {
  constexpr double left = 0.5;  // beyond the speed, which is as open as ever
  workload::DevicePrior prior = any;
  prior.mean = known.log_rates;
  for (std::size_t f = 1; f < prior.factors.size(); ++f)
    for (double& each : prior.factors[f]) each *= left;
  for (double& each : prior.spread) each *= left;
  return prior;
}

/// How far networks are off what rates explain on every device of a class: a Gaussian process over
/// how networks spend their time, so that a network is pulled by those that are nearly the same.
class Familiarity {
 public:
  /// By how much a network is off, in its logarithm, and the variance of that.
  struct Effect {
    double off = 0;
    double variance = 0;
  };

  /// The share of a class's noise that differs from device to device for a familiar network.
  static constexpr double own_noise = 0.5;

  /// Makes of the cosines between how networks spend their time how alike they are: 1 where that is
  /// the same.
  static void to_likeness(Eigen::Ref<Eigen::VectorXf> cosines) {
    constexpr float reach = 0.005F;
    cosines.array() = ((cosines.array().min(1.0F) - 1.0F) / reach).exp();
  }

  /// Cost: O(familiar terms).
  Familiarity(const DeviceClass& of, std::span<const workload::Terms> networks)
      : rates_(detail::simulated::rates_of(detail::simulated::vector_of(of.prior.mean))),
        variance_(std::pow(of.error.noise, 2)) {
    const auto count = static_cast<Eigen::Index>(of.familiar.size());
    rows_.resize(count, detail::simulated::width);
    pulls_.resize(count);
    explained_.resize(count);
    for (Eigen::Index i = 0; i < count; ++i) {
      const FamiliarNetwork& one = of.familiar[static_cast<std::size_t>(i)];
      rows_.row(i) = direction(networks[one.network]);
      pulls_(i) = static_cast<float>(one.pull);
      explained_(i) = static_cast<float>(1 / (1 + own_noise / one.hardware));
    }
  }

  /// Cost: O(familiar terms), no allocation but the first time for `scratch`.
  [[nodiscard]] Effect effect(const workload::Terms& terms, Eigen::VectorXf& scratch) const {
    if (rows_.rows() == 0) return {0, variance_};
    scratch.noalias() = rows_ * direction(terms).transpose();
    to_likeness(scratch);
    const float known = (scratch.array().square() * explained_.array()).maxCoeff();
    return {static_cast<double>(scratch.dot(pulls_)),
            variance_ * std::max(1 - static_cast<double>(known), 0.0)};
  }

  /// How the familiar networks spend their time, a row each, of length 1.
  [[nodiscard]] const auto& directions() const { return rows_; }

 private:
  /// How a network spends its time on the class's usual device, of length 1.
  [[nodiscard]] Eigen::Matrix<float, 1, detail::simulated::width> direction(
      const workload::Terms& terms) const {
    const auto share = detail::simulated::share_of(terms, rates_).share;
    return (share / std::max(share.norm(), 1e-300)).cast<float>();
  }

  detail::simulated::Rates rates_;
  double variance_;
  Eigen::Matrix<float, Eigen::Dynamic, detail::simulated::width, Eigen::RowMajor> rows_;
  Eigen::VectorXf pulls_;
  Eigen::VectorXf explained_;  // of the variance, by the network itself
};

}  // namespace hale::predictor
