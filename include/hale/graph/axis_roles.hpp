#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/ir.hpp>
#include <vector>

namespace hale::graph {

enum class AxisRole : std::uint8_t { unknown, batch, other };

/// An axis of an input of a graph, by its number among all of them; or one that comes of no input.
using Axis = std::uint32_t;
using Axes = std::vector<Axis>;
inline constexpr Axis no_input = 0xffffffff;

/// What is known of the axes of a graph's inputs. Axes that an operation pairs are one from there
/// on: what is learned of the one is learned of the other.
class AxisRoles {
 public:
  /// Adds an input. Returns its axes.
  Axes add(const Type& type) {
    Axes axes;
    for (const Dim& dim : type.dims.value_or(std::vector<Dim>{})) {
      axes.push_back(append(dim.extent, Origin::input));
      ++unknown_;
    }
    return axes;
  }

  /// An axis with more or fewer elements than the one that it comes of, as padding makes it: the
  /// same role, another extent.
  Axis resized(Axis from) { return derived(from, Origin::resized); }
  /// An axis that is a part of, or holds, one that it comes of, as N in N * 4: where the one is the
  /// batch, so is the other, but not where it is something else.
  Axis merged(Axis from) { return derived(from, Origin::merged); }

  [[nodiscard]] bool knows_all() const { return unknown_ == 0; }
  /// Open where it is not that of an input's axis. Pre: the axis comes of an input, here and below.
  [[nodiscard]] std::int64_t extent(Axis axis) const { return extents_[axis]; }
  [[nodiscard]] AxisRole role(Axis axis) { return roles_[root(axis)]; }

  /// Gives an axis its role, unless it has one already or comes of no input.
  void set(Axis axis, AxisRole role) {
    if (axis == no_input || roles_[root(axis)] != AxisRole::unknown) return;
    if (origins_[axis] == Origin::merged && role != AxisRole::batch) return;
    roles_[root(axis)] = role;
    --unknown_;
  }

  /// One of a tensor's axes is its batch, and no other is; past the last one: none is.
  void set_batch(const Axes& axes, std::size_t batch) {
    for (std::size_t i = 0; i < axes.size(); ++i)
      set(axes[i], i == batch ? AxisRole::batch : AxisRole::other);
  }

  /// Makes one of two axes; an axis of one element is repeated along the other.
  Axis pair(Axis a, Axis b) {
    if (a == no_input || b == no_input) return a == no_input ? b : a;
    if (origins_[a] != Origin::input) return b;
    if (origins_[b] != Origin::input) return a;
    if ((extents_[a] == 1) != (extents_[b] == 1)) return extents_[a] == 1 ? b : a;
    const bool differ =
        extents_[a] != extents_[b] && extents_[a] != Dim::open && extents_[b] != Dim::open;
    const Axis to = root(a);
    const Axis from = root(b);
    if (differ || from == to) return a;
    if (roles_[to] == AxisRole::unknown || roles_[from] == AxisRole::unknown) --unknown_;
    if (roles_[to] == AxisRole::unknown || roles_[from] == AxisRole::batch)
      roles_[to] = roles_[from];
    parents_[from] = to;
    return a;
  }

 private:
  enum class Origin : std::uint8_t { input, resized, merged };

  Axis append(std::int64_t extent, Origin origin) {
    const auto axis = static_cast<Axis>(extents_.size());
    extents_.push_back(extent);
    parents_.push_back(axis);
    roles_.push_back(AxisRole::unknown);
    origins_.push_back(origin);
    return axis;
  }
  Axis derived(Axis from, Origin origin) {
    if (from == no_input) return from;
    const Axis axis = append(Dim::open, std::max(origin, origins_[from]));
    parents_[axis] = root(from);
    return axis;
  }
  [[nodiscard]] Axis root(Axis axis) {
    while (parents_[axis] != axis) axis = parents_[axis] = parents_[parents_[axis]];
    return axis;
  }

  std::vector<std::int64_t> extents_;
  std::vector<Axis> parents_;  // a forest: paired axes have the same root, which has their role
  std::vector<AxisRole> roles_;
  std::vector<Origin> origins_;
  std::size_t unknown_ = 0;  // roots of unknown role
};

}  // namespace hale::graph
