#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/graph/onnx_dialect.hpp>
#include <optional>
#include <vector>

namespace hale::graph {

/// A total over a graph's operations, and those that it leaves out since nobody can count them.
struct Count {
  std::uint64_t total = 0;
  std::vector<OperationId> uncosted{};  // neither declared, nor of known shape
  std::size_t operations = 0;           // without Constants
};

/// Multiply-adds of convolutions and matrix products, of one run of the graph.
///
/// The bodies of If, Loop and Scan run an unknown number of times: their owner is uncosted.
/// Pre: shapes are inferred; what has none is uncosted.
[[nodiscard]] inline Count macs(const Graph& graph) {
  Count count;
  for (const OperationId id : graph.body().operations) {
    const Operation& op = graph.operation(id);
    if (op.is("Constant")) continue;
    ++count.operations;
    const OperationInfo* info = find_operation(op);
    const auto products =
        info == nullptr ? std::nullopt : info->multiply_adds(OperationView{graph, op});
    if (!products || __builtin_add_overflow(count.total, *products, &count.total))
      count.uncosted.push_back(id);
  }
  return count;
}

/// Whether an operand is learned: a floating Constant of at least one axis, or what stands in its
/// place where a model comes without weights, an input or a ConstantOfShape in a slot for weights.
/// BatchNormalization's statistics are measured, not learned.
///
/// Pre: shapes are inferred.
[[nodiscard]] inline bool is_learned(const Graph& graph, const Operation& op, std::size_t slot) {
  const ValueId id = op.operands[slot];
  if (id == ValueId::none) return false;
  const Type& type = graph.value(id).type;
  if (!is_floating(type.element) || (type.is_ranked() && type.rank() == 0)) return false;
  const OperationInfo* info = find_operation(op);
  const bool is_slot = info != nullptr && slot < info->operands.size();
  const bool is_constant = graph.constant(id) != nullptr;
  if (is_slot && info->operands[slot].is_parameter) {
    const Operation* producer = graph.producer(id);
    return is_constant || producer == nullptr || producer->is("ConstantOfShape");
  }
  return is_constant && !(slot > 0 && op.is(BatchNormalization::name));
}

/// The learned numbers of a graph. One that several operations share counts once.
///
/// Pre: shapes are inferred.
[[nodiscard]] inline Count parameters(const Graph& graph) {
  Count count;
  std::vector<bool> counted(graph.value_count(), false);
  for_each_operation(graph, Graph::body_id(), [&](OperationId id) {
    const Operation& op = graph.operation(id);
    if (op.is("Constant")) return;
    ++count.operations;
    for (std::size_t slot = 0; slot < op.operands.size(); ++slot) {
      const ValueId operand = op.operands[slot];
      if (!is_learned(graph, op, slot) || counted[index_of(operand)]) continue;
      counted[index_of(operand)] = true;
      const auto elements = element_count(graph.value(operand).type);
      if (!elements ||
          __builtin_add_overflow(count.total, static_cast<std::uint64_t>(*elements), &count.total))
        count.uncosted.push_back(id);
    }
  });
  return count;
}

}  // namespace hale::graph
