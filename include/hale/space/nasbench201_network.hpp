#pragma once

#include <array>
#include <cstddef>

namespace hale::space {

/// What surrounds the cells of a NAS-Bench-201 network: a stem, three stages of cells with residual
/// blocks between them that halve the resolution, and a linear classifier. 0 is an extent that is
/// left open. The defaults are the network whose latency was measured.
///
/// Source: Dong and Yang, ICLR 2020 (arXiv 2001.00326), figure 1.
struct NasBench201Network {
  static constexpr std::size_t stage_count = 3;

  std::array<std::size_t, stage_count> channels = {16, 32, 64};
  std::array<std::size_t, stage_count> cells = {5, 5, 5};
  std::size_t classes = 10;
  std::size_t batch = 1;
  std::size_t height = 32;
  std::size_t width = 32;
  std::size_t input_channels = 3;

  friend bool operator==(const NasBench201Network&, const NasBench201Network&) = default;
};

}  // namespace hale::space
