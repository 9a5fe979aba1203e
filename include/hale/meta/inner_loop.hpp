#pragma once

#include <cstddef>
#include <hale/core/config.hpp>
#include <span>

namespace hale::meta {

/// theta <- theta - rate * gradient, with a learned rate for each parameter, `Steps` times.
///
/// Source: Meta-SGD (Li et al., 2017, arXiv 1707.09835).
template <std::size_t Steps>
struct MetaSgd {
  static constexpr std::size_t steps = Steps;
  static constexpr bool learns_rates = true;
  static constexpr double initial_rate = 1e-3;
};

/// The same with one fixed rate.
///
/// Source: MAML (Finn, Abbeel, Levine, ICML 2017).
template <std::size_t Steps>
struct Maml {
  static constexpr std::size_t steps = Steps;
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
