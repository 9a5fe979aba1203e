#include <hale/graph/onnx_dialect.hpp>
#include <hale/graph/passes.hpp>

namespace hale::graph {

const OperationInfo* find_operation(const Operation& operation) {
  return detail::find_declared(operation);
}

const OperationFacts* find_by_name(std::string_view name) { return detail::find_facts(name); }

Result<KnownContents> detail::propagate(Graph& graph) { return infer_graph(graph); }

Result<> Simplify::run(Graph& graph) { return Passes::run(graph); }
Result<> Canonicalise::run(Graph& graph) { return Passes::run(graph); }
Result<> RecognisePatterns::run(Graph& graph) { return Passes::run(graph); }

}  // namespace hale::graph
