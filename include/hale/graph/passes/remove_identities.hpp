#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/elementwise.hpp>
#include <hale/graph/pass.hpp>
#include <hale/graph/rewrite.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace hale::graph {

/// Identity(x), Dropout(x), x + 0, x - 0, x * 1, x / 1, Pad(x) by nothing -> x
struct RemoveIdentities {
  static constexpr std::string_view name = "remove-identities";
  static constexpr std::string_view summary = "takes out operations that change nothing";

  [[nodiscard]] static Result<> run(Graph& graph) {
    Rewriter rewriter(graph);
    return rewriter.walk([&](OperationId id) -> Result<> {
      const Operation& op = graph.operation(id);
      if (const auto operand = unchanged(OperationView{graph, op}))
        if (others_are_unused(graph, op)) rewriter.replace(op.results[0], op.operands[*operand]);
      return {};
    });
  }

 private:
  /// The operand that the first result equals.
  [[nodiscard]] static std::optional<std::size_t> unchanged(const OperationView& view) {
    const Operation& op = view.operation;
    if (op.results.empty() || op.results[0] == ValueId::none) return std::nullopt;
    if (op.is("Identity")) return 0;
    if (op.is("Dropout")) return is_inference(view) ? std::optional<std::size_t>(0) : std::nullopt;
    if (op.is("Pad")) return pads_nothing(view) ? std::optional<std::size_t>(0) : std::nullopt;
    const bool adds = op.is("Add");
    const bool multiplies = op.is("Mul");
    const int neutral = adds || op.is("Sub") ? 0 : 1;
    if (!adds && !multiplies && !op.is("Sub") && !op.is("Div")) return std::nullopt;
    if (is_neutral(view, 1, 0, neutral)) return 0;
    if ((adds || multiplies) && is_neutral(view, 0, 1, neutral)) return 1;
    return std::nullopt;
  }

  /// Whether operand `constant` is `neutral` throughout and widens `other` along no axis.
  [[nodiscard]] static bool is_neutral(const OperationView& view, std::size_t constant,
                                       std::size_t other, int neutral) {
    const Tensor* tensor = view.constant(constant);
    if (tensor == nullptr || !all_equal(*tensor, neutral)) return false;
    if (tensor->dims.empty()) return true;
    const Type& kept = view.type(other);
    const Type& result = view.graph.value(view.operation.results[0]).type;
    return kept.is_ranked() && kept == result &&
           std::all_of(kept.dims->begin(), kept.dims->end(),
                       [](const Dim& dim) { return surely_equal(dim, dim); });
  }

  [[nodiscard]] static bool is_inference(const OperationView& view) {
    if (!view.has(2)) return true;
    const Tensor* training = view.constant(2);
    return training != nullptr && all_equal(*training, 0);
  }

  [[nodiscard]] static bool pads_nothing(const OperationView& view) {
    if (view.has(1)) {
      const Tensor* tensor = view.constant(1);
      return tensor != nullptr && all_equal(*tensor, 0);
    }
    const auto attributes = read_attributes<Pad>(view);
    if (!attributes || attributes->pads.empty()) return false;
    return std::all_of(attributes->pads.begin(), attributes->pads.end(),
                       [](std::int64_t pad) { return pad == 0; });
  }

  [[nodiscard]] static bool others_are_unused(const Graph& graph, const Operation& op) {
    if (op.results.size() == 1) return true;
    const std::vector<std::size_t> uses = count_uses(graph);
    return std::all_of(op.results.begin() + 1, op.results.end(), [&](ValueId other) {
      return other == ValueId::none || uses[index_of(other)] == 0;
    });
  }
};

}  // namespace hale::graph
