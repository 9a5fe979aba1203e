#pragma once

#include <cstdint>
#include <hale/graph/operation_info.hpp>
#include <hale/workload/kernel.hpp>
#include <string_view>
#include <variant>

namespace hale::lift {

namespace detail::kernels {

[[nodiscard]] inline bool is_depthwise(const graph::Graph& graph, const graph::Operation& op) {
  const auto* attribute = op.attribute("group");
  const auto* group = attribute == nullptr ? nullptr : std::get_if<std::int64_t>(attribute);
  if (group == nullptr || *group < 2 || op.operands.empty()) return false;
  if (op.operands[0] == graph::ValueId::none) return false;
  const graph::Type& x = graph.value(op.operands[0]).type;
  if (x.rank() < 2) return false;
  const bool is_channels_last = op.name.starts_with("Nhwc");
  return (*x.dims)[is_channels_last ? x.rank() - 1 : 1].extent == *group;
}

}  // namespace detail::kernels

/// What a kernel does that is built around an operation, by its declaration; `other` for those that
/// hale does not know. Cost: O(log n).
[[nodiscard]] inline workload::KernelKind kind_of(const graph::Graph& graph,
                                                  const graph::Operation& op) {
  const workload::KernelKind kind = graph::kind_of(op);
  return kind == workload::KernelKind::convolution && detail::kernels::is_depthwise(graph, op)
             ? workload::KernelKind::depthwise_convolution
             : kind;
}

/// How many operations of a kernel compute exp or its like of each element, by the declarations of
/// their names.
[[nodiscard]] inline std::uint64_t transcendental_operations(const workload::Kernel& kernel) {
  std::uint64_t count = 0;
  for (const std::string_view operation : kernel.operations) {
    const auto* facts = graph::find_by_name(operation.substr(operation.rfind('.') + 1));
    count += facts != nullptr && facts->is_transcendental ? 1 : 0;
  }
  return count;
}

}  // namespace hale::lift
