#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/shape.hpp>
#include <hale/space/ofa_mobilenet_v3.hpp>
#include <span>
#include <string_view>

namespace hale::space {

/// The filter of each layer one-hot, then the expansion of each, then the resolution; an absent
/// layer is all zeros.
///
/// Source: HELP (Lee et al., NeurIPS 2021), as its published checkpoint was trained.
struct OfaMobileNetV3Encoder {
  using Space = OfaMobileNetV3;
  using Code = std::uint8_t;
  static constexpr std::string_view name = "layer-one-hot";
  static constexpr std::size_t choices = Space::kernels.size();
  static constexpr std::size_t size = 2 * Space::layer_count * choices + Space::resolution_count;
  using Output = Given<size>;

  static constexpr void encode(const Space::Architecture& architecture,
                               std::span<Code, size> codes) noexcept {
    std::fill(codes.begin(), codes.end(), Code{0});
    const auto mark = [&](std::size_t first, const auto& allowed, std::uint8_t value) {
      for (std::size_t i = 0; i < choices; ++i)
        if (allowed[i] == value) codes[first + i] = 1;
    };
    for (std::size_t layer = 0; layer < Space::layer_count; ++layer) {
      if (!architecture.has_layer(layer)) continue;
      mark(layer * choices, Space::kernels, architecture.kernel[layer]);
      mark((Space::layer_count + layer) * choices, Space::expansions,
           architecture.expansion[layer]);
    }
    codes[2 * Space::layer_count * choices +
          (architecture.resolution - Space::least_resolution) / Space::resolution_step] = 1;
  }
};

}  // namespace hale::space
