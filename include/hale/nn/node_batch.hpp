#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/core/buffer.hpp>
#include <hale/core/config.hpp>
#include <hale/core/topology.hpp>
#include <hale/core/view.hpp>
#include <span>
#include <vector>

namespace hale::nn {

/// A batch of architectures as one graph in which equal parts exist once.
///
/// A node's features depend on its category and on its sources' alone. Nodes of different
/// architectures that agree in both, recursively, are therefore one node here: a thousand
/// NAS-Bench-201 cells of 9 nodes have about 2 700 distinct ones. Sources keep their order, so
/// merging does not change a single bit of the result. Readout nodes are not merged: they are the
/// last `rows()` nodes, one for each architecture.
template <Topology G, std::floating_point T>
class NodeBatch {
 public:
  using Category = std::uint8_t;

  NodeBatch() = default;
  /// Pre: codes holds a multiple of G::nodes categories, each below G::categories.
  explicit NodeBatch(std::span<const Category> codes) { assign(codes); }

  /// Cost: O(nodes) hash look-ups; no allocation once a batch as large has been held.
  void assign(std::span<const Category> codes) {
    kept_ = 0;
    extend(codes);
  }

  /// Goes on to other architectures, but keeps the nodes that many share: those that depend on at
  /// most half of the graph. They stand first and keep their numbers; `first_new()` is the first
  /// node that was not there before.
  void extend(std::span<const Category> codes) {
    HALE_ASSERT(codes.size() % G::nodes == 0);
    rows_ = codes.size() / G::nodes;
    truncate();
    first_new_ = kept_;
    ids_.resize(rows_ * G::nodes);
    for_each_node(codes, [&](const Cell& cell, std::size_t node, Ids id) {
      if (shared[node]) id[node] = intern(cell, node, id);
    });
    kept_ = nodes_;
    for_each_node(codes, [&](const Cell& cell, std::size_t node, Ids id) {
      if (!shared[node] && node != readout) id[node] = append(cell[node], node, id);
    });
    for_each_node(codes, [&](const Cell& cell, std::size_t node, Ids id) {
      if (node == readout) append(cell[node], node, id);
    });
    aggregate();
  }

  [[nodiscard]] std::size_t first_new() const { return first_new_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }    ///< architectures
  [[nodiscard]] std::size_t nodes() const { return nodes_; }  ///< distinct ones; readouts last
  [[nodiscard]] std::span<const std::uint32_t> offsets() const { return offsets_; }  // nodes + 1
  [[nodiscard]] std::span<const std::uint32_t> sources() const { return sources_; }
  /// How often each category occurs among a node's sources.  // (nodes, categories)
  [[nodiscard]] MatrixView<const T> counts() const {
    return {counts_.data(), nodes_, G::categories};
  }

 private:
  using Cell = std::span<const Category>;
  using Ids = std::span<std::uint32_t>;

  static constexpr std::uint32_t empty = ~std::uint32_t{0};
  static constexpr std::size_t readout = G::nodes - 1;
  static constexpr std::size_t most_kept = std::size_t{1} << 14;

  /// Which nodes depend on at most half of the graph, themselves included.
  static constexpr std::array<bool, G::nodes> shared = [] {
    std::array<bool, G::nodes> few{};
    std::array<std::uint64_t, G::nodes> closure{};
    for (std::size_t node = 0; node < G::nodes; ++node) {
      closure[node] = G::sources[node];
      for (std::size_t source = 0; source < node; ++source)
        if (G::sources[node] >> source & 1) closure[node] |= closure[source];
      few[node] = 2 * std::popcount(closure[node]) <= static_cast<int>(G::nodes) + 1;
    }
    few[readout] = false;
    return few;
  }();

  /// Calls visit(cell, node, ids of the cell's nodes) row by row, in the graph's order.
  template <class Visit>
  void for_each_node(std::span<const Category> codes, Visit visit) {
    for (std::size_t row = 0; row < rows_; ++row)
      for (std::size_t node = 0; node < G::nodes; ++node)
        visit(codes.subspan(row * G::nodes, G::nodes), node,
              Ids(ids_).subspan(row * G::nodes, G::nodes));
  }

