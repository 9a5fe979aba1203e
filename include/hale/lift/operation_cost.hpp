#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/cost.hpp>
#include <hale/graph/operations/declared.hpp>
#include <hale/lift/operation_kind.hpp>
#include <hale/workload/kernel.hpp>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace hale::lift {

/// The multiply-adds of one operation; nothing where they are not known.
///
/// An operation that is not declared has none where its kind has no products.
/// Pre: shapes are inferred.
[[nodiscard]] inline std::optional<std::uint64_t> macs_of(const graph::Graph& graph,
                                                          graph::OperationId id) {
  const graph::Operation& op = graph.operation(id);
  if (graph::find_operation(op) != nullptr || workload::has_products(kind_of(graph, op)))
    return graph::declared_macs(graph, id);
  return 0;
}

/// The type that an operation multiplies in: the quantised one where one factor is quantised.
[[nodiscard]] inline graph::ElementType multiplied(const graph::Graph& graph,
                                                   const graph::Operation& op) {
  auto type = graph::ElementType::undefined;
  for (std::size_t slot = 0; slot < std::min<std::size_t>(op.operands.size(), 2); ++slot) {
    if (op.operands[slot] == graph::ValueId::none) continue;
    const graph::ElementType each = graph.value(op.operands[slot]).type.element;
    const unsigned bits = graph::bits_of(each);
    if (slot == 0 || (bits > 0 && bits <= 8)) type = each;
  }
  return type;
}

/// The matrix product that an operation is, as a kernel states it.
[[nodiscard]] inline std::optional<workload::Gemm> gemm_of(const graph::Graph& graph,
                                                           graph::OperationId id) {
  const auto form = graph::gemm_form_of(graph, id);
  if (!form) return std::nullopt;
  return workload::Gemm{form->batch, form->rows, form->columns, form->depth};
}

/// The window of a convolution or a pooling that has one.
[[nodiscard]] inline std::optional<workload::Window> window_of(const graph::Graph& graph,
                                                               graph::OperationId id) {
  const graph::Operation& op = graph.operation(id);
  const auto list = [&op](std::string_view name) {
    std::vector<std::uint64_t> extents;
    const auto* found = op.attribute(name);
    if (const auto* kept =
            found == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(found))
      for (const std::int64_t each : *kept)
        extents.push_back(static_cast<std::uint64_t>(std::max<std::int64_t>(each, 0)));
    return extents;
  };
  workload::Window window{list("kernel_shape"), list("strides"), list("dilations")};
  if (const std::size_t slot = graph::convolution_weight(op);
      window.kernel.empty() && slot < op.operands.size() &&
      op.operands[slot] != graph::ValueId::none) {
    const graph::Type& w = graph.value(op.operands[slot]).type;
    for (std::size_t axis = 2; w.is_static() && axis < w.rank(); ++axis)
      window.kernel.push_back(static_cast<std::uint64_t>((*w.dims)[axis].extent));
  }
  if (window.kernel.empty()) return std::nullopt;
  if (window.strides.empty()) window.strides.assign(window.kernel.size(), 1);
  if (window.dilations.empty()) window.dilations.assign(window.kernel.size(), 1);
  window.group = static_cast<std::uint64_t>(
      std::max<std::int64_t>(graph::integer_of(graph::OperationView{graph, op}, "group", 1), 1));
  return window;
}

}  // namespace hale::lift
