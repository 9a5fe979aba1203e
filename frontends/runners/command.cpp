#include "command.hpp"

#include <hale/core/text.hpp>
#include <hale/core/units.hpp>
#include <hale/device/measurements.hpp>
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

Result<std::regex> parse(const std::string& pattern) {
  try {
    std::regex regex(pattern, std::regex::ECMAScript);
    if (regex.mark_count() == 1) return regex;
    return fail(concat("--pattern '", pattern, "' has ", regex.mark_count(),
                       " groups, expected one around the milliseconds"));
  } catch (const std::regex_error& error) {
    return fail(concat("--pattern '", pattern, "': ", error.what()));
  }
}

/// Adds what the pattern's group matches. A line longer than any that a tool writes for people is
/// cut: std::regex goes one call deeper with each letter.
Result<> add_matches(std::string_view line, const std::regex& pattern,
                     std::vector<double>& milliseconds) {
  constexpr std::size_t longest = 4000;
  line = line.substr(0, longest);
  for (std::cregex_iterator found(line.begin(), line.end(), pattern), end; found != end; ++found) {
    const std::string number = (*found)[1].str();
    const auto ms = parse_number<double>(number);
    if (!ms || !device::is_plausible(Milliseconds{*ms}))
      return fail(concat("--pattern: '", number, "' found, expected ", device::plausible));
    milliseconds.push_back(*ms);
  }
  return {};
}

}  // namespace

Result<> check_pattern(const std::string& pattern) {
  HALE_TRY([[maybe_unused]] const std::regex regex, parse(pattern));
  return {};
}

Result<Readings> measure_with_command(const Model& model, const Settings& settings) {
  HALE_TRY(const std::regex pattern, parse(settings.pattern));
  // The path last: what stands in it is no placeholder.
  std::string line = replaced(settings.command, "{threads}", concat(settings.threads));
  line = replaced(std::move(line), "{model}", quoted(model.path));
  HALE_TRY(Process process, Process::start({"/bin/sh", "-c", line}, 0));
  HALE_TRY(const std::string said, process.read_all(settings.patience));
  Readings readings{.milliseconds = {}, .runtime = settings.command};
  for (const std::string_view text : split(said, '\n'))
    HALE_CHECK(add_matches(text, pattern, readings.milliseconds));
  if (readings.milliseconds.empty())
    return fail(concat("nothing that --pattern '", settings.pattern, "' matches in what '", line,
                       "' wrote to stdout, which begins '", said.substr(0, 80), "'"));
  return readings;
}

}  // namespace hale::runners
