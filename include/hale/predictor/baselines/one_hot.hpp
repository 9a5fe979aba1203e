#pragma once

#include <array>
#include <cstddef>
#include <hale/core/shape.hpp>
#include <hale/space/concepts.hpp>
#include <span>
#include <vector>

namespace hale::predictor {

namespace detail {

/// How many numbers a linear model sees of each of an encoder's codes.
template <class Output>
inline constexpr std::size_t values_a_code = 1;
template <class G>
inline constexpr std::size_t values_a_code<GivenNodes<G>> = G::categories;

}  // namespace detail

/// An architecture as a linear model takes it: the encoder's features; or, where it gives
/// categories of nodes, each category one-hot.
template <space::Encoder E>
struct OneHot {
  using Space = typename E::Space;
  static constexpr std::size_t width = detail::values_a_code<typename E::Output>;
  static constexpr std::size_t size = E::size * width;

  /// Shapes: architectures (n) -> (n * size), a row each.
  [[nodiscard]] static std::vector<double> rows(
      std::span<const typename Space::Architecture> architectures) {
    std::vector<double> out(architectures.size() * size);
    std::array<typename E::Code, E::size> codes{};
    for (std::size_t row = 0; row < architectures.size(); ++row) {
      E::encode(architectures[row], codes);
      for (std::size_t i = 0; i < E::size; ++i) {
        if constexpr (width == 1)
          out[row * size + i] = static_cast<double>(codes[i]);
        else
          out[row * size + i * width + codes[i]] = 1;
      }
    }
    return out;
  }
};

}  // namespace hale::predictor
