#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <hale/io/csv.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace hale::io {

namespace detail {

inline Result<double> parse_latency(const CsvRow& row, std::string_view column,
                                    std::string_view text) {
  const auto value = parse_number<double>(text);
  if (!value || !device::is_plausible(Milliseconds{*value}))
    return fail(concat("line ", row.line, ", column '", column, "': found '", text.substr(0, 60),
                       "', expected ", device::plausible));
  return *value;
}

}  // namespace detail

/// Errors: a row of more or fewer fields than its header's `width`.
[[nodiscard]] inline Result<> require_width(const CsvRow& row, std::size_t width) {
  if (row.fields.size() == width) return {};
  return fail(concat("line ", row.line, ": found ", row.fields.size(), " fields, expected ", width,
                     " as in the header"));
}

/// A latency table: header `arch,<device>,...`, milliseconds, an empty cell where not measured.
///
/// Errors: the line and column of what is no such table; an architecture that stands twice.
[[nodiscard]] inline Result<device::LatencyTable> parse_latency_table(std::string_view text) {
  HALE_TRY(const std::vector<CsvRow> rows, parse_csv(text));
  if (rows.empty()) return fail("is empty, expected a header 'arch,<device>,...'");
  const CsvRow& header = rows[0];
  if (header.fields[0] != "arch" || header.fields.size() < 2)
    return fail(concat("line 1: found the header '", header.fields[0].substr(0, 60),
                       header.fields.size() > 1 ? ",..." : "", "', expected 'arch,<device>,...'"));
  device::LatencyTable table;
  std::unordered_set<std::string_view> names;
  for (std::size_t c = 1; c < header.fields.size(); ++c) {
    const std::string& name = header.fields[c];
    if (name.empty()) return fail(concat("line 1: column ", c + 1, " has no device name"));
    if (!names.insert(name).second) return fail(concat("line 1: device '", name, "' stands twice"));
    table.devices.push_back(name);
  }
  table.latency_ms.resize(table.devices.size());
  std::unordered_map<std::string_view, std::size_t> line_of;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const CsvRow& row = rows[r];
    HALE_CHECK(require_width(row, header.fields.size()));
    const auto [known, fresh] = line_of.emplace(row.fields[0], row.line);
    if (!fresh)
      return fail(concat("line ", row.line, ": architecture '", row.fields[0], "' stands in line ",
                         known->second, " already"));
    table.archs.push_back(row.fields[0]);
    for (std::size_t c = 1; c < row.fields.size(); ++c) {
      double latency = std::numeric_limits<double>::quiet_NaN();
      if (!row.fields[c].empty()) {
        HALE_TRY(latency, detail::parse_latency(row, header.fields[c], row.fields[c]));
      }
      table.latency_ms[c - 1].push_back(latency);
    }
  }
  if (table.archs.empty()) return fail("has a header but no row");
  return table;
}

/// Measurements: a header with `arch` and `latency_ms`, and `shape` where there is one, in any
/// order; further columns are ignored.
///
/// Errors: the line and column of what is none.
[[nodiscard]] inline Result<std::vector<device::Measurement>> parse_measurements(
    std::string_view text) {
  HALE_TRY(const std::vector<CsvRow> rows, parse_csv(text));
  if (rows.empty()) return fail("is empty, expected a header 'arch,latency_ms'");
  const auto column = [&](std::string_view name) -> Result<std::size_t> {
    const auto& names = rows[0].fields;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      std::string all;
      for (const std::string& field : names)
        all += concat(all.empty() ? "" : ",", field.substr(0, 40));
      return fail(concat("line 1: no column '", name, "' in the header '", all.substr(0, 120),
                         "', expected 'arch,latency_ms'"));
    }
    if (std::find(found + 1, names.end(), name) != names.end())
      return fail(concat("line 1: column '", name, "' stands twice"));
    return static_cast<std::size_t>(found - names.begin());
  };
  HALE_TRY(const std::size_t arch, column("arch"));
  HALE_TRY(const std::size_t latency, column("latency_ms"));
  const auto shape = column("shape");
  std::vector<device::Measurement> measurements;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    HALE_CHECK(require_width(rows[r], rows[0].fields.size()));
    HALE_TRY(const double ms,
             detail::parse_latency(rows[r], "latency_ms", rows[r].fields[latency]));
    if (rows[r].fields[arch].empty())
      return fail(concat("line ", rows[r].line, ": the architecture is empty"));
    measurements.push_back(
        {rows[r].fields[arch], Milliseconds{ms}, shape ? rows[r].fields[*shape] : std::string()});
  }
  if (measurements.empty()) return fail("has a header but no measurement");
  return measurements;
}

}  // namespace hale::io
