#include "arguments.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <hale/core/config.hpp>
#include <hale/core/text.hpp>
#include <sstream>
#include <string_view>

#include "commands.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

// In the order in which one works with them.
constexpr std::array<const Command*, 10> commands = {
    &score_command, &inspect_command,  &suggest_command, &measure_command, &adapt_command,
    &train_command, &evaluate_command, &spaces_command,  &devices_command, &bases_command};

constexpr const char* overview =
    "Latency of neural networks on devices, in milliseconds.\n"
    "Results go to stdout, everything else to stderr.\n"
    "Exit status: 0 done, 1 bad input, 2 wrong usage.";

CLI::Validator member_of(const std::vector<std::string>& choices) {
  return CLI::Validator(
      [choices](std::string& text) -> std::string {
        if (std::find(choices.begin(), choices.end(), text) != choices.end()) return {};
        return concat("found '", text, "', expected one of ", joined(choices));
      },
      "");
}

/// CLI11 would take "-1" for an unsigned number's wrap-around.
CLI::Validator whole_number() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        if (parse_number<std::uint64_t>(text)) return {};
        return concat("found '", text, "', expected a whole number");
      },
      "");
}

template <class Value>
CLI::Option* add(CLI::App& app, const std::string& name, Value& out, const std::string& help) {
  const std::size_t space = name.find(' ');
  CLI::Option* option = app.add_option(name.substr(0, space), out, help);
  option->type_name(space == std::string::npos ? "" : name.substr(space + 1));
  return option;
}

/// Each time it is named an option takes one word, and leaves the next to what stands behind it.
CLI::Option* one_each(CLI::Option* option) {
  return option->expected(1)->take_all()->allow_extra_args(false);
}

}  // namespace

void Arguments::words(const std::string& name, std::vector<std::string>& out,
                      const std::string& help) {
  add(*app_, name, out, help);
}
void Arguments::word(const std::string& name, std::string& out, const std::string& help) {
  add(*app_, name, out, help)->required();
}
void Arguments::text(const std::string& name, std::string& out, const std::string& help) {
  CLI::Option* option = add(*app_, name, out, help);
  if (!out.empty()) option->capture_default_str();
}
void Arguments::flag(const std::string& name, bool& out, const std::string& help) {
  app_->add_flag(name, out, help);
}
void Arguments::required_text(const std::string& name, std::string& out, const std::string& help) {
  add(*app_, name, out, help)->required();
}
void Arguments::text(const std::string& name, std::optional<std::string>& out,
                     const std::string& help) {
  add(*app_, name, out, help);
}
void Arguments::number(const std::string& name, std::size_t& out, const std::string& help) {
  add(*app_, name, out, help)->capture_default_str()->check(whole_number());
}
void Arguments::number(const std::string& name, std::optional<std::size_t>& out,
                       const std::string& help) {
  add(*app_, name, out, help)->check(whole_number());
}
void Arguments::seed(const std::string& name, std::uint64_t& out, const std::string& help) {
  add(*app_, name, out, help)->capture_default_str()->check(whole_number());
}
void Arguments::choice(const std::string& name, std::string& out,
                       const std::vector<std::string>& choices, const std::string& help) {
  add(*app_, concat(name, " ", joined(choices, "|")), out, help)
      ->capture_default_str()
      ->check(member_of(choices));
}
void Arguments::repeated(const std::string& name, std::vector<std::string>& out,
                         const std::string& help, bool required) {
  one_each(add(*app_, name, out, help))->required(required);
}
void Arguments::repeated_choice(const std::string& name, std::vector<std::string>& out,
                                const std::vector<std::string>& choices, const std::string& help) {
  one_each(add(*app_, concat(name, " ", joined(choices, "|")), out, help))
      ->check(member_of(choices));
}
void Arguments::list(const std::string& name, std::vector<std::string>& out,
                     const std::string& help, bool required) {
  const std::size_t space = name.find(' ');
  app_->add_option_function<std::string>(
          name.substr(0, space),
          [&out](const std::string& text) {
            for (const std::string_view item : split(text, ','))
              if (!trim(item).empty()) out.emplace_back(trim(item));
          },
          help)
      ->type_name(name.substr(space + 1))
      ->multi_option_policy(CLI::MultiOptionPolicy::Join)
      ->delimiter(',')
      ->required(required);
}
void Arguments::needs(const std::string& name, const std::string& other) {
  app_->get_option(name)->needs(app_->get_option(other));
}

Exit run(int count, char** words) {
  CLI::App app(overview, "hale");
  app.require_subcommand(1);
  app.set_version_flag("--version", "hale " HALE_VERSION);
  app.failure_message(CLI::FailureMessage::simple);
  Action action;
  std::string chosen;
  for (const Command* command : commands) {
    CLI::App* sub = app.add_subcommand(command->name, command->summary);
    sub->footer(concat("Example:\n", command->example));
    Arguments arguments(*sub);
    sub->callback([&action, &chosen, command, run = command->declare(arguments)] {
      action = run;
      chosen = command->name;
    });
  }
  try {
    app.parse(count, words);
  } catch (const CLI::Success& asked) {  // help or version: what they print is the result
    std::ostringstream text;
    app.exit(asked, text);
    return finish(text.str());
  } catch (const CLI::ParseError& error) {
    if (app.get_subcommands().empty() && count > 1 && *words[1] != '-') {
      complain(
          concat("found '", words[1], "', expected a command; 'hale --help' says what there is"));
      return Exit::usage;
    }
    std::string where = "hale";
    for (const CLI::App* sub : app.get_subcommands()) where += " " + sub->get_name();
    complain(concat(error.what(), "; '", where, " --help' says what there is"));
    return Exit::usage;
  }
  return action();
}

}  // namespace hale::cli
