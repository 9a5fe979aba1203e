#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <span>

namespace hale::meta {

/// Whether the outer gradient goes through the inner steps, or takes them as they came out.
enum class Order : std::uint8_t { first = 1, second = 2 };

/// theta <- theta - rate * gradient, with a learned rate for each parameter, `Steps` times.
///
/// Source: Meta-SGD (Li et al., 2017, arXiv 1707.09835).
template <std::size_t Steps>
struct MetaSgd {
  static constexpr std::size_t steps = Steps;
  static constexpr Order order = Order::second;
  static constexpr bool learns_rates = true;
  static constexpr double initial_rate = 1e-3;
};

/// The same with one fixed rate; of first order where the inner steps' curvature is left out.
///
/// Source: MAML (Finn, Abbeel, Levine, ICML 2017), section 5.2 for the first order.
template <std::size_t Steps, Order O = Order::second>
struct Maml {
  static constexpr std::size_t steps = Steps;
  static constexpr Order order = O;
  static constexpr bool learns_rates = false;
  static constexpr double initial_rate = 1e-3;
};

/// One step. Shapes: all (parameter_count).
template <std::floating_point T>
void descend(std::span<const T> theta, std::span<const T> rates, std::span<const T> gradient,
             std::span<T> next) {
  HALE_ASSERT(theta.size() == rates.size() && theta.size() == gradient.size() &&
              theta.size() == next.size());
  for (std::size_t i = 0; i < theta.size(); ++i) next[i] = theta[i] - rates[i] * gradient[i];
}

}  // namespace hale::meta
