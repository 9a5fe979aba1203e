#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/lift/cell_graph.hpp>
#include <hale/space/nasbench201.hpp>
#include <vector>

namespace hale::lift {

namespace detail {

/// The cell of an architecture, edge after edge.
class CellOfEdges {
 public:
  using Space = space::NasBench201;

  explicit constexpr CellOfEdges(Zeros zeros) : cell_(zeros) {}

  /// Pre: the edges before it are in, and no other.
  constexpr void add(std::size_t edge, Space::Operation operation) {
    CellGraph::Value moved = nodes_[Space::edges[edge].source];
    switch (operation) {
      case Space::Operation::avg_pool_3x3:
        moved = cell_.apply(CellOperation::avg_pool_3x3, moved);
        break;
      case Space::Operation::nor_conv_1x1:
        moved = cell_.apply(CellOperation::nor_conv_1x1, moved);
        break;
      case Space::Operation::nor_conv_3x3:
        moved = cell_.apply(CellOperation::nor_conv_3x3, moved);
        break;
      case Space::Operation::none:
        moved = cell_.apply(CellOperation::zero, moved);
        break;
      case Space::Operation::skip_connect:
        break;
    }
    CellGraph::Value& node = nodes_[Space::edges[edge].target];
    node = cell_.sum(node, moved);
  }
  /// Pre: all edges are in.
  [[nodiscard]] constexpr std::uint64_t key() const { return *cell_.key(nodes_.back()); }

 private:
  CellGraph cell_;
  std::array<CellGraph::Value, Space::node_count> nodes_{CellGraph::input()};
};

}  // namespace detail

/// The key of an architecture's cell: see CellGraph.
[[nodiscard]] constexpr std::uint64_t nasbench201_key(
    const space::NasBench201::Architecture& architecture, Zeros zeros = Zeros::fold) {
  detail::CellOfEdges cell(zeros);
  for (std::size_t e = 0; e < architecture.operations.size(); ++e)
    cell.add(e, architecture.operations[e]);
  return cell.key();
}

namespace detail {

/// Every architecture in the order of its string, with its key.
class ClassTable {
 public:
  using Space = space::NasBench201;

  ClassTable() { fill(0, CellOfEdges(Zeros::fold), {}); }

  std::array<Space::Architecture, Space::size> architectures;
  std::array<std::uint64_t, Space::size> keys;

 private:
  /// All architectures that begin with these edges, which share the work on them.
  void fill(std::size_t edge, const CellOfEdges& begun, Space::Architecture architecture) {
    if (edge == Space::edge_count) {
      architectures[next_] = architecture;
      keys[next_++] = begun.key();
      return;
    }
    // The order of the operations' names; the first edge comes first in the string.
    for (const std::size_t operation :
         std::array<std::size_t, Space::operation_count>{0, 3, 1, 2, 4}) {
      architecture.operations[edge] = static_cast<Space::Operation>(operation);
      CellOfEdges longer = begun;
      longer.add(edge, architecture.operations[edge]);
      fill(edge + 1, longer, architecture);
    }
  }

  std::size_t next_ = 0;
};

/// Computed once, at the first use.
[[nodiscard]] inline const ClassTable& class_table() {
  static const ClassTable table;
  return table;
}

}  // namespace detail

/// The architectures whose cells have this key, in the order of their strings. Cost: O(15 625).
[[nodiscard]] inline std::vector<space::NasBench201::Architecture> nasbench201_class(
    std::uint64_t key) {
  const detail::ClassTable& table = detail::class_table();
  std::vector<space::NasBench201::Architecture> members;
  for (std::size_t i = 0; i < table.keys.size(); ++i)
    if (table.keys[i] == key) members.push_back(table.architectures[i]);
  return members;
}

/// The architectures that compute the same as this one, itself included, in the order of their
/// strings: what no graph can tell apart once identities, dead branches and zeros are folded away.
///
/// The 15 625 cells are 5 260 classes. Cost: O(15 625).
[[nodiscard]] inline std::vector<space::NasBench201::Architecture> nasbench201_class(
    const space::NasBench201::Architecture& architecture) {
  return nasbench201_class(nasbench201_key(architecture));
}

}  // namespace hale::lift
