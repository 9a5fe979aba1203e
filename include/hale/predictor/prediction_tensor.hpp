#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/numeric/tensor.hpp>
#include <hale/predictor/prediction.hpp>
#include <span>

namespace hale::predictor {

/// Predictions in ms, a row each: median, low, high.
///
/// Shapes: predictions (n) -> (n, 3).
[[nodiscard]] inline numeric::Tensor<double, 2> prediction_tensor(
    std::span<const Prediction> predictions) {
  auto ms = numeric::filled<double>({predictions.size(), 3});  // (n, 3)
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    ms(i, 0) = predictions[i].median.value;
    ms(i, 1) = predictions[i].low.value;
    ms(i, 2) = predictions[i].high.value;
  }
  return ms;
}

/// Their verdicts: 0 interpolating, 1 extrapolating, 2 unknown.
///
/// Shapes: predictions (n) -> (n).
[[nodiscard]] inline numeric::Tensor<std::uint8_t, 1> verdict_tensor(
    std::span<const Prediction> predictions) {
  auto verdicts = numeric::filled<std::uint8_t>({predictions.size()});  // (n)
  for (std::size_t i = 0; i < predictions.size(); ++i)
    verdicts(i) = static_cast<std::uint8_t>(predictions[i].verdict);
  return verdicts;
}

}  // namespace hale::predictor
