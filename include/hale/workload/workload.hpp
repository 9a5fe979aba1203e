#pragma once

#include <algorithm>
#include <cstdint>
#include <hale/workload/kernel.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::workload {

/// An operation whose cost is not known, or not all of it.
struct Uncovered {
  std::string operation;  // "Resize", "com.example.Thing"
  std::string location;   // its node
  std::string reason;
  friend bool operator==(const Uncovered&, const Uncovered&) = default;
};

/// The kernels that a device would run for a model, in order, and what they do not count.
struct Workload {
  std::vector<Kernel> kernels{};
  std::vector<std::string> assumptions{};
  std::vector<Uncovered> uncovered{};
  std::uint64_t input_bytes = 0;   // that the model is given
  std::uint64_t output_bytes = 0;  // that it gives
  std::uint64_t views = 0;         // operations that move nothing and that some runtimes call
  friend bool operator==(const Workload&, const Workload&) = default;
};

/// The share of the operations whose cost is known. Pre: the workload fuses nothing.
[[nodiscard]] inline double covered_share(const Workload& work) {
  if (work.uncovered.empty()) return 1;
  std::set<std::pair<std::string_view, std::string_view>> open;
  for (const Uncovered& each : work.uncovered) open.emplace(each.location, each.operation);
  const auto is_whole = [&open](const Kernel& kernel) {
    return kernel.operations.empty() ||
           !open.contains({kernel.location, kernel.operations.front()});
  };
  const auto costed =
      static_cast<double>(std::count_if(work.kernels.begin(), work.kernels.end(), is_whole));
  return costed / (costed + static_cast<double>(work.uncovered.size()));
}

/// Sums over the kernels, each by its runs; they stop at the largest number.
struct Totals {
  std::uint64_t macs = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t weight_bytes = 0;  // of one run each: a loop reads its weights from the same place
};

[[nodiscard]] inline Totals totals(const Workload& work) {
  Totals sum;
  const auto add = [](std::uint64_t& to, std::uint64_t figure, std::uint64_t runs) {
    to = saturating_sum(to, saturating_product(figure, runs));
  };
  for (const Kernel& kernel : work.kernels) {
    add(sum.macs, kernel.macs, kernel.runs);
    add(sum.bytes_read, kernel.bytes_read, kernel.runs);
    add(sum.bytes_written, kernel.bytes_written, kernel.runs);
    add(sum.weight_bytes, kernel.weight_bytes, 1);
  }
  return sum;
}

}  // namespace hale::workload
