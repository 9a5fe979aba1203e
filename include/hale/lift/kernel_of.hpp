#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/lift/kernel_groups.hpp>
#include <hale/lift/operation_cost.hpp>
#include <hale/workload/workload.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lift {

/// "Conv", "com.microsoft.Attention".
[[nodiscard]] inline std::string operation_name(const graph::Operation& op) {
  return op.domain.empty() ? op.name : concat(op.domain, ".", op.name);
}

namespace detail::kernels {

/// Writes what a group of operations costs, as a kernel.
class KernelWriter {
 public:
  KernelWriter(const graph::Graph& graph, const KernelGroups& groups)
      : graph_(graph), groups_(groups) {}

  /// Adds a group's kernel with what is known of it, and names the operations of unknown cost.
  void write(const KernelGroup& group, std::uint64_t runs, workload::Workload& work) const {
    workload::Kernel kernel{.kind = group.kind, .runs = runs};
    kernel.location = location_of(group.operations.front());
    bool is_known = true;
    for (const graph::OperationId id : group.operations) {
      const graph::Operation& op = graph_.operation(id);
      kernel.operations.push_back(operation_name(op));
      kernel.origin.operations.push_back(graph::index_of(id));
      if (std::string reason = add_products(id, kernel); !reason.empty()) {
        work.uncovered.push_back({operation_name(op), location_of(id), std::move(reason)});
        is_known = false;
      }
    }
    kernel.origin.transcendental = transcendental_operations(kernel);
    if (std::string reason = add_bytes(group, kernel); !reason.empty()) {
      if (kernel.macs == 0) {
        if (is_known)
          work.uncovered.push_back({kernel.operations.front(), kernel.location, std::move(reason)});
        return;
      }
      // Counted by its products, so it is not listed as uncovered too.
      work.assumptions.push_back(concat(kernel.location, " (", kernel.operations.front(),
                                        "): counted by its multiply-adds, since ", reason,
                                        ": its bytes are left out"));
    }
    if (group.operations.size() == 1 || group.kind != KernelKind::attention)
      kernel.gemm = gemm_of(graph_, group.operations.front());
    kernel.window = window_of(graph_, group.operations.front());
    work.kernels.push_back(std::move(kernel));
  }

  /// Constants, what follows from them, and the inputs that stand for them.
  [[nodiscard]] bool is_weight(const graph::Operation& op, std::size_t slot) const {
    const graph::ValueId operand = op.operands[slot];
    if (groups_.is_constant(operand)) return true;
    return graph_.value(operand).producer == graph::OperationId::none &&
           graph::stands_for_weight(op, slot) && graph::is_given(graph_, operand);
  }

 private:
  using KernelKind = workload::KernelKind;

  [[nodiscard]] std::string location_of(graph::OperationId id) const {
    const graph::Operation& op = graph_.operation(id);
    if (!op.location.empty()) return op.location;
    for (const graph::ValueId result : op.results)
      if (result != graph::ValueId::none && !graph_.value(result).name.empty())
        return graph_.value(result).name;
    return {};
  }

  /// Why an operation's products are not counted; empty where they are.
  [[nodiscard]] std::string add_products(graph::OperationId id, workload::Kernel& kernel) const {
    if (graph_.operation(id).domain == "ai.onnx.ml" &&
        graph_.operation(id).name.starts_with("TreeEnsemble"))
      return "how deep its trees are walked depends on the data";
    if (const auto products = macs_of(graph_, id)) {
      kernel.macs = workload::saturating_sum(kernel.macs, *products);
      if (*products > 0) set_element(multiplied(graph_, graph_.operation(id)), kernel);
      return {};
    }
    const graph::Operation& op = graph_.operation(id);
    const auto is_open = [&](graph::ValueId operand) {
      return operand != graph::ValueId::none && !graph_.value(operand).type.is_static();
    };
    if (graph::find_operation(op) != nullptr)
      return std::any_of(op.operands.begin(), op.operands.end(), is_open)
                 ? "the sizes of what it multiplies are not fixed"
                 : "hale cannot count its products: their form is unknown, or 64 bits do not hold "
                   "them";
    return kind_of(graph_, op) == KernelKind::other ? "hale does not know this operation"
                                                    : "hale does not count its products";
  }

  /// What a group reads from outside and writes there. Why that is not known; empty where it is.
  [[nodiscard]] std::string add_bytes(const KernelGroup& group, workload::Kernel& kernel) const {
    std::vector<graph::ValueId> seen;
    for (const graph::OperationId id : group.operations) {
      const graph::Operation& op = graph_.operation(id);
      for (std::size_t slot = 0; slot < op.operands.size(); ++slot) {
        if (op.operands[slot] == graph::ValueId::none) continue;
        const graph::ValueId read = groups_.source(op.operands[slot]);
        if (is_within(group, read) || std::find(seen.begin(), seen.end(), read) != seen.end())
          continue;
        seen.push_back(read);
        const auto bytes = graph::bytes_read(graph_, op, slot);
        if (!bytes) return unknown_size(op.operands[slot]);
        kernel.bytes_read = workload::saturating_sum(kernel.bytes_read, *bytes);
        if (is_weight(op, slot))
          kernel.weight_bytes = workload::saturating_sum(kernel.weight_bytes, *bytes);
      }
    }
    return add_results(graph_.operation(group.operations.back()), kernel);
  }

  [[nodiscard]] std::string add_results(const graph::Operation& op,
                                        workload::Kernel& kernel) const {
    bool is_first = true;
    for (const graph::ValueId result : op.results) {
      if (result == graph::ValueId::none) continue;
      const graph::Type& type = graph_.value(result).type;
      const auto bytes = graph::bytes_of(type);
      if (!bytes) return unknown_size(result);
      kernel.bytes_written = workload::saturating_sum(kernel.bytes_written, *bytes);
      kernel.outputs = workload::saturating_sum(
          kernel.outputs, static_cast<std::uint64_t>(*graph::element_count(type)));
      // A product's type is that of its factors: integers are summed in wider ones.
      if (!std::exchange(is_first, false) || kernel.macs > 0) continue;
      set_element(type.element, kernel);
    }
    return {};
  }

  static void set_element(graph::ElementType type, workload::Kernel& kernel) {
    kernel.element = std::string(graph::name_of(type));
    kernel.element_bits = graph::bits_of(type);
  }

  [[nodiscard]] bool is_within(const KernelGroup& group, graph::ValueId id) const {
    const graph::OperationId producer = graph_.value(id).producer;
    return producer != graph::OperationId::none &&
           std::find(group.operations.begin(), group.operations.end(), producer) !=
               group.operations.end();
  }

  [[nodiscard]] std::string unknown_size(graph::ValueId id) const {
    const graph::Value& value = graph_.value(id);
    return concat("the size of '", value.name, "' (", graph::describe(value.type), " of ",
                  graph::name_of(value.type.element), ") is not known");
  }

  const graph::Graph& graph_;
  const KernelGroups& groups_;
};

}  // namespace detail::kernels

}  // namespace hale::lift
