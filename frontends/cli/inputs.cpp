#include "inputs.hpp"

#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/files.hpp>
#include <hale/io/csv.hpp>
#include <hale/measured.hpp>
#include <hale/runtime/codes.hpp>
#include <string_view>
#include <system_error>

#include "output.hpp"

namespace hale::cli {
namespace {

namespace fs = std::filesystem;

/// Errors: a folder that cannot be walked, or that holds none.
Result<std::vector<std::string>> models_in(const fs::path& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".onnx" && !entry->is_directory(error))
      found.push_back(entry->path().string());
  if (error) return fail(concat("cannot be searched: ", error.message()));
  if (found.empty()) return fail("is a folder without any .onnx file");
  std::sort(found.begin(), found.end());
  return found;
}

/// What matches, of folders what is in them. Errors: a pattern that nothing matches.
Result<std::vector<std::string>> matches_of(const std::string& pattern) {
  glob_t matches{};
  std::vector<std::string> found;
  if (glob(pattern.c_str(), 0, nullptr, &matches) == 0)
    for (std::size_t i = 0; i < matches.gl_pathc; ++i) {
      const std::string path = matches.gl_pathv[i];
      std::error_code ignored;
      const auto within = fs::is_directory(path, ignored)
                              ? models_in(path)
                              : Result<std::vector<std::string>>({path});
      if (within) found.insert(found.end(), within->begin(), within->end());
    }
  globfree(&matches);
  if (found.empty()) return fail("matches no file");
  return found;
}

}  // namespace

Refusal refusal(const std::string& input, const Error& error) {
  const std::string prefix = input + ": ";
  const bool named = error.message.starts_with(prefix);
  return {input, named ? error.message.substr(prefix.size()) : error.message};
}

void complain(const Refusal& refusal) { complain(concat(refusal.input, ": ", refusal.message)); }

ModelPaths expand_models(const std::vector<std::string>& words) {
  ModelPaths all;
  const auto add = [&](const std::string& word, const Result<std::vector<std::string>>& found) {
    if (found)
      all.paths.insert(all.paths.end(), found->begin(), found->end());
    else
      all.refused.push_back(refusal(word, found.error()));
  };
  for (const std::string& word : words) {
    std::error_code ignored;
    if (fs::is_directory(word, ignored))
      add(word, models_in(word));
    else if (word != "-" && !fs::exists(word, ignored) &&
             word.find_first_of("*?[") != std::string::npos)
      add(word, matches_of(word));
    else
      all.paths.push_back(word);
  }
  return all;
}

void declare_tables(Arguments& arguments, session::TableFiles& files) {
  arguments.repeated(
      "--table CSV", files.tables,
      "CSV: arch,<device>,... in milliseconds, an empty cell where not measured; arch "
      "is the space's own string or, for graph, an ONNX file by its path from the "
      "table's folder; again for more, which are joined by arch and device",
      true);
  arguments.repeated("--batch-table CSV", files.batches,
                     "For graph: CSV of the same form with the batch that each cell of --table was "
                     "measured at: milliseconds are then of that batch; again for more");
}

Result<device::LatencyTable> read_latency_tables(const session::TableFiles& files,
                                                 std::string_view space) {
  HALE_TRY(session::ReadTable read, session::read_tables(files, space));
  for (const std::string& message : read.left_out) warn(message);
  return std::move(read.table);
}

Result<std::vector<ChosenDevice>> choose_devices(const std::vector<std::string>& words,
                                                 const device::LatencyTable& table) {
  std::vector<ChosenDevice> chosen;
  const auto has = [&](const std::string& name) {
    return std::find(table.devices.begin(), table.devices.end(), name) != table.devices.end();
  };
  const auto add = [&](const std::string& name, bool is_named) {
    const auto same = std::find_if(chosen.begin(), chosen.end(), [&](const ChosenDevice& other) {
      return other.name == name && !(is_named && other.is_named);
    });
    if (same == chosen.end())
      chosen.push_back({name, is_named});
    else
      same->is_named = same->is_named || is_named;
  };
  for (const std::string& word : words) {
    const std::string pattern = word == "all" && !has(word) ? "*" : word;
    if (has(word) || pattern.find_first_of("*?[") == std::string::npos) {
      HALE_CHECK(table.column(word).map([](auto) {}));
      add(word, true);
      continue;
    }
    bool is_any = false;
    for (const std::string& name : table.devices)
      if (fnmatch(pattern.c_str(), name.c_str(), 0) == 0) {
        add(name, false);
        is_any = true;
      }
    if (!is_any)
      return fail(concat("--devices '", word, "' matches none of the table's ",
                         table.devices.size(), " devices"));
  }
  return chosen;
}

Result<std::vector<std::string>> read_archs(const std::string& path, std::string_view space) {
  HALE_TRY(const std::string bytes, session::read_text(path));
  auto archs = io::is_npy(bytes) ? runtime::archs_of_npy(space, bytes) : parse_archs(bytes);
  if (!archs) return fail_in(path, archs.error());
  return archs;
}

Result<std::vector<std::string>> parse_archs(const std::string& text) {
  std::string_view rest(text);
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  const std::size_t end = rest.find_last_not_of(" \t\r\n");
  if (end == std::string_view::npos) return fail("is empty, expected an architecture a line");
  rest = rest.substr(0, end + 1);
  const std::string_view header = rest.substr(0, rest.find('\n'));
  std::vector<std::string> archs;
  std::size_t column = 0;
  bool is_csv = false;
  const auto names = split(header, ',');
  for (std::size_t c = 0; c < names.size() && !is_csv; ++c) {
    std::string_view name = trim(names[c]);
    if (name.size() > 2 && name.starts_with('"') && name.ends_with('"'))
      name = name.substr(1, name.size() - 2);
    is_csv = name == "arch";
    column = c;
  }
  if (!is_csv) {
    for (const std::string_view line : split(rest, '\n')) archs.emplace_back(trim(line));
    return archs;
  }
  HALE_TRY(const std::vector<io::CsvRow> rows, io::parse_csv(rest));
  for (std::size_t r = 1; r < rows.size(); ++r)
    archs.push_back(column < rows[r].fields.size() ? rows[r].fields[column] : std::string());
  if (archs.empty()) return fail("has a header but no row");
  return archs;
}

}  // namespace hale::cli
