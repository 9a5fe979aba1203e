#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/kernel_groups.hpp>
#include <hale/lift/kernel_of.hpp>
#include <hale/workload/fusion_rules.hpp>
#include <hale/workload/workload.hpp>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hale::lift {

namespace detail::kernels {

/// Lists the kernels of a prepared graph, region by region.
class KernelList {
 public:
  KernelList(const graph::Graph& graph, const workload::FusionRules& rules)
      : graph_(graph), groups_(graph, rules), writer_(graph, groups_) {}

  [[nodiscard]] workload::Workload run() {
    workload::Workload work = region(graph::Graph::body_id(), 1);
    work.input_bytes = input_bytes();
    for (const graph::ValueId id : graph_.body().outputs) add_bytes(id, work.output_bytes);
    work.views = groups_.views();
    tell_saturated(work);
    return work;
  }

 private:
  /// Of the inputs that are no weights.
  [[nodiscard]] std::uint64_t input_bytes() const {
    std::vector<bool> is_weight(graph_.value_count(), false);
    graph::for_each_operation(graph_, graph::Graph::body_id(), [&](graph::OperationId id) {
      const graph::Operation& op = graph_.operation(id);
      for (std::size_t slot = 0; slot < op.operands.size(); ++slot)
        if (op.operands[slot] != graph::ValueId::none && writer_.is_weight(op, slot))
          is_weight[index_of(op.operands[slot])] = true;
    });
    std::uint64_t sum = 0;
    for (const graph::ValueId id : graph_.body().inputs)
      if (!is_weight[index_of(id)]) add_bytes(id, sum);
    return sum;
  }

  /// Of a value whose size is known.
  void add_bytes(graph::ValueId id, std::uint64_t& sum) const {
    if (id == graph::ValueId::none) return;
    sum = workload::saturating_sum(sum, graph::bytes_of(graph_.value(id).type).value_or(0));
  }

  [[nodiscard]] workload::Workload region(graph::RegionId id, std::uint64_t runs) {
    workload::Workload work;
    for (const RegionStep& step : groups_.of_region(id)) {
      if (step.owner != graph::OperationId::none) {
        append(work, control(step.owner, runs));
      } else {
        writer_.write(step.group, runs, work);
      }
    }
    return work;
  }

  [[nodiscard]] workload::Workload control(graph::OperationId id, std::uint64_t runs) {
    const graph::Operation& op = graph_.operation(id);
    if (op.is("If")) return branch(id, runs);
    if (op.is("Loop") || op.is("Scan")) return body(id, runs);
    workload::Workload work;
    const bool is_call =
        op.regions.size() == 1 && op.regions[0].name == "body" && !op.domain.empty();
    for (const graph::NamedRegion& nested : op.regions) append(work, region(nested.region, runs));
    if (!is_call)
      work.assumptions.push_back(concat(graph_.location_of(id),
                                        ": each of its bodies is counted once: how often they run "
                                        "is not known"));
    return work;
  }

  /// Of a branch that is assumed, what another leaves open is named too: that may be the costlier.
  [[nodiscard]] workload::Workload branch(graph::OperationId id, std::uint64_t runs) {
    const graph::Operation& op = graph_.operation(id);
    const graph::NamedRegion& taken = op.regions[op.control.taken];
    workload::Workload work = region(taken.region, runs);
    if (op.control.decision == graph::Decision::asked)
      work.assumptions.push_back(
          concat(graph_.location_of(id), ": takes ", taken.name, ", as asked"));
    if (op.control.decision != graph::Decision::assumed) return work;
    for (std::size_t i = 0; i < op.regions.size(); ++i) {
      if (i == op.control.taken) continue;
      for (workload::Uncovered& each : region(op.regions[i].region, runs).uncovered)
        work.uncovered.push_back(std::move(each));
    }
    const std::string shapes = differing_shapes(op);
    work.assumptions.push_back(concat(graph_.location_of(id), ": takes its costlier branch, ",
                                      taken.name, shapes.empty() ? "" : ", of ", shapes));
    return work;
  }

  /// The shapes of what the branch that is taken gives, where another gives one of another shape.
  [[nodiscard]] std::string differing_shapes(const graph::Operation& op) const {
    const auto& taken = graph_.region(op.regions[op.control.taken].region).outputs;
    std::string shapes;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const std::string shape = graph::describe(graph::detail::type_at(graph_, taken, i));
      const bool differs =
          std::any_of(op.regions.begin(), op.regions.end(), [&](const graph::NamedRegion& other) {
            const auto& outputs = graph_.region(other.region).outputs;
            return graph::describe(graph::detail::type_at(graph_, outputs, i)) != shape;
          });
      if (differs) shapes += concat(shapes.empty() ? "" : ", ", shape);
    }
    return shapes;
  }

