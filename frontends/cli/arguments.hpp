#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace hale::cli {

/// How a run of the binary ends.
enum class Exit : int { done = 0, bad_input = 1, usage = 2 };

/// The options of one subcommand, declared one by one; CLI11 parses them. A name may be followed by
/// a space and what its help calls the value: "--batch N".
class Arguments {
 public:
  explicit Arguments(CLI::App& app) : app_(&app) {}

  /// Words without an option in front. Required ones are a usage error where they are missing.
  void words(const std::string& name, std::vector<std::string>& out, const std::string& help);
  void word(const std::string& name, std::string& out, const std::string& help);

  void text(const std::string& name, std::string& out, const std::string& help);
  void required_text(const std::string& name, std::string& out, const std::string& help);
  void text(const std::string& name, std::optional<std::string>& out, const std::string& help);
  void number(const std::string& name, std::size_t& out, const std::string& help);
  void number(const std::string& name, std::optional<std::size_t>& out, const std::string& help);
  void seed(const std::string& name, std::uint64_t& out, const std::string& help);
  void flag(const std::string& name, bool& out, const std::string& help);
  /// One of some words; any other is a usage error that lists them.
  void choice(const std::string& name, std::string& out, const std::vector<std::string>& choices,
              const std::string& help);
  /// An option that may be given again and again.
  void repeated(const std::string& name, std::vector<std::string>& out, const std::string& help,
                bool required = false);
  void repeated_choice(const std::string& name, std::vector<std::string>& out,
                       const std::vector<std::string>& choices, const std::string& help);
  /// `--name A,B,..`; empty items are left out.
  void list(const std::string& name, std::vector<std::string>& out, const std::string& help,
            bool required = false);

  /// `name` cannot be used without `other`.
  void needs(const std::string& name, const std::string& other);

 private:
  CLI::App* app_;
};

/// What a subcommand does once its options are known.
using Action = std::function<Exit()>;

/// A subcommand: what its help says, and its options.
struct Command {
  const char* name;
  const char* summary;
  const char* example;  // a line that works as it stands, with what it prints or leaves
  Action (*declare)(Arguments& arguments);
};

/// Parses the command line and runs the subcommand it names.
[[nodiscard]] Exit run(int count, char** words);

}  // namespace hale::cli
