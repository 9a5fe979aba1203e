#pragma once

#include <cstddef>
#include <hale/core/executor.hpp>
#include <hale/numeric/tensor.hpp>
#include <hale/session/device.hpp>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace hale::session {

/// Answers for many models on many devices, as arrays.
struct AnswerTable {
  numeric::Tensor<double, 2> median_ms;  // (models, devices); NaN where refused
  numeric::Tensor<double, 2> low_ms;     // likewise
  numeric::Tensor<double, 2> high_ms;    // likewise
  std::vector<std::string> reasons;      // (models * devices): why it was refused; else empty
};

/// Each model on each device, as Device::answer() has it. A model is read once for all devices of
/// one batch.
///
/// Shapes: models (n), devices (m) -> (n, m). The result does not depend on the executor.
[[nodiscard]] inline AnswerTable answer(std::span<const Model> models,
                                        std::span<const Device> devices,
                                        const Executor& executor = {}) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const auto empty = [&] { return numeric::filled<double>({models.size(), devices.size()}, none); };
  AnswerTable table{empty(), empty(), empty(), {}};
  table.reasons.resize(models.size() * devices.size());
  executor.run(models.size(), [&](std::size_t row, std::size_t) {
    for (std::size_t column = 0; column < devices.size(); ++column) {
      const auto found = devices[column].answer(models[row], {.kernels = false});
      if (!found) {
        table.reasons[row * devices.size() + column] = found.error().message;
        continue;
      }
      table.median_ms(row, column) = found->prediction.median.value;
      table.low_ms(row, column) = found->prediction.low.value;
      table.high_ms(row, column) = found->prediction.high.value;
    }
  });
  return table;
}

}  // namespace hale::session
