#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/graph/ir.hpp>
#include <hale/graph/operation_info.hpp>
#include <vector>

namespace hale::graph {

/// Whether a value is an input of the graph itself, and not of a body within it.
[[nodiscard]] inline bool is_given(const Graph& graph, ValueId id) {
  const std::vector<ValueId>& inputs = graph.body().inputs;
  return std::find(inputs.begin(), inputs.end(), id) != inputs.end();
}

/// Whether an input of the graph stands for a weight where it is this operand: in the slot for one
/// of a convolution, a normalisation or a recurrent layer, as in a model without its weights.
///
/// A factor of a matrix product or of attention is data where it is an input: keys and values, a
/// cache, the items that a user is compared with.
[[nodiscard]] inline bool stands_for_weight(const Operation& op, std::size_t slot) {
  const OperationInfo* info = find_operation(op);
  return info != nullptr && slot < info->operands.size() && info->operands[slot].is_parameter &&
         info->kind != workload::KernelKind::matrix_product &&
         info->kind != workload::KernelKind::attention;
}

}  // namespace hale::graph
