#pragma once

#include <cstddef>
#include <hale/core/buffer.hpp>
#include <hale/meta/learner.hpp>
#include <hale/nn/gradient.hpp>
#include <hale/numeric/dual.hpp>
#include <span>

namespace hale::meta {

/// The result for one task: its losses, and the gradient of its query loss through the inner loop.
template <MetaLearner L, std::floating_point T>
struct TaskGradient {
  Knowledge<L, T> gradient;  // in the layout of what is learned
  T query_loss = 0;
  T divergence = 0;
};

/// Memory of meta_gradient beside the inner loop's.
template <MetaLearner L, std::floating_point T>
struct OuterTape {
  InnerTape<L, T> inner;
  numeric::Arena<T> query;
  numeric::Arena<T> tangents;
  Buffer<T> direction{L::Network::parameter_count};
  Buffer<T> hessian_product{L::Network::parameter_count};
};

namespace detail {

/// Takes the cotangent of the adapted parameters back to those before the first step.
template <MetaLearner L, std::floating_point T>
void through_inner_steps(const Knowledge<L, T>& knowledge, const Task<L, T>& task,
                         OuterTape<L, T>& tape, Buffer<T>& v, Buffer<T>& d_rates) {
  using Network = typename L::Network;
  InnerTape<L, T>& inner = tape.inner;
  for (std::size_t k = inner.steps; k-- > 0;) {
    L::InnerLoop::template step_back<T>(k, knowledge.rates, inner.gradients[k], v, tape.direction,
                                        d_rates);
    tape.tangents.replay(inner.arenas[k]);
    nn::loss_and_gradient<Network, typename L::Loss, numeric::Replayed<T>>(
        {flat(std::as_const(inner.thetas[k])), flat(std::as_const(tape.direction))}, task.support,
        {flat(inner.gradients[k]), flat(tape.hessian_product)}, tape.tangents);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] -= tape.hessian_product[i];
  }
}

}  // namespace detail

/// The gradient of query loss + divergence_weight * divergence with respect to all that is learned,
/// exact to the inner loop's order.
///
/// With g_k the support gradient at theta_k and H_k the Hessian there, steps of theta_{k+1} =
/// theta_k - alpha g_k, say, give, backwards from v = grad of the query loss at theta_K:
/// d_alpha -= v g_k; v -= H_k (alpha v). Each H_k u is the tangent of the support gradient, for
/// which the inner step's own pass is replayed. Cost: steps + 1 gradients and `steps` tangents,
/// each twice a gradient; no allocation once warm.
template <MetaLearner L, std::floating_point T>
void meta_gradient(const Knowledge<L, T>& knowledge, const Task<L, T>& task,
                   std::span<const T> noise, T divergence_weight, OuterTape<L, T>& tape,
                   TaskGradient<L, T>& out) {
  using Network = typename L::Network;
  InnerTape<L, T>& inner = tape.inner;
  out.divergence = adapt<L, T>(knowledge, task.embedding, task.support, noise, inner);

  Buffer<T>& v = out.gradient.theta;
  Buffer<T>& d_rates = out.gradient.rates;
  out.query_loss = nn::loss_and_gradient<Network, typename L::Loss, T>(
      detail::flat(std::as_const(inner.thetas.back())), task.query, detail::flat(v), tape.query);
  std::fill(d_rates.begin(), d_rates.end(), T{0});
  if constexpr (L::InnerLoop::order == Order::second)
    detail::through_inner_steps<L, T>(knowledge, task, tape, v, d_rates);
  L::Modulator::template backward<T>(knowledge.phi, knowledge.theta, inner.modulation,
                                     divergence_weight, v, out.gradient.phi);
}

}  // namespace hale::meta
