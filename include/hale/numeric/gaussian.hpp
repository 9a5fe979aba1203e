#pragma once

#include <cmath>
#include <hale/core/config.hpp>
#include <numbers>

namespace hale::numeric {

/// The probability that a standard normal variable lies below `x`.
[[nodiscard]] inline double normal_below(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

/// The number below which a standard normal variable lies with this probability. Exact to about
/// 1e-12 for probabilities from 1e-6 to 1 - 1e-6, and less exact nearer to 0 or 1.
///
/// Pre: probability in (0, 1). Cost: some Newton steps on normal_below().
[[nodiscard]] inline double normal_quantile(double probability) {
  HALE_ASSERT(probability > 0 && probability < 1);
  double x = 0;
  for (int step = 0; step < 60; ++step) {
    const double density = std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
    double move = (normal_below(x) - probability) / density;
    move = std::fmax(-1.0, std::fmin(1.0, move));
    x -= move;
    if (std::fabs(move) < 1e-13) break;
  }
  return x;
}

}  // namespace hale::numeric
