#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <string>
#include <string_view>

namespace hale::space {

/// FBNet's layer-wise space: 22 places, each one of eight inverted residual blocks or none.
///
/// Source: Wu et al., CVPR 2019 (arXiv 1812.03443), as HW-NAS-Bench (Li et al., ICLR 2021) measured
/// it.
struct FBNet {
  /// In the order of the numbers in the architecture string.
  enum class Block : std::uint8_t {
    k3_e1,
    k3_e1_g2,
    k3_e3,
    k3_e6,
    k5_e1,
    k5_e1_g2,
    k5_e3,
    k5_e6,
    skip,
  };
  static constexpr std::size_t block_count = 9;
  static constexpr std::array<std::string_view, block_count> block_names = {
      "k3_e1", "k3_e1_g2", "k3_e3", "k3_e6", "k5_e1", "k5_e1_g2", "k5_e3", "k5_e6", "skip"};

  static constexpr std::size_t place_count = 22;

  struct Architecture {
    std::array<Block, place_count> blocks{};

    friend bool operator==(const Architecture&, const Architecture&) = default;
  };

  static constexpr std::string_view name = "fbnet";

  /// Width of the filter. Pre: the block is no skip.
  [[nodiscard]] static constexpr std::size_t kernel_of(Block block) {
    return block < Block::k5_e1 ? 3 : 5;
  }
  /// How much wider the block is inside than at its input. Pre: the block is no skip.
  [[nodiscard]] static constexpr std::size_t expansion_of(Block block) {
    constexpr std::array<std::size_t, 4> expansions = {1, 1, 3, 6};
    return expansions[static_cast<std::size_t>(block) % 4];
  }
  /// Groups of the block's 1x1 convolutions. Pre: the block is no skip.
  [[nodiscard]] static constexpr std::size_t groups_of(Block block) {
    return block == Block::k3_e1_g2 || block == Block::k5_e1_g2 ? 2 : 1;
  }

  /// Uniform over the space.
  [[nodiscard]] static constexpr Architecture sample(Rng& rng) {
    Architecture architecture;
    for (Block& block : architecture.blocks) block = static_cast<Block>(rng.below(block_count));
    return architecture;
  }

  /// The blocks' numbers joined by `-`.
  [[nodiscard]] static std::string format(const Architecture& architecture) {
    std::string text;
    for (const Block block : architecture.blocks)
      text += concat(text.empty() ? "" : "-", static_cast<std::size_t>(block));
    return text;
  }

  /// Errors: another number of places, or a place that is no number from 0 to 8.
  [[nodiscard]] static Result<Architecture> parse(std::string_view text) {
    std::array<std::string_view, place_count> places;
    const std::size_t found = split_into(text, '-', places);
    const auto where = [&] { return concat("FBNet architecture '", text.substr(0, 200), "'"); };
    if (found != place_count)
      return fail(
          concat(where(), ": found ", found, " places, expected ", place_count, ", like 0-8-3-.."));
    Architecture architecture;
    for (std::size_t i = 0; i < place_count; ++i) {
      const auto number = parse_number<std::size_t>(places[i]);
      if (!number || *number >= block_count || places[i].size() != 1)
        return fail(concat(where(), ": place ", i + 1, " is '", places[i].substr(0, 40),
                           "', expected a number from 0 (k3_e1) to 8 (skip)"));
      architecture.blocks[i] = static_cast<Block>(*number);
    }
    return architecture;
  }
};

}  // namespace hale::space
