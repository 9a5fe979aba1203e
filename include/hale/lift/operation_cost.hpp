#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/cost.hpp>
#include <hale/lift/operation_kind.hpp>
#include <hale/workload/kernel.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hale::lift {

/// How many bytes a value takes in memory; nothing where its extents or its elements' size are not
/// known.
[[nodiscard]] inline std::optional<std::uint64_t> bytes_of(const graph::Type& type) {
  const auto elements = graph::element_count(type);
  const unsigned bits = graph::bits_of(type.element);
  if (!elements || bits == 0) return std::nullopt;
  std::uint64_t total = 0;
  if (__builtin_mul_overflow(static_cast<std::uint64_t>(*elements), bits, &total))
    return std::nullopt;
  return total / 8 + (total % 8 != 0 ? 1 : 0);
}

/// The multiply-adds of one operation; nothing where they are not known.
///
/// An operation that is not declared, of a kind without products, has none.
/// Pre: shapes are inferred.
[[nodiscard]] inline std::optional<std::uint64_t> macs_of(const graph::Graph& graph,
                                                          graph::OperationId id) {
  const graph::Operation& op = graph.operation(id);
  if (const graph::OperationInfo* info = graph::find_operation(op))
    return info->multiply_adds(graph::OperationView{graph, op});
  if (workload::has_products(kind_of(graph, op))) return std::nullopt;
  return 0;
}

/// The learned numbers that one operation takes; those that several share count with each.
[[nodiscard]] inline std::uint64_t parameters_of(const graph::Graph& graph, graph::OperationId id) {
  const graph::Operation& op = graph.operation(id);
  std::uint64_t total = 0;
  for (std::size_t slot = 0; slot < op.operands.size(); ++slot) {
    if (!graph::is_learned(graph, op, slot)) continue;
    if (const auto elements = graph::element_count(graph.value(op.operands[slot]).type))
      total = workload::saturating_sum(total, static_cast<std::uint64_t>(*elements));
  }
  return total;
}

namespace detail::kernels {

[[nodiscard]] inline std::uint64_t extent(const graph::Type& type, std::size_t axis) {
  return static_cast<std::uint64_t>((*type.dims)[axis].extent);
}

[[nodiscard]] inline std::int64_t integer_attribute(const graph::Operation& op,
                                                    std::string_view name, std::int64_t absent) {
  const auto* found = op.attribute(name);
  const auto* number = found == nullptr ? nullptr : std::get_if<std::int64_t>(found);
  return number == nullptr ? absent : *number;
}

/// The convolution's products over unfolded patches, a product a group.
[[nodiscard]] inline std::optional<workload::Gemm> convolution_gemm(const graph::Operation& op,
                                                                    const graph::Type& w,
                                                                    const graph::Type& y) {
  const auto group = static_cast<std::uint64_t>(integer_attribute(op, "group", 1));
  if (group == 0 || w.rank() < 3 || y.rank() != w.rank() || extent(w, 0) % group != 0)
    return std::nullopt;
  workload::Gemm gemm{.batch = group, .rows = extent(y, 0), .columns = extent(w, 0) / group};
  for (std::size_t axis = 1; axis < w.rank(); ++axis)
    gemm.depth = workload::saturating_product(gemm.depth, extent(w, axis));
  for (std::size_t axis = 2; axis < y.rank(); ++axis)
    gemm.rows = workload::saturating_product(gemm.rows, extent(y, axis));
  return gemm;
}

/// One product where the right operand is a matrix, else one for each matrix of the stack.
[[nodiscard]] inline std::optional<workload::Gemm> matmul_gemm(const graph::Type& a,
                                                               const graph::Type& b,
                                                               const graph::Type& y) {
  if (a.rank() == 0 || b.rank() == 0) return std::nullopt;
  workload::Gemm gemm{.depth = extent(a, a.rank() - 1)};
  if (b.rank() > 1) gemm.columns = extent(b, b.rank() - 1);
  const std::size_t columns = b.rank() > 1 ? 1 : 0;
  const std::size_t rows = a.rank() > 1 ? 1 : 0;
  for (std::size_t axis = 0; axis + columns < y.rank(); ++axis) {
    const bool is_row = b.rank() <= 2 || axis + columns + rows >= y.rank();
    std::uint64_t& to = is_row ? gemm.rows : gemm.batch;
    to = workload::saturating_product(to, extent(y, axis));
  }
  return gemm;
}

}  // namespace detail::kernels