  [[nodiscard]] workload::Workload body(graph::OperationId id, std::uint64_t runs) {
    const graph::Operation& op = graph_.operation(id);
    const std::optional<std::uint64_t> trips = op.control.trips;
    workload::Workload work;
    for (const graph::NamedRegion& nested : op.regions)
      if (trips != 0U)
        append(work, region(nested.region, workload::saturating_product(runs, trips.value_or(1))));
    work.assumptions.push_back(
        trips ? concat(graph_.location_of(id), ": its body runs ", *trips,
                       *trips == 1 ? " time" : " times",
                       op.control.may_end_earlier ? ", the most that it may" : "")
              : concat(graph_.location_of(id),
                       ": its body is counted once: how often it runs is not known"));
    return work;
  }

  /// Sums that are too large are not the sums.
  static void tell_saturated(workload::Workload& work) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    const workload::Totals sums = workload::totals(work);
    if (sums.macs == most || sums.bytes_read == most || sums.bytes_written == most)
      work.assumptions.push_back(
          concat("loops run so often that figures stop at the largest number, ", most));
  }

  static void append(workload::Workload& to, workload::Workload from) {
    const auto move = [](auto& into, auto& out_of) {
      for (auto& each : out_of) into.push_back(std::move(each));
    };
    move(to.kernels, from.kernels);
    move(to.assumptions, from.assumptions);
    move(to.uncovered, from.uncovered);
  }

  const graph::Graph& graph_;
  KernelGroups groups_;
  KernelWriter writer_;
};

/// See lift::prepare().
[[nodiscard]] inline Result<> run_passes(graph::Graph& graph, const workload::FusionRules& rules) {
  HALE_CHECK(
      (graph::Pipeline<graph::Verify, graph::InferShapes, graph::InlineCalls,
                       graph::FollowConditions, graph::FoldConstants, graph::RemoveIdentities,
                       graph::RecogniseQuantised, graph::RemoveDeadCode>::run(graph)));
  if (rules.folds_zeros)
    HALE_CHECK((graph::Pipeline<graph::FoldZeros, graph::RemoveDeadCode>::run(graph)));
  if (rules.folds_normalisation) HALE_CHECK(graph::FoldBatchNormalization::run(graph));
  if (rules.recognises_patterns) HALE_CHECK(graph::RecognisePatterns::run(graph));
  return graph::RemoveDeadCode::run(graph);
}

}  // namespace detail::kernels

/// The passes that a runtime of these rules runs before it makes kernels.
///
/// Errors: as canonicalise().
[[nodiscard]] Result<> prepare(graph::Graph& graph, const workload::FusionRules& rules);

/// The kernels of a graph that prepare() has made ready for a runtime of these rules, in order.
[[nodiscard]] workload::Workload prepared_workload(const graph::Graph& prepared,
                                                   const workload::FusionRules& rules);

/// The kernels that a runtime of these rules would run for a graph, in order.
///
/// What is computed from constants alone is folded away; views cost nothing. If costs the branch
/// that its condition takes, or that the user asked for, else the costlier one; Loop and Scan cost
/// their body as often as it runs, once where that is not known, and the assumptions say so.
/// Operations of unknown cost are named in `uncovered`. Under rules that fold zeros, the MACs of
/// the kernels of a graph without regions are macs() of the canonical graph. Errors: as
/// canonicalise(). Cost: a copy of the graph, and the passes of prepare().
[[nodiscard]] inline Result<workload::Workload> workload(const graph::Graph& graph,
                                                         const workload::FusionRules& rules = {}) {
  graph::Graph prepared = graph;
  HALE_CHECK(prepare(prepared, rules));
  return prepared_workload(prepared, rules);
}

// As the passes, these are compiled once in hale-operations, where that is used.
#ifndef HALE_OPERATIONS
inline Result<> prepare(graph::Graph& graph, const workload::FusionRules& rules) {
  return detail::kernels::run_passes(graph, rules);
}
inline workload::Workload prepared_workload(const graph::Graph& prepared,
                                            const workload::FusionRules& rules) {
  return detail::kernels::KernelList(prepared, rules).run();
}
#endif

}  // namespace hale::lift
