#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/kernel_groups.hpp>
#include <hale/lift/kernel_of.hpp>
#include <hale/workload/fusion_rules.hpp>
#include <hale/workload/workload.hpp>
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
    if (op.is("If")) return costlier_branch(id, runs);
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

  [[nodiscard]] workload::Workload costlier_branch(graph::OperationId id, std::uint64_t runs) {
    const graph::Operation& op = graph_.operation(id);
    workload::Workload costliest;
    std::string taken;
    for (const graph::NamedRegion& nested : op.regions) {
      workload::Workload branch = region(nested.region, runs);
      if (taken.empty() || is_costlier(branch, costliest)) {
        std::swap(branch, costliest);
        taken = nested.name;
      }
      // A branch of unknown cost may be the costlier one.
      for (workload::Uncovered& each : branch.uncovered)
        costliest.uncovered.push_back(std::move(each));
    }
    costliest.assumptions.push_back(
        concat(graph_.location_of(id), ": takes its costlier branch, ", taken));
    return costliest;
  }

  [[nodiscard]] static bool is_costlier(const workload::Workload& a, const workload::Workload& b) {
    const workload::Totals one = workload::totals(a);
    const workload::Totals other = workload::totals(b);
    if (one.macs != other.macs) return one.macs > other.macs;
    return workload::saturating_sum(one.bytes_read, one.bytes_written) >
           workload::saturating_sum(other.bytes_read, other.bytes_written);
  }

  [[nodiscard]] workload::Workload body(graph::OperationId id, std::uint64_t runs) {
    const graph::Operation& op = graph_.operation(id);
    const std::optional<std::uint64_t> trips = op.is("Loop") ? loop_trips(op) : scan_trips(op);
    workload::Workload work;
    for (const graph::NamedRegion& nested : op.regions)
      append(work, region(nested.region, workload::saturating_product(runs, trips.value_or(1))));
    work.assumptions.push_back(
        trips ? concat(graph_.location_of(id), ": its body runs ", *trips, " times")
              : concat(graph_.location_of(id),
                       ": its body is counted once: how often it runs is not known"));
    return work;
  }

  [[nodiscard]] std::optional<std::uint64_t> loop_trips(const graph::Operation& op) const {
    const graph::Tensor* limit = op.operands.empty() ? nullptr : graph_.constant(op.operands[0]);
    const auto numbers = limit == nullptr ? std::nullopt : limit->integers();
    if (!numbers || numbers->size() != 1 || numbers->front() < 0) return std::nullopt;
    // Exporters write the largest number for "until the condition ends it".
    constexpr std::int64_t unbounded = std::int64_t{1} << 31;
    if (numbers->front() >= unbounded - 1) return std::nullopt;
    return static_cast<std::uint64_t>(numbers->front());
  }

  /// The extent of the first scanned input along its axis.
  [[nodiscard]] std::optional<std::uint64_t> scan_trips(const graph::Operation& op) const {
    const std::int64_t count =
        graph::integer_of(graph::OperationView{graph_, op}, "num_scan_inputs", 0);
    const auto operands = static_cast<std::int64_t>(op.operands.size());
    if (count < 1 || count > operands) return std::nullopt;
    const graph::ValueId scanned = op.operands[static_cast<std::size_t>(operands - count)];
    if (scanned == graph::ValueId::none) return std::nullopt;
    std::int64_t axis = 0;
    const auto* axes = op.attribute("scan_input_axes");
    if (const auto* list = axes == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(axes);
        list != nullptr && !list->empty())
      axis = list->front();
    const graph::Type& type = graph_.value(scanned).type;
    if (axis < 0) axis += static_cast<std::int64_t>(type.rank());
    if (axis < 0 || axis >= static_cast<std::int64_t>(type.rank())) return std::nullopt;
    const graph::Dim& dim = (*type.dims)[static_cast<std::size_t>(axis)];
    if (!dim.is_static()) return std::nullopt;
    return static_cast<std::uint64_t>(dim.extent);
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
  HALE_CHECK((graph::Pipeline<graph::Verify, graph::InferShapes, graph::FoldConstants,
                              graph::RemoveIdentities, graph::RecogniseQuantised,
                              graph::RemoveDeadCode>::run(graph)));
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
/// What is computed from constants alone is folded away; views cost nothing. If costs its costlier
/// branch; Loop and Scan cost their body as often as it runs, once where that is not known, and the
/// assumptions say so. Operations of unknown cost are named in `uncovered`. Under rules that
/// fold zeros, the MACs of the kernels of a graph without regions are macs() of the canonical
/// graph. Errors: as canonicalise(). Cost: a copy of the graph, and the passes of prepare().
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
