#pragma once

#include <cstddef>
#include <hale/core/executor.hpp>
#include <hale/session/answer.hpp>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace hale::session {

/// Answers for many models on many devices, a row for each model.
struct Cells {
  std::vector<Prediction> predictions;  // (models * devices); NaN where refused
  std::vector<std::string> reasons;     // (models * devices): why it was refused; else empty
};

/// Asks `answer(row, column)`, a Result<Answer>, for each model on each device. All models are
/// asked on one device before the next, so that threads read different models instead of waiting
/// for one.
template <class AnswerCell>
[[nodiscard]] Cells answer_cells(std::size_t models, std::size_t devices, const Executor& executor,
                                 const AnswerCell& answer) {
  constexpr Milliseconds none{std::numeric_limits<double>::quiet_NaN()};
  Cells cells;
  cells.predictions.assign(models * devices, {none, none, none});
  cells.reasons.resize(models * devices);
  executor.run(models * devices, [&](std::size_t i, std::size_t) {
    const std::size_t row = i % models;
    const std::size_t column = i / models;
    const std::size_t cell = row * devices + column;
    auto found = answer(row, column);
    if (found)
      cells.predictions[cell] = found->prediction;
    else
      cells.reasons[cell] = std::move(found.error().message);
  });
  return cells;
}

}  // namespace hale::session
