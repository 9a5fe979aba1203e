#pragma once

#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/error.hpp>
#include <hale/graph/contents.hpp>
#include <hale/graph/ir.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a user says of the ways that a run takes through a model.
namespace hale::session {

/// The branch of an If that is taken.
struct Take {
  std::string node;  // by its name; where it has none, by that of its first result
  bool is_then = true;
};

/// The number that an input of one element holds; of a truth value 0 or 1.
struct InputValue {
  std::string input;
  graph::Number number{};
};

/// Branches and values that are said, and what messages call them. The words must outlive this.
struct Choices {
  std::vector<Take> takes{};
  std::vector<InputValue> values{};
  std::string_view take_word = "take";
  std::string_view value_word = "value";

  [[nodiscard]] bool says_nothing() const { return takes.empty() && values.empty(); }
};

/// "NODE=then" or "NODE=else"; nothing where it is neither.
[[nodiscard]] std::optional<Take> parse_take(std::string_view word);

/// "INPUT=16000", "INPUT=0.5", "INPUT=true"; nothing where it is not such.
[[nodiscard]] std::optional<InputValue> parse_value(std::string_view word);

/// Has each If that is named take its branch, and puts a Constant in the place of each input that
/// has a value: the input stays, and nothing takes it. Errors: an If or an input that the graph
/// does not have; an input of several elements, of an open number of them, or of other numbers.
[[nodiscard]] Result<> apply_choices(const Choices& choices, graph::Graph& graph);

}  // namespace hale::session

#ifndef HALE_SESSION
#include <hale/session/definitions/choices.hpp>
#endif
