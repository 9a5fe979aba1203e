#pragma once

#include <array>
#include <hale/graph/passes/pattern.hpp>
#include <hale/graph/passes/recognise_hard_sigmoid.hpp>
#include <optional>
#include <string_view>
#include <variant>

namespace hale::graph {

/// x * clip(x + 3, 0, 6) / 6, x * HardSigmoid(x) {alpha = 1/6, beta = 1/2} -> HardSwish(x)
struct RecogniseHardSwish : Recognise<RecogniseHardSwish> {
  static constexpr std::string_view name = "recognise-hard-swish";
  static constexpr std::string_view summary = "makes HardSwish of its spellings";
  static constexpr auto needs = std::to_array<std::string_view>({"HardSigmoid", "Clip"});

  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last) {
    using detail::patterns::gated_product;
    auto x = gated_product(graph, last, 1.0 / 6, [&graph](ValueId gate) {
      return RecogniseHardSigmoid::of_clip(graph, gate);
    });
    if (!x) x = gated_product(graph, last, 1, [&graph](ValueId gate) { return of(graph, gate); });
    if (!x) return std::nullopt;
    return Operation{.name = "HardSwish", .operands = {*x}};
  }

 private:
  /// x of HardSigmoid(x)
  [[nodiscard]] static std::optional<ValueId> of(const Graph& graph, ValueId gate) {
    using namespace detail::patterns;
    const Operation* op = made_by(graph, gate, "HardSigmoid");
    if (op == nullptr || !has(*op, "alpha", 1.0 / 6)) return std::nullopt;
    // ONNX assumes a beta of 1/2.
    if (op->attribute("beta") != nullptr && !has(*op, "beta", 0.5)) return std::nullopt;
    return op->operands[0];
  }
  [[nodiscard]] static bool has(const Operation& op, std::string_view attribute, double expected) {
    const auto* found = op.attribute(attribute);
    const auto* number = found == nullptr ? nullptr : std::get_if<float>(found);
    return number != nullptr && detail::patterns::is_close(static_cast<double>(*number), expected);
  }
};

}  // namespace hale::graph
