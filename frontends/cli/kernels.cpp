#include "kernels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <hale/lift/any_graph.hpp>
#include <hale/workload/kernel_terms.hpp>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "output.hpp"

namespace hale::cli {
namespace {

/// What the result of an operation is called, which a pass that replaces the operation keeps.
std::string result_of(const graph::Graph& graph, std::size_t operation) {
  for (const graph::ValueId id : graph.operation(graph::OperationId(operation)).results)
    if (id != graph::ValueId::none) return graph.value(id).name;
  return {};
}

/// The kernel of a fusing runtime that each operation of a runtime without fusion belongs to: the
/// one that has it, the one in which what replaces it gives its result, or that of the next one
/// that is found so, since what is spelled out ends with its result.
Result<std::vector<std::size_t>> owners(const graph::Graph& graph,
                                        const lift::GraphReading& reading) {
  graph::Graph unfused = graph;
  graph::Graph fused = graph;
  HALE_CHECK(lift::prepare(unfused, workload::no_fusion()));
  HALE_CHECK(lift::prepare(fused, workload::FusionRules{}));
  std::unordered_map<std::size_t, std::size_t> by_operation;
  std::unordered_map<std::string, std::size_t> by_result;
  for (std::size_t k = 0; k < reading.fused.kernels.size(); ++k)
    for (const std::size_t id : reading.fused.kernels[k].origin.operations) {
      by_operation.emplace(id, k);
      if (const std::string name = result_of(fused, id); !name.empty()) by_result.emplace(name, k);
    }
  std::vector<std::size_t> owner(reading.unfused.kernels.size());
  std::size_t next = reading.fused.kernels.size() - 1;
  for (std::size_t i = owner.size(); i-- > 0;) {
    const std::size_t id = reading.unfused.kernels[i].origin.operations.front();
    const auto same = by_operation.find(id);
    const auto replaced = by_result.find(result_of(unfused, id));
    if (same != by_operation.end())
      next = same->second;
    else if (replaced != by_result.end())
      next = replaced->second;
    owner[i] = next;
  }
  return owner;
}

double milliseconds(const workload::SimulatedDevice& device, const workload::Terms& terms,
                    const workload::Kernel& kernel) {
  return device.milliseconds(terms) * static_cast<double>(kernel.runs);
}

KernelShare described(const workload::Kernel& kernel) {
  return {.location = kernel.location,
          .operations = joined(kernel.operations, "+"),
          .macs = workload::saturating_product(kernel.macs, kernel.runs),
          .bytes = workload::saturating_product(
              workload::saturating_sum(kernel.bytes_read, kernel.bytes_written), kernel.runs)};
}

}  // namespace

Result<std::vector<KernelShare>> kernel_shares(
    const graph::Graph& graph, const std::optional<workload::SimulatedDevice>& device) {
  HALE_TRY(const lift::GraphReading reading, lift::any_graph(graph));
  std::vector<KernelShare> rows;
  for (const workload::Kernel& kernel : reading.fused.kernels) {
    rows.push_back(described(kernel));
    rows.back().share = device ? milliseconds(*device, workload::fused_terms(kernel), kernel)
                               : static_cast<double>(rows.back().macs);
  }
  if (device && !rows.empty()) {
    HALE_TRY(const std::vector<std::size_t> owner, owners(graph, reading));
    for (std::size_t i = 0; i < owner.size(); ++i) {
      const workload::Kernel& kernel = reading.unfused.kernels[i];
      rows[owner[i]].share += milliseconds(*device, workload::unfused_terms(kernel), kernel);
    }
    rows.push_back({.location = "",
                    .operations = "(the run itself)",
                    .share = device->milliseconds(workload::run_terms(reading.fused))});
  }
  double sum = 0;
  for (const KernelShare& row : rows) sum += row.share;
  for (KernelShare& row : rows) row.share = sum > 0 ? row.share / sum : 0;
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  return rows;
}

std::string kernel_table(const std::vector<KernelShare>& kernels, Milliseconds latency) {
  TextTable table{{"kernel", "operations", "share", "ms", "MACs", "bytes"},
                  {},
                  {false, false, true, true, true, true}};
  for (const KernelShare& kernel : kernels)
    table.rows.push_back({kernel.location, kernel.operations,
                          fmt::format("{:.1f} %", 100 * kernel.share),
                          fmt::format("{:.3g}", kernel.share * latency.value),
                          fmt::format("{}", kernel.macs), fmt::format("{}", kernel.bytes)});
  return table.format();
}

nlohmann::ordered_json kernel_json(const std::vector<KernelShare>& kernels, Milliseconds latency) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const KernelShare& kernel : kernels)
    rows.push_back({{"kernel", kernel.location},
                    {"operations", kernel.operations},
                    {"share", rounded(kernel.share)},
                    {"latency_ms", rounded(kernel.share * latency.value)},
                    {"macs", kernel.macs},
                    {"bytes", kernel.bytes}});
  return rows;
}

}  // namespace hale::cli
