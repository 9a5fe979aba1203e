#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/profile.hpp>
#include <hale/io/csv.hpp>
#include <hale/io/file.hpp>
#include <hale/io/table.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a CSV file says of devices, a line a device: as data/devices.csv, or as tables of others
/// do.
namespace hale::io {

/// What is known of devices, by their names.
using DeviceFacts = std::map<std::string, device::Described>;

namespace detail {

/// The column of one of some names; nothing where there is none. Errors: one that stands twice.
inline Result<std::optional<std::size_t>> fact_column(const CsvRow& header,
                                                      std::string_view alternatives) {
  std::optional<std::size_t> found;
  for (const std::string_view name : split(alternatives, '|'))
    for (std::size_t c = 0; c < header.fields.size(); ++c) {
      if (header.fields[c] != name) continue;
      if (found && header.fields[*found] == name)
        return fail(concat("line ", header.line, ": column '", name, "' stands twice"));
      if (!found) found = c;
    }
  return found;
}

/// "cpu", "gpu" or "npu" where a text begins with it, in capitals or not; nothing for "-" and
/// "N/A".
inline std::string kind_of(std::string_view text) {
  std::string first(text.substr(0, text.find(' ')));
  std::transform(first.begin(), first.end(), first.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  constexpr std::array<std::string_view, 3> kinds = {"cpu", "gpu", "npu"};
  if (std::find(kinds.begin(), kinds.end(), first) != kinds.end()) return first;
  return first == "-" || first == "n/a" ? std::string() : std::string(text);
}

/// The columns that are kept as they stand; where a table has the second name, that.
inline constexpr std::array<std::pair<std::string_view, std::string device::Facts::*>, 8>
    fact_columns = {{{"hardware|title", &device::Facts::hardware},
                     {"machine", &device::Facts::machine},
                     {"runtime", &device::Facts::runtime},
                     {"version", &device::Facts::version},
                     {"options|note", &device::Facts::options},
                     {"source", &device::Facts::source},
                     {"licence", &device::Facts::licence},
                     {"date", &device::Facts::date}}};

/// What a row says of its device; `field(ALTERNATIVES)` gives a column's text. Errors: threads that
/// are no number.
template <class Field>
Result<device::Described> described_by(const CsvRow& row, const Field& field) {
  device::Described found;
  found.name = field("name|device");
  if (found.name.empty())
    return fail(concat("line ", row.line, ", column 'name': is empty, expected a device"));
  found.precision = field("precision");
  found.facts.kind = kind_of(field("kind"));
  for (const auto& [columns, member] : fact_columns) found.facts.*member = field(columns);
  for (const std::string_view alias : split(field("aliases"), ';'))
    if (!trim(alias).empty()) found.facts.aliases.emplace_back(trim(alias));
  if (const std::string threads = field("threads"); !threads.empty()) {
    const auto number = parse_number<std::uint32_t>(threads);
    if (!number || *number == 0)
      return fail(concat("line ", row.line, ", column 'threads': found '", threads.substr(0, 60),
                         "', expected a number, or nothing"));
    found.facts.threads = *number;
  }
  return found;
}

}  // namespace detail

/// Devices by the columns `name` (or `device`) and `runtime`, and where they are there `kind`,
/// `hardware` (or `title`), `threads`, `precision`, `source` and the others of device::Facts, in
/// any order; further columns are ignored.
///
/// Errors: the line and column of what is no such file; a device that stands twice.
[[nodiscard]] inline Result<DeviceFacts> parse_device_facts(std::string_view text) {
  HALE_TRY(const std::vector<CsvRow> rows, parse_csv(text));
  if (rows.empty()) return fail("is empty, expected a header with 'name' and 'runtime'");
  std::map<std::string_view, std::optional<std::size_t>> columns;
  for (const std::string_view needed : {"name|device", "runtime"}) {
    HALE_TRY(columns[needed], detail::fact_column(rows[0], needed));
    if (!columns[needed])
      return fail(concat("line ", rows[0].line, ": no column '", split(needed, '|').front(),
                         "' in the header '", joined(rows[0].fields, ",").substr(0, 120),
                         "', expected the columns 'name' and 'runtime'"));
  }
  std::vector<std::string_view> others = {"precision", "kind", "aliases", "threads"};
  for (const auto& [column, member] : detail::fact_columns) others.push_back(column);
  for (const std::string_view other : others) {
    HALE_TRY(columns[other], detail::fact_column(rows[0], other));
  }
  if (rows.size() == 1) return fail("has a header but no device");
  DeviceFacts facts;
  std::map<std::string, std::size_t> line_of;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const CsvRow& row = rows[r];
    HALE_CHECK(require_width(row, rows[0].fields.size()));
    HALE_TRY(device::Described one,
             detail::described_by(row, [&](std::string_view column) -> const std::string& {
               static const std::string none;
               return columns[column] ? row.fields[*columns[column]] : none;
             }));
    const auto [known, fresh] = line_of.emplace(one.name, row.line);
    if (!fresh)
      return fail(concat("line ", row.line, ": device '", one.name, "' stands in line ",
                         known->second, " already"));
    facts.emplace(known->first, std::move(one));
  }
  return facts;
}

/// The same from a file. Errors: begin with the path; a file that cannot be read, and why.
[[nodiscard]] inline Result<DeviceFacts> read_device_facts(const std::filesystem::path& path) {
  HALE_TRY(const std::string text, read_file(path));
  auto facts = parse_device_facts(text);
  if (!facts) return fail_in(path.string(), facts.error());
  return facts;
}

/// The runtimes alone, by the devices' names; of those devices that have one. Errors: as
/// read_device_facts().
[[nodiscard]] inline Result<std::map<std::string, std::string>> read_runtimes(
    const std::filesystem::path& path) {
  return read_device_facts(path).map([](const DeviceFacts& facts) {
    std::map<std::string, std::string> runtimes;
    for (const auto& [name, one] : facts)
      if (!one.facts.runtime.empty()) runtimes.emplace(name, one.facts.runtime);
    return runtimes;
  });
}

}  // namespace hale::io
