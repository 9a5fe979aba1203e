#pragma once

#include <algorithm>
#include <cstdint>
#include <hale/workload/kernel.hpp>
#include <vector>

namespace hale::workload::detail::terms {

/// A kernel's figures as real numbers, and how its operations divide.
struct Figures {
  double macs, written, weights, read, outputs;
  double rows = 1, columns = 1, depth = 1, batch = 1, window = 1, axes = 0, group = 1;
  double transcendental = 0;  // operations of these
  double simple = 0;          // further ones behind the first
  double bytes_an_element = 4;
  bool has_form = false;     // rows, columns and depth are known
  bool is_integer = false;   // of eight bits or fewer
  bool is_strided = false;   // its window
  bool is_dilated = false;   // its window
  bool is_winograd = false;  // three by three, each place after the other
};

[[nodiscard]] inline Figures figures_of(const Kernel& kernel) {
  const auto real = [](std::uint64_t figure) { return static_cast<double>(figure); };
  Figures f{.macs = real(kernel.macs),
            .written = real(kernel.bytes_written),
            .weights = real(kernel.weight_bytes),
            .read = real(kernel.bytes_read - std::min(kernel.weight_bytes, kernel.bytes_read)),
            .outputs = real(kernel.outputs),
            .transcendental = real(kernel.origin.transcendental),
            .is_integer = kernel.element_bits != 0 && kernel.element_bits <= 8};
  if (f.is_integer) f.bytes_an_element = 1;
  if (kernel.gemm) {
    f.has_form = true;
    f.batch = std::max(real(kernel.gemm->batch), 1.0);
    f.rows = std::max(real(kernel.gemm->rows), 1.0);
    f.columns = std::max(real(kernel.gemm->columns), 1.0);
    f.depth = std::max(real(kernel.gemm->depth), 1.0);
  }
  if (kernel.window) {
    for (const std::uint64_t extent : kernel.window->kernel) f.window *= real(extent);
    f.window = std::max(f.window, 1.0);
    f.axes = static_cast<double>(kernel.window->kernel.size());
    f.group = real(kernel.window->group);
    const auto exceed_one = [](const std::vector<std::uint64_t>& steps) {
      return std::any_of(steps.begin(), steps.end(), [](std::uint64_t step) { return step > 1; });
    };
    f.is_strided = exceed_one(kernel.window->strides);
    f.is_dilated = exceed_one(kernel.window->dilations);
    const auto is_three = [](std::uint64_t extent) { return extent == 3; };
    f.is_winograd =
        kernel.window->kernel.size() == 2 && !f.is_strided && !f.is_dilated &&
        std::all_of(kernel.window->kernel.begin(), kernel.window->kernel.end(), is_three);
  }
  const double further = real(kernel.operations.size()) - 1;
  f.simple = std::max(further - (has_products(kernel.kind) ? f.transcendental : 0), 0.0);
  return f;
}

}  // namespace hale::workload::detail::terms
