#pragma once

#include <hale/core/error.hpp>
#include <hale/session/inputs.hpp>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"

namespace hale::cli {

/// `--shape`, `--dim` and `--batch`: what the user says of a model's inputs.
class ShapeOptions {
 public:
  void declare(Arguments& arguments);

  /// Errors: words that are no shape, dimension or batch. To be called once, before inputs().
  [[nodiscard]] Result<> parse();

  [[nodiscard]] const session::Inputs& inputs() const { return inputs_; }

 private:
  std::vector<std::string> shape_words_;
  std::vector<std::string> dim_words_;
  session::Inputs inputs_{.words = {.shape = "--shape", .dim = "--dim", .batch = "--batch"}};
};

}  // namespace hale::cli
