#pragma once

#include <hale/core/error.hpp>
#include <hale/session/inputs.hpp>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"

namespace hale::cli {

/// `--shape`, `--dim`, `--batch` and `--batch-axis`: what the user says of a model's inputs;
/// `--take` and `--value`: which branches it takes.
class ShapeOptions {
 public:
  void declare(Arguments& arguments);

  /// Errors: words that are no shape, dimension, batch, axis, branch or value. To be called once,
  /// before inputs().
  [[nodiscard]] Result<> parse();

  [[nodiscard]] const session::Inputs& inputs() const { return inputs_; }

 private:
  std::vector<std::string> shape_words_;
  std::vector<std::string> dim_words_;
  std::vector<std::string> axis_words_;
  std::vector<std::string> take_words_;
  std::vector<std::string> value_words_;
  session::Inputs inputs_{.words = {.shape = "--shape",
                                    .dim = "--dim",
                                    .batch = "--batch",
                                    .batch_axis = "--batch-axis"},
                          .choices = {.take_word = "--take", .value_word = "--value"}};
};

}  // namespace hale::cli
