#include "shapes.hpp"

#include <algorithm>
#include <hale/core/text.hpp>
#include <utility>

namespace hale::cli {

void ShapeOptions::declare(Arguments& arguments) {
  arguments.repeated("--shape INPUT:1x3x224x224", shape_words_, "The shape of an input");
  arguments.repeated("--dim SYMBOL=VALUE", dim_words_, "The extent of an open dimension");
  arguments.number("--batch N", inputs_.batch, "The batch that the model is run with");
}

Result<> ShapeOptions::parse() {
  for (const std::string& word : shape_words_) {
    auto shape = session::parse_shape(word);
    if (!shape || shape->input.empty())
      return fail(concat("--shape: found '", word, "', expected INPUT:1x3x224x224"));
    if (std::any_of(inputs_.shapes.begin(), inputs_.shapes.end(),
                    [&](const auto& other) { return other.input == shape->input; }))
      return fail(concat("--shape: input '", shape->input, "' stands twice"));
    inputs_.shapes.push_back(*std::move(shape));
  }
  for (const std::string& word : dim_words_) {
    auto dim = session::parse_dim(word);
    if (!dim) return fail(concat("--dim: found '", word, "', expected SYMBOL=VALUE"));
    if (std::any_of(inputs_.dims.begin(), inputs_.dims.end(),
                    [&](const auto& other) { return other.first == dim->first; }))
      return fail(concat("--dim: dimension '", dim->first, "' stands twice"));
    inputs_.dims.push_back(*std::move(dim));
  }
  return session::require_extents(inputs_);
}

}  // namespace hale::cli
