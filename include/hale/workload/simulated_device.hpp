#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/core/random.hpp>
#include <hale/workload/terms.hpp>
#include <span>
#include <vector>

namespace hale::workload {

/// A device as a rate for each term; a model takes the sum of its terms at these rates.
///
/// Compute and memory are not overlapped: the sum lies within a factor of two of their roofline,
/// and is linear in the rates, which is what makes adaptation closed form.
struct SimulatedDevice {
  std::array<double, term_count> log_rates{};  // of milliseconds a unit

  [[nodiscard]] double milliseconds(const Terms& terms) const {
    double sum = 0;
    for (std::size_t i = 0; i < term_count; ++i)
      if (terms.amounts[i] > 0) sum += terms.amounts[i] * std::exp(log_rates[i]);
    return sum;
  }
};

/// What devices there may be. The logarithms of their rates are normal: factors move many rates
/// together, such as the speed of all; each rate has a spread of its own beside them.
struct DevicePrior {
  using Rates = std::array<double, term_count>;

  Rates mean{};
  std::vector<Rates> factors{};  // each a direction by its standard deviation
  Rates spread{};

  friend bool operator==(const DevicePrior&, const DevicePrior&) = default;

  [[nodiscard]] double covariance(std::size_t i, std::size_t j) const {
    double sum = i == j ? spread[i] * spread[i] : 0;
    for (const Rates& factor : factors) sum += factor[i] * factor[j];
    return sum;
  }

  [[nodiscard]] SimulatedDevice sample(Rng& rng) const {
    SimulatedDevice device{mean};
    for (const Rates& factor : factors) {
      const double amount = rng.normal();
      for (std::size_t i = 0; i < term_count; ++i) device.log_rates[i] += amount * factor[i];
    }
    for (std::size_t i = 0; i < term_count; ++i) device.log_rates[i] += rng.normal() * spread[i];
    return device;
  }
};

/// How much devices differ: in speed as a whole, and in each group of terms beside it.
struct BroadSpreads {
  double speed = 2.0;
  std::array<double, term_group_count> groups = {0.7, 1.0, 0.7, 0.7, 1.5};
};

/// The prior before any device was measured. It reaches from a microcontroller to an accelerator;
/// arithmetic, memory and launches are in their usual proportions.
[[nodiscard]] inline DevicePrior broad_prior(BroadSpreads spreads = {}) {
  DevicePrior prior;
  DevicePrior::Rates speed{};
  speed.fill(spreads.speed);
  prior.factors.push_back(speed);
  for (std::size_t group = 0; group < term_group_count; ++group) {
    DevicePrior::Rates factor{};
    for (std::size_t i = 0; i < term_count; ++i) {
      const TermGroup own = all_terms[i].group;
      // Shapes cost time of the same units as products.
      const bool is_shared = own == TermGroup::shapes && group == 0;
      if (static_cast<std::size_t>(own) == group || is_shared) factor[i] = spreads.groups[group];
    }
    prior.factors.push_back(factor);
  }
  for (std::size_t i = 0; i < term_count; ++i) {
    prior.mean[i] = std::log(all_terms[i].typical);
    prior.spread[i] = all_terms[i].spread;
  }
  return prior;
}

/// Many simulated devices, so that one pass gives a model's latency on all of them.
class DeviceBank {
 public:
  DeviceBank(const DevicePrior& prior, std::size_t count, Rng& rng)
      : count_(count), rates_(count * term_count) {
    for (std::size_t d = 0; d < count; ++d) {
      const SimulatedDevice device = prior.sample(rng);
      for (std::size_t i = 0; i < term_count; ++i)
        rates_[i * count + d] = std::exp(device.log_rates[i]);
    }
  }

  [[nodiscard]] std::size_t size() const { return count_; }

  /// Milliseconds on each device. Shapes: out (size). Cost: O(terms * size), no allocation.
  void latencies(const Terms& terms, std::span<double> out) const {
    HALE_ASSERT(out.size() == count_);
    for (double& ms : out) ms = 0;
    for (std::size_t i = 0; i < term_count; ++i) {
      const double amount = terms.amounts[i];
      if (amount == 0) continue;
      const double* rates = rates_.data() + i * count_;
      for (std::size_t d = 0; d < count_; ++d) out[d] += amount * rates[d];
    }
  }

 private:
  std::size_t count_;
  std::vector<double> rates_;  // (terms, size)
};

}  // namespace hale::workload
