#pragma once

#include <algorithm>
#include <cmath>
#include <hale/core/text.hpp>
#include <hale/graph/control.hpp>
#include <hale/graph/operations/arithmetic.hpp>
#include <hale/session/choices.hpp>

namespace hale::session {

namespace detail::choices {

/// What a user calls an If.
[[nodiscard]] inline std::string name_of(const graph::Graph& graph, const graph::Operation& op) {
  if (!op.location.empty()) return op.location;
  for (const graph::ValueId result : op.results)
    if (result != graph::ValueId::none) return graph.value(result).name;
  return {};
}

[[nodiscard]] inline std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& one : names) list += concat(list.empty() ? "'" : ", '", one, "'");
  return list.empty() ? "none" : list;
}

/// Two nodes of one name, as those of a function that is called twice, take the same branch.
[[nodiscard]] inline Result<> take(const Take& said, graph::Graph& graph, std::string_view word) {
  bool is_found = false;
  std::vector<std::string> known;
  Result<> status;
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    graph::Operation& op = graph.operation(id);
    if (!op.is("If")) return;
    known.push_back(name_of(graph, op));
    if (known.back() != said.node) return;
    is_found = true;
    const std::size_t branch = graph::find_branch(op, said.is_then);
    if (branch < op.regions.size())
      op.control = {graph::Decision::asked, branch};
    else if (status)
      status = fail(concat(word, ": node '", said.node, "' has no ",
                           said.is_then ? "then_branch" : "else_branch"));
  });
  if (is_found) return status;
  return fail(concat(word, ": no If node '", said.node, "'; there are: ", listed(known)));
}

/// Errors: a type that does not hold the number, or not one number.
[[nodiscard]] inline Result<graph::Tensor> tensor_of(const InputValue& said,
                                                     const graph::Type& type,
                                                     std::string_view word) {
  if (graph::element_count(type) != 1)
    return fail(concat(word, ": input '", said.input, "' is ", graph::describe(type),
                       ", expected one element"));
  graph::Tensor tensor{.element = type.element};
  for (const graph::Dim& dim : *type.dims) tensor.dims.push_back(dim.extent);
  const graph::Number number = graph::arithmetic::cast(said.number, type.element);
  const auto* whole = std::get_if<std::int64_t>(&said.number);
  const bool is_truth = type.element == graph::ElementType::boolean;
  const auto* integer = std::get_if<std::int64_t>(&number);
  const auto* real = std::get_if<double>(&number);
  if (real != nullptr)
    tensor.elements = std::vector<double>{*real};
  else if (integer != nullptr && whole != nullptr && (!is_truth || *integer == *whole))
    tensor.elements = std::vector<std::int64_t>{*integer};
  else
    return fail(concat(word, ": input '", said.input, "' is of ", graph::name_of(type.element),
                       ", expected a number that it holds", is_truth ? ": 0 or 1" : ""));
  return tensor;
}

/// Has all that takes a value take another.
inline void replace(graph::Graph& graph, graph::ValueId from, graph::ValueId to) {
  const auto in = [&](std::vector<graph::ValueId>& values) {
    std::replace(values.begin(), values.end(), from, to);
  };
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    in(graph.operation(id).operands);
    for (const graph::NamedRegion& nested : graph.operation(id).regions)
      in(graph.region(nested.region).outputs);
  });
}

[[nodiscard]] inline Result<> set_value(const InputValue& said, graph::Graph& graph,
                                        std::string_view word) {
  std::vector<std::string> known;
  for (const graph::ValueId id : graph.body().inputs) {
    if (graph.value(id).name != said.input) {
      known.push_back(graph.value(id).name);
      continue;
    }
    HALE_TRY(graph::Tensor tensor, tensor_of(said, graph.value(id).type, word));
    const graph::ValueId constant = graph::add_constant(graph, std::move(tensor));
    replace(graph, id, constant);
    auto& operations = graph.body().operations;
    operations.insert(operations.begin(), graph.value(constant).producer);
    return {};
  }
  return fail(concat(word, ": no input '", said.input, "'; there are: ", listed(known)));
}

}  // namespace detail::choices

HALE_SESSION_INLINE std::optional<Take> parse_take(std::string_view word) {
  const std::size_t equals = word.rfind('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  const std::string_view branch = word.substr(equals + 1);
  if (branch != "then" && branch != "else") return std::nullopt;
  return Take{std::string(word.substr(0, equals)), branch == "then"};
}

HALE_SESSION_INLINE std::optional<InputValue> parse_value(std::string_view word) {
  const std::size_t equals = word.rfind('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  const std::string_view text = word.substr(equals + 1);
  InputValue value{std::string(word.substr(0, equals))};
  if (text == "true" || text == "false")
    value.number = std::int64_t{text == "true" ? 1 : 0};
  else if (const auto integer = parse_number<std::int64_t>(text))
    value.number = *integer;
  else if (const auto real = parse_number<double>(text); real && std::isfinite(*real))
    value.number = *real;
  else
    return std::nullopt;
  return value;
}

HALE_SESSION_INLINE Result<> apply_choices(const Choices& choices, graph::Graph& graph) {
  for (const Take& each : choices.takes)
    HALE_CHECK(detail::choices::take(each, graph, choices.take_word));
  for (const InputValue& each : choices.values)
    HALE_CHECK(detail::choices::set_value(each, graph, choices.value_word));
  return {};
}

}  // namespace hale::session
