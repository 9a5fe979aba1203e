#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/nearest.hpp>
#include <hale/core/text.hpp>
#include <hale/workload/network.hpp>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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
      constexpr std::size_t few = 30;
      if (devices.size() <= few)
        return fail(concat("no device '", device, "' in the table; it has ", joined(devices)));
      const std::vector<std::string> nearest = nearest_names(device, devices);
      return fail(concat("no device '", device, "' among the ", devices.size(), " of the table",
                         nearest.empty() ? "" : "; the nearest are ", joined(nearest)));
    }
    return std::span<const double>(latency_ms[static_cast<std::size_t>(found - devices.begin())]);
  }
};

/// Adds the rows and columns of another table: rows of one architecture become one row, columns of
/// one device one column.
///
/// Pre: neither has families or networks of its own. Errors: a cell that both have.
[[nodiscard]] inline Result<> append(LatencyTable& all, const LatencyTable& more) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const auto place_in = [](std::vector<std::string>& names) {
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < names.size(); ++i) places.emplace(names[i], i);
    return [&names, places = std::move(places)](const std::string& name) mutable {
      const auto [found, is_new] = places.emplace(name, names.size());
      if (is_new) names.push_back(name);
      return found->second;
    };
  };
  std::vector<std::size_t> rows;
  auto row_of = place_in(all.archs);
  for (const std::string& arch : more.archs) rows.push_back(row_of(arch));
  auto column_of = place_in(all.devices);
  for (std::size_t c = 0; c < more.devices.size(); ++c) {
    const std::size_t column = column_of(more.devices[c]);
    all.latency_ms.resize(all.devices.size());
    std::vector<double>& cells = all.latency_ms[column];
    cells.resize(all.archs.size(), none);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const double cell = more.latency_ms[c][r];
      if (std::isnan(cell)) continue;
      if (!std::isnan(cells[rows[r]]))
        return fail(concat("'", more.archs[r], "' on device '", more.devices[c],
                           "' stands in another table already"));
      cells[rows[r]] = cell;
    }
  }
  for (std::vector<double>& cells : all.latency_ms) cells.resize(all.archs.size(), none);
  return {};
}

}  // namespace hale::device
