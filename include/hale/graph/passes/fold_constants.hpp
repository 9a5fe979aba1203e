#pragma once

#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/rewrite.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// shape arithmetic on known extents -> Constant
struct FoldConstants {
  static constexpr std::string_view name = "fold-constants";
  static constexpr std::string_view summary = "computes the small tensors that decide shapes";

  [[nodiscard]] static Result<> run(Graph& graph) {
    HALE_TRY(const KnownContents known, detail::propagate(graph));
    Rewriter rewriter(graph);
    return rewriter.walk([&](OperationId id) -> Result<> {
      const Operation& op = graph.operation(id);
      if (op.is("Constant") || op.results.size() != 1) return {};
      const ValueId result = op.results[0];
      if (result == ValueId::none || !known[index_of(result)]) return {};
      const Contents& contents = *known[index_of(result)];
      Tensor tensor{.element = graph.value(result).type.element, .dims = contents.extents};
      if (auto integers = contents.integers())
        tensor.elements = *std::move(integers);
      else if (auto reals = contents.reals())
        tensor.elements = *std::move(reals);
      else
        return {};
      const std::string constant_name = graph.value(result).name;
      rewriter.replace(result, rewriter.insert_constant(std::move(tensor), constant_name));
      return {};
    });
  }
};

}  // namespace hale::graph
