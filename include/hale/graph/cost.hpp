#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/weights.hpp>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace hale::graph {

/// `batch` independent products (rows, depth) x (depth, columns).
struct GemmForm {
  std::uint64_t batch = 1;
  std::uint64_t rows = 1;
  std::uint64_t columns = 1;
  std::uint64_t depth = 1;
  friend bool operator==(const GemmForm&, const GemmForm&) = default;
};

/// What one run of an operation takes; nothing where it is not known.
struct OperationCost {
  std::optional<std::uint64_t> macs{};
  std::optional<std::uint64_t> bytes_read{};
  std::optional<std::uint64_t> bytes_written{};
  std::uint64_t parameters = 0;    // the learned numbers that it takes
  std::optional<GemmForm> gemm{};  // where it is one product, or a stack of them
};

namespace detail::costs {

[[nodiscard]] inline std::uint64_t extent(const Type& type, std::size_t axis) {
  return static_cast<std::uint64_t>((*type.dims)[axis].extent);
}

/// The extents from `first` to before `last` multiplied. Pre: the type has few enough elements to
/// be counted, none of its extents is 0.
[[nodiscard]] inline std::uint64_t extents(const Type& type, std::size_t first, std::size_t last) {
  std::uint64_t product = 1;
  for (std::size_t axis = first; axis < last; ++axis) product *= extent(type, axis);
  return product;
}

/// The products over unfolded patches, a product a group. A weight is (outputs, inputs of a group,
/// kernel), of a transposed convolution (inputs, outputs of a group, kernel).
[[nodiscard]] inline std::optional<GemmForm> convolution(const OperationView& view, Form form,
                                                         const Type& x, const Type& w,
                                                         const Type& y) {
  const auto group = static_cast<std::uint64_t>(integer_of(view, "group", 1));
  if (group == 0 || w.rank() < 3 || x.rank() != w.rank() || extent(w, 0) % group != 0)
    return std::nullopt;
  const std::uint64_t of_group = extent(w, 0) / group;
  const std::uint64_t others = extents(w, 1, w.rank());
  if (form == Form::convolution)
    return GemmForm{group, extents(y, 0, y.rank()) / extent(w, 0), of_group, others};
  return GemmForm{group, extents(x, 0, x.rank()) / extent(w, 0), others, of_group};
}

/// One product where the right operand is a matrix, else one for each matrix of the stack.
[[nodiscard]] inline std::optional<GemmForm> stacks(const OperationView& view, const Type& a,
                                                    const Type& b, const Type& y) {
  const bool is_turned = integer_of(view, "transA", 0) != 0;
  if (a.rank() == 0 || b.rank() == 0 || (is_turned && a.rank() < 2)) return std::nullopt;
  if (integer_of(view, "transBatchA", 0) != 0 || integer_of(view, "transBatchB", 0) != 0)
    return std::nullopt;
  GemmForm gemm{.depth = extent(a, a.rank() - (is_turned ? 2 : 1))};
  const std::size_t columns = b.rank() > 1 ? 1 : 0;
  const std::size_t rows = a.rank() > 1 ? 1 : 0;
  if (y.rank() < columns + rows) return std::nullopt;
  const std::size_t stacked = b.rank() <= 2 ? 0 : y.rank() - columns - rows;
  gemm.batch = extents(y, 0, stacked);
  gemm.rows = extents(y, stacked, y.rank() - columns);
  gemm.columns = extents(y, y.rank() - columns, y.rank());
  return gemm;
}

/// Of elements packed in a row; nothing where their size is not fixed or beyond 64 bits.
[[nodiscard]] inline std::optional<std::uint64_t> bytes_of(std::uint64_t elements,
                                                           ElementType element) {
  const unsigned bits = bits_of(element);
  std::uint64_t total = 0;
  if (bits == 0 || __builtin_mul_overflow(elements, bits, &total)) return std::nullopt;
  return total / 8 + (total % 8 != 0 ? 1 : 0);
}

}  // namespace detail::costs

/// The slot of a convolution's weight; past all operands for other operations.
[[nodiscard]] inline std::size_t convolution_weight(const Operation& op) {
  const OperationFacts* facts = find_known(op);
  const bool slides = facts != nullptr && (facts->form == Form::convolution ||
                                           facts->form == Form::transposed_convolution);
  return slides ? facts->right : op.operands.size();
}

/// How many bytes a value takes in memory; nothing where its extents or its elements' size are not
/// known.
[[nodiscard]] inline std::optional<std::uint64_t> bytes_of(const Type& type) {
  const auto elements = element_count(type);
  return elements ? detail::costs::bytes_of(static_cast<std::uint64_t>(*elements), type.element)
                  : std::nullopt;
}

