#pragma once

#include <array>
#include <cstddef>
#include <hale/graph/passes/pattern.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hale::graph {

/// x * (1 + erf(x / sqrt 2)) / 2 -> Gelu(x), and the same by tanh -> Gelu(x) {approximate = "tanh"}
struct RecogniseGelu : Recognise<RecogniseGelu> {
  static constexpr std::string_view name = "recognise-gelu";
  static constexpr std::string_view summary = "makes Gelu of its spellings by Erf and by Tanh";
  static constexpr auto needs = std::to_array<std::string_view>({"Erf", "Tanh"});

  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last) {
    const auto exact = [&graph](ValueId gate) { return of_erf(graph, gate); };
    if (const auto x = detail::patterns::gated_product(graph, last, 0.5, exact))
      return Operation{.name = "Gelu", .operands = {*x}};
    const auto close = [&graph](ValueId gate) { return of_tanh(graph, gate); };
    if (const auto x = detail::patterns::gated_product(graph, last, 0.5, close))
      return Operation{
          .name = "Gelu", .operands = {*x}, .attributes = {{"approximate", std::string("tanh")}}};
    return std::nullopt;
  }

 private:
  /// x of 1 + erf(x / sqrt 2)
  [[nodiscard]] static std::optional<ValueId> of_erf(const Graph& graph, ValueId gate) {
    using namespace detail::patterns;
    const auto erf = beside(graph, made_by(graph, gate, "Add"), 1);
    const Operation* op = erf ? made_by(graph, *erf, "Erf") : nullptr;
    if (op == nullptr) return std::nullopt;
    if (const auto x = beside(graph, made_by(graph, op->operands[0], "Mul"), 0.70710678118))
      return x;
    const Operation* division = made_by(graph, op->operands[0], "Div");
    if (division == nullptr || !is_scalar(graph, division->operands[1], 1.41421356237))
      return std::nullopt;
    return division->operands[0];
  }

  /// x of 1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))
  [[nodiscard]] static std::optional<ValueId> of_tanh(const Graph& graph, ValueId gate) {
    using namespace detail::patterns;
    const auto tanh = beside(graph, made_by(graph, gate, "Add"), 1);
    const Operation* op = tanh ? made_by(graph, *tanh, "Tanh") : nullptr;
    if (op == nullptr) return std::nullopt;
    const auto inner = beside(graph, made_by(graph, op->operands[0], "Mul"), 0.79788456080);
    const Operation* sum = inner ? made_by(graph, *inner, "Add") : nullptr;
    if (sum == nullptr) return std::nullopt;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const ValueId x = sum->operands[side];
      if (is_cubic(graph, sum->operands[1 - side], x)) return x;
    }
    return std::nullopt;
  }

  /// Whether this is 0.044715 * x^3.
  [[nodiscard]] static bool is_cubic(const Graph& graph, ValueId id, ValueId x) {
    using namespace detail::patterns;
    Product product;
    factorise(graph, id, x, product);
    if (!is_close(product.scale, 0.044715)) return false;
    if (product.factors.size() == 1) {
      const Operation* power = made_by(graph, product.factors[0], "Pow");
      return power != nullptr && power->operands[0] == x && is_scalar(graph, power->operands[1], 3);
    }
    return product.factors == std::vector<ValueId>{x, x, x};
  }
};

}  // namespace hale::graph
