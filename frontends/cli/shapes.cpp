#include "shapes.hpp"

#include <algorithm>
#include <hale/core/text.hpp>
#include <hale/session/batch.hpp>
#include <utility>

namespace hale::cli {

void ShapeOptions::declare(Arguments& arguments) {
  arguments.repeated("--shape INPUT:1x3x224x224", shape_words_, "The shape of an input");
  arguments.repeated("--dim SYMBOL=VALUE", dim_words_,
                     "The extent of an open dimension, or of a name in its expression");
  arguments.number("--batch N", inputs_.batch, "The batch that the model is run with");
  arguments.repeated("--take NODE=then|else", take_words_, "The branch that an If takes");
  arguments.repeated("--value INPUT=VALUE", value_words_,
                     "What an input of one element holds: 0, 1, 16000");
  arguments.repeated("--batch-axis INPUT=AXIS", axis_words_,
                     "Which axis of an input is its batch, from 0");
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
  HALE_CHECK(parse_choices());
  for (const std::string& word : axis_words_) {
    auto axis = session::parse_batch_axis(word);
    if (!axis) return fail(concat("--batch-axis: found '", word, "', expected INPUT=AXIS"));
    if (std::any_of(inputs_.batch_axes.begin(), inputs_.batch_axes.end(),
                    [&](const auto& other) { return other.first == axis->first; }))
      return fail(concat("--batch-axis: input '", axis->first, "' stands twice"));
    inputs_.batch_axes.push_back(*std::move(axis));
  }
  return session::require_extents(inputs_);
}

Result<> ShapeOptions::parse_choices() {
  session::Choices& choices = inputs_.choices;
  for (const std::string& word : take_words_) {
    auto take = session::parse_take(word);
    if (!take) return fail(concat("--take: found '", word, "', expected NODE=then or NODE=else"));
    if (std::any_of(choices.takes.begin(), choices.takes.end(),
                    [&](const auto& other) { return other.node == take->node; }))
      return fail(concat("--take: node '", take->node, "' stands twice"));
    choices.takes.push_back(*std::move(take));
  }
  for (const std::string& word : value_words_) {
    auto value = session::parse_value(word);
    if (!value) return fail(concat("--value: found '", word, "', expected INPUT=NUMBER"));
    if (std::any_of(choices.values.begin(), choices.values.end(),
                    [&](const auto& other) { return other.input == value->input; }))
      return fail(concat("--value: input '", value->input, "' stands twice"));
    choices.values.push_back(*std::move(value));
  }
  return {};
}

}  // namespace hale::cli
