#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/space/any_graph.hpp>
#include <vector>

namespace hale {

/// The terms of networks drawn at random.
inline std::vector<workload::Terms> networks(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<workload::Terms> all;
  while (all.size() < count) all.push_back(space::AnyGraph::sample(rng));
  return all;
}

}  // namespace hale
