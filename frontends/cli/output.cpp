#include "output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <hale/core/text.hpp>
#include <hale/io/csv.hpp>
#include <hale/io/file.hpp>
#include <nlohmann/json.hpp>
#include <system_error>

namespace hale::cli {
namespace {

/// The bytes of the character that text begins with; 0 where it is no UTF-8, or a control.
std::size_t shown_character(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (at(0) < 0x80) return at(0) < 0x20 || at(0) == 0x7f ? 0 : 1;
  const std::size_t size = at(0) >= 0xf0 ? 4 : at(0) >= 0xe0 ? 3 : 2;
  if (at(0) < 0xc2 || at(0) > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((at(i) & 0xc0) != 0x80) return 0;
  const bool is_control = at(0) == 0xc2 && at(1) < 0xa0;
  return is_control ? 0 : size;
}

std::string on_one_line(std::string_view message) {
  std::string line;
  while (!message.empty()) {
    const char c = message.front();
    const std::size_t size = shown_character(message);
    if (c == '\n' || c == '\r' || c == '\t')
      line += ' ';
    else if (size == 0)
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      line += message.substr(0, size);
    message.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return line;
}

/// What a terminal shows of UTF-8 text, wide characters aside.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string cell_text(const nlohmann::ordered_json& value, const char* separator) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return json_text(value, false);
  std::string text;
  for (const auto& element : value)
    text += concat(text.empty() ? "" : separator, cell_text(element, separator));
  return text;
}

}  // namespace

void FormatOption::declare(Arguments& arguments) {
  arguments.choice("--format", name_, {"table", "json", "jsonl", "csv"},
                   "How the result is written");
}

Format FormatOption::format() const {
  if (name_ == "json") return Format::json;
  if (name_ == "jsonl") return Format::jsonl;
  return name_ == "csv" ? Format::csv : Format::table;
}

void complain(std::string_view message) {
  constexpr std::size_t most = 4000;  // names in files may be of any length
  const std::size_t half = most / 2;
  const std::string text = message.size() <= most ? std::string(message)
                                                  : concat(message.substr(0, half), " [..] ",
                                                           message.substr(message.size() - half));
  fmt::print(stderr, "hale: {}\n", on_one_line(text));
}

void warn(std::string_view message) { complain(concat("warning: ", message)); }

Result<> write_stdout(std::string_view text) {
  errno = 0;
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
  if (errno == EPIPE) return {};
  return fail(concat("stdout cannot be written: ", std::strerror(errno)));
}

Result<> write_output(const std::string& path, std::string_view bytes) {
  if (path == "-") return write_stdout(bytes);
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  if (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status))
    return io::write_file(path, bytes);
  // A device such as /dev/null, a pipe: nothing that a file could be renamed onto.
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return fail(concat(path, ": cannot be written: ", std::strerror(errno)));
  return {};
}

Result<> require_folder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (path == "-" || folder.empty() || std::filesystem::is_directory(folder, ignored)) return {};
  return fail(concat(path, ": cannot be created: no folder '", folder.string(), "'"));
}

Result<> require_place(const std::string& path, std::string_view beginning, std::string_view kind) {
  HALE_CHECK(require_folder(path));
  std::error_code ignored;
  if (path == "-" || !std::filesystem::exists(path, ignored)) return {};
  if (std::filesystem::is_directory(path, ignored))
    return fail(concat(path, ": is a folder, expected a file"));
  if (!std::filesystem::is_regular_file(path, ignored)) return {};
  std::string found(beginning.size(), '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(found.data(), static_cast<std::streamsize>(found.size()));
  if (in.gcount() == 0 || found == beginning) return {};
  return fail(concat(path, ": is there already and not overwritten, since it is no ", kind));
}

Exit refuse(const Error& error) {
  complain(error.message);
  return Exit::bad_input;
}

Exit refuse_usage(std::string_view message) {
  complain(message);
  return Exit::usage;
}

Exit finish(std::string_view text, Exit status) {
  if (const auto written = write_stdout(text); !written) return refuse(written.error());
  return status;
}

std::string TextTable::format() const {
  std::vector<std::size_t> widths(header.size());
  std::vector<std::vector<std::string>> lines = rows;
  lines.insert(lines.begin(), header);
  for (std::vector<std::string>& row : lines)
    for (std::size_t c = 0; c < row.size(); ++c) {
      row[c] = on_one_line(row[c]);  // a node may be named anything
      widths[c] = std::max(widths[c], width(row[c]));
    }
  std::string text;
  const auto append = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string padding(widths[c] - width(row[c]), ' ');
      const bool to_right = c < right.size() && right[c];
      line += concat(c == 0 ? "" : "  ", to_right ? padding : "", row[c], to_right ? "" : padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  for (const auto& row : lines) append(row);
  return text;
}

std::string csv_line(const std::vector<std::string>& fields) {
  std::string line;
  for (std::size_t i = 0; i < fields.size(); ++i)
    line += concat(i == 0 ? "" : ",", io::csv_field(fields[i]));
  return line + "\n";
}

std::string json_text(const nlohmann::ordered_json& value, bool indented) {
  return value.dump(indented ? 1 : -1, ' ', false,
                    nlohmann::ordered_json::error_handler_t::replace);
}

std::string format_listing(const Listing& listing, const nlohmann::ordered_json& records,
                           Format format) {
  if (format == Format::json)
    return json_text({{"hale", json_schema}, {listing.key, records}}, true) + "\n";
  std::string text;
  if (format == Format::jsonl) {
    for (const auto& record : records) {
      nlohmann::ordered_json line = {{"hale", json_schema}};
      line.update(record);
      text += json_text(line, false) + "\n";
    }
    return text;
  }
  TextTable table{listing.columns, {}, {}};
  text = csv_line(listing.columns);
  for (const auto& record : records) {
    std::vector<std::string> row;
    for (const std::string& column : listing.columns)
      row.push_back(cell_text(record.at(column), format == Format::csv ? ";" : ", "));
    text += csv_line(row);
    table.rows.push_back(std::move(row));
  }
  return format == Format::csv ? text : table.format();
}

double rounded(double value) {
  return parse_number<double>(fmt::format("{:.6g}", value)).value_or(value);
}

std::string number_text(double value) { return concat(rounded(value)); }

std::string short_number(double value) {
  const double magnitude = std::abs(value);
  const int exponent = magnitude > 0 ? static_cast<int>(std::floor(std::log10(magnitude))) : 0;
  return fmt::format("{:.{}f}", value, std::clamp(2 - exponent, 0, 9));
}

}  // namespace hale::cli