/// How many bytes an operation reads of an operand: its rule may say that not all is read, and
/// those that pick elements read no more of the first than they write. Pre: the operand is there.
[[nodiscard]] inline std::optional<std::uint64_t> bytes_read(const Graph& graph,
                                                             const Operation& op,
                                                             std::size_t slot) {
  const Type& type = graph.value(op.operands[slot]).type;
  auto bytes = bytes_of(type);
  const OperationInfo* info = find_operation(op);
  if (info != nullptr && info->rules.elements_read != nullptr && has_operands(op, *info))
    if (const auto part = info->rules.elements_read(OperationView{graph, op}, slot))
      if (const auto read = detail::costs::bytes_of(*part, type.element))
        bytes = std::min(bytes.value_or(*read), *read);
  if (slot > 0 || op.results.empty() || op.results[0] == ValueId::none) return bytes;
  if (info != nullptr && info->picks)
    if (const auto written = bytes_of(graph.value(op.results[0]).type))
      bytes = std::min(bytes.value_or(*written), *written);
  return bytes;
}

namespace detail::costs {

/// One product a step and direction: all gates of the input and the state at once.
[[nodiscard]] inline std::optional<GemmForm> recurrent(const Graph& graph, const Operation& op) {
  if (op.operands.size() < 3) return std::nullopt;
  std::array<Type, 3> types;  // x (steps, batch, in), w (directions, gates, in), r (.., hidden)
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (op.operands[i] == ValueId::none) return std::nullopt;
    types[i] = graph.value(op.operands[i]).type;
    if (!types[i].is_static() || types[i].rank() != 3 || element_count(types[i]) == 0)
      return std::nullopt;
  }
  const bool is_batch_first = integer_of(OperationView{graph, op}, "layout", 0) == 1;
  const auto& [x, w, r] = types;
  return GemmForm{extent(x, is_batch_first ? 1 : 0) * extent(w, 0),
                  extent(x, is_batch_first ? 0 : 1), extent(w, 1), extent(x, 2) + extent(r, 2)};
}

}  // namespace detail::costs

/// The GEMM form of convolutions, products of matrices and recurrent layers; nothing for others,
/// where a shape is open and where there is nothing to multiply.
[[nodiscard]] inline std::optional<GemmForm> gemm_form_of(const Graph& graph, OperationId id) {
  const Operation& op = graph.operation(id);
  const OperationFacts* facts = find_known(op);
  if (facts == nullptr || facts->form == Form::none) return std::nullopt;
  if (facts->form == Form::recurrent)
    return op.domain.empty() ? detail::costs::recurrent(graph, op) : std::nullopt;
  if (op.operands.size() <= facts->right || op.results.size() != 1) return std::nullopt;
  const std::array values = {op.operands[0], op.operands[facts->right], op.results[0]};
  for (const ValueId each : values)
    if (each == ValueId::none || element_count(graph.value(each).type).value_or(0) == 0)
      return std::nullopt;
  const Type& a = graph.value(values[0]).type;
  const Type& b = graph.value(values[1]).type;
  const Type& y = graph.value(values[2]).type;
  const OperationView view{graph, op};
  if (facts->form == Form::stacks) return detail::costs::stacks(view, a, b, y);
  if (facts->form == Form::convolution || facts->form == Form::transposed_convolution)
    return detail::costs::convolution(view, facts->form, a, b, y);
  if (a.rank() == 0 || y.rank() == 0) return std::nullopt;
  if (facts->form == Form::matrices && (a.rank() != 2 || y.rank() != 2)) return std::nullopt;
  const bool is_turned = facts->form == Form::matrices && integer_of(view, "transA", 0) != 0;
  return GemmForm{1, detail::costs::extents(y, 0, y.rank() - 1),
                  detail::costs::extent(y, y.rank() - 1),
                  detail::costs::extent(a, is_turned ? 0 : a.rank() - 1)};
}

namespace detail::costs {

/// Whether what an operand holds may be learned: floating numbers of at least one axis, and
/// quantised ones or a bias of their products where weights are expected or made floating.
[[nodiscard]] inline bool holds_numbers(const Graph& graph, const Operation& op, std::size_t slot,
                                        bool is_for_weights) {
  const Type& type = graph.value(op.operands[slot]).type;
  if (type.is_ranked() && type.rank() == 0) return false;
  if (is_floating(type.element)) return true;
  const bool is_quantised = is_integer(type.element) && type.element != ElementType::boolean &&
                            (bits_of(type.element) <= 8 || type.element == ElementType::i32);
  return is_quantised && (is_for_weights || (slot == 0 && op.name == "DequantizeLinear"));
}

}  // namespace detail::costs

