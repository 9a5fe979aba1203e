#pragma once

#include <hale/core/view.hpp>
#include <hale/nn/concepts.hpp>
#include <hale/nn/values.hpp>
#include <hale/numeric/arena.hpp>
#include <hale/numeric/dual.hpp>
#include <hale/numeric/operations.hpp>

namespace hale::nn {

/// Inputs, and the targets that the network should predict for them.
template <BoundNetwork N, std::floating_point T>
struct Batch {
  Value<typename N::Input, T> input;
  MatrixView<const T> targets;  // (rows, 1)
};

/// The loss on a batch and its gradient, which is overwritten.
///
/// Shapes: theta, gradient (1, parameter_count). With S = Dual and a direction v in theta's tangent
/// plane, the gradient's tangent plane becomes the exact Hessian-vector product H v.
template <BoundNetwork N, Loss L, numeric::Scalar S>
S loss_and_gradient(numeric::ConstMatrix<S> theta, const Batch<N, numeric::Real<S>>& batch,
                    numeric::Matrix<S> gradient, numeric::Arena<numeric::Real<S>>& arena) {
  arena.reset();
  typename N::template Tape<S> tape;
  const numeric::Matrix<S> prediction =
      N::template forward<S>(theta, batch.input, tape, arena);  // (rows, 1)
  auto cotangent = arena.template take<S>(batch.targets.rows, 1);
  const S loss = L::template value_and_cotangent<S>(prediction, batch.targets, cotangent);
  N::template backward<S>(theta, tape, cotangent, gradient, arena);
  return loss;
}

/// The network's predictions for a batch. Shapes: theta (1, parameter_count) -> (rows, out), valid
/// until the arena is reset.
template <BoundNetwork N, numeric::Scalar S>
Value<typename N::Output, S> predict(numeric::ConstMatrix<S> theta,
                                     const Value<typename N::Input, S>& input,
                                     numeric::Arena<numeric::Real<S>>& arena) {
  arena.reset();
  typename N::template Tape<S> tape;
  return N::template forward<S>(theta, input, tape, arena);
}

}  // namespace hale::nn
