#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/shape.hpp>
#include <hale/space/fbnet.hpp>
#include <span>
#include <string_view>

namespace hale::space {

/// Six numbers a place: the filter's width, 3 or 5, then the kind, e1, e1_g2, e3 or e6, each
/// one-hot; a skip is all zeros.
///
/// Source: HELP (Lee et al., NeurIPS 2021), as its published checkpoint was trained.
struct FBNetEncoder {
  using Space = FBNet;
  using Code = std::uint8_t;
  static constexpr std::string_view name = "block-one-hot";
  static constexpr std::size_t width = 6;
  static constexpr std::size_t size = FBNet::place_count * width;
  using Output = Given<size>;

  static constexpr void encode(const FBNet::Architecture& architecture,
                               std::span<Code, size> codes) noexcept {
    std::fill(codes.begin(), codes.end(), Code{0});
    for (std::size_t place = 0; place < FBNet::place_count; ++place) {
      const FBNet::Block block = architecture.blocks[place];
      if (block == FBNet::Block::skip) continue;
      codes[place * width + (FBNet::kernel_of(block) == 3 ? 0 : 1)] = 1;
      codes[place * width + 2 + static_cast<std::size_t>(block) % 4] = 1;
    }
  }
};

}  // namespace hale::space
