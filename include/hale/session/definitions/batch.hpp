#pragma once

#include <algorithm>
#include <hale/graph/cost.hpp>
#include <hale/graph/operation_info.hpp>
#include <hale/session/batch.hpp>

namespace hale::session {

HALE_SESSION_INLINE std::vector<graph::ValueId> data_inputs(const graph::Graph& graph) {
  std::vector<bool> is_parameter(graph.value_count(), false);
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    const graph::Operation& op = graph.operation(id);
    const graph::OperationInfo* info = graph::find_operation(op);
    if (info == nullptr) return;
    for (std::size_t slot = 0; slot < op.operands.size() && slot < info->operands.size(); ++slot)
      if (info->operands[slot].is_parameter && op.operands[slot] != graph::ValueId::none)
        is_parameter[graph::index_of(op.operands[slot])] = true;
  });
  std::vector<graph::ValueId> inputs = graph.body().inputs;
  std::erase_if(inputs, [&](graph::ValueId id) {
    return is_parameter[graph::index_of(id)] || graph.value(id).type.rank() == 0;
  });
  return inputs;
}

HALE_SESSION_INLINE std::vector<BatchAxis> batch_axes(const graph::Graph& graph) {
  std::vector<bool> is_of_steps(graph.value_count(), false);
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    const graph::Operation& op = graph.operation(id);
    if (!op.is("LSTM") && !op.is("GRU") && !op.is("RNN")) return;
    if (graph::integer_of(graph::OperationView{graph, op}, "layout", 0) != 0) return;
    for (const std::size_t slot : {0U, 5U, 6U})  // x and the states
      if (slot < op.operands.size() && op.operands[slot] != graph::ValueId::none)
        is_of_steps[graph::index_of(op.operands[slot])] = true;
  });
  std::vector<BatchAxis> axes;
  for (const graph::ValueId id : data_inputs(graph)) {
    const bool is_second = is_of_steps[graph::index_of(id)] && graph.value(id).type.rank() == 3;
    axes.push_back({id, is_second ? std::size_t{1} : std::size_t{0}});
  }
  return axes;
}

namespace detail {

/// The extent of a batch axis, in a graph that may be changed or not.
template <class Graph>
[[nodiscard]] auto& batch_in(Graph& graph, const BatchAxis& of) {
  return (*graph.value(of.input).type.dims)[of.axis];
}

}  // namespace detail

HALE_SESSION_INLINE bool set_symbols(graph::Graph& graph,
                                     const std::unordered_set<std::string>& symbols,
                                     std::int64_t extent) {
  bool found = false;
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    graph::Type& type = graph.value(static_cast<graph::ValueId>(i)).type;
    if (!type.dims) continue;
    for (graph::Dim& dim : *type.dims)
      if (!dim.is_static() && symbols.contains(dim.symbol)) {
        dim = graph::Dim{extent};
        found = true;
      }
  }
  return found;
}

HALE_SESSION_INLINE void close_batch(graph::Graph& graph, std::int64_t extent) {
  std::unordered_set<std::string> symbols;
  for (const BatchAxis& each : batch_axes(graph)) {
    graph::Dim& dim = detail::batch_in(graph, each);
    if (dim.is_static()) continue;
    if (!dim.symbol.empty()) symbols.insert(dim.symbol);
    dim = graph::Dim{extent};
  }
  if (!symbols.empty()) set_symbols(graph, symbols, extent);
}

HALE_SESSION_INLINE bool has_open_batch(const graph::Graph& graph) {
  const std::vector<BatchAxis> axes = batch_axes(graph);
  return std::any_of(axes.begin(), axes.end(), [&](const BatchAxis& each) {
    return !detail::batch_in(graph, each).is_static();
  });
}

HALE_SESSION_INLINE void set_batch(graph::Graph& graph, std::int64_t extent) {
  if (has_open_batch(graph)) return close_batch(graph, extent);
  const std::vector<BatchAxis> axes = batch_axes(graph);
  if (axes.empty()) return;
  const std::int64_t before = detail::batch_in(graph, axes.front()).extent;
  for (const BatchAxis& each : axes)
    if (detail::batch_in(graph, each).extent == before)
      detail::batch_in(graph, each) = graph::Dim{extent};
}

HALE_SESSION_INLINE std::optional<std::int64_t> batch_of(const graph::Graph& graph) {
  const std::vector<BatchAxis> axes = batch_axes(graph);
  if (axes.empty()) return 1;
  const graph::Dim& dim = detail::batch_in(graph, axes.front());
  return dim.is_static() ? std::optional(dim.extent) : std::nullopt;
}

}  // namespace hale::session
