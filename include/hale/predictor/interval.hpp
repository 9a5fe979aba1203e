#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/predictor/prediction.hpp>
#include <span>

namespace hale::predictor {

/// An interval relative to the prediction: measured / predicted lies in [low, high] with the
/// probability `level`.
struct RelativeInterval {
  double low = 1;
  double high = 1;
  double level = 0.9;

  [[nodiscard]] Prediction around(double median_ms) const {
    return {Milliseconds{median_ms}, Milliseconds{median_ms * low}, Milliseconds{median_ms * high},
            Verdict::interpolating};
  }
  friend bool operator==(const RelativeInterval&, const RelativeInterval&) = default;
};

/// The same, in units of how far a device's own measured rows are from their predictions. Where
/// those are far off (coarse clocks, unusual hardware), the other rows are about as far off.
struct ScaledInterval {
  double spreads = 1;
  double least_spread = 0;  // of log ratios: ten rows may happen to be met by chance
  double level = 0.9;

  [[nodiscard]] RelativeInterval at(double spread) const {
    const double half = spreads * std::max(spread, least_spread);
    return {std::exp(-half), std::exp(half), level};
  }
  friend bool operator==(const ScaledInterval&, const ScaledInterval&) = default;
};

/// The root mean square of log(truth / predicted). Shapes: both (n). Pre: not empty, all positive.
[[nodiscard]] inline double spread_of(std::span<const double> truth,
                                      std::span<const double> predicted) {
  HALE_ASSERT(truth.size() == predicted.size() && !truth.empty());
  double square = 0;
  for (std::size_t i = 0; i < truth.size(); ++i)
    square += std::pow(std::log(truth[i] / predicted[i]), 2);
  return std::sqrt(square / static_cast<double>(truth.size()));
}

}  // namespace hale::predictor
