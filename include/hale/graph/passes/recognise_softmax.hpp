#pragma once

#include <array>
#include <cstdint>
#include <hale/graph/passes/pattern.hpp>
#include <optional>
#include <string_view>

namespace hale::graph {

/// exp(x - max x) / sum exp(x - max x) -> Softmax(x)
struct RecogniseSoftmax : Recognise<RecogniseSoftmax> {
  static constexpr std::string_view name = "recognise-softmax";
  static constexpr std::string_view summary = "makes Softmax of its spelling along the last axis";
  static constexpr auto needs = std::to_array<std::string_view>({"Exp"});

  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last) {
    using namespace detail::patterns;
    if (!last.is("Div")) return std::nullopt;
    const ValueId power = last.operands[0];
    const Operation* exp = made_by(graph, power, "Exp");
    const Operation* sum = made_by(graph, last.operands[1], "ReduceSum");
    if (exp == nullptr || sum == nullptr || sum->operands[0] != power) return std::nullopt;
    const Operation* difference = made_by(graph, exp->operands[0], "Sub");
    if (difference == nullptr) return std::nullopt;
    const ValueId x = difference->operands[0];
    const Operation* most = made_by(graph, difference->operands[1], "ReduceMax");
    if (most == nullptr || most->operands[0] != x) return std::nullopt;
    const auto axes = kept_axes(graph, *most, x);
    // Softmax meant all axes from this one on until opset 13: both readings agree on the last.
    if (!axes || axes->size() != 1 || trailing(*axes, graph.value(x).type.rank()) != 1 ||
        kept_axes(graph, *sum, x) != axes)
      return std::nullopt;
    return Operation{.name = "Softmax", .operands = {x}, .attributes = {{"axis", axes->front()}}};
  }
};

}  // namespace hale::graph
