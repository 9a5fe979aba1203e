#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

namespace hale::device {

/// Turns what a device's reference networks took into the numbers that a network is given of it.
///
/// Shapes: embed(reference_ms (references)) -> (size). Pre: all positive, not all equal.
/// Laws: the numbers are finite, and depend on the latencies alone.
template <class H>
concept HardwareEmbedding = requires(std::span<const double, H::references> reference_ms) {
  { H::name } -> std::convertible_to<std::string_view>;
  { H::references } -> std::convertible_to<std::size_t>;
  { H::size } -> std::convertible_to<std::size_t>;
  { H::embed(reference_ms) }
  noexcept->std::same_as<std::array<float, H::size>>;
};

}  // namespace hale::device
