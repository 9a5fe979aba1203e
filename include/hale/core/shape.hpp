#pragma once

#include <cstddef>
#include <hale/core/topology.hpp>

namespace hale {

/// The static extents of one row of a batch: `Shape<100>`.
template <std::size_t... D>
struct Shape {
  static constexpr std::size_t rank = sizeof...(D);
  static constexpr std::size_t size = (std::size_t{1} * ... * D);
};

/// Input rows of N features: constants, into which no gradient flows.
template <std::size_t N>
struct Given {
  static constexpr std::size_t size = N;
};

/// Input architectures given by the category of each node of a shared graph.
template <Topology G>
struct GivenNodes {
  using Graph = G;
};

}  // namespace hale
