#pragma once

#include <algorithm>
#include <hale/core/text.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/definitions/open_dimensions.hpp>
#include <hale/session/inputs.hpp>
#include <vector>

namespace hale::session {

namespace detail::inputs {

[[nodiscard]] constexpr bool is_extent(std::int64_t extent) {
  return extent >= 0 && extent <= largest_extent;
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

/// The values that have a dimension with a name.
[[nodiscard]] inline std::vector<bool> with_names(const graph::Graph& graph) {
  std::vector<bool> found(graph.value_count(), false);
  for (std::size_t i = 0; i < found.size(); ++i)
    if (const auto& dims = graph.value(static_cast<graph::ValueId>(i)).type.dims)
      found[i] = std::any_of(dims->begin(), dims->end(),
                             [](const graph::Dim& dim) { return !dim.symbol.empty(); });
  return found;
}

/// Whether an extent that had no name is another.
[[nodiscard]] inline bool is_resized(const graph::Type& before, const graph::Type& now) {
  if (!before.dims || !now.dims) return before.dims != now.dims;
  for (std::size_t i = 0; i < before.rank(); ++i)
    if ((*before.dims)[i] != (*now.dims)[i] && (*before.dims)[i].symbol.empty()) return true;
  return false;
}

/// What the file says of computed values no longer holds once an input's extent is another. Where
/// names alone got extents, it holds of the values `named` that it describes by names.
inline void forget_computed_shapes(graph::Graph& graph, const std::vector<graph::Type>& before,
                                   const std::vector<bool>& named) {
  const std::vector<graph::Type> now = types_of_inputs(graph);
  if (now == before) return;
  bool is_another = false;
  for (std::size_t i = 0; i < now.size(); ++i)
    is_another = is_another || is_resized(before[i], now[i]);
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    const auto id = static_cast<graph::ValueId>(i);
    const graph::Operation* producer = graph.producer(id);
    const bool is_computed = producer != nullptr && !producer->is("Constant");
    if (is_computed && (is_another || !named[i])) graph.value(id).type.dims.reset();
  }
}

/// The input that a shape is for. Errors: none is named, and there are several.
[[nodiscard]] inline Result<std::string> name_of(const std::string& said, const graph::Graph& graph,
                                                 std::string_view word) {
  if (!said.empty()) return said;
  std::vector<std::string> names;
  for (const graph::ValueId id : data_inputs(graph)) names.push_back(graph.value(id).name);
  if (names.size() == 1) return std::move(names.front());
  return fail(concat(word, ": found one without an input's name, expected one of: ",
                     dimensions::in_quotes(names)));
}

/// Gives an input its shape, and the names in it their extents; a name that has one keeps it.
[[nodiscard]] inline Result<> set_shape(graph::Graph& graph, const std::string& name,
                                        const std::vector<std::int64_t>& extents,
                                        std::string_view word, graph::NamedExtents& given) {
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
      if (!before[d].symbol.empty()) given.emplace(before[d].symbol, extents[d]);
    value.type.dims = graph::tensor_type(value.type.element, extents).dims;
    return {};
  }
  return fail(concat(word, ": no input '", name, "'; there are: ", dimensions::in_quotes(known)));
}

/// Adds the dimensions that were given. Errors: there is none of that name; it has another extent.
[[nodiscard]] inline Result<> add_dims(const Inputs& inputs, const DimensionNames& names,
                                       graph::NamedExtents& given) {
  const graph::NamedExtents of_shapes = given;
  for (const auto& [said, extent] : inputs.dims) {
    HALE_TRY(const std::string name, names.find(said, inputs.words));
    const auto [other, is_new] = given.emplace(name, extent);
    if (is_new || other->second == extent) continue;
    return fail(concat(inputs.words.dim, ": '", name, "' is given as ", extent, " and ",
                       of_shapes.contains(name) ? concat("by ", inputs.words.shape, " ") : "",
                       "as ", other->second));
  }
  return {};
}

/// Errors: an expression that is given as a whole, and is another number by its names.
[[nodiscard]] inline Result<> require_no_contradiction(graph::NamedExtents given,
                                                       std::string_view word) {
  const graph::NamedExtents all = given;
  for (const auto& [text, extent] : all) {
    given.erase(text);
    const auto computed = graph::evaluate(text, given);
    given.emplace(text, extent);
    if (!computed || *computed == extent) continue;
    std::string reason;
    for (const std::string& name : graph::names(text))
      if (const auto found = given.find(name); found != given.end() && name != text)
        reason += concat(reason.empty() ? "" : ", ", name, "=", found->second);
    return fail(concat(word, ": '", text, "' is given as ", extent, ", but it is ", *computed,
                       reason.empty() ? "" : concat(" by ", reason)));
  }
  return {};
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
  const auto refused = [](std::string_view what, const auto& found, int least = 0) {
    return fail(concat(what, " ", found, ", expected one in [", least, ", ", largest_extent, "]"));
  };
  if (inputs.batch && (*inputs.batch < 1 || *inputs.batch > std::size_t{largest_extent}))
    return refused(concat(inputs.words.batch, ": found"), *inputs.batch, 1);
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
  const std::vector<bool> named = detail::inputs::with_names(graph);
  const DimensionNames names(graph);
  graph::NamedExtents given;
  for (const auto& [input, extents] : inputs.shapes) {
    HALE_TRY(const std::string name, detail::inputs::name_of(input, graph, inputs.words.shape));
    HALE_CHECK(detail::inputs::set_shape(graph, name, extents, inputs.words.shape, given));
  }
  HALE_CHECK(detail::inputs::add_dims(inputs, names, given));
  if (!inputs.dims.empty())
    HALE_CHECK(detail::inputs::require_no_contradiction(given, inputs.words.dim));
  HALE_CHECK(close_dimensions(graph, given));
  if (inputs.batch) HALE_CHECK(set_batch(graph, axes, inputs, std::move(given)));
  detail::inputs::forget_computed_shapes(graph, before, named);
  return apply_choices(inputs.choices, graph);
}

HALE_SESSION_INLINE bool is_open(const graph::Graph& graph) {
  const std::vector<graph::ValueId> inputs = data_inputs(graph);
  return std::any_of(inputs.begin(), inputs.end(),
                     [&](graph::ValueId id) { return !graph.value(id).type.is_static(); });
}

}  // namespace hale::session
