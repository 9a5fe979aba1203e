#pragma once

#include <hale/core/random.hpp>
#include <hale/nn/concepts.hpp>
#include <hale/nn/parameters.hpp>
#include <span>

namespace hale::nn {

/// Draws all parameters uniformly from (-bound, bound); each tensor's bound is the one that its
/// layer states. Pre: theta has parameter_count elements.
template <BoundNetwork N, std::floating_point T>
void initialise(std::span<T> theta, Rng& rng) {
  for (const TensorSpec& spec : N::layout)
    for (T& element : theta.subspan(spec.offset, spec.size()))
      element = static_cast<T>(rng.uniform(-spec.initial_bound, spec.initial_bound));
}

}  // namespace hale::nn
