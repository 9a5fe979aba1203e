#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <hale/numeric/tensor.hpp>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace hale::device {

/// The latencies of a table in ms; NaN where not measured.
///
/// Shapes: -> (devices, archs). Cost: one copy; a single column is a view of its own:
/// `numeric::tensor_view(table.latency_ms[d], {rows})`.
[[nodiscard]] inline numeric::Tensor<double, 2> latency_tensor(const LatencyTable& table) {
  const std::size_t devices = table.devices.size();
  const std::size_t archs = table.archs.size();
  HALE_ASSERT(table.latency_ms.size() == devices);
  auto latency_ms = numeric::filled<double>({devices, archs});  // (devices, archs)
  for (std::size_t d = 0; d < devices; ++d) {
    HALE_ASSERT(table.latency_ms[d].size() == archs);
    std::copy(table.latency_ms[d].begin(), table.latency_ms[d].end(),
              numeric::matrix_view(latency_ms).row(d).begin());
  }
  return latency_ms;
}

namespace detail {

/// Errors: another number of names than `count`; a name that is empty or stands twice.
inline Result<> require_names(const std::vector<std::string>& names, std::size_t count,
                              std::string_view what, std::string_view axis) {
  if (names.size() != count)
    return fail(concat("found ", names.size(), " ", what, " and ", count, " ", axis,
                       " of latencies, expected a ", what == "devices" ? "row" : "column",
                       " for each of the ", what));
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : names) {
    if (name.empty()) return fail(concat("one of the ", what, " has no name"));
    if (!seen.insert(name).second)
      return fail(concat("'", name.substr(0, 200), "' stands twice among the ", what));
  }
  return {};
}

}  // namespace detail

/// A table of such an array; families are those in the archs' names.
///
/// Shapes: latency_ms (devices, archs), NaN where not measured. Errors: names that do not fit the
/// shape, are empty or stand twice; a latency that no network takes.
[[nodiscard]] inline Result<LatencyTable> latency_table(
    const numeric::Tensor<double, 2>& latency_ms, std::vector<std::string> devices,
    std::vector<std::string> archs) {
  HALE_CHECK(detail::require_names(devices, latency_ms.shape(0), "devices", "rows"));
  HALE_CHECK(detail::require_names(archs, latency_ms.shape(1), "archs", "columns"));
  LatencyTable table{std::move(archs), std::move(devices), {}};
  for (std::size_t d = 0; d < table.devices.size(); ++d) {
    const auto row = numeric::matrix_view(latency_ms).row(d);
    for (std::size_t a = 0; a < row.size(); ++a)
      if (!std::isnan(row[a]) && !is_plausible(Milliseconds{row[a]}))
        return fail(concat("device '", table.devices[d], "', arch '", table.archs[a], "': found ",
                           row[a], ", expected ", plausible, ", or NaN where not measured"));
    table.latency_ms.emplace_back(row.begin(), row.end());
  }
  return table;
}

}  // namespace hale::device
