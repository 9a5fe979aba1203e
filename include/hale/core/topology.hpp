#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace hale {

/// A directed acyclic graph that all architectures of a space share; only the nodes' categories
/// differ. `sources[i]` holds the nodes that node i adds up, as a bit mask that includes i itself
/// and nothing after it; the last node is the one that is read out.
template <class G>
concept Topology = requires {
  { G::nodes } -> std::convertible_to<std::size_t>;
  { G::categories } -> std::convertible_to<std::size_t>;
  { G::sources[0] } -> std::convertible_to<std::uint64_t>;
}
&&G::nodes <= 64 && G::sources.size() == G::nodes&& [] {
  for (std::size_t node = 0; node < G::nodes; ++node)
    if (G::sources[node] >> node != 1) return false;
  return true;
}();

}  // namespace hale
