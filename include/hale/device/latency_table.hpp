#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/workload/network.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hale::device {

/// The family in a network's name: what stands before the last slash.
[[nodiscard]] inline std::string family_of(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return std::string(slash == std::string_view::npos ? std::string_view() : name.substr(0, slash));
}

/// Latencies of many architectures on many devices, in milliseconds; NaN where not measured.
struct LatencyTable {
  std::vector<std::string> archs;                   // (rows)
  std::vector<std::string> devices;                 // (columns)
  std::vector<std::vector<double>> latency_ms;      // (columns, rows)
  std::vector<std::string> families{};              // (rows); none: those in the archs' names
  std::vector<workload::SharedNetwork> networks{};  // (rows) of any graphs; none: archs say it all

  [[nodiscard]] std::string family(std::size_t row) const {
    return families.empty() ? family_of(archs[row]) : families[row];
  }

  /// The latencies of one device. Errors: a name that the table does not have.
  [[nodiscard]] Result<std::span<const double>> column(std::string_view device) const {
    const auto found = std::find(devices.begin(), devices.end(), device);
    if (found == devices.end()) {
      std::string known;
      for (const std::string& name : devices) known += (known.empty() ? "" : ", ") + name;
      return fail(concat("no device '", device, "' in the table; it has ", known));
    }
    return std::span<const double>(latency_ms[static_cast<std::size_t>(found - devices.begin())]);
  }
};

}  // namespace hale::device
