#pragma once

#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/units.hpp>
#include <hale/graph/ir.hpp>
#include <hale/workload/simulated_device.hpp>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace hale::cli {

/// A kernel and its part of a model's time.
struct KernelShare {
  std::string location;    // of its first node
  std::string operations;  // "Conv+Relu"
  double share = 0;
  std::uint64_t macs = 0;
  std::uint64_t bytes = 0;
};

/// The kernels of a graph, the dearest first, and what a run costs beside them.
///
/// By the rates of a device; where there is none, by multiply-adds alone. Errors: as
/// lift::any_graph().
[[nodiscard]] Result<std::vector<KernelShare>> kernel_shares(
    const graph::Graph& graph, const std::optional<workload::SimulatedDevice>& device);

[[nodiscard]] std::string kernel_table(const std::vector<KernelShare>& kernels,
                                       Milliseconds latency);
[[nodiscard]] nlohmann::ordered_json kernel_json(const std::vector<KernelShare>& kernels,
                                                 Milliseconds latency);

}  // namespace hale::cli
