#pragma once

#include <array>
#include <hale/graph/passes/pattern.hpp>
#include <optional>
#include <string_view>

namespace hale::graph {

/// x * tanh(Softplus(x)) -> Mish(x)
struct RecogniseMish : Recognise<RecogniseMish> {
  static constexpr std::string_view name = "recognise-mish";
  static constexpr std::string_view summary = "makes Mish of x * Tanh(Softplus(x))";
  static constexpr auto needs = std::to_array<std::string_view>({"Softplus"});

  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last) {
    using namespace detail::patterns;
    const auto x = gated_product(graph, last, 1, [&graph](ValueId gate) -> std::optional<ValueId> {
      const Operation* tanh = made_by(graph, gate, "Tanh");
      const Operation* plus =
          tanh == nullptr ? nullptr : made_by(graph, tanh->operands[0], "Softplus");
      return plus == nullptr ? std::nullopt : std::optional(plus->operands[0]);
    });
    if (!x) return std::nullopt;
    return Operation{.name = "Mish", .operands = {*x}};
  }
};

}  // namespace hale::graph
