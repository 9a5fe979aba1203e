#pragma once

#include <algorithm>
#include <cstdint>
#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/rewrite.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// shape arithmetic on known extents -> Constant
struct FoldConstants {
  static constexpr std::string_view name = "fold-constants";
  static constexpr std::string_view summary = "computes the small integers that decide shapes";

  [[nodiscard]] static Result<> run(Graph& graph) {
    HALE_TRY(const KnownContents known, detail::propagate(graph));
    Rewriter rewriter(graph);
    return rewriter.walk([&](OperationId id) -> Result<> {
      const Operation& op = graph.operation(id);
      if (op.is("Constant") || op.results.size() != 1) return {};
      const ValueId result = op.results[0];
      if (result == ValueId::none || !known[index_of(result)]) return {};
      const Contents& contents = *known[index_of(result)];
      const auto is_open = [](const Dim& each) { return !each.symbol.empty(); };
      if (std::any_of(contents.elements.begin(), contents.elements.end(), is_open)) return {};
      std::vector<std::int64_t> elements;
      for (const Dim& each : contents.elements) elements.push_back(each.extent);
      Tensor tensor{.element = graph.value(result).type.element};
      const auto count = static_cast<std::int64_t>(elements.size());
      const auto columns = static_cast<std::int64_t>(contents.columns);
      if (contents.is_matrix())
        tensor.dims = {count / columns, columns};
      else if (!contents.is_scalar)
        tensor.dims = {count};
      tensor.elements = std::move(elements);
      const std::string constant_name = graph.value(result).name;
      rewriter.replace(result, rewriter.insert_constant(std::move(tensor), constant_name));
      return {};
    });
  }
};

}  // namespace hale::graph
