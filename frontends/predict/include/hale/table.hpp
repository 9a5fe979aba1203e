#pragma once

#include <cstddef>
#include <hale/hale.hpp>
#include <hale/memory.hpp>
#include <hale/session/table.hpp>
#include <hale/threads.hpp>
#include <span>

/// Arrays of answers. A header of its own, since it needs xtensor.
namespace hale {

using session::AnswerTable;

struct TableOptions {
  std::size_t threads = 1;  // at least 1
};

/// Each model on each device:
///
///     const auto table = hale::answer(models, devices, {.threads = 2});
///     std::printf("%.1f ms\n", table.median_ms(0, 0));
///
/// Shapes: models (n), devices (m) -> (n, m), NaN where refused, also where a model is too large
/// for memory. The result does not depend on the number of threads.
[[nodiscard]] inline AnswerTable answer(std::span<const Model> models,
                                        std::span<const Device> devices,
                                        const TableOptions& options = {}) {
  return session::answer(models, devices, session::thread_executor(options.threads),
                         [](const Device& device, const Model& model) {
                           return session::answer_within_memory(device, model, {.kernels = false});
                         });
}

}  // namespace hale
