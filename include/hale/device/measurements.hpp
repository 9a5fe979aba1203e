#pragma once

#include <cstddef>
#include <hale/core/units.hpp>
#include <hale/numeric/statistics.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::device {

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
  for (auto& [arch, values] : groups)
    combined.push_back({arch, Milliseconds{numeric::median(std::move(values))}});
  return combined;
}

}  // namespace hale::device
