#pragma once

#include <array>
#include <cstddef>
#include <hale/device/normalise.hpp>
#include <span>
#include <string_view>

namespace hale::device {

/// HELP's hardware embedding: reference latencies scaled so that they span [0, 1].
///
/// Source: HELP, section 3.2.
template <std::size_t References>
struct ReferenceLatencies {
  static constexpr std::string_view name = "reference-latencies";
  static constexpr std::size_t references = References;
  static constexpr std::size_t size = References;

  /// Pre: not all equal.
  [[nodiscard]] static std::array<float, size> embed(
      std::span<const double, References> reference_ms) noexcept {
    const Limits limits = limits_of(reference_ms);
    std::array<float, size> embedding{};
    for (std::size_t i = 0; i < size; ++i)
      embedding[i] = static_cast<float>(limits.position(reference_ms[i]));
    return embedding;
  }
};

}  // namespace hale::device
