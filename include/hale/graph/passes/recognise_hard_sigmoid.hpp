#pragma once

#include <array>
#include <cstddef>
#include <hale/graph/passes/pattern.hpp>
#include <optional>
#include <string_view>
#include <variant>

namespace hale::graph {

/// clip(x + 3, 0, 6) / 6 -> HardSigmoid(x) {alpha = 1/6, beta = 1/2}
struct RecogniseHardSigmoid : Recognise<RecogniseHardSigmoid> {
  static constexpr std::string_view name = "recognise-hard-sigmoid";
  static constexpr std::string_view summary = "makes HardSigmoid of clip(x + 3, 0, 6) / 6";
  static constexpr auto needs = std::to_array<std::string_view>({"Clip"});

  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last) {
    using namespace detail::patterns;
    if (!last.is("Mul") && !last.is("Div")) return std::nullopt;
    Product product;
    factorise(graph, last.results[0], ValueId::none, product);
    if (product.factors.size() != 1 || !is_close(product.scale, 1.0 / 6)) return std::nullopt;
    const auto x = of_clip(graph, product.factors[0]);
    if (!x) return std::nullopt;
    return Operation{.name = "HardSigmoid",
                     .operands = {*x},
                     .attributes = {{"alpha", 1.0F / 6}, {"beta", 0.5F}}};
  }

  /// x of clip(x + 3, 0, 6)
  [[nodiscard]] static std::optional<ValueId> of_clip(const Graph& graph, ValueId id) {
    using namespace detail::patterns;
    const Operation* clip = made_by(graph, id, "Clip");
    if (clip == nullptr || !has_bound(graph, *clip, "min", 1, 0) ||
        !has_bound(graph, *clip, "max", 2, 6))
      return std::nullopt;
    return beside(graph, made_by(graph, clip->operands[0], "Add"), 3);
  }

 private:
  /// Attributes until opset 6, operands since opset 11.
  [[nodiscard]] static bool has_bound(const Graph& graph, const Operation& clip,
                                      std::string_view attribute, std::size_t slot,
                                      double expected) {
    using namespace detail::patterns;
    if (const auto* found = clip.attribute(attribute)) {
      const auto* bound = std::get_if<float>(found);
      return bound != nullptr && is_close(static_cast<double>(*bound), expected);
    }
    return slot < clip.operands.size() && clip.operands[slot] != ValueId::none &&
           is_scalar(graph, clip.operands[slot], expected);
  }
};

}  // namespace hale::graph
