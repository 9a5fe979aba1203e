#pragma once

#include <algorithm>
#include <hale/core/text.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/inputs.hpp>
#include <vector>

namespace hale::session {

namespace detail::inputs {

[[nodiscard]] constexpr bool is_extent(std::int64_t extent) {
  return extent >= 1 && extent <= largest_extent;
}

[[nodiscard]] inline std::optional<std::int64_t> parse_extent(std::string_view text) {
  const auto extent = parse_number<std::int64_t>(text);
  if (!extent || !is_extent(*extent)) return std::nullopt;
  return extent;
}

[[nodiscard]] inline std::vector<graph::Type> types_of_inputs(const graph::Graph& graph) {
  std::vector<graph::Type> types;
  for (const graph::ValueId id : graph.body().inputs) types.push_back(graph.value(id).type);
  return types;
}

/// What the file says of computed values no longer holds once an input's extent is another.
inline void forget_computed_shapes(graph::Graph& graph) {
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    const auto id = static_cast<graph::ValueId>(i);
    const graph::Operation* producer = graph.producer(id);
    if (producer != nullptr && !producer->is("Constant")) graph.value(id).type.dims.reset();
  }
}

[[nodiscard]] inline std::string in_quotes(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& one : names) list += concat(list.empty() ? "'" : ", '", one, "'");
  return list.empty() ? "none" : list;
}

/// The input that a shape is for. Errors: none is named, and there are several.
[[nodiscard]] inline Result<std::string> name_of(const std::string& said, const graph::Graph& graph,
                                                 std::string_view word) {
  if (!said.empty()) return said;
  std::vector<std::string> names;
  for (const graph::ValueId id : data_inputs(graph)) names.push_back(graph.value(id).name);
  if (names.size() == 1) return std::move(names.front());
  return fail(
      concat(word, ": found one without an input's name, expected one of: ", in_quotes(names)));
}

[[nodiscard]] inline Result<> set_shape(graph::Graph& graph, const std::string& name,
                                        const std::vector<std::int64_t>& extents,
                                        std::string_view word) {
  std::vector<std::string> known;
  for (const graph::ValueId id : graph.body().inputs) {
    graph::Value& value = graph.value(id);
    if (value.name != name) {
      known.push_back(value.name);
      continue;
    }
    if (value.type.dims && value.type.dims->size() != extents.size())
      return fail(concat(word, ": input '", name, "' has ", value.type.dims->size(),
                         " dimensions, found ", extents.size()));
    const std::vector<graph::Dim> before = value.type.dims.value_or(std::vector<graph::Dim>{});
    for (std::size_t d = 0; d < before.size(); ++d)
      if (!before[d].symbol.empty()) set_symbols(graph, {before[d].symbol}, extents[d]);
    value.type.dims = graph::tensor_type(value.type.element, extents).dims;
    return {};
  }
  return fail(concat(word, ": no input '", name, "'; there are: ", in_quotes(known)));
}

[[nodiscard]] inline Result<> set_dim(graph::Graph& graph, const std::string& symbol,
                                      std::int64_t extent, std::string_view word) {
  std::vector<std::string> known;
  for (const graph::ValueId id : graph.body().inputs)
    for (const graph::Dim& dim : graph.value(id).type.dims.value_or(std::vector<graph::Dim>{}))
      if (!dim.symbol.empty()) known.push_back(dim.symbol);
  if (set_symbols(graph, {symbol}, extent)) return {};
  return fail(concat(word, ": no open dimension '", symbol, "'; there are: ", in_quotes(known)));
}

/// Errors: an input that a shape or a dimension gives another batch.
[[nodiscard]] inline Result<> require_batch(const Inputs& inputs, const graph::Graph& graph,
                                            const BatchAxis& of) {
  const auto extent = static_cast<std::int64_t>(*inputs.batch);
  const graph::Value& value = graph.value(of.input);
  const std::size_t axis = of.axis;
  const auto refused = [&](std::int64_t found, std::string_view word) {
    return fail(concat(inputs.words.batch, " ", extent, ": ", word, " gives input '", value.name,
                       "' a batch of ", found));
  };
  for (const InputShape& shape : inputs.shapes)
    if ((shape.input.empty() || shape.input == value.name) && axis < shape.extents.size() &&
        shape.extents[axis] != extent)
      return refused(shape.extents[axis], inputs.words.shape);
  for (const auto& [symbol, said] : inputs.dims)
    if ((*value.type.dims)[axis].symbol == symbol && said != extent)
      return refused(said, inputs.words.dim);
  return {};
}

}  // namespace detail::inputs

