#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/cost.hpp>
#include <hale/graph/ir.hpp>
#include <hale/workload/kernel.hpp>
#include <string_view>
#include <utility>
#include <vector>

/// How often what stands in the regions of a graph runs.
namespace hale::graph {

/// Whether a region of an operation may run: of an If the branch that is taken alone.
[[nodiscard]] inline bool may_run(const Operation& op, std::size_t region) {
  return op.control.decision == Decision::none || op.control.taken == region;
}

/// How often the regions of an operation run each time that it runs; once where that is not known.
[[nodiscard]] inline std::uint64_t trips_of(const Operation& op) {
  return op.control.trips.value_or(1);
}

/// Calls `visit(OperationId, runs)` for each operation that runs when a region runs `runs` times,
/// those of an operation's regions before it. Pre: shapes are inferred.
template <class Visit>
void for_each_run(const Graph& graph, RegionId region, std::uint64_t runs, Visit&& visit) {
  for (const OperationId id : graph.region(region).operations) {
    const Operation& op = graph.operation(id);
    const std::uint64_t inside = workload::saturating_product(runs, trips_of(op));
    for (std::size_t i = 0; i < op.regions.size() && inside > 0; ++i)
      if (may_run(op, i)) for_each_run(graph, op.regions[i].region, inside, visit);
    visit(id, runs);
  }
}

/// What branches are compared by: multiply-adds, then the bytes that are read and written.
/// Pre: shapes are inferred; what is not known counts as nothing.
[[nodiscard]] inline std::pair<std::uint64_t, std::uint64_t> weight_of(const Graph& graph,
                                                                       RegionId region) {
  std::pair<std::uint64_t, std::uint64_t> sum{0, 0};
  const auto add = [](std::uint64_t& to, std::uint64_t figure, std::uint64_t runs) {
    to = workload::saturating_sum(to, workload::saturating_product(figure, runs));
  };
  for_each_run(graph, region, 1, [&](OperationId id, std::uint64_t runs) {
    const OperationCost cost = cost_of(graph, id);
    add(sum.first, cost.macs.value_or(0), runs);
    if (!graph.operation(id).regions.empty()) return;
    add(sum.second, cost.bytes_read.value_or(0), runs);
    add(sum.second, cost.bytes_written.value_or(0), runs);
  });
  return sum;
}

/// The place of the region with this name; as many as there are where none has it.
[[nodiscard]] inline std::size_t find_region(const Operation& op, std::string_view name) {
  const auto found = std::find_if(op.regions.begin(), op.regions.end(),
                                  [&](const NamedRegion& each) { return each.name == name; });
  return static_cast<std::size_t>(found - op.regions.begin());
}

/// The branch of an If that is taken where its condition holds, or where it does not.
[[nodiscard]] inline std::size_t find_branch(const Operation& op, bool condition) {
  return find_region(op, condition ? "then_branch" : "else_branch");
}

}  // namespace hale::graph
