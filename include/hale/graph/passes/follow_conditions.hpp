#pragma once

#include <cstddef>
#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/rewrite.hpp>
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
      if (!is_known) {
        after.push_back(each);
        continue;
      }
      // The names of the results stay.
      splice(graph, op, op.regions[op.control.taken].region, after,
             [&](std::size_t, ValueId result, ValueId output) {
               after.push_back(add_identity(graph, output, result, op.location));
             });
    }
    graph.region(id).operations = std::move(after);
  }
};

}  // namespace hale::graph
