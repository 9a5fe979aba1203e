#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/passes/pattern.hpp>
#include <optional>
#include <string_view>

namespace hale::graph {

/// x / sqrt(mean(x^2) + epsilon) * scale -> RMSNormalization(x, scale)
struct RecogniseRmsNormalization : Recognise<RecogniseRmsNormalization> {
  static constexpr std::string_view name = "recognise-rms-normalization";
  static constexpr std::string_view summary = "makes RMSNormalization of its spelling";
  static constexpr auto needs = std::to_array<std::string_view>({"ReduceMean"});

  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last) {
    using namespace detail::patterns;
    if (!last.is("Mul")) return std::nullopt;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const auto quotient = over_root(graph, last.operands[side]);
      const ValueId scale = last.operands[1 - side];
      if (!quotient || quotient->numerator != quotient->root.of) continue;
      if (!spans(graph, scale, quotient->numerator, quotient->root.axes)) continue;
      return Operation{.name = "RMSNormalization",
                       .operands = {quotient->numerator, scale},
                       .attributes = {{"axis", -static_cast<std::int64_t>(quotient->root.axes)},
                                      {"epsilon", quotient->root.epsilon}}};
    }
    return std::nullopt;
  }
};

}  // namespace hale::graph
