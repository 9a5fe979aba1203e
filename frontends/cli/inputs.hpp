#pragma once

#include <hale/core/error.hpp>
#include <string>
#include <vector>

namespace hale::cli {

/// The whole of a file, or of stdin where `path` is "-". Errors: begin with the path.
[[nodiscard]] Result<std::string> read_input(const std::string& path);

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

/// Architecture strings: a CSV's `arch` column where the first line names one, else one a line.
///
/// Line ends at the end aside, every line is one, empty or not. Errors: no line at all.
[[nodiscard]] Result<std::vector<std::string>> parse_archs(const std::string& text);

}  // namespace hale::cli