  /// Leaves the kept nodes alone; none of them either where they have become too many.
  void truncate() {
    if (kept_ > most_kept) kept_ = 0;
    nodes_ = kept_;
    if (kept_ == 0) {
      offsets_.assign(1, 0);
      table_.clear();
    }
    offsets_.resize(kept_ + 1);
    sources_.resize(offsets_.back());
    categories_.resize(kept_);
    std::size_t slots = 64;
    while (slots < 2 * (kept_ + rows_ * G::nodes)) slots *= 2;
    if (slots <= table_.size()) return;
    table_.assign(slots, empty);
    for (std::uint32_t node = 0; node < kept_; ++node) {
      std::size_t slot = hash_of(categories_[node], known_sources(node)) & (slots - 1);
      while (table_[slot] != empty) slot = (slot + 1) & (slots - 1);
      table_[slot] = node;
    }
  }

  /// A node's sources but itself, which comes last.
  [[nodiscard]] std::span<const std::uint32_t> known_sources(std::uint32_t node) const {
    return {sources_.data() + offsets_[node], offsets_[node + 1] - 1 - offsets_[node]};
  }

  static bool same(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  static std::size_t hash_of(Category category, std::span<const std::uint32_t> sources) {
    std::uint64_t hash = category + 1U;
    for (const std::uint32_t source : sources) hash = (hash ^ source) * 0x9e3779b97f4a7c15ULL;
    return static_cast<std::size_t>(hash ^ hash >> 32);
  }

  /// The number of the node with this category and these sources, new or known.
  std::uint32_t intern(const Cell& cell, std::size_t node, Ids id) {
    std::array<std::uint32_t, G::nodes> wanted{};
    std::size_t count = 0;
    for (std::size_t source = 0; source < node; ++source)
      if (G::sources[node] >> source & 1) wanted[count++] = id[source];
    const std::span<const std::uint32_t> sources(wanted.data(), count);
    const std::size_t last = table_.size() - 1;
    std::size_t slot = hash_of(cell[node], sources) & last;
    while (table_[slot] != empty &&
           !(categories_[table_[slot]] == cell[node] && same(known_sources(table_[slot]), sources)))
      slot = (slot + 1) & last;
    if (table_[slot] == empty) table_[slot] = append(cell[node], node, id);
    return table_[slot];
  }

  std::uint32_t append(Category category, std::size_t node, Ids id) {
    HALE_ASSERT(category < G::categories);
    const auto number = static_cast<std::uint32_t>(nodes_++);
    for (std::size_t source = 0; source < node; ++source)
      if (G::sources[node] >> source & 1) sources_.push_back(id[source]);
    sources_.push_back(number);
    offsets_.push_back(static_cast<std::uint32_t>(sources_.size()));
    categories_.push_back(category);
    return number;
  }

  void aggregate() {
    if (counts_.size() < nodes_ * G::categories) {
      Buffer<T> larger(2 * nodes_ * G::categories);
      std::copy_n(counts_.begin(), std::min(counts_.size(), first_new_ * G::categories),
                  larger.begin());
      counts_ = std::move(larger);
    }
    std::fill(counts_.data() + first_new_ * G::categories, counts_.data() + nodes_ * G::categories,
              T{});
    for (std::size_t node = first_new_; node < nodes_; ++node)
      for (std::uint32_t s = offsets_[node]; s < offsets_[node + 1]; ++s)
        counts_[node * G::categories + categories_[sources_[s]]] += T{1};
  }

  std::size_t rows_ = 0;
  std::size_t nodes_ = 0;
  std::size_t kept_ = 0;  // shared nodes, which stand first
  std::size_t first_new_ = 0;
  std::vector<std::uint32_t> offsets_;
  std::vector<std::uint32_t> sources_;
  std::vector<Category> categories_;  // (nodes)
  std::vector<std::uint32_t> ids_;    // (rows, G::nodes): the node of each architecture's node
  std::vector<std::uint32_t> table_;  // open addressing: numbers of kept nodes
  Buffer<T> counts_;
};

}  // namespace hale::nn
