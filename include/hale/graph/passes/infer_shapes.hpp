#pragma once

#include <cstddef>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/operations/sequences.hpp>
#include <hale/graph/pass.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

namespace detail {

/// Nothing is known, not even that it is a tensor.
[[nodiscard]] inline bool is_unknown(const Type& type) { return type == Type{}; }

/// What inference says of a type, and where that is open, what the model had said before.
[[nodiscard]] inline Type refined(Type inferred, Type stated) {
  if (!inferred.is_tensor()) return inferred;
  if (!stated.is_tensor()) return is_unknown(inferred) ? stated : inferred;
  if (inferred.element == ElementType::undefined) inferred.element = stated.element;
  if (!inferred.dims) {
    inferred.dims = std::move(stated.dims);
  } else if (stated.dims && stated.dims->size() == inferred.dims->size()) {
    for (std::size_t i = 0; i < inferred.dims->size(); ++i) {
      Dim& dim = (*inferred.dims)[i];
      if (!dim.is_static() && dim.symbol.empty()) dim = std::move((*stated.dims)[i]);
    }
  }
  return inferred;
}

inline void set_types(Graph& graph, const std::vector<ValueId>& values, Types types) {
  for (std::size_t i = 0; i < values.size() && i < types.size(); ++i) {
    if (values[i] == ValueId::none) continue;
    Type& type = graph.value(values[i]).type;
    type = refined(std::move(types[i]), std::move(type));
  }
}

[[nodiscard]] inline Result<> infer_operation(Graph& graph, OperationId id, KnownContents& known) {
  const Operation& op = graph.operation(id);
  const OperationInfo* info = find_operation(op);
  if (info == nullptr || !has_operands(op, *info)) return {};
  HALE_TRY(Types types, info->infer(OperationView{graph, op, &known}));
  for (const Type& type : types)
    if (type.rank() > max_rank)
      return fail_at(graph, op, "a result of ", type.rank(), " axes found, expected at most ",
                     max_rank);
  set_types(graph, op.results, std::move(types));
  for (std::size_t i = 0; i < op.results.size(); ++i)
    if (op.results[i] != ValueId::none)
      known[index_of(op.results[i])] = info->evaluate(OperationView{graph, op, &known, i});
  return {};
}

/// Whether an operation is a call of a function of the model, whose body it then owns.
[[nodiscard]] inline bool is_call(const Operation& op) {
  return !op.domain.empty() && op.regions.size() == 1 && op.regions.front().name == "body" &&
         find_operation(op) == nullptr;
}

/// The region of SequenceMap sees one tensor of each sequence.
inline void enter_sequence_map(Graph& graph, const Operation& op,
                               const std::vector<ValueId>& inputs) {
  for (std::size_t i = 0; i < inputs.size() && i < op.operands.size(); ++i) {
    if (op.operands[i] == ValueId::none || inputs[i] == ValueId::none) continue;
    const Type& type = graph.value(op.operands[i]).type;
    set_types(graph, {inputs[i]}, {type.is_tensor() ? type : inside_of(type)});
  }
}

/// What the inputs of an operation's region are before it runs: a called function's are the
/// operands; what a loop carries may change its extents, and keeps its element.
inline void enter_region(Graph& graph, const Operation& op, RegionId id, KnownContents& known) {
  const std::vector<ValueId>& inputs = graph.region(id).inputs;
  if (op.is("SequenceMap")) return enter_sequence_map(graph, op, inputs);
  if (!op.is("Loop") && !is_call(op)) return;
  for (std::size_t i = 0; i < inputs.size() && i < op.operands.size(); ++i) {
    const ValueId from = op.operands[i];
    if (from == ValueId::none || inputs[i] == ValueId::none) continue;
    Type type = graph.value(from).type;
    if (op.is("Loop") && i < 2 && graph.value(inputs[i]).type.is_ranked()) continue;
    if (op.is("Loop") && i < 2)
      type = tensor_type(i == 0 ? ElementType::i64 : ElementType::boolean, {});
    if (op.is("Loop") && i >= 2 && type.is_tensor()) type.dims.reset();
    set_types(graph, {inputs[i]}, {std::move(type)});
    if (!op.is("Loop")) known[index_of(inputs[i])] = known[index_of(from)];
  }
}

[[nodiscard]] inline Type with_front(Type type, Dim front) {
  if (type.dims) type.dims->insert(type.dims->begin(), std::move(front));
  return type;
}

/// The types that a region's outputs have outside: of either branch of If; of a loop's state and
/// of what it stacks, a trip an element; of a called function as they are.
inline void leave_regions(Graph& graph, const Operation& op) {
  const std::vector<ValueId>& outputs = graph.region(op.regions.front().region).outputs;
  const std::size_t skipped = op.is("Loop") ? 1 : 0;
  const std::size_t carried = op.is("Loop") && op.operands.size() > 2 ? op.operands.size() - 2 : 0;
  for (std::size_t i = 0; i < op.results.size() && i + skipped < outputs.size(); ++i) {
    if (outputs[i + skipped] == ValueId::none || op.results[i] == ValueId::none) continue;
    Type type = graph.value(outputs[i + skipped]).type;
    if (op.is("If") && op.regions.size() > 1) {
      const std::vector<ValueId>& others = graph.region(op.regions[1].region).outputs;
      if (i >= others.size() || others[i] == ValueId::none) continue;
      type = either(type, graph.value(others[i]).type);
    }
    if (op.is("Loop") && i >= carried) type = with_front(std::move(type), Dim{});
    if (op.is("Loop") && i < carried && type.is_tensor() && op.operands[i + 2] != ValueId::none)
      type = either(type, graph.value(op.operands[i + 2]).type);
    if (op.is("Scan")) type.dims.reset();
    if (op.is("SequenceMap")) type = container_of("sequence", std::move(type));
    set_types(graph, {op.results[i]}, {std::move(type)});
  }
}

[[nodiscard]] inline Result<> infer_region(Graph& graph, RegionId region, KnownContents& known) {
  for (const OperationId id : graph.region(region).operations) {
    const Operation& op = graph.operation(id);
    for (const NamedRegion& nested : op.regions) {
      enter_region(graph, op, nested.region, known);
      HALE_CHECK(infer_region(graph, nested.region, known));
    }
    HALE_CHECK(infer_operation(graph, id, known));
    const bool is_known =
        op.is("If") || op.is("Loop") || op.is("Scan") || op.is("SequenceMap") || is_call(op);
    if (!op.regions.empty() && is_known) leave_regions(graph, op);
  }
  return {};
}

[[nodiscard]] inline Result<KnownContents> infer_graph(Graph& graph) {
  KnownContents known(graph.value_count());
  HALE_CHECK(infer_region(graph, Graph::body_id(), known));
  return known;
}

/// Gives every value of declared operations its type, and says what is known of small contents.
[[nodiscard]] Result<KnownContents> propagate(Graph& graph);

#ifndef HALE_OPERATIONS
inline Result<KnownContents> propagate(Graph& graph) { return infer_graph(graph); }
#endif

}  // namespace detail

/// Types follow from the operands'. Errors: shapes that do not fit their operation.
struct InferShapes {
  static constexpr std::string_view name = "infer-shapes";
  static constexpr std::string_view summary = "gives every value its element type and extents";

  [[nodiscard]] static Result<> run(Graph& graph) {
    HALE_CHECK(detail::propagate(graph));
    return {};
  }
};

}  // namespace hale::graph
