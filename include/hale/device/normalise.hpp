#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/config.hpp>
#include <numeric>
#include <span>
#include <vector>

namespace hale::device {

/// The latencies that targets call 0 and 1.
struct Limits {
  double low = 0;
  double high = 1;

  [[nodiscard]] constexpr double range() const { return high - low; }
  /// Where `latency_ms` lies between the limits; outside [0, 1] beyond them.
  [[nodiscard]] constexpr double position(double latency_ms) const {
    return (latency_ms - low) / range();
  }
  friend bool operator==(const Limits&, const Limits&) = default;
};

/// What a network learns to give for a position between a device's limits: [0.05, 0.95] inside.
///
/// Source: HELP's code.
[[nodiscard]] constexpr double target_of(double position) { return 0.05 + 0.9 * position; }
[[nodiscard]] constexpr double position_of(double target) { return (target - 0.05) / 0.9; }

/// The smallest and the largest of some latencies. Pre: not empty.
[[nodiscard]] inline Limits limits_of(std::span<const double> latency_ms) {
  HALE_ASSERT(!latency_ms.empty());
  const auto [low, high] = std::minmax_element(latency_ms.begin(), latency_ms.end());
  return {*low, *high};
}

/// The rows whose latency lies in the central share of `candidates`, fastest first.
///
/// Source: HELP's code trims a device's rows to its central 10 to 90 %.
[[nodiscard]] inline std::vector<std::size_t> trimmed_rows(std::span<const double> latency_ms,
                                                           std::vector<std::size_t> candidates,
                                                           double cut = 0.1) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](std::size_t a, std::size_t b) { return latency_ms[a] < latency_ms[b]; });
  const auto count = static_cast<double>(candidates.size());
  const auto first = static_cast<std::ptrdiff_t>(cut * count);
  const auto last = static_cast<std::ptrdiff_t>((1 - cut) * count);
  return {candidates.begin() + first, candidates.begin() + last};
}

}  // namespace hale::device