HALE_SESSION_INLINE std::optional<InputShape> parse_shape(std::string_view word) {
  const std::size_t colon = word.rfind(':');
  if (colon == 0) return std::nullopt;
  InputShape shape;
  if (colon != std::string_view::npos) shape.input = word.substr(0, colon);
  for (const std::string_view piece : split(word.substr(colon + 1), 'x')) {
    const auto extent = detail::inputs::parse_extent(piece);
    if (!extent) return std::nullopt;
    shape.extents.push_back(*extent);
  }
  return shape;
}

HALE_SESSION_INLINE std::optional<std::pair<std::string, std::int64_t>> parse_dim(
    std::string_view word) {
  const std::size_t equals = word.rfind('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  const auto extent = detail::inputs::parse_extent(word.substr(equals + 1));
  if (!extent) return std::nullopt;
  return std::pair(std::string(word.substr(0, equals)), *extent);
}

HALE_SESSION_INLINE Result<Inputs> parse_stated(std::string_view text) {
  Inputs inputs;
  if (trim(text).empty()) return inputs;
  for (const std::string_view word : split(text, ';')) {
    auto shape = parse_shape(trim(word));
    if (!shape)
      return fail(concat("shape: found '", text.substr(0, 80), "', expected INPUT:1x3x224x224"));
    inputs.shapes.push_back(*std::move(shape));
  }
  return inputs;
}

HALE_SESSION_INLINE std::string state(const Inputs& inputs, const graph::Graph& graph) {
  std::string text;
  if (inputs.says_nothing()) return text;
  for (const graph::ValueId id : data_inputs(graph)) {
    const graph::Value& value = graph.value(id);
    text += concat(text.empty() ? "" : ";", value.name);
    for (std::size_t d = 0; d < value.type.dims->size(); ++d)
      text += concat(d == 0 ? ":" : "x", (*value.type.dims)[d].extent);
  }
  return text;
}

HALE_SESSION_INLINE Result<> require_extents(const Inputs& inputs) {
  const auto refused = [](std::string_view what, const auto& found) {
    return fail(concat(what, " ", found, ", expected one in [1, ", largest_extent, "]"));
  };
  if (inputs.batch && (*inputs.batch < 1 || *inputs.batch > std::size_t{largest_extent}))
    return refused(concat(inputs.words.batch, ": found"), *inputs.batch);
  for (const InputShape& shape : inputs.shapes)
    for (const std::int64_t extent : shape.extents)
      if (!detail::inputs::is_extent(extent))
        return refused(concat(inputs.words.shape,
                              shape.input.empty() ? "" : concat(" of input '", shape.input, "'"),
                              ": found the extent"),
                       extent);
  for (const auto& [symbol, extent] : inputs.dims)
    if (!detail::inputs::is_extent(extent))
      return refused(concat(inputs.words.dim, " '", symbol, "': found the extent"), extent);
  return {};
}

HALE_SESSION_INLINE Result<> apply(const Inputs& inputs, graph::Graph& graph) {
  if (inputs.says_nothing()) return {};
  HALE_CHECK(require_extents(inputs));
  HALE_CHECK(require_axes(inputs, graph));
  const BatchAxes axes = inputs.batch ? batch_axes(graph, inputs) : BatchAxes{};
  for (const BatchAxis& each : axes)
    if (each.source != BatchSource::guessed || &each == &axes.front())
      HALE_CHECK(detail::inputs::require_batch(inputs, graph, each));
  const std::vector<graph::Type> before = detail::inputs::types_of_inputs(graph);
  for (const auto& [input, extents] : inputs.shapes) {
    HALE_TRY(const std::string name, detail::inputs::name_of(input, graph, inputs.words.shape));
    HALE_CHECK(detail::inputs::set_shape(graph, name, extents, inputs.words.shape));
  }
  for (const auto& [symbol, extent] : inputs.dims)
    HALE_CHECK(detail::inputs::set_dim(graph, symbol, extent, inputs.words.dim));
  if (inputs.batch) HALE_CHECK(set_batch(graph, axes, inputs));
  if (detail::inputs::types_of_inputs(graph) != before)
    detail::inputs::forget_computed_shapes(graph);
  return apply_choices(inputs.choices, graph);
}

HALE_SESSION_INLINE bool is_open(const graph::Graph& graph) {
  const std::vector<graph::ValueId> inputs = data_inputs(graph);
  return std::any_of(inputs.begin(), inputs.end(),
                     [&](graph::ValueId id) { return !graph.value(id).type.is_static(); });
}

}  // namespace hale::session
