#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/graph/operation.hpp>
#include <hale/graph/pass.hpp>
#include <hale/graph/rewrite.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// x * 0 -> 0; what maps zero to zero, of zero -> 0; x + 0 -> x
///
/// A zero of known extents becomes a Constant, which cuts it off from what it was computed from.
struct FoldZeros {
  static constexpr std::string_view name = "fold-zeros";
  static constexpr std::string_view summary = "computes what a factor of zero decides";

  /// Whether an operation takes a zero that decides its result. Cost: one walk, no copy.
  [[nodiscard]] static bool may_apply(const Graph& graph) {
    bool found = false;
    for_each_operation(graph, Graph::body_id(), [&](OperationId id) {
      const Operation& op = graph.operation(id);
      const std::size_t deciding = op.is("Mul") || op.is("Add") ? 2 : 1;
      for (std::size_t i = 0; !found && i < deciding && i < op.operands.size(); ++i)
        found = is_zero_constant(graph, op.operands[i]);
    });
    return found;
  }

  [[nodiscard]] static Result<> run(Graph& graph) {
    Rewriter rewriter(graph);
    std::vector<bool> zeros(graph.value_count(), false);
    return rewriter.walk([&](OperationId id) -> Result<> {
      const Operation& op = graph.operation(id);
      if (op.results.size() != 1 || op.results[0] == ValueId::none) return {};
      const ValueId result = op.results[0];
      if (const auto kept = other_summand(graph, op, zeros)) {
        rewriter.replace(result, *kept);
      } else if (is_zero(graph, op, zeros)) {
        mark(zeros, result);
        if (const auto cut = constant_zero(graph, op, rewriter)) {
          mark(zeros, *cut);
          rewriter.replace(result, *cut);
        }
      }
      return {};
    });
  }

 private:
  static void mark(std::vector<bool>& zeros, ValueId id) {
    if (zeros.size() <= index_of(id)) zeros.resize(index_of(id) + 1, false);
    zeros[index_of(id)] = true;
  }
  [[nodiscard]] static bool is_marked(const std::vector<bool>& zeros, ValueId id) {
    return id != ValueId::none && index_of(id) < zeros.size() && zeros[index_of(id)];
  }

  /// The summand beside a zero of the same type, which therefore does not widen it.
  [[nodiscard]] static std::optional<ValueId> other_summand(const Graph& graph, const Operation& op,
                                                            const std::vector<bool>& zeros) {
    if (!op.is("Add")) return std::nullopt;
    for (const std::size_t zero : {std::size_t{0}, std::size_t{1}}) {
      const ValueId kept = op.operands[1 - zero];
      if (!is_marked(zeros, op.operands[zero]) || is_marked(zeros, kept)) continue;
      const Type& type = graph.value(kept).type;
      if (type.is_ranked() && type == graph.value(op.operands[zero]).type) return kept;
    }
    return std::nullopt;
  }

  [[nodiscard]] static bool is_zero_constant(const Graph& graph, ValueId id) {
    const Tensor* tensor = graph.constant(id);
    return tensor != nullptr && is_floating(tensor->element) && all_equal(*tensor, 0);
  }

  [[nodiscard]] static bool is_zero(const Graph& graph, const Operation& op,
                                    const std::vector<bool>& zeros) {
    const auto zero = [&](std::size_t i) {
      return i < op.operands.size() && is_marked(zeros, op.operands[i]);
    };
    if (op.is("Constant")) return is_zero_constant(graph, op.results[0]);
    if (op.is("Mul")) return zero(0) || zero(1);
    if (op.is("Add")) return zero(0) && zero(1);
    if (op.is("Conv")) return zero(0) && (op.operands.size() == 2 || zero(2));
    for (const std::string_view linear :
         {"Relu", "AveragePool", "GlobalAveragePool", "ReduceMean", "Reshape", "Flatten"})
      if (op.is(linear)) return zero(0);
    return false;
  }

  [[nodiscard]] static std::optional<ValueId> constant_zero(const Graph& graph, const Operation& op,
                                                            Rewriter& rewriter) {
    const Type& type = graph.value(op.results[0]).type;
    const auto count = element_count(type);
    if (op.is("Constant") || !count || *count < 1 || !is_floating(type.element))
      return std::nullopt;
    Tensor tensor{.element = type.element};
    for (const Dim& dim : *type.dims) tensor.dims.push_back(dim.extent);
    tensor.elements = std::vector<double>{0.0};
    return rewriter.insert_constant(std::move(tensor), graph.value(op.results[0]).name);
  }
};

}  // namespace hale::graph
