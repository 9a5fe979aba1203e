#pragma once

#include <array>
#include <cstddef>

namespace hale::space {

/// What surrounds the blocks of an FBNet: a stem, seven stages whose first block may change
/// channels and resolution, a 1x1 convolution as the head, and a linear classifier. 0 is an extent
/// that is left open. The defaults are the network whose latency was measured.
///
/// A skip that must change channels or resolution is a 1x1 convolution with a ReLU; any other is
/// nothing. Source: HW-NAS-Bench (Li et al., ICLR 2021), its networks on 32x32 images.
struct FBNetNetwork {
  static constexpr std::size_t stage_count = 7;
  static constexpr std::array<std::size_t, stage_count> places = {1, 4, 4, 4, 4, 4, 1};

  std::size_t stem = 16;
  std::size_t stem_stride = 1;
  std::array<std::size_t, stage_count> channels = {16, 24, 32, 64, 112, 184, 352};
  std::array<std::size_t, stage_count> strides = {1, 1, 2, 2, 1, 2, 1};
  std::size_t head = 1504;
  std::size_t classes = 100;
  std::size_t batch = 1;
  std::size_t height = 32;
  std::size_t width = 32;
  std::size_t input_channels = 3;

  friend bool operator==(const FBNetNetwork&, const FBNetNetwork&) = default;
};

}  // namespace hale::space
