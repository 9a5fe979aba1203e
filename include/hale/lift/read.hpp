#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/activation_memory.hpp>
#include <hale/lift/reading.hpp>
#include <hale/lift/workload.hpp>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hale::lift {

namespace detail::reading {

/// See Cost::precisions.
[[nodiscard]] inline std::map<std::string, double> precisions_of(const workload::Workload& work) {
  std::map<std::string, double> products;
  double all = 0;
  for (const workload::Kernel& kernel : work.kernels) {
    if (kernel.macs == 0) continue;
    const auto macs = static_cast<double>(kernel.macs) * static_cast<double>(kernel.runs);
    products[kernel.element] += macs;
    all += macs;
  }
  for (auto& [type, share] : products) share /= all;
  return products;
}

inline void add_cost(const workload::Workload& work, Cost& cost) {
  cost.macs = workload::totals(work).macs;
  for (const workload::Uncovered& each : work.uncovered)
    if (std::find(cost.unknown_operations.begin(), cost.unknown_operations.end(), each.operation) ==
        cost.unknown_operations.end())
      cost.unknown_operations.push_back(each.operation);
  cost.covered = std::min(cost.covered, workload::covered_share(work));
  cost.precisions = precisions_of(work);
}

/// The cost without operations whose result a factor of zero decides: no runtime needs to compute
/// them.
[[nodiscard]] inline Result<> cost_without_zeros(const graph::Graph& graph,
                                                 const workload::Workload& unfused, Cost& cost) {
  cost.covered = workload::covered_share(unfused);
  if (!graph::FoldZeros::may_apply(graph)) {
    add_cost(unfused, cost);
    return {};
  }
  graph::Graph folded = graph;
  HALE_CHECK((graph::Pipeline<graph::FoldZeros, graph::RemoveDeadCode>::run(folded)));
  const workload::FusionRules rules = workload::no_fusion();
  add_cost(kernels::KernelList(folded, rules).run(), cost);
  return {};
}

/// The name of an operation's result. A pass that replaces the operation keeps it.
[[nodiscard]] inline std::string result_of(const graph::Graph& graph, std::size_t operation) {
  for (const graph::ValueId id : graph.operation(graph::OperationId(operation)).results)
    if (id != graph::ValueId::none) return graph.value(id).name;
  return {};
}

/// Tells which fused kernel an unfused one became part of.
struct Trace {
  std::size_t operation = 0;
  std::string result{};
};

[[nodiscard]] inline std::vector<Trace> traces(const graph::Graph& graph,
                                               const workload::Workload& unfused) {
  std::vector<Trace> found;
  found.reserve(unfused.kernels.size());
  for (const workload::Kernel& kernel : unfused.kernels) {
    const std::size_t operation = kernel.origin.operations.front();
    found.push_back({operation, result_of(graph, operation)});
  }
  return found;
}

/// The fused kernel that each unfused one is part of. First the kernel that holds the same
/// operation; else the kernel whose result has the same name, since a pass that replaces operations
/// keeps it; else the kernel of the next unfused one: the last operation of a spelled-out pattern
/// gives its result.
[[nodiscard]] inline std::vector<std::size_t> owners(const std::vector<Trace>& unfused,
                                                     const graph::Graph& graph,
                                                     const workload::Workload& fused) {
  std::vector<std::size_t> owner(unfused.size(), 0);
  if (fused.kernels.empty()) return owner;
  std::unordered_map<std::size_t, std::size_t> by_operation;
  std::unordered_map<std::string, std::size_t> by_result;
  for (std::size_t k = 0; k < fused.kernels.size(); ++k)
    for (const std::size_t id : fused.kernels[k].origin.operations) {
      by_operation.emplace(id, k);
      if (std::string name = result_of(graph, id); !name.empty())
        by_result.emplace(std::move(name), k);
    }
  std::size_t next = fused.kernels.size() - 1;
  for (std::size_t i = owner.size(); i-- > 0;) {
    const auto same = by_operation.find(unfused[i].operation);
    const auto replaced = by_result.find(unfused[i].result);
    if (same != by_operation.end())
      next = same->second;
    else if (replaced != by_result.end())
      next = replaced->second;
    owner[i] = next;
  }
  return owner;
}

/// See lift::peak_memory().
[[nodiscard]] inline PeakMemory memory_of(const graph::Graph& graph) {
  const ActivationMemory memory = activation_memory(graph);
  return {memory.peak_bytes,
          memory.at == graph::OperationId::none ? std::string() : graph.location_of(memory.at),
          memory.unknown};
}

/// See lift::read().
[[nodiscard]] inline Result<Reading> read_graph(graph::Graph graph) {
  Reading reading;
  HALE_CHECK((graph::Pipeline<graph::Verify, graph::InferShapes>::run(graph)));
  reading.cost.parameters = graph::parameters(graph).total;  // before passes fold any away
  HALE_CHECK((graph::Pipeline<graph::InlineCalls, graph::FollowConditions, graph::FoldConstants,
                              graph::RemoveIdentities, graph::RecogniseQuantised,
                              graph::RemoveDeadCode>::run(graph)));
  const workload::FusionRules none = workload::no_fusion();
  workload::Workload unfused = kernels::KernelList(graph, none).run();
  HALE_CHECK(cost_without_zeros(graph, unfused, reading.cost));
  const std::vector<Trace> before = traces(graph, unfused);
  HALE_CHECK((graph::Pipeline<graph::FoldBatchNormalization, graph::RemoveDeadCode>::run(graph)));
  reading.graph = graph;
  HALE_CHECK(graph::RecognisePatterns::run(graph));
  const workload::FusionRules usual;
  workload::Workload fused = kernels::KernelList(graph, usual).run();
  reading.owners = owners(before, graph, fused);
  reading.memory = memory_of(graph);
  reading.network = std::make_shared<const workload::Network>(
      workload::network_of(std::move(unfused), std::move(fused)));
  return reading;
}

}  // namespace detail::reading

/// Pre: shapes are inferred.
[[nodiscard]] PeakMemory peak_memory(const graph::Graph& graph);

/// Reads any graph. Shapes are inferred once. Operations of unknown cost are named in uncovered().
///
/// Errors: as canonicalise(). Cost: O(operations), a copy of the graph.
[[nodiscard]] Result<Reading> read(graph::Graph graph);

// As the passes, these are compiled once in hale-operations, where that is used.
#ifndef HALE_OPERATIONS
inline PeakMemory peak_memory(const graph::Graph& graph) {
  return detail::reading::memory_of(graph);
}
inline Result<Reading> read(graph::Graph graph) {
  return detail::reading::read_graph(std::move(graph));
}
#endif

}  // namespace hale::lift
