#pragma once

#include <algorithm>
#include <hale/graph/pass.hpp>
#include <hale/graph/rewrite.hpp>
#include <string_view>
#include <vector>

namespace hale::graph {

/// What no output of the graph depends on is taken out; inputs stay.
struct RemoveDeadCode {
  static constexpr std::string_view name = "remove-dead-code";
  static constexpr std::string_view summary = "takes out what no output depends on";

  [[nodiscard]] static Result<> run(Graph& graph) {
    std::vector<bool> live(graph.operation_count(), false);
    std::vector<ValueId> pending = graph.body().outputs;
    while (!pending.empty()) {
      const ValueId id = pending.back();
      pending.pop_back();
      if (id == ValueId::none) continue;
      const OperationId producer = graph.value(id).producer;
      if (producer == OperationId::none || live[index_of(producer)]) continue;
      mark(graph, producer, live, pending);
    }
    sweep(graph, Graph::body_id(), live);
    return {};
  }

 private:
  static void mark(const Graph& graph, OperationId id, std::vector<bool>& live,
                   std::vector<ValueId>& pending) {
    live[index_of(id)] = true;
    const Operation& op = graph.operation(id);
    pending.insert(pending.end(), op.operands.begin(), op.operands.end());
    for (const NamedRegion& nested : op.regions) {
      const std::vector<ValueId>& outputs = graph.region(nested.region).outputs;
      pending.insert(pending.end(), outputs.begin(), outputs.end());
    }
  }

  static void sweep(Graph& graph, RegionId id, const std::vector<bool>& live) {
    std::vector<OperationId>& operations = graph.region(id).operations;
    std::erase_if(operations, [&](OperationId each) { return !live[index_of(each)]; });
    for (const OperationId each : std::vector(operations))
      for (const NamedRegion& nested : graph.operation(each).regions)
        sweep(graph, nested.region, live);
  }
};

}  // namespace hale::graph
