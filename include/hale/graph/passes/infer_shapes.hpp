#pragma once

#include <cstddef>
#include <hale/graph/onnx_dialect.hpp>
#include <hale/graph/pass.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

namespace detail {

/// What inference says of a type, and where that is open, what the model had said before.
[[nodiscard]] inline Type refined(Type inferred, Type stated) {
  if (!inferred.is_tensor() || !stated.is_tensor()) return inferred.is_tensor() ? inferred : stated;
  if (inferred.element == ElementType::undefined) inferred.element = stated.element;
  if (!inferred.dims) {
    inferred.dims = std::move(stated.dims);
  } else if (stated.dims && stated.dims->size() == inferred.dims->size()) {
    for (std::size_t i = 0; i < inferred.dims->size(); ++i) {
      Dim& dim = (*inferred.dims)[i];
      if (!dim.is_static() && dim.symbol.empty()) dim = std::move((*stated.dims)[i]);
    }
  }
  return inferred;
}

[[nodiscard]] inline Result<> infer_operation(Graph& graph, OperationId id, KnownContents& known) {
  const Operation& op = graph.operation(id);
  const OperationInfo* info = find_operation(op);
  if (info == nullptr) return {};
  HALE_TRY(Types types, info->infer(OperationView{graph, op, &known}));
  for (std::size_t i = 0; i < op.results.size() && i < types.size(); ++i) {
    if (op.results[i] == ValueId::none) continue;
    Type& type = graph.value(op.results[i]).type;
    type = refined(std::move(types[i]), std::move(type));
  }
  if (op.results.size() == 1 && op.results[0] != ValueId::none)
    known[index_of(op.results[0])] = info->evaluate(OperationView{graph, op, &known});
  return {};
}

/// Gives every value of declared operations its type, and says what is known of small contents.
[[nodiscard]] inline Result<KnownContents> propagate(Graph& graph) {
  KnownContents known(graph.value_count());
  Result<> status;
  for_each_operation(graph, Graph::body_id(), [&](OperationId id) {
    if (status) status = infer_operation(graph, id, known);
  });
  if (!status) return tl::unexpected<Error>(std::move(status).error());
  return known;
}

}  // namespace detail

/// Types follow from the operands'. Errors: shapes that do not fit their operation.
struct InferShapes {
  static constexpr std::string_view name = "infer-shapes";
  static constexpr std::string_view summary = "gives every value its element type and extents";

  [[nodiscard]] static Result<> run(Graph& graph) {
    HALE_CHECK(detail::propagate(graph));
    return {};
  }
};

}  // namespace hale::graph
