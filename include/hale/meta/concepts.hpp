#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/core/view.hpp>
#include <hale/meta/source_device.hpp>
#include <hale/nn/concepts.hpp>
#include <span>
#include <vector>

/// The policies that a meta-learner is composed of; each is a type without members.
namespace hale::meta {

/// `second`: the outer gradient is exact; `first`: it leaves the inner steps' curvature out.
enum class Order : std::uint8_t { first = 1, second = 2 };

/// How a step of the inner loop is taken back: see InnerLoop.
template <class I>
concept Reversible = requires(std::size_t k, std::span<const float> x, std::span<float> y) {
  { I::template step_back<float>(k, x, x, y, y, y) }
  noexcept->std::same_as<void>;
};

/// How a network adapts to a device: `steps` steps, each from theta_k and the gradient of the
/// support loss there to theta_k+1.
///
/// `step(k, theta, rates, gradient, next)` takes one. `step_back(k, rates, gradient, v, pull,
/// d_rates)`, for the second order alone, finds the cotangent of next in v and replaces it by that
/// of theta with the gradient held fixed; it writes minus the gradient's cotangent to pull and adds
/// the rates' to d_rates. All spans have parameter_count elements; `rates` begin at `initial_rate`
/// and are learned where `learns_rates`.
/// Law: step_back is the transposed derivative of step.
template <class I>
concept InnerLoop = requires(std::size_t k, std::span<const float> x, std::span<float> y) {
  { I::steps } -> std::convertible_to<std::size_t>;
  { I::order } -> std::convertible_to<Order>;
  { I::learns_rates } -> std::convertible_to<bool>;
  { I::initial_rate } -> std::convertible_to<double>;
  { I::template step<float>(k, x, x, x, y) }
  noexcept->std::same_as<void>;
}
&&(I::order == Order::first || Reversible<I>);

/// What an episode learns from: which of the source devices, and which rows of each.
///
/// `choose_rows` gives numbers of table rows out of `device.rows`; the first of them are the
/// support. Pre: there are as many as are asked for.
/// Laws: as many as asked for, all different, and by the generator's state alone.
template <class S>
concept Sampler = requires(std::span<const SourceDevice<float>> devices,
                           const SourceDevice<float>& device, std::size_t count, Rng& rng) {
  { S::choose_devices(devices, count, rng) } -> std::same_as<std::vector<std::size_t>>;
  { S::choose_rows(device, count, rng) } -> std::same_as<std::vector<std::size_t>>;
};

/// What a device's embedding changes of a network's parameters before any adaptation: see
/// Modulator, which learns how, and NoModulator.
template <class M>
concept Modulation = requires(std::span<const float> x, std::span<float> y,
                              MatrixView<const float> embedding,
                              typename M::template Tape<float>& tape, float weight) {
  { M::parameter_count } -> std::convertible_to<std::size_t>;
  { M::latent_size } -> std::convertible_to<std::size_t>;
  { M::template modulate<float>(x, embedding, x, x, y, tape) } -> std::same_as<float>;
  { M::template backward<float>(x, x, tape, weight, y, y) } -> std::same_as<void>;
}
&&(M::parameter_count == 0 || nn::BoundNetwork<typename M::Net>);

/// A network and all the policies by which it learns to learn: see Learner.
template <class L>
concept MetaLearner = nn::BoundNetwork<typename L::Network> && Modulation<typename L::Modulator> &&
    InnerLoop<typename L::InnerLoop> && nn::Loss<typename L::Loss> &&
    nn::OptimizerRule<typename L::Optimizer> && Sampler<typename L::Sampler>;

}  // namespace hale::meta
