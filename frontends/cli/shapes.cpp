#include "shapes.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/session/batch.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace hale::cli {
namespace {

/// An option that is given once for each of its `subject`s, as `form`.
struct Repeated {
  std::string_view option;
  std::string_view form;
  std::string_view subject;
};

/// Adds what each word says to `entries`. Errors: a word of another form; a subject given twice.
template <class Parse, class Entry>
Result<> parse_each(const std::vector<std::string>& words, const Repeated& of, Parse parse,
                    std::string Entry::*subject, std::vector<Entry>& entries) {
  for (const std::string& word : words) {
    auto entry = parse(word);
    if (!entry) return fail(concat(of.option, ": found '", word, "', expected ", of.form));
    const std::string& name = *entry.*subject;
    if (std::any_of(entries.begin(), entries.end(),
                    [&](const Entry& other) { return other.*subject == name; }))
      return fail(concat(of.option, ": ", of.subject, " '", name, "' stands twice"));
    entries.push_back(*std::move(entry));
  }
  return {};
}

}  // namespace

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
  const auto parse_named_shape = [](std::string_view word) {
    auto shape = session::parse_shape(word);
    return shape && shape->input.empty() ? std::nullopt : shape;
  };
  session::Choices& choices = inputs_.choices;
  HALE_CHECK(parse_each(shape_words_, {"--shape", "INPUT:1x3x224x224", "input"}, parse_named_shape,
                        &session::InputShape::input, inputs_.shapes));
  HALE_CHECK(parse_each(dim_words_, {"--dim", "SYMBOL=VALUE", "dimension"}, session::parse_dim,
                        &std::pair<std::string, std::int64_t>::first, inputs_.dims));
  HALE_CHECK(parse_each(take_words_, {"--take", "NODE=then or NODE=else", "node"},
                        session::parse_take, &session::Take::node, choices.takes));
  HALE_CHECK(parse_each(value_words_, {"--value", "INPUT=NUMBER", "input"}, session::parse_value,
                        &session::InputValue::input, choices.values));
  HALE_CHECK(parse_each(axis_words_, {"--batch-axis", "INPUT=AXIS", "input"},
                        session::parse_batch_axis, &std::pair<std::string, std::size_t>::first,
                        inputs_.batch_axes));
  return session::require_extents(inputs_);
}

}  // namespace hale::cli
