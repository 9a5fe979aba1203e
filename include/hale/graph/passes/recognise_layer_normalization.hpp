#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/passes/pattern.hpp>
#include <optional>
#include <string_view>

namespace hale::graph {

/// (x - mean x) / sqrt(mean((x - mean x)^2) + epsilon) * scale + bias -> LayerNormalization(x,
/// scale, bias)
struct RecogniseLayerNormalization : Recognise<RecogniseLayerNormalization> {
  static constexpr std::string_view name = "recognise-layer-normalization";
  static constexpr std::string_view summary = "makes LayerNormalization of its spelling";
  static constexpr auto needs =
      std::to_array<std::string_view>({"ReduceMean", "LayerNormalization"});

  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last) {
    if (last.is("Mul")) return scaled(graph, last);
    return last.is("Add") ? shifted(graph, last) : std::nullopt;
  }

 private:
  [[nodiscard]] static std::optional<Operation> scaled(const Graph& graph, const Operation& last) {
    using namespace detail::patterns;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const auto quotient = over_root(graph, last.operands[side]);
      const ValueId scale = last.operands[1 - side];
      if (!quotient) continue;
      const auto x = centred(graph, quotient->numerator, quotient->root.axes);
      // Some exporters subtract the mean twice, once for the root.
      if (!x || centred(graph, quotient->root.of, quotient->root.axes) != x) continue;
      if (!spans(graph, scale, *x, quotient->root.axes)) continue;
      return Operation{.name = "LayerNormalization",
                       .operands = {*x, scale},
                       .attributes = {{"axis", -static_cast<std::int64_t>(quotient->root.axes)},
                                      {"epsilon", quotient->root.epsilon}}};
    }
    return std::nullopt;
  }

  /// The bias of one that was recognised just before.
  [[nodiscard]] static std::optional<Operation> shifted(const Graph& graph, const Operation& last) {
    using namespace detail::patterns;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const ValueId bias = last.operands[1 - side];
      const Operation* found = made_by(graph, last.operands[side], "LayerNormalization");
      if (found == nullptr || found->operands.size() != 2 || found->results.size() != 1) continue;
      const auto axes = graph.value(found->operands[1]).type.rank();
      if (!spans(graph, bias, found->operands[0], axes)) continue;
      return Operation{.name = "LayerNormalization",
                       .operands = {found->operands[0], found->operands[1], bias},
                       .attributes = found->attributes};
    }
    return std::nullopt;
  }

  /// x of x - mean(x over the last axes)
  [[nodiscard]] static std::optional<ValueId> centred(const Graph& graph, ValueId id,
                                                      std::size_t axes) {
    using namespace detail::patterns;
    const Operation* difference = made_by(graph, id, "Sub");
    if (difference == nullptr) return std::nullopt;
    const ValueId x = difference->operands[0];
    const Operation* mean = made_by(graph, difference->operands[1], "ReduceMean");
    if (mean == nullptr || mean->operands[0] != x) return std::nullopt;
    const auto found = kept_axes(graph, *mean, x);
    if (!found || trailing(*found, graph.value(x).type.rank()) != axes) return std::nullopt;
    return x;
  }
};

}  // namespace hale::graph
