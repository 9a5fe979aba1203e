#pragma once

#include <cstddef>
#include <hale/graph/operation.hpp>
#include <hale/graph/pass.hpp>
#include <hale/graph/rewrite.hpp>
#include <string_view>
#include <vector>

namespace hale::graph {

/// BatchNormalization(Conv(x, W, B), ..) -> Conv(x, W', B')
///
/// Structural: the new weights are elided, as weights are. The statistics must be part of the model
/// or inputs of the graph, which is what a model without weights has in their place.
struct FoldBatchNormalization {
  static constexpr std::string_view name = "fold-batch-normalization";
  static constexpr std::string_view summary = "makes BatchNormalization part of the Conv before it";

  [[nodiscard]] static Result<> run(Graph& graph) {
    std::vector<std::size_t> uses = count_uses(graph);
    Rewriter rewriter(graph);
    return rewriter.walk([&](OperationId id) -> Result<> {
      const Operation& normalization = graph.operation(id);
      if (!normalization.is("BatchNormalization") || normalization.results.size() != 1) return {};
      const ValueId between = normalization.operands[0];
      if (between == ValueId::none || normalization.results[0] == ValueId::none) return {};
      const Operation* source = graph.producer(between);
      if (source == nullptr || !source->is("Conv") || uses[index_of(between)] != 1) return {};
      if (!has_fixed_statistics(graph, normalization)) return {};
      const std::size_t taken = uses[index_of(normalization.results[0])];
      const ValueId merged = fold(graph, rewriter, graph.value(between).producer, id);
      uses.resize(graph.value_count(), 0);
      uses[index_of(merged)] = taken;  // another BatchNormalization may follow
      return {};
    });
  }

 private:
  [[nodiscard]] static bool has_fixed_statistics(const Graph& graph, const Operation& op) {
    const auto* training = op.attribute("training_mode");
    const auto* mode = training == nullptr ? nullptr : std::get_if<std::int64_t>(training);
    if (mode != nullptr && *mode != 0) return false;
    for (std::size_t i = 1; i < op.operands.size(); ++i) {
      const Operation* source = graph.producer(op.operands[i]);
      if (source != nullptr && !source->is("Constant")) return false;
    }
    return op.operands.size() == 5;
  }

  /// The result of the Conv that stands for both.
  [[nodiscard]] static ValueId fold(Graph& graph, Rewriter& rewriter, OperationId conv_id,
                                    OperationId folded_id) {
    const Operation& folded = graph.operation(folded_id);
    const ValueId result = folded.results[0];
    std::vector<ValueId> operands = graph.operation(conv_id).operands;
    // The Conv moves to where its normalisation stood, behind the weights that are inserted there.
    if (const Tensor* weight = graph.constant(operands[1]);
        weight != nullptr && !weight->is_elided())
      operands[1] = rewriter.insert_constant(Tensor{weight->element, weight->dims});
    const Type& bias = graph.value(folded.operands[2]).type;
    Tensor elided{.element = bias.element};
    if (bias.is_static())
      for (const Dim& dim : *bias.dims) elided.dims.push_back(dim.extent);
    operands.resize(2);
    operands.push_back(bias.is_static() ? rewriter.insert_constant(std::move(elided))
                                        : folded.operands[2]);
    Operation merged = graph.operation(conv_id);
    merged.operands = std::move(operands);
    const ValueId both = graph.add_value(graph.value(result).type, graph.value(result).name);
    merged.results = {both};
    rewriter.insert(std::move(merged));
    rewriter.replace(result, both);
    return both;
  }
};

}  // namespace hale::graph
