#pragma once

#include <cstddef>
#include <hale/graph/passes/infer_shapes.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// If whose condition is known -> the operations of the branch that is taken
struct FollowConditions {
  static constexpr std::string_view name = "follow-conditions";
  static constexpr std::string_view summary =
      "puts the branch that is taken in the place of each If whose condition is known";

  [[nodiscard]] static Result<> run(Graph& graph) {
    bool is_needed = false;
    for (std::size_t i = 0; i < graph.operation_count() && !is_needed; ++i)
      is_needed = graph.operation(OperationId(i)).is("If");
    if (!is_needed) return {};
    HALE_CHECK(detail::propagate(graph));
    follow(graph, Graph::body_id());
    return {};
  }

 private:
  static void follow(Graph& graph, RegionId id) {
    const std::vector<OperationId> before = std::move(graph.region(id).operations);
    std::vector<OperationId> after;
    after.reserve(before.size());
    for (const OperationId each : before) {
      const Operation& op = graph.operation(each);
      const bool is_known = op.is("If") && op.control.decision == Decision::known;
      for (std::size_t i = 0; i < op.regions.size(); ++i)
        if (!is_known || op.control.taken == i) follow(graph, op.regions[i].region);
      if (is_known)
        splice(graph, op, after);
      else
        after.push_back(each);
    }
    graph.region(id).operations = std::move(after);
  }

  /// The branch's operations, and an Identity for each result, so that its name stays.
  static void splice(Graph& graph, const Operation& op, std::vector<OperationId>& into) {
    const Region& branch = graph.region(op.regions[op.control.taken].region);
    into.insert(into.end(), branch.operations.begin(), branch.operations.end());
    for (std::size_t i = 0; i < op.results.size() && i < branch.outputs.size(); ++i)
      if (op.results[i] != ValueId::none && branch.outputs[i] != ValueId::none)
        into.push_back(graph.add_operation({.name = "Identity",
                                            .operands = {branch.outputs[i]},
                                            .results = {op.results[i]},
                                            .location = op.location}));
  }
};

}  // namespace hale::graph
