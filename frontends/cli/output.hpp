#pragma once

#include <hale/core/error.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"

namespace hale::cli {

/// Schema number of everything that is written as JSON.
inline constexpr int json_schema = 1;

enum class Format { table, json, jsonl, csv };

/// Declares `--format`.
class FormatOption {
 public:
  void declare(Arguments& arguments);
  [[nodiscard]] Format format() const;

 private:
  std::string name_ = "table";
};

/// One line on stderr, "hale: ...", whatever line ends and control characters `message` holds.
void complain(std::string_view message);
/// The same with "warning: " in front.
void warn(std::string_view message);

/// Errors: what keeps stdout from taking all of it; a reader that went away is none.
[[nodiscard]] Result<> write_stdout(std::string_view text);

/// To stdout where `path` is "-", else whole or not at all.
[[nodiscard]] Result<> write_output(const std::string& path, std::string_view bytes);

/// Errors: an output's folder that is not there; found before long work, not after.
[[nodiscard]] Result<> require_folder(const std::string& path);
/// That, and what would be overwritten is of the kind that begins so, or empty. Errors: a folder, a
/// file of another kind.
[[nodiscard]] Result<> require_place(const std::string& path, std::string_view beginning,
                                     std::string_view kind);

/// Bad input: says so, and is the exit status of it.
[[nodiscard]] Exit refuse(const Error& error);
/// Wrong usage that the parser cannot see.
[[nodiscard]] Exit refuse_usage(std::string_view message);
/// Writes a result; done, or bad input where stdout takes none.
[[nodiscard]] Exit finish(std::string_view text, Exit status = Exit::done);

/// Columns aligned for reading: two spaces between them, numbers to the right.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> right;  // which columns are aligned to the right; missing ones are not

  [[nodiscard]] std::string format() const;
};

/// A CSV line of fields that may need quotes.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields);

/// Text as JSON on lines of their own, bytes that are no UTF-8 replaced.
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& value, bool indented);

/// What a listing prints: the same records in every format.
struct Listing {
  std::string key;                   // of the JSON array
  std::vector<std::string> columns;  // in the table and in CSV
};
[[nodiscard]] std::string format_listing(const Listing& listing,
                                         const nlohmann::ordered_json& records, Format format);

/// To six significant digits: more would only show the rounding of this machine.
[[nodiscard]] double rounded(double value);
/// Shortest text of rounded().
[[nodiscard]] std::string number_text(double value);
/// Three significant digits, never with an exponent: "81.2".
[[nodiscard]] std::string short_number(double value);

}  // namespace hale::cli
