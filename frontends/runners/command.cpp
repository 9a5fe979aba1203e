#include "command.hpp"

#include <cmath>
#include <hale/core/text.hpp>
#include <regex>

#include "process.hpp"

namespace hale::runners {
namespace {

/// One word for a shell, whatever is in it.
std::string quoted(std::string_view text) {
  std::string word = "'";
  for (const char letter : text) {
    if (letter == '\'')
      word += "'\\''";
    else
      word += letter;
  }
  return word + "'";
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

Result<std::regex> parse_pattern(const std::string& pattern) {
  try {
    std::regex regex(pattern, std::regex::ECMAScript);
    if (regex.mark_count() == 1) return regex;
    return fail(concat("--pattern '", pattern, "' has ", regex.mark_count(),
                       " groups, expected one around the milliseconds"));
  } catch (const std::regex_error& error) {
    return fail(concat("--pattern '", pattern, "': ", error.what()));
  }
}

}  // namespace

Result<Readings> measure_with_command(const Model& model, const Settings& settings) {
  HALE_TRY(const std::regex pattern, parse_pattern(settings.pattern));
  // The path last: what stands in it is no placeholder.
  std::string line = replaced(settings.command, "{threads}", concat(settings.threads));
  line = replaced(std::move(line), "{model}", quoted(model.path));
  HALE_TRY(Process process, Process::start({"/bin/sh", "-c", line}, 0));
  HALE_TRY(const std::string said, process.read_all(settings.patience));
  Readings readings{.milliseconds = {}, .runtime = settings.command};
  for (std::sregex_iterator found(said.begin(), said.end(), pattern), end; found != end; ++found) {
    const auto ms = parse_number<double>((*found)[1].str());
    if (!ms || !std::isfinite(*ms) || *ms <= 0)
      return fail(concat("--pattern: '", (*found)[1].str(), "' found, expected milliseconds"));
    readings.milliseconds.push_back(*ms);
  }
  if (readings.milliseconds.empty())
    return fail(concat("nothing that --pattern '", settings.pattern, "' matches in what '", line,
                       "' wrote to stdout, which begins '", said.substr(0, 80), "'"));
  return readings;
}

}  // namespace hale::runners
