#pragma once

#include <array>
#include <hale/graph/passes/pattern.hpp>
#include <optional>
#include <string_view>

namespace hale::graph {

/// x * Sigmoid(x) -> Swish(x)
struct RecogniseSwish : Recognise<RecogniseSwish> {
  static constexpr std::string_view name = "recognise-swish";
  static constexpr std::string_view summary = "makes Swish (SiLU) of x * Sigmoid(x)";
  static constexpr auto needs = std::to_array<std::string_view>({"Sigmoid"});

  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last) {
    using namespace detail::patterns;
    const auto x = gated_product(graph, last, 1, [&graph](ValueId gate) {
      const Operation* sigmoid = made_by(graph, gate, "Sigmoid");
      return sigmoid == nullptr ? std::nullopt : std::optional(sigmoid->operands[0]);
    });
    if (!x) return std::nullopt;
    return Operation{.name = "Swish", .operands = {*x}};
  }
};

}  // namespace hale::graph
