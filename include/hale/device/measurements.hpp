#pragma once

#include <cstddef>
#include <hale/core/units.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/workload/network.hpp>
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

/// A network that may be measured: an architecture of a searched space by the space's own string,
/// or any graph by its kernels.
struct Subject {
  std::string arch{};                 // of any graph: what it is called
  workload::SharedNetwork network{};  // of any graph; null for a searched space's
};

/// How long one network took on one device: an architecture of a searched space by the space's own
/// string, or any graph by its kernels.
struct Measurement {
  std::string arch;  // of any graph: what it is called, as the path of its file
  Milliseconds latency;
  std::string shape{};                // of an ONNX file's inputs, where stated: "x:1x3x224x224"
  workload::SharedNetwork network{};  // of any graph; null for a searched space's

  friend bool operator==(const Measurement& a, const Measurement& b) {
    const bool has_networks = a.network && b.network;
    return a.arch == b.arch && a.latency == b.latency && a.shape == b.shape &&
           (has_networks ? *a.network == *b.network : a.network == b.network);
  }
};

/// Whether two measurements are of what a device takes for one network: the same architecture, or
/// graphs of equal terms.
[[nodiscard]] inline bool is_of_one_network(const Measurement& a, const Measurement& b) {
  if (a.network && b.network) return a.network == b.network || a.network->terms == b.network->terms;
  return !a.network && !b.network && a.arch == b.arch && a.shape == b.shape;
}

/// One measurement a network, in order of first appearance: repeated ones become
/// their median. Cost: O(n^2) in the number of measurements, which is about ten.
[[nodiscard]] inline std::vector<Measurement> combine(const std::vector<Measurement>& all) {
  std::vector<Measurement> combined;
  std::vector<std::vector<double>> latencies;
  for (const Measurement& measurement : all) {
    std::size_t g = 0;
    while (g < combined.size() && !is_of_one_network(combined[g], measurement)) ++g;
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
