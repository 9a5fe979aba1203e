#pragma once

#include <compare>

namespace hale {

/// A duration in milliseconds; the only unit in which hale speaks of latency.
struct Milliseconds {
  double value = 0;

  friend auto operator<=>(const Milliseconds&, const Milliseconds&) = default;
};

}  // namespace hale
