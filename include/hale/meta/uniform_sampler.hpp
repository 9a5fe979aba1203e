#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/random.hpp>
#include <hale/meta/source_device.hpp>
#include <span>
#include <vector>

namespace hale::meta {

/// Every device, and every row of one, with equal probability.
///
/// Source: HELP, algorithm 1 and its code: rows of a device trimmed to the central 10 to 90 %.
struct UniformSampler {
  template <std::floating_point T>
  [[nodiscard]] static std::vector<std::size_t> choose_devices(
      std::span<const SourceDevice<T>> devices, std::size_t count, Rng& rng) {
    return rng.choose(devices.size(), count);
  }

  template <std::floating_point T>
  [[nodiscard]] static std::vector<std::size_t> choose_rows(const SourceDevice<T>& device,
                                                            std::size_t count, Rng& rng) {
    std::vector<std::size_t> rows = rng.choose(device.rows.size(), count);
    for (std::size_t& row : rows) row = device.rows[row];
    return rows;
  }
};

}  // namespace hale::meta
