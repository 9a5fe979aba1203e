#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/lift/pattern.hpp>
#include <variant>

namespace hale::lift::detail {

enum class Activation : std::uint8_t { none, relu, hard_swish };

/// A bound of a Clip, given as an attribute or as an operand.
[[nodiscard]] inline bool has_bound(const Graph& graph, const Operation& op, std::size_t slot,
                                    std::string_view name, float bound) {
  if (op.operands.size() > slot && op.operands[slot] != ValueId::none)
    return is_number(graph, op.operands[slot], static_cast<double>(bound));
  const graph::AttributeValue* given = op.attribute(name);
  const auto* number = given == nullptr ? nullptr : std::get_if<float>(given);
  return number != nullptr && *number >= bound && *number <= bound;
}

/// Relu6(x) -> x: a Clip from 0 to 6, or a Relu and what keeps it below 6. PyTorch writes both.
[[nodiscard]] inline ValueId relu6_input(const Graph& graph, ValueId id) {
  if (const ValueId below = beside_number(graph, id, "Min", 6.0); below != ValueId::none)
    return behind_relu(graph, below);
  const ValueId clipped = operand_of(graph, id, "Clip");
  if (clipped == ValueId::none) return ValueId::none;
  const Operation& clip = *graph.producer(id);
  if (!has_bound(graph, clip, 2, "max", 6.0F)) return ValueId::none;
  const ValueId before = behind_relu(graph, clipped);
  if (before != ValueId::none) return before;
  return has_bound(graph, clip, 1, "min", 0.0F) ? clipped : ValueId::none;
}

/// Relu6(x + 3) -> x
[[nodiscard]] inline ValueId shifted_relu6_input(const Graph& graph, ValueId id) {
  const ValueId shifted = relu6_input(graph, id);
  return shifted == ValueId::none ? shifted : beside_number(graph, shifted, "Add", 3.0);
}

/// x / 6 -> x
[[nodiscard]] inline ValueId sixth_of(const Graph& graph, ValueId id) {
  const Operation* op = graph.producer(id);
  if (op != nullptr && op->is("Div") && is_number(graph, op->operands[1], 6.0))
    return op->operands[0];
  return beside_number(graph, id, "Mul", 1.0 / 6.0);
}

/// HardSigmoid(x) or Relu6(x + 3) / 6 -> x
[[nodiscard]] inline ValueId hard_sigmoid_input(const Graph& graph, ValueId id) {
  if (const ValueId sixth = sixth_of(graph, id); sixth != ValueId::none)
    return shifted_relu6_input(graph, sixth);
  const ValueId input = operand_of(graph, id, "HardSigmoid");
  if (input == ValueId::none) return ValueId::none;
  const graph::AttributeValue* alpha = graph.producer(id)->attribute("alpha");
  const auto* slope = alpha == nullptr ? nullptr : std::get_if<float>(alpha);
  const bool is_sixth = slope != nullptr && *slope > 0.1666F && *slope < 0.1667F;
  return is_sixth ? input : ValueId::none;
}

/// x * gate(x) -> x, for a gate that `gate_input` reads.
template <class GateInput>
[[nodiscard]] ValueId gated_by_itself(const Graph& graph, ValueId id, GateInput&& gate_input) {
  const Operation* op = graph.producer(id);
  if (op == nullptr || !op->is("Mul")) return ValueId::none;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}})
    if (gate_input(graph, op->operands[1 - side]) == op->operands[side]) return op->operands[side];
  return ValueId::none;
}

/// HardSwish(x), x * HardSigmoid(x) or x * Relu6(x + 3) / 6 -> x
[[nodiscard]] inline ValueId hard_swish_input(const Graph& graph, ValueId id) {
  if (const ValueId input = operand_of(graph, id, "HardSwish"); input != ValueId::none)
    return input;
  if (const ValueId input = gated_by_itself(graph, id, hard_sigmoid_input); input != ValueId::none)
    return input;
  const ValueId product = sixth_of(graph, id);
  return product == ValueId::none ? product : gated_by_itself(graph, product, shifted_relu6_input);
}

}  // namespace hale::lift::detail
