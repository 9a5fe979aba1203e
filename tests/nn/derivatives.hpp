#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <hale/core/buffer.hpp>
#include <hale/core/random.hpp>
#include <hale/nn/gradient.hpp>
#include <hale/nn/initialise.hpp>
#include <hale/nn/loss.hpp>
#include <span>
#include <vector>

/// Central differences in double, against which every derivative is held.
namespace hale::testing {

inline MatrixView<double> flat(Buffer<double>& buffer) { return {buffer.data(), 1, buffer.size()}; }

inline Buffer<double> random_buffer(std::size_t size, Rng& rng) {
  Buffer<double> buffer(size);
  for (double& element : buffer) element = rng.normal();
  return buffer;
}

/// d f(theta + t direction) / dt at 0, by Richardson's extrapolation of two central differences.
template <class F>
double directional_derivative(F f, const Buffer<double>& theta, const Buffer<double>& direction,
                              double step = 1e-4) {
  const auto at = [&](double t) {
    Buffer<double> moved = theta;
    for (std::size_t i = 0; i < theta.size(); ++i) moved[i] += t * direction[i];
    return f(moved);
  };
  const auto central = [&](double h) { return (at(h) - at(-h)) / (2 * h); };
  return (4 * central(step / 2) - central(step)) / 3;
}

inline double dot(const Buffer<double>& a, const Buffer<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

#define EXPECT_CLOSE(actual, expected) \
  EXPECT_NEAR(actual, expected, 1e-6 * std::max(std::abs(expected), 1e-3))

/// Holds the gradient and the Hessian-vector product of a network on a batch against differences,
/// tensor by tensor, and duals against reals bit for bit.
template <class N>
void expect_exact_derivatives(const nn::Batch<N, double>& batch, std::uint64_t seed) {
  using Loss = nn::MeanSquaredError;
  Rng rng(seed);
  Buffer<double> theta(N::parameter_count);
  nn::initialise<N>(std::span<double>(theta), rng);
  Buffer<double> gradient(N::parameter_count);
  numeric::Arena<double> arena;
  const auto loss = [&](Buffer<double>& at) {
    Buffer<double> unused(N::parameter_count);
    return nn::loss_and_gradient<N, Loss, double>(flat(at), batch, flat(unused), arena);
  };
  const double value =
      nn::loss_and_gradient<N, Loss, double>(flat(theta), batch, flat(gradient), arena);
  ASSERT_GT(value, 0);
  for (const nn::TensorSpec& spec : N::layout) {
    Buffer<double> direction(N::parameter_count);
    for (std::size_t i = 0; i < spec.size(); ++i) direction[spec.offset + i] = rng.normal();
    EXPECT_CLOSE(dot(gradient, direction), directional_derivative(loss, theta, direction))
        << "tensor at offset " << spec.offset;
  }

  Buffer<double> direction = random_buffer(N::parameter_count, rng);
  Buffer<double> dual_gradient(N::parameter_count);
  Buffer<double> product(N::parameter_count);
  const auto dual = nn::loss_and_gradient<N, Loss, numeric::Dual<double>>(
      {flat(theta), flat(direction)}, batch, {flat(dual_gradient), flat(product)}, arena);
  EXPECT_EQ(dual.value, value);
  EXPECT_CLOSE(dual.tangent, dot(gradient, direction));
  EXPECT_EQ(dual_gradient, gradient);

  // Replayed over the real pass, the tangents are the same and the gradient stays as it is.
  numeric::Arena<double> recorded;
  numeric::Arena<double> tangents;
  nn::loss_and_gradient<N, Loss, double>(flat(theta), batch, flat(gradient), recorded);
  tangents.replay(recorded);
  Buffer<double> replayed(N::parameter_count);
  nn::loss_and_gradient<N, Loss, numeric::Replayed<double>>(
      {flat(theta), flat(direction)}, batch, {flat(gradient), flat(replayed)}, tangents);
  EXPECT_EQ(replayed, product);
  EXPECT_EQ(dual_gradient, gradient);

  for (const nn::TensorSpec& spec : N::layout) {
    Buffer<double> probe(N::parameter_count);
    for (std::size_t i = 0; i < spec.size(); ++i) probe[spec.offset + i] = rng.normal();
    const auto slope = [&](Buffer<double>& at) {
      Buffer<double> g(N::parameter_count);
      nn::loss_and_gradient<N, Loss, double>(flat(at), batch, flat(g), arena);
      return dot(g, probe);
    };
    EXPECT_CLOSE(dot(product, probe), directional_derivative(slope, theta, direction, 1e-5))
        << "tensor at offset " << spec.offset;
  }
}

}  // namespace hale::testing
