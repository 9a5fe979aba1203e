#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/numeric/tensor.hpp>
#include <hale/predictor/evaluate.hpp>
#include <limits>
#include <span>

namespace hale::predictor {

/// The figures of each draw of each device; the last axis is in the order of `metric_names`.
///
/// Shapes: -> (devices, draws, figures); NaN where a device has fewer draws than another.
[[nodiscard]] inline numeric::Tensor<double, 3> figure_tensor(
    std::span<const DeviceEvaluation> evaluations) {
  std::size_t draws = 0;
  for (const DeviceEvaluation& evaluation : evaluations)
    draws = std::max(draws, evaluation.draws.size());
  auto figures = numeric::filled<double>({evaluations.size(), draws, metric_names.size()},
                                         std::numeric_limits<double>::quiet_NaN());
  for (std::size_t d = 0; d < evaluations.size(); ++d)
    for (std::size_t draw = 0; draw < evaluations[d].draws.size(); ++draw)
      for (std::size_t figure = 0; figure < metric_names.size(); ++figure)
        figures(d, draw, figure) = evaluations[d].draws[draw].*metric_names[figure].value;
  return figures;
}

/// What was measured beside what was predicted, in ms, a row each: truth, median, low, high.
///
/// Shapes: scored (n) -> (n, 4).
[[nodiscard]] inline numeric::Tensor<double, 2> scored_tensor(const Scored& scored) {
  HALE_ASSERT(scored.truth.size() == scored.predicted.size());
  auto ms = numeric::filled<double>({scored.truth.size(), 4});  // (n, 4)
  for (std::size_t i = 0; i < scored.truth.size(); ++i) {
    const Prediction& predicted = scored.predicted[i];
    ms(i, 0) = scored.truth[i];
    ms(i, 1) = predicted.median.value;
    ms(i, 2) = predicted.low.value;
    ms(i, 3) = predicted.high.value;
  }
  return ms;
}

}  // namespace hale::predictor
