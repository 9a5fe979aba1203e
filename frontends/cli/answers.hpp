#pragma once

#include <cstddef>
#include <hale/session/answer.hpp>
#include <string>
#include <vector>

#include "inputs.hpp"
#include "output.hpp"

namespace hale::cli {

/// An answer for a model or for a line of `--archs`. A line that cannot be answered keeps its
/// place, without a prediction.
struct Row {
  session::Answer answer;
  bool is_answered = true;
  bool has_cost = true;  // an architecture string has none
};

/// All answers, and what was refused.
struct Rows {
  std::vector<Row> given{};
  std::vector<Refusal> refused{};
  bool are_of_archs = false;     // else of models
  bool has_kernels = false;      // asked for by --ops
  std::size_t devices = 0;       // that were asked
  std::string default_device{};  // the one that answers where none was named
};

/// As `score` prints them.
[[nodiscard]] std::string format_answers(const Rows& rows, Format format);

}  // namespace hale::cli
