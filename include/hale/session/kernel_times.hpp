#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/lift/reading.hpp>
#include <hale/session/answer.hpp>
#include <hale/workload/kernel_terms.hpp>
#include <hale/workload/simulated_device.hpp>
#include <optional>
#include <string>
#include <vector>

namespace hale::session {

namespace detail::kernel_times {

[[nodiscard]] inline double milliseconds(const workload::SimulatedDevice& device,
                                         const workload::Terms& terms,
                                         const workload::Kernel& kernel) {
  return device.milliseconds(terms) * static_cast<double>(kernel.runs);
}

/// "Conv+Relu", in one allocation at most.
[[nodiscard]] inline std::string with_plus(const std::vector<std::string>& operations) {
  std::size_t size = 0;
  for (const std::string& each : operations) size += each.size() + (size > 0 ? 1 : 0);
  std::string text;
  text.reserve(size);
  for (const std::string& each : operations) {
    if (!text.empty()) text += '+';
    text += each;
  }
  return text;
}

[[nodiscard]] inline KernelTime described(const workload::Kernel& kernel) {
  KernelTime time{.location = kernel.location, .operations = with_plus(kernel.operations)};
  time.macs = workload::saturating_product(kernel.macs, kernel.runs);
  time.bytes = workload::saturating_product(
      workload::saturating_sum(kernel.bytes_read, kernel.bytes_written), kernel.runs);
  return time;
}

}  // namespace detail::kernel_times

/// The kernels of a model, the slowest first, and what a run takes beside them. Their times add up
/// to `latency`, which they share by the device's rates; without a device, by their multiply-adds.
[[nodiscard]] inline std::vector<KernelTime> kernel_times(
    const lift::Reading& reading, const std::optional<workload::SimulatedDevice>& device,
    Milliseconds latency) {
  using namespace detail::kernel_times;
  const workload::Network& network = *reading.network;
  std::vector<KernelTime> rows;
  rows.reserve(network.fused.kernels.size() + 1);
  for (const workload::Kernel& kernel : network.fused.kernels) {
    rows.push_back(described(kernel));
    rows.back().share = device ? milliseconds(*device, workload::fused_terms(kernel), kernel)
                               : static_cast<double>(rows.back().macs);
  }
  if (device && !rows.empty()) {
    for (std::size_t i = 0; i < reading.owners.size(); ++i) {
      const workload::Kernel& kernel = network.unfused.kernels[i];
      rows[reading.owners[i]].share +=
          milliseconds(*device, workload::unfused_terms(kernel), kernel);
    }
    rows.push_back({.operations = "(the run itself)",
                    .share = device->milliseconds(workload::run_terms(network.fused))});
  }
  double sum = 0;
  for (const KernelTime& row : rows) sum += row.share;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].share = sum > 0 ? rows[i].share / sum : 0;
    rows[i].ms = static_cast<double>(i);  // its place: std::stable_sort would allocate
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.share != b.share ? a.share > b.share : a.ms < b.ms;
  });
  for (KernelTime& row : rows) row.ms = row.share * latency.value;
  return rows;
}

}  // namespace hale::session
