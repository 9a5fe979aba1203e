#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/shape.hpp>
#include <hale/core/text.hpp>
#include <hale/space/decoder.hpp>
#include <hale/space/fbnet.hpp>
#include <hale/space/fbnet_encoder.hpp>
#include <span>
#include <string>
#include <string_view>

namespace hale::space {

/// The number of each place's block, 0 (k3_e1) to 8 (skip), as in the architecture string.
struct FBNetChoices {
  using Space = FBNet;
  using Code = std::uint8_t;
  static constexpr std::string_view name = "choices";
  static constexpr std::size_t size = FBNet::place_count;
  using Output = Given<size>;

  static constexpr void encode(const FBNet::Architecture& architecture,
                               std::span<Code, size> codes) noexcept {
    for (std::size_t i = 0; i < size; ++i) codes[i] = static_cast<Code>(architecture.blocks[i]);
  }
};

template <>
struct Decoder<FBNetChoices> {
  [[nodiscard]] static Result<FBNet::Architecture> decode(
      std::span<const std::uint8_t, FBNetChoices::size> codes) {
    FBNet::Architecture architecture;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      if (codes[i] >= FBNet::block_count)
        return detail::refuse_code(i, codes[i], "0 (k3_e1) to 8 (skip)");
      architecture.blocks[i] = static_cast<FBNet::Block>(codes[i]);
    }
    return architecture;
  }
};

template <>
struct Decoder<FBNetEncoder> {
  static constexpr std::size_t width = FBNetEncoder::width;

  [[nodiscard]] static Result<FBNet::Architecture> decode(
      std::span<const std::uint8_t, FBNetEncoder::size> codes) {
    FBNet::Architecture architecture;
    for (std::size_t place = 0; place < FBNet::place_count; ++place) {
      const auto found = codes.subspan(place * width, width);
      const auto block = std::find_if(blocks.begin(), blocks.end(), [&](const auto& one) {
        return std::equal(one.begin(), one.end(), found.begin());
      });
      if (block == blocks.end()) return refuse(place, found);
      architecture.blocks[place] = static_cast<FBNet::Block>(block - blocks.begin());
    }
    return architecture;
  }

 private:
  /// The codes of each block, as the encoder writes them.
  static constexpr std::array<std::array<std::uint8_t, width>, FBNet::block_count> blocks = [] {
    std::array<std::array<std::uint8_t, width>, FBNet::block_count> all{};
    for (std::size_t block = 0; block < all.size(); ++block) {
      FBNet::Architecture architecture;
      architecture.blocks.fill(static_cast<FBNet::Block>(block));
      std::array<std::uint8_t, FBNetEncoder::size> codes{};
      FBNetEncoder::encode(architecture, codes);
      std::copy_n(codes.begin(), width, all[block].begin());
    }
    return all;
  }();

  static tl::unexpected<Error> refuse(std::size_t place, std::span<const std::uint8_t> found) {
    std::string text;
    for (const std::uint8_t code : found)
      text += concat(text.empty() ? "" : " ", std::size_t{code});
    return fail(concat("columns ", place * width, " to ", place * width + width - 1, ": found ",
                       text,
                       ", expected a 1 for the filter (3, 5), a 1 for the kind (e1, e1_g2, "
                       "e3, e6) and zeros, or all zeros (skip)"));
  }
};

}  // namespace hale::space
