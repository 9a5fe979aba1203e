#pragma once

#include <hale/core/error.hpp>
#include <hale/lift/workload.hpp>
#include <hale/workload/kernel_terms.hpp>

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
  GraphReading reading;
  HALE_TRY(reading.unfused, workload(graph, workload::no_fusion()));
  HALE_TRY(reading.fused, workload(graph));
  reading.terms = workload::terms_of(reading.unfused, reading.fused);
  return reading;
}

}  // namespace hale::lift