/// How an operation multiplies, and which operands are the factors.
struct ProductForm {
  enum class Kind { convolution, stacks, matrices };

  std::string_view name;
  Kind kind;
  std::size_t left;
  std::size_t right;
};
inline constexpr std::array<ProductForm, 10> product_forms = {
    {{"Conv", ProductForm::Kind::convolution, 0, 1},
     {"ConvInteger", ProductForm::Kind::convolution, 0, 1},
     {"FusedConv", ProductForm::Kind::convolution, 0, 1},
     {"FusedGemm", ProductForm::Kind::matrices, 0, 1},
     {"Gemm", ProductForm::Kind::matrices, 0, 1},
     {"MatMul", ProductForm::Kind::stacks, 0, 1},
     {"MatMulInteger", ProductForm::Kind::stacks, 0, 1},
     {"QGemm", ProductForm::Kind::matrices, 0, 3},
     {"QLinearConv", ProductForm::Kind::convolution, 0, 3},
     {"QLinearMatMul", ProductForm::Kind::stacks, 0, 3}}};

/// The form of ONNX's operations and ONNX Runtime's; null for others.
[[nodiscard]] inline const ProductForm* product_form(const graph::Operation& op) {
  if (!op.domain.empty() && op.domain != "com.microsoft") return nullptr;
  for (const ProductForm& form : product_forms)
    if (form.name == op.name) return &form;
  return nullptr;
}

/// The GEMM form of convolutions and products of matrices; nothing for others and where a shape is
/// open.
[[nodiscard]] inline std::optional<workload::Gemm> gemm_of(const graph::Graph& graph,
                                                           graph::OperationId id) {
  const graph::Operation& op = graph.operation(id);
  const ProductForm* form = product_form(op);
  if (form == nullptr || op.operands.size() <= form->right || op.results.size() != 1)
    return std::nullopt;
  const std::array values = {op.operands[form->left], op.operands[form->right], op.results[0]};
  for (const graph::ValueId each : values)
    if (each == graph::ValueId::none || !graph.value(each).type.is_static()) return std::nullopt;
  const graph::Type& a = graph.value(values[0]).type;
  const graph::Type& b = graph.value(values[1]).type;
  const graph::Type& y = graph.value(values[2]).type;
  if (form->kind == ProductForm::Kind::convolution)
    return detail::kernels::convolution_gemm(op, b, y);
  if (form->kind == ProductForm::Kind::stacks) return detail::kernels::matmul_gemm(a, b, y);
  if (a.rank() != 2 || y.rank() != 2) return std::nullopt;
  const bool transposed = detail::kernels::integer_attribute(op, "transA", 0) != 0;
  return workload::Gemm{1, detail::kernels::extent(y, 0), detail::kernels::extent(y, 1),
                        detail::kernels::extent(a, transposed ? 0 : 1)};
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
  const ProductForm* form = product_form(op);
  const bool slides = form != nullptr && form->kind == ProductForm::Kind::convolution;
  if (window.kernel.empty() && slides && op.operands.size() > form->right &&
      op.operands[form->right] != graph::ValueId::none) {
    const graph::Type& w = graph.value(op.operands[form->right]).type;
    for (std::size_t axis = 2; w.is_static() && axis < w.rank(); ++axis)
      window.kernel.push_back(detail::kernels::extent(w, axis));
  }
  if (window.kernel.empty()) return std::nullopt;
  if (window.strides.empty()) window.strides.assign(window.kernel.size(), 1);
  if (window.dilations.empty()) window.dilations.assign(window.kernel.size(), 1);
  window.group = static_cast<std::uint64_t>(
      std::max<std::int64_t>(detail::kernels::integer_attribute(op, "group", 1), 1));
  return window;
}

}  // namespace hale::lift
