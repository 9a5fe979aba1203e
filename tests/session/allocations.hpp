#pragma once

#include <cstddef>

namespace hale::session {

/// How often this program has allocated memory so far; without what calls malloc(), as Eigen does,
/// where sanitizers run.
[[nodiscard]] std::size_t allocations();

/// While it lives, an allocation of more than these bytes fails.
class SmallMemory {
 public:
  explicit SmallMemory(std::size_t bytes);
  SmallMemory(const SmallMemory&) = delete;
  SmallMemory& operator=(const SmallMemory&) = delete;
  ~SmallMemory();
};

}  // namespace hale::session
