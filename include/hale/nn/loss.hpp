#pragma once

#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/numeric/dual.hpp>

namespace hale::nn {

/// The mean over rows of (prediction - target)^2.
struct MeanSquaredError {
  /// Shapes: prediction, target, cotangent (rows, 1). The cotangent is overwritten.
  template <numeric::Scalar S>
  static S value_and_cotangent(numeric::ConstMatrix<S> prediction,
                               MatrixView<const numeric::Real<S>> target,
                               numeric::Matrix<S> cotangent) {
    using T = numeric::Real<S>;
    HALE_ASSERT(target.rows > 0);
    const T scale = T{1} / static_cast<T>(target.rows);
    S loss{};
    for (std::size_t r = 0; r < target.rows; ++r) {
      if constexpr (std::is_same_v<S, T>) {
        const T residual = prediction(r, 0) - target(r, 0);
        loss += scale * residual * residual;
        cotangent(r, 0) = 2 * scale * residual;
      } else {
        const T residual = prediction.value(r, 0) - target(r, 0);
        const T tangent = prediction.tangent(r, 0);
        loss.value += scale * residual * residual;
        loss.tangent += 2 * scale * residual * tangent;
        cotangent.value(r, 0) = 2 * scale * residual;
        cotangent.tangent(r, 0) = 2 * scale * tangent;
      }
    }
    return loss;
  }
};

}  // namespace hale::nn
