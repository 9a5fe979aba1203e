#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <hale/core/buffer.hpp>
#include <hale/core/random.hpp>
#include <hale/core/shape.hpp>
#include <hale/meta/concepts.hpp>
#include <hale/meta/inner_loop.hpp>
#include <hale/meta/modulator.hpp>
#include <hale/meta/uniform_sampler.hpp>
#include <hale/nn/gradient.hpp>
#include <hale/nn/initialise.hpp>
#include <hale/nn/loss.hpp>
#include <hale/nn/optimizer.hpp>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hale::meta {

namespace detail {

/// Whether M modulates parameters of N: NoModulator does so for every network.
template <class M, class N>
inline constexpr bool modulates = true;
template <class M, class N>
requires requires { typename M::Network; }
inline constexpr bool modulates<M, N> = std::is_same_v<typename M::Network, N>;

template <class M>
inline constexpr bool reaches = true;
template <class M>
requires requires { M::reaches; }
inline constexpr bool reaches<M> = M::reaches;

}  // namespace detail

/// What a meta-learner is made of, as types; every recipe is one of these.
template <nn::BoundNetwork N, Modulation ModulatorType, InnerLoop InnerLoopType,
          nn::Loss LossType = nn::MeanSquaredError,
          nn::OptimizerRule OptimizerType = nn::AdamRule<>, Sampler SamplerType = UniformSampler>
struct Learner {
  using Network = N;
  using Modulator = ModulatorType;
  using InnerLoop = InnerLoopType;
  using Loss = LossType;
  using Optimizer = OptimizerType;
  using Sampler = SamplerType;

  /// The network's input for architectures on one device; a network that does not look at the
  /// device takes the architectures alone.
  template <std::floating_point T, class Architectures>
  static nn::Value<typename N::Input, T> input(const Architectures& architectures,
                                               MatrixView<const T> embedding) {
    if constexpr (std::is_same_v<Architectures, nn::Value<typename N::Input, T>>)
      return architectures;
    else
      return {architectures, embedding};
  }

 private:
  static constexpr bool is_scalar = std::is_same_v<typename N::Output, Shape<1>>;
  static constexpr bool modulates = detail::modulates<ModulatorType, N>;
  static_assert(is_scalar || !N::is_bound,
                "hale: Learner: the network does not give one number an architecture; end it with "
                "Linear<1>");
  static_assert(modulates || !is_scalar,
                "hale: Learner: the modulator was made for another network; give Modulator this "
                "one as its first argument");
  static_assert(detail::reaches<ModulatorType> || !(modulates && is_scalar && N::is_bound),
                "hale: Learner: the modulator is to change more layers than the network has "
                "parameters for; make its argument Layers smaller");
  static_assert(InnerLoop::order == Order::second || !InnerLoop::learns_rates,
                "hale: Learner: learned rates have no gradient of first order; use Order::second, "
                "or an inner loop with fixed rates");
};

/// What a meta-learner learns.
template <MetaLearner L, std::floating_point T>
struct Knowledge {
  Buffer<T> theta{L::Network::parameter_count};  // before adaptation
  Buffer<T> rates{L::Network::parameter_count};  // of the inner loop, in theta's layout
  Buffer<T> phi{L::Modulator::parameter_count};  // the modulator's

  friend bool operator==(const Knowledge&, const Knowledge&) = default;

  /// The state before any training.
  [[nodiscard]] static Knowledge initial(Rng& rng) {
    Knowledge knowledge;
    nn::initialise<typename L::Network>(std::span<T>(knowledge.theta), rng);
    std::fill(knowledge.rates.begin(), knowledge.rates.end(),
              static_cast<T>(L::InnerLoop::initial_rate));
    if constexpr (L::Modulator::parameter_count > 0)
      nn::initialise<typename L::Modulator::Net>(std::span<T>(knowledge.phi), rng);
    return knowledge;
  }
};

/// One device to learn from: a network adapts on its support rows and is judged on its query rows.
template <MetaLearner L, std::floating_point T>
struct Task {
  MatrixView<const T> embedding;  // (1, E)
  nn::Batch<typename L::Network, T> support;
  nn::Batch<typename L::Network, T> query;
};

/// Memory of the inner loop: the parameters before, between and after its steps, and each step's
/// gradient and activations. Reused from task to task without allocation.
template <MetaLearner L, std::floating_point T>
struct InnerTape {
  static constexpr std::size_t steps = L::InnerLoop::steps;
  static constexpr std::size_t size = L::Network::parameter_count;

  std::vector<Buffer<T>> thetas = std::vector<Buffer<T>>(steps + 1, Buffer<T>(size));
  std::vector<Buffer<T>> gradients = std::vector<Buffer<T>>(steps, Buffer<T>(size));
  std::vector<T> losses = std::vector<T>(steps);
  typename L::Modulator::template Tape<T> modulation;
  std::vector<numeric::Arena<T>> arenas = std::vector<numeric::Arena<T>>(steps);

  [[nodiscard]] const Buffer<T>& adapted() const { return thetas.back(); }
};

namespace detail {

template <class T>
MatrixView<const T> flat(const Buffer<T>& buffer) {
  return {buffer.data(), 1, buffer.size()};
}
template <class T>
MatrixView<T> flat(Buffer<T>& buffer) {
  return {buffer.data(), 1, buffer.size()};
}

}  // namespace detail

/// Modulates and takes the inner steps; tape.adapted() is the result. Returns the modulator's
/// divergence.
///
/// Shapes: noise (latent_size), or empty for z at its mean.
/// Cost: `steps` gradients on the support rows.
template <MetaLearner L, std::floating_point T>
T adapt(const Knowledge<L, T>& knowledge, MatrixView<const T> embedding,
        const nn::Batch<typename L::Network, T>& support, std::span<const T> noise,
        InnerTape<L, T>& tape) {
  using Network = typename L::Network;
  const T divergence = L::Modulator::template modulate<T>(
      knowledge.phi, embedding, noise, knowledge.theta, tape.thetas[0], tape.modulation);
  for (std::size_t k = 0; k < tape.steps; ++k) {
    tape.losses[k] = nn::loss_and_gradient<Network, typename L::Loss, T>(
        detail::flat(std::as_const(tape.thetas[k])), support, detail::flat(tape.gradients[k]),
        tape.arenas[k]);
    L::InnerLoop::template step<T>(k, tape.thetas[k], knowledge.rates, tape.gradients[k],
                                   tape.thetas[k + 1]);
  }
  return divergence;
}

}  // namespace hale::meta
