#pragma once

#include <cstddef>

namespace hale::session {

/// How often this program has allocated memory so far.
[[nodiscard]] std::size_t allocations();

}  // namespace hale::session
