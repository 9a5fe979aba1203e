#include <hale/graph/onnx_dialect.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/read.hpp>
#include <hale/lift/workload.hpp>
#include <utility>

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

namespace hale::lift {

Result<> prepare(graph::Graph& graph, const workload::FusionRules& rules) {
  return detail::kernels::run_passes(graph, rules);
}

workload::Workload prepared_workload(const graph::Graph& prepared,
                                     const workload::FusionRules& rules) {
  return detail::kernels::KernelList(prepared, rules).run();
}

PeakMemory peak_memory(const graph::Graph& graph) { return detail::reading::memory_of(graph); }

Result<Reading> read(graph::Graph graph) { return detail::reading::read_graph(std::move(graph)); }

}  // namespace hale::lift
