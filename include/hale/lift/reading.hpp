#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/graph/ir.hpp>
#include <hale/workload/network.hpp>
#include <map>
#include <string>
#include <vector>

namespace hale::lift {

/// What one run of a model costs on any device.
struct Cost {
  std::uint64_t macs = 0;
  std::uint64_t parameters = 0;
  double covered = 1;                             // share of the operations whose cost is known
  std::vector<std::string> unknown_operations{};  // the others, each name once
  /// The share of the multiply-adds by the type of what is multiplied: {"f32": 1.0}.
  std::map<std::string, double> precisions{};
};

/// The most memory that computed values and inputs hold at once.
struct PeakMemory {
  std::uint64_t bytes = 0;
  std::string at{};         // during this operation; empty: none
  std::size_t unknown = 0;  // values whose size is not known
};

/// All that hale reads of a graph, read once. Predictions need nothing else of it.
struct Reading {
  graph::Graph graph;               // with shapes and without identities, dead code, BatchNorm
  workload::SharedNetwork network;  // its kernels and terms
  std::vector<std::size_t> owners;  // (unfused kernels): the fused kernel that each is part of
  Cost cost;
  PeakMemory memory;

  /// What hale assumed where the graph leaves something open, as sentences.
  [[nodiscard]] const std::vector<std::string>& assumptions() const {
    return network->fused.assumptions;
  }
  /// The operations whose cost is not known, and why.
  [[nodiscard]] const std::vector<workload::Uncovered>& uncovered() const {
    return network->fused.uncovered;
  }
};

}  // namespace hale::lift
