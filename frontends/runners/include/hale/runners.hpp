#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What measures the latency of a model here: a runtime in a fresh process.
namespace hale::runners {

/// What a model is fed.
struct Input {
  std::string name;
  std::string element;  // the type's textual name: "f32"
  std::vector<std::int64_t> dims;
};

struct Model {
  std::string path;  // of an ONNX file
  std::vector<Input> inputs;
};

struct Settings {
  std::size_t threads = 1;
  std::string optimisation = "all";         // all, extended, basic or disabled
  std::string version{};                    // of a package; empty: the runner's default
  std::string folder{};                     // where npm installed packages; empty: the user's own
  std::string python = "/usr/bin/python3";  // of the runners in Python; this one: Debian's packages
  std::string accelerator{};                // what the model runs on; empty: the processors
  std::string command{};                    // of the runner `command`, with {model} in it
  std::string pattern{};                    // its one group is the milliseconds
  double seconds = 0.4;                     // of readings, once warm
  double patience = 120;  // seconds without an answer after which a model is given up
};

/// The readings of one process.
struct Readings {
  std::vector<double> milliseconds;  // without those of the warm-up
  std::string runtime;               // "onnxruntime-node 1.22.0"
};

struct Runner {
  std::string_view name;
  std::string_view summary;
  /// Starts a process for the model, warms it up and takes readings until their median is stable.
  ///
  /// Errors: a runtime that is not installed, with the line that installs it; what the runtime says
  /// of the model; a process that died or took too long.
  Result<Readings> (*measure)(const Model& model, const Settings& settings);
  /// The command line that installs the runtime; null where nothing of npm's does.
  std::vector<std::string> (*install)(const Settings& settings) = nullptr;
  bool takes_accelerator = false;
};

/// What there is, in the order of their listing.
[[nodiscard]] std::span<const Runner> all_runners();

/// Errors: no runner of this name, with those there are.
[[nodiscard]] Result<const Runner*> find_runner(std::string_view name);

/// Errors: not a regular expression with one group, for the runner `command`.
[[nodiscard]] Result<> check_pattern(const std::string& pattern);

/// npm's command line that installs what a runner needs; empty where it needs nothing of npm.
[[nodiscard]] std::vector<std::string> install_command(const Runner& runner,
                                                       const Settings& settings);

/// Ends each wait for a process, now and from now on: it fails, and takes the process with it. For
/// the handler of a signal.
void interrupt() noexcept;

/// Runs a program to its end. Errors: that it cannot be run, or fails, with the end of what it
/// said.
[[nodiscard]] Result<> run_program(const std::vector<std::string>& words, double patience);

}  // namespace hale::runners
