#pragma once

#include <cstddef>
#include <hale/core/units.hpp>
#include <hale/numeric/statistics.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::device {

/// Whether a network could take so long: a tenth of a nanosecond is less than one multiply-add
/// takes, four months are more than anyone waits.
[[nodiscard]] constexpr bool is_plausible(Milliseconds latency) {
  return latency.value >= 1e-7 && latency.value <= 1e10;
}
/// What it says where it is not.
inline constexpr std::string_view plausible = "a positive number of milliseconds, 1e-7 .. 1e10";

/// How long one architecture took on one device.
struct Measurement {
  std::string arch;
  Milliseconds latency;

  friend bool operator==(const Measurement&, const Measurement&) = default;
};

/// One measurement an architecture, in order of first appearance: repeated ones become their
/// median. Cost: O(n^2) in the number of measurements, which is about ten.
[[nodiscard]] inline std::vector<Measurement> combine(const std::vector<Measurement>& all) {
  std::vector<std::pair<std::string, std::vector<double>>> groups;
  for (const Measurement& measurement : all) {
    std::size_t g = 0;
    while (g < groups.size() && groups[g].first != measurement.arch) ++g;
    if (g == groups.size()) groups.emplace_back(measurement.arch, std::vector<double>{});
    groups[g].second.push_back(measurement.latency.value);
  }
  std::vector<Measurement> combined;
  combined.reserve(groups.size());
  for (auto& [arch, values] : groups)
    combined.push_back({arch, Milliseconds{numeric::median(std::move(values))}});
  return combined;
}

}  // namespace hale::device
