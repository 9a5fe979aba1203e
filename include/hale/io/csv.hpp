#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::io {

/// One line of a CSV file and where it began.
struct CsvRow {
  std::size_t line = 0;
  std::vector<std::string> fields;
};

/// Comma-separated values, fields in double quotes where they hold commas, quotes or line ends.
/// Blank lines are skipped; a byte order mark is too.
///
/// Errors: a quote that is never closed, or followed by anything but a comma; bytes of value 0.
/// Source: RFC 4180.
[[nodiscard]] inline Result<std::vector<CsvRow>> parse_csv(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    return fail(concat("found a zero byte at offset ", zero, ", expected text"));
  std::vector<CsvRow> rows;
  std::size_t line = 1;
  std::size_t at = 0;
  const auto at_line_end = [&] {
    return at == text.size() || text[at] == '\n' || text[at] == '\r';
  };
  while (at < text.size()) {
    CsvRow row{line, {}};
    while (true) {
      std::string field;
      if (at < text.size() && text[at] == '"') {
        for (++at;; ++at) {
          if (at == text.size())
            return fail(concat("line ", row.line, ": a quote is never closed"));
          if (text[at] == '"' && (at + 1 == text.size() || text[at + 1] != '"')) break;
          if (text[at] == '"') ++at;
          line += text[at] == '\n' ? 1U : 0U;
          field += text[at];
        }
        ++at;
        if (!at_line_end() && text[at] != ',')
          return fail(concat("line ", line, ": found '", text.substr(at, 1),
                             "' behind a closing quote, expected a comma"));
      } else {
        const std::size_t end = std::min(text.find_first_of(",\r\n", at), text.size());
        field = trim(text.substr(at, end - at));
        at = end;
      }
      row.fields.push_back(std::move(field));
      if (at_line_end()) break;
      ++at;  // the comma
    }
    if (at < text.size() && text[at] == '\r') ++at;
    if (at < text.size() && text[at] == '\n') ++at;
    ++line;
    if (row.fields.size() > 1 || !row.fields[0].empty()) rows.push_back(std::move(row));
  }
  return rows;
}

/// A field in quotes where it needs them.
[[nodiscard]] inline std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace hale::io
