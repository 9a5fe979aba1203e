#pragma once

#include <hale/core/error.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/measured.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"

namespace hale::cli {

/// What an input was and what is wrong with it.
struct Refusal {
  std::string input;
  std::string message;
};

/// The message of an error about `input`, which may stand in front of it already.
[[nodiscard]] Refusal refusal(const std::string& input, const Error& error);
/// "hale: INPUT: message" on stderr.
void complain(const Refusal& refusal);

struct ModelPaths {
  std::vector<std::string> paths;
  std::vector<Refusal> refused;
};

/// Files as they are, folders' *.onnx files recursively and in order, globs' matches, "-" as it is.
[[nodiscard]] ModelPaths expand_models(const std::vector<std::string>& words);

/// Declares `--table` and `--batch-table`.
void declare_tables(Arguments& arguments, session::TableFiles& files);

/// Latency tables as one, with a warning for each of the models that is left out. Errors: as
/// session::read_tables().
[[nodiscard]] Result<device::LatencyTable> read_latency_tables(const session::TableFiles& files,
                                                               std::string_view space);

/// A device of a table, and whether it was named itself, not by a pattern.
struct ChosenDevice {
  std::string name;
  bool is_named = false;
};

/// The devices of a table that words name: themselves, by patterns ('pixel4-*'), or "all". Those of
/// patterns stand once. Errors: a name or a pattern that no device has.
[[nodiscard]] Result<std::vector<ChosenDevice>> choose_devices(
    const std::vector<std::string>& words, const device::LatencyTable& table);

/// The architectures of a space in a file, "-" for stdin: text as parse_archs() reads it, or a .npy
/// file of codes (docs/arrays.md).
///
/// Errors: as of those; begin with the path.
[[nodiscard]] Result<std::vector<std::string>> read_archs(const std::string& path,
                                                          std::string_view space);

/// Architecture strings: a CSV's `arch` column where the first line names one, else one a line.
///
/// Line ends at the end aside, every line is one, empty or not. Errors: no line at all.
[[nodiscard]] Result<std::vector<std::string>> parse_archs(const std::string& text);

}  // namespace hale::cli
