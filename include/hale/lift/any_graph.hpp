#pragma once

#include <array>
#include <hale/core/error.hpp>
#include <hale/lift/workload.hpp>
#include <hale/workload/kernel_terms.hpp>
#include <utility>

namespace hale::lift {

/// A graph as simulated devices see it: its terms, and the kernels that they are of.
struct GraphReading {
  workload::Terms terms;
  workload::Workload unfused;
  workload::Workload fused;
};

/// Reads any graph. What could not be costed is named in the workloads' `uncovered`.
///
/// Errors: as canonicalise().
[[nodiscard]] inline Result<GraphReading> any_graph(const graph::Graph& graph) {
  const std::array rules = {workload::no_fusion(), workload::FusionRules{}};
  HALE_TRY(auto both, workloads(graph, rules));
  GraphReading reading{{}, std::move(both[0]), std::move(both[1])};
  reading.terms = workload::terms_of(reading.unfused, reading.fused);
  return reading;
}

}  // namespace hale::lift
