#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/core/ratio.hpp>
#include <hale/meta/concepts.hpp>
#include <ratio>
#include <span>

namespace hale::meta {

namespace detail {

/// The steps of gradient descent that MetaSgd and Maml have in common.
///
/// Shapes: all spans are (parameter_count). What each function takes and gives: see InnerLoop.
template <std::size_t Steps, Order O, bool LearnsRates, Ratio Rate>
struct GradientDescent {
  static constexpr std::size_t steps = Steps;
  static constexpr Order order = O;
  static constexpr bool learns_rates = LearnsRates;
  static constexpr double initial_rate = value_of<Rate>;

  template <std::floating_point T>
  static void step(std::size_t, std::span<const T> theta, std::span<const T> rates,
                   std::span<const T> gradient, std::span<T> next) noexcept {
    HALE_ASSERT(theta.size() == rates.size() && theta.size() == gradient.size() &&
                theta.size() == next.size());
    for (std::size_t i = 0; i < theta.size(); ++i) next[i] = theta[i] - rates[i] * gradient[i];
  }
  template <std::floating_point T>
  static void step_back(std::size_t, std::span<const T> rates, std::span<const T> gradient,
                        std::span<T> v, std::span<T> pull, std::span<T> d_rates) noexcept {
    for (std::size_t i = 0; i < v.size(); ++i) {
      if constexpr (learns_rates) d_rates[i] -= v[i] * gradient[i];
      pull[i] = rates[i] * v[i];
    }
  }
};

}  // namespace detail

/// `Steps` steps of theta <- theta - rate * gradient; each parameter has a rate of its own, which
/// is learned and begins at `InitialRate`.
///
/// Source: Meta-SGD (Li et al., 2017, arXiv 1707.09835).
template <std::size_t Steps, Ratio InitialRate = std::ratio<1, 1000>>
struct MetaSgd : detail::GradientDescent<Steps, Order::second, true, InitialRate> {};

/// `Steps` steps of theta <- theta - Rate * gradient, with one fixed rate. `Order::first` leaves
/// the derivatives of the inner steps out of the outer gradient, which is cheaper.
///
/// Source: MAML (Finn, Abbeel, Levine, ICML 2017), section 5.2 for the first order.
template <std::size_t Steps, Order O = Order::second, Ratio Rate = std::ratio<1, 1000>>
struct Maml : detail::GradientDescent<Steps, O, false, Rate> {};

}  // namespace hale::meta
