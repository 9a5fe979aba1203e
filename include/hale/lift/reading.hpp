#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/graph/ir.hpp>
#include <hale/workload/network.hpp>
#include <map>
#include <string>
#include <vector>

namespace hale::lift {

/// What one run of a model costs, whatever it runs on.
struct Cost {
  std::uint64_t macs = 0;
  std::uint64_t parameters = 0;
  double covered = 1;                             // share of the operations that could be costed
  std::vector<std::string> unknown_operations{};  // that could not, each name once
  /// The share of the multiply-adds by the type of what is multiplied: {"f32": 1.0}.
  std::map<std::string, double> precisions{};
};

/// The most memory that computed values and inputs hold at once.
struct PeakMemory {
  std::uint64_t bytes = 0;
  std::string at{};         // the operation during which; empty: none
  std::size_t unknown = 0;  // values whose size is not known
};

/// Everything that hale reads of a graph, read once: all that a prediction needs of it.
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
  /// The operations that could not be costed, and why.
  [[nodiscard]] const std::vector<workload::Uncovered>& uncovered() const {
    return network->fused.uncovered;
  }
};

}  // namespace hale::lift
