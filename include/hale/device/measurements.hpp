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
  std::string shape{};  // of an ONNX file's inputs, where it is stated: "x:1x3x224x224"

  friend bool operator==(const Measurement&, const Measurement&) = default;
};

/// One measurement an architecture and shape, in order of first appearance: repeated ones become
/// their median. Cost: O(n^2) in the number of measurements, which is about ten.
[[nodiscard]] inline std::vector<Measurement> combine(const std::vector<Measurement>& all) {
  std::vector<Measurement> combined;
  std::vector<std::vector<double>> latencies;
  for (const Measurement& measurement : all) {
    std::size_t g = 0;
    while (g < combined.size() &&
           (combined[g].arch != measurement.arch || combined[g].shape != measurement.shape))
      ++g;
    if (g == combined.size()) {
      combined.push_back(measurement);
      latencies.emplace_back();
    }
    latencies[g].push_back(measurement.latency.value);
  }
  for (std::size_t g = 0; g < combined.size(); ++g)
    combined[g].latency = Milliseconds{numeric::median(std::move(latencies[g]))};
  return combined;
}

}  // namespace hale::device
