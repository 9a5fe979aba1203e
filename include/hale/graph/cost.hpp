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

/// Learned numbers: the floating Constants of at least one axis, and the inputs in their place
/// where a model comes without weights, that some operation takes otherwise than as statistics.
///
/// Pre: shapes are inferred. A Constant that several operations share counts once.
[[nodiscard]] inline Count parameters(const Graph& graph) {
  Count count;
  std::vector<bool> counted(graph.value_count(), false);
  const auto learned = [&graph](const OperationInfo* info, std::size_t slot, ValueId id) {
    const bool is_input = graph.value(id).producer == OperationId::none;
    const bool is_slot = info != nullptr && slot < info->operands.size();
    if (is_slot && info->operands[slot].is_parameter)
      return is_input || graph.constant(id) != nullptr;
    const bool is_statistic = is_slot && slot > 0 && info->name == BatchNormalization::name;
    return graph.constant(id) != nullptr && !is_statistic;
  };
  for_each_operation(graph, Graph::body_id(), [&](OperationId id) {
    const Operation& op = graph.operation(id);
    if (op.is("Constant")) return;
    ++count.operations;
    for (std::size_t slot = 0; slot < op.operands.size(); ++slot) {
      const ValueId operand = op.operands[slot];
      if (operand == ValueId::none || counted[index_of(operand)]) continue;
      if (!learned(find_operation(op), slot, operand)) continue;
      const Type& type = graph.value(operand).type;
      if (!is_floating(type.element) || (type.is_ranked() && type.rank() == 0)) continue;
      counted[index_of(operand)] = true;
      const auto elements = element_count(type);
      if (!elements ||
          __builtin_add_overflow(count.total, static_cast<std::uint64_t>(*elements), &count.total))
        count.uncosted.push_back(id);
    }
  });
  return count;
}

}  // namespace hale::graph
