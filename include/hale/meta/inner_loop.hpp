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

/// One step of gradient descent. Shapes: all (parameter_count).
template <std::floating_point T>
void descend(std::span<const T> theta, std::span<const T> rates, std::span<const T> gradient,
             std::span<T> next) noexcept {
  HALE_ASSERT(theta.size() == rates.size() && theta.size() == gradient.size() &&
              theta.size() == next.size());
  for (std::size_t i = 0; i < theta.size(); ++i) next[i] = theta[i] - rates[i] * gradient[i];
}

/// The same taken back: v is theta's as it is.
template <bool LearnsRates, std::floating_point T>
void descend_back(std::span<const T> rates, std::span<const T> gradient, std::span<const T> v,
                  std::span<T> pull, std::span<T> d_rates) noexcept {
  for (std::size_t i = 0; i < v.size(); ++i) {
    if constexpr (LearnsRates) d_rates[i] -= v[i] * gradient[i];
    pull[i] = rates[i] * v[i];
  }
}

}  // namespace detail

/// theta <- theta - rate * gradient, with a learned rate for each parameter, `Steps` times.
///
/// Source: Meta-SGD (Li et al., 2017, arXiv 1707.09835).
template <std::size_t Steps, Ratio InitialRate = std::ratio<1, 1000>>
struct MetaSgd {
  static constexpr std::size_t steps = Steps;
  static constexpr Order order = Order::second;
  static constexpr bool learns_rates = true;
  static constexpr double initial_rate = value_of<InitialRate>;

  template <std::floating_point T>
  static void step(std::size_t, std::span<const T> theta, std::span<const T> rates,
                   std::span<const T> gradient, std::span<T> next) noexcept {
    detail::descend<T>(theta, rates, gradient, next);
  }
  template <std::floating_point T>
  static void step_back(std::size_t, std::span<const T> rates, std::span<const T> gradient,
                        std::span<T> v, std::span<T> pull, std::span<T> d_rates) noexcept {
    detail::descend_back<learns_rates, T>(rates, gradient, v, pull, d_rates);
  }
};

/// The same with one fixed rate; of first order where the inner steps' curvature is left out.
///
/// Source: MAML (Finn, Abbeel, Levine, ICML 2017), section 5.2 for the first order.
template <std::size_t Steps, Order O = Order::second, Ratio Rate = std::ratio<1, 1000>>
struct Maml {
  static constexpr std::size_t steps = Steps;
  static constexpr Order order = O;
  static constexpr bool learns_rates = false;
  static constexpr double initial_rate = value_of<Rate>;

  template <std::floating_point T>
  static void step(std::size_t, std::span<const T> theta, std::span<const T> rates,
                   std::span<const T> gradient, std::span<T> next) noexcept {
    detail::descend<T>(theta, rates, gradient, next);
  }
  template <std::floating_point T>
  static void step_back(std::size_t, std::span<const T> rates, std::span<const T> gradient,
                        std::span<T> v, std::span<T> pull, std::span<T> d_rates) noexcept {
    detail::descend_back<learns_rates, T>(rates, gradient, v, pull, d_rates);
  }
};

}  // namespace hale::meta
