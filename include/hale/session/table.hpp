#pragma once

#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/executor.hpp>
#include <hale/numeric/tensor.hpp>
#include <hale/session/cells.hpp>
#include <hale/session/device.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hale::session {

/// Answers for many models on many devices, as arrays.
struct AnswerTable {
  numeric::Tensor<double, 2> median_ms;  // (models, devices); NaN where refused
  numeric::Tensor<double, 2> low_ms;     // likewise
  numeric::Tensor<double, 2> high_ms;    // likewise
  std::vector<std::string> reasons;      // (models * devices): why it was refused; else empty
};

/// How a cell of a table is answered.
using AnswerCell = std::function<Result<Answer>(const Device&, const Model&)>;

/// As Device::answer(), without kernels.
[[nodiscard]] inline Result<Answer> answer_cell(const Device& device, const Model& model) {
  return device.answer(model, {.kernels = false});
}

/// Each model on each device. A model is read once for all devices of one batch.
///
/// Shapes: models (n), devices (m) -> (n, m). The result does not depend on the executor.
[[nodiscard]] inline AnswerTable answer(std::span<const Model> models,
                                        std::span<const Device> devices,
                                        const Executor& executor = {},
                                        const AnswerCell& cell = answer_cell) {
  Cells cells = answer_cells(
      models.size(), devices.size(), executor,
      [&](std::size_t row, std::size_t column) { return cell(devices[column], models[row]); });
  const auto empty = [&] { return numeric::filled<double>({models.size(), devices.size()}, 0.0); };
  AnswerTable table{empty(), empty(), empty(), std::move(cells.reasons)};
  for (std::size_t row = 0; row < models.size(); ++row)
    for (std::size_t column = 0; column < devices.size(); ++column) {
      const Prediction& found = cells.predictions[row * devices.size() + column];
      table.median_ms(row, column) = found.median.value;
      table.low_ms(row, column) = found.low.value;
      table.high_ms(row, column) = found.high.value;
    }
  return table;
}

}  // namespace hale::session
