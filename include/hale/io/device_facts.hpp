#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/io/csv.hpp>
#include <hale/io/file.hpp>
#include <hale/io/table.hpp>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// What a CSV file says of devices, as data/devices.csv does: a line a device.
namespace hale::io {

namespace detail {

inline Result<std::size_t> fact_column(const CsvRow& header, std::string_view name) {
  const std::vector<std::string>& names = header.fields;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    return fail(concat("line ", header.line, ": no column '", name, "' in the header '",
                       joined(names, ",").substr(0, 120),
                       "', expected the columns 'name' and 'runtime'"));
  if (std::find(found + 1, names.end(), name) != names.end())
    return fail(concat("line ", header.line, ": column '", name, "' stands twice"));
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace detail

/// The runtimes of devices by the devices' names: the columns `name` and `runtime`, in any order;
/// further columns are ignored. A device whose runtime is empty is not among them.
///
/// Errors: the line and column of what is no such file; a device that stands twice.
[[nodiscard]] inline Result<std::map<std::string, std::string>> parse_runtimes(
    std::string_view text) {
  HALE_TRY(const std::vector<CsvRow> rows, parse_csv(text));
  if (rows.empty()) return fail("is empty, expected a header with 'name' and 'runtime'");
  HALE_TRY(const std::size_t name, detail::fact_column(rows[0], "name"));
  HALE_TRY(const std::size_t runtime, detail::fact_column(rows[0], "runtime"));
  if (rows.size() == 1) return fail("has a header but no device");
  std::map<std::string, std::string> runtimes;
  std::unordered_map<std::string_view, std::size_t> line_of;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const CsvRow& row = rows[r];
    HALE_CHECK(require_width(row, rows[0].fields.size()));
    const std::string& device = row.fields[name];
    if (device.empty())
      return fail(concat("line ", row.line, ", column 'name': is empty, expected a device"));
    const auto [known, fresh] = line_of.emplace(device, row.line);
    if (!fresh)
      return fail(concat("line ", row.line, ": device '", device, "' stands in line ",
                         known->second, " already"));
    if (!row.fields[runtime].empty()) runtimes.emplace(device, row.fields[runtime]);
  }
  return runtimes;
}

/// The same from a file. Errors: begin with the path; a file that cannot be read, and why.
[[nodiscard]] inline Result<std::map<std::string, std::string>> read_runtimes(
    const std::filesystem::path& path) {
  HALE_TRY(const std::string text, read_file(path));
  auto runtimes = parse_runtimes(text);
  if (!runtimes) return fail_in(path.string(), runtimes.error());
  return runtimes;
}

}  // namespace hale::io