/// Whether an operand is learned: a Constant of floating or quantised numbers, or what stands in
/// its place where a model comes without weights: a ConstantOfShape in a slot for weights, or an
/// input that stands for one. BatchNormalization's statistics are measured, not learned.
///
/// Pre: shapes are inferred.
[[nodiscard]] inline bool is_learned(const Graph& graph, const Operation& op, std::size_t slot) {
  const ValueId id = op.operands[slot];
  if (id == ValueId::none) return false;
  const OperationInfo* info = find_operation(op);
  const bool is_for_weights =
      info != nullptr && slot < info->operands.size() && info->operands[slot].is_parameter;
  if (!detail::costs::holds_numbers(graph, op, slot, is_for_weights)) return false;
  const bool is_constant = graph.constant(id) != nullptr;
  if (is_for_weights) {
    const Operation* producer = graph.producer(id);
    return is_constant ||
           (producer != nullptr ? producer->is("ConstantOfShape")
                                : stands_for_weight(op, slot) && is_given(graph, id));
  }
  return is_constant && !(slot > 0 && op.is("BatchNormalization"));
}

/// How many learned numbers an operand holds: each number of a packed weight, and not what scales
/// it; nothing where that is not known. Pre: shapes are inferred.
[[nodiscard]] inline std::optional<std::uint64_t> learned_numbers(const Graph& graph,
                                                                  const Operation& op,
                                                                  std::size_t slot) {
  if (!is_learned(graph, op, slot)) return 0;
  const OperationInfo* info = find_operation(op);
  if (info != nullptr && info->rules.packed != nullptr && has_operands(op, *info)) {
    const bool is_weight = slot < info->operands.size() && info->operands[slot].is_parameter;
    return is_weight ? info->rules.packed(OperationView{graph, op}, slot) : 0;
  }
  const auto elements = element_count(graph.value(op.operands[slot]).type);
  return elements ? std::optional(static_cast<std::uint64_t>(*elements)) : std::nullopt;
}

/// The multiply-adds of one run of an operation, by its declaration; nothing where it has none, or
/// where a shape is open. Pre: shapes are inferred.
[[nodiscard]] inline std::optional<std::uint64_t> declared_macs(const Graph& graph,
                                                                OperationId id) {
  const Operation& op = graph.operation(id);
  const OperationInfo* info = find_operation(op);
  if (info == nullptr || !has_operands(op, *info)) return std::nullopt;
  return info->multiply_adds(OperationView{graph, op});
}

namespace detail::costs {

/// Adds what is known to what is known; a sum that is too large is not known.
inline void add(std::optional<std::uint64_t>& sum, std::optional<std::uint64_t> part) {
  std::uint64_t total = 0;
  sum = sum && part && !__builtin_add_overflow(*sum, *part, &total) ? std::optional(total)
                                                                    : std::nullopt;
}

/// An operand that stands in several slots is read once.
inline void add_operands(const Graph& graph, const Operation& op, bool is_view,
                         OperationCost& cost) {
  for (std::size_t slot = 0; slot < op.operands.size(); ++slot) {
    const auto here = op.operands.begin() + static_cast<std::ptrdiff_t>(slot);
    if (*here == ValueId::none || std::find(op.operands.begin(), here, *here) != here) continue;
    if (!is_view) add(cost.bytes_read, bytes_read(graph, op, slot));
    const auto numbers = learned_numbers(graph, op, slot);
    if (numbers && __builtin_add_overflow(cost.parameters, *numbers, &cost.parameters))
      cost.parameters = std::numeric_limits<std::uint64_t>::max();
  }
}

}  // namespace detail::costs

/// What one run of an operation takes. Views and Constants move nothing; what an operation with
/// regions moves hangs on how often they run. Pre: shapes are inferred.
[[nodiscard]] inline OperationCost cost_of(const Graph& graph, OperationId id) {
  const Operation& op = graph.operation(id);
  OperationCost cost{.macs = declared_macs(graph, id), .gemm = gemm_form_of(graph, id)};
  const bool is_view = op.domain.empty() && kind_of(op) == workload::KernelKind::view;
  if (op.regions.empty()) cost.bytes_read = cost.bytes_written = 0;
  detail::costs::add_operands(graph, op, is_view, cost);
  if (is_view || op.is("Constant")) return cost;
  for (const ValueId result : op.results)
    if (result != ValueId::none)
      detail::costs::add(cost.bytes_written, bytes_of(graph.value(result).type));
  return cost;
}

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
    const auto products = declared_macs(graph, id);
    if (!products || __builtin_add_overflow(count.total, *products, &count.total))
      count.uncosted.push_back(id);
  }
  return count;
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
      if (operand == ValueId::none || counted[index_of(operand)]) continue;
      const auto numbers = learned_numbers(graph, op, slot);
      if (numbers == 0U) continue;
      counted[index_of(operand)] = true;
      if (!numbers || __builtin_add_overflow(count.total, *numbers, &count.total))
        count.uncosted.push_back(id);
    }
  });
  return count;
}

}  // namespace hale::graph
