#pragma once

#include <array>
#include <cstddef>
#include <hale/space/ofa_mobilenet_v3.hpp>

namespace hale::space {

/// What surrounds the layers of an OFA-MobileNetV3: a stem of stride 2, a block without expansion,
/// five stages whose first layer changes channels, a 1x1 convolution, the mean over the plane,
/// another 1x1 convolution, and a linear classifier. 0 is an extent that is left open.
///
/// The defaults are the networks of width 1.2, with which HELP's authors worked
/// (ofa_mbv3_d234_e346_k357_w1.2). Source: Cai et al., ICLR 2020, and its published code.
struct OfaMobileNetV3Network {
  static constexpr std::size_t stage_count = OfaMobileNetV3::stage_count;
  static constexpr std::array<std::size_t, stage_count> strides = {2, 2, 2, 1, 2};
  /// Stages with squeeze-and-excitation, and those whose activation is h-swish and not ReLU.
  static constexpr std::array<bool, stage_count> has_squeeze = {false, true, false, true, true};
  static constexpr std::array<bool, stage_count> has_hard_swish = {false, false, true, true, true};

  std::size_t stem = 24;
  std::size_t first = 24;
  std::array<std::size_t, stage_count> channels = {32, 48, 96, 136, 192};
  std::size_t expanded = 1152;
  std::size_t features = 1536;
  std::size_t classes = 1000;
  std::size_t batch = 1;
  /// Of the image; as the architecture's resolution says unless they are given.
  std::size_t height = 0;
  std::size_t width = 0;
  std::size_t input_channels = 3;

  /// The multiple of 8 near `channels` that takes no more than a tenth away.
  /// Source: the published code's make_divisible.
  [[nodiscard]] static constexpr std::size_t divisible(std::size_t channels) {
    const std::size_t near = channels < 8 ? 8 : (channels + 4) / 8 * 8;
    return 10 * near < 9 * channels ? near + 8 : near;
  }
  /// Channels between the two convolutions of squeeze-and-excitation.
  [[nodiscard]] static constexpr std::size_t squeezed(std::size_t channels) {
    return divisible(channels / 4);
  }

  friend bool operator==(const OfaMobileNetV3Network&, const OfaMobileNetV3Network&) = default;
};

}  // namespace hale::space
