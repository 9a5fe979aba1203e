#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/axis_carries.hpp>
#include <hale/graph/axis_roles.hpp>
#include <hale/graph/axis_rules.hpp>
#include <hale/graph/ir.hpp>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// Follows the axes of a graph's inputs forward, to the operations that know which of theirs is the
/// batch: x (30, 1, 8) is multiplied by a matrix, then an LSTM takes it, so that axis 1 is it.
///
/// Cost: linear in the operations; the walk ends where nothing is left to learn.
class AxisWalk {
 public:
  explicit AxisWalk(const Graph& graph) : graph_(graph), tracked_(graph.value_count()) {}

  /// Adds an input. Its axes keep their roles in `roles()`.
  Axes add(ValueId input) {
    Axes axes = roles_.add(graph_.value(input).type);
    tracked_[index_of(input)].axes = axes;
    return axes;
  }
  [[nodiscard]] AxisRoles& roles() { return roles_; }

  void run() { region(Graph::body_id()); }

 private:
  using Integers = std::vector<std::int64_t>;

  struct Tracked {
    std::optional<Axes> axes{};
    Axes extents{};  // where the elements are the extents of axes
  };

  void region(RegionId id) {
    for (const OperationId each : graph_.region(id).operations) {
      if (roles_.knows_all()) return;
      const Operation& op = graph_.operation(each);
      if (!op.regions.empty()) {
        nested(op);
      } else if (const OperationFacts* facts = find_known(op); facts != nullptr) {
        if (std::none_of(op.operands.begin(), op.operands.end(),
                         [&](ValueId of) { return is_tracked(of); }))
          continue;
        take(op, *facts);
        carry(op, *facts);
      }
    }
  }

  /// A call and a Loop hand their operands to the body; the results are what their first body
  /// gives.
  void nested(const Operation& op) {
    const bool is_call = !op.domain.empty();
    const bool is_loop = op.is("Loop");
    for (const NamedRegion& each : op.regions) {
      const std::vector<ValueId>& inputs = graph_.region(each.region).inputs;
      for (std::size_t i = is_loop ? 2 : 0; i < std::min(inputs.size(), op.operands.size()); ++i)
        if (is_call || is_loop) give(inputs[i], axes_of(op, i));
      region(each.region);
    }
    const std::vector<ValueId>& outputs = graph_.region(op.regions.front().region).outputs;
    const std::size_t behind = is_loop ? 1 : 0;
    const std::size_t count = is_loop ? std::max<std::size_t>(op.operands.size(), 2) - 2
                                      : (is_call || op.is("If") ? op.results.size() : 0);
    for (std::size_t i = 0; i < std::min(count, op.results.size()); ++i)
      if (i + behind < outputs.size() && is_tracked(outputs[i + behind]))
        give(op.results[i], tracked_[index_of(outputs[i + behind])].axes);
  }

  // Who knows the batch.

  void take(const Operation& op, const OperationFacts& facts) {
    const Carry carry = carry_of(facts);
    if (carry == Carry::layer) {
      const bool is_first = integer_of(OperationView{graph_, op}, "layout", 0) != 0;
      for (const std::size_t slot : {0U, 5U, 6U}) take_axis(op, slot, is_first ? 0 : 1);
      return take_axis(op, 4, 0);
    }
    using enum workload::KernelKind;
    if (facts.kind == convolution || facts.kind == pooling) return take_axis(op, 0, 0);
    for (const BatchTaker& taker : takers_named(op.name))
      if (taker.domain == op.domain)
        for (std::size_t slot = 0; slot < op.operands.size() && taker.slots >> slot != 0; ++slot)
          if ((taker.slots >> slot & 1) != 0) take_axis(op, slot, taker.axis);
  }

  void take_axis(const Operation& op, std::size_t slot, std::size_t axis) {
    if (slot >= op.operands.size() || !is_tracked(op.operands[slot])) return;
    const auto& axes = tracked_[index_of(op.operands[slot])].axes;
    if (axes) roles_.set_batch(*axes, axis);
  }

  // What operations make of axes.

  [[nodiscard]] bool is_tracked(ValueId id) const {
    return id != ValueId::none &&
           (tracked_[index_of(id)].axes || !tracked_[index_of(id)].extents.empty());
  }

  /// The axes of an operand; nothing where its rank is not known.
  [[nodiscard]] std::optional<Axes> axes_of(const Operation& op, std::size_t slot) const {
    if (slot >= op.operands.size() || op.operands[slot] == ValueId::none) return std::nullopt;
    const auto& axes = tracked_[index_of(op.operands[slot])].axes;
    const Type& type = graph_.value(op.operands[slot]).type;
    if (axes || !type.is_ranked()) return axes;
    return Axes(type.rank(), no_input);
  }

  void give(ValueId to, std::optional<Axes> axes) {
    if (to != ValueId::none && axes &&
        std::any_of(axes->begin(), axes->end(), [](Axis each) { return each != no_input; }))
      tracked_[index_of(to)].axes = std::move(axes);
  }

  void carry(const Operation& op, const OperationFacts& facts) {
    const Carry how = carry_of(facts);
    keep_extents(op, how);
    if (op.results.empty()) return;
    if (how == Carry::layer) return layer(op);
    const std::optional<Axes> made = carried(op, how);
    const std::size_t count = how == Carry::same || how == Carry::taken_out ? op.results.size() : 1;
    const bool is_attention = facts.kind == workload::KernelKind::attention;
    for (std::size_t i = 0; i < (is_attention ? 1 : count); ++i) give(op.results[i], made);
  }

  [[nodiscard]] std::optional<Axes> carried(const Operation& op, Carry how) {
    if (how == Carry::stated) return stated(op);
    if (how == Carry::pairs) return paired(op);
    std::optional<Axes> from = axes_of(op, 0);
    if (!from) return from;
    switch (how) {
      case Carry::same:
        return from;
      case Carry::padded:
        return padded(op, *std::move(from));
      case Carry::blocks:
        if (from->size() != 4) return std::nullopt;
        return Axes{(*from)[0], roles_.merged((*from)[1]), roles_.resized((*from)[2]),
                    roles_.resized((*from)[3])};
      case Carry::rows:
        return product(op, *std::move(from));
      case Carry::matrix:
        return matrix(op, *from);
      case Carry::permuted:
        return axes::permuted({graph_, op}, *from);
      case Carry::put_in:
      case Carry::taken_out:
        return axes::with_others({graph_, op}, how, *std::move(from));
      case Carry::picked:
        return axes::picked({graph_, op}, *from, axes_of(op, 1));
      case Carry::leading:
        if (!from->empty()) std::fill(from->begin() + 1, from->end(), no_input);
        return from;
      case Carry::flat:
        if (integer_of(OperationView{graph_, op}, "axis", 1) != 1 || from->empty())
          return std::nullopt;
        return Axes{from->front(), no_input};
      default:
        return std::nullopt;
    }
  }

  [[nodiscard]] Axes padded(const Operation& op, Axes axes) {
    const auto pads = axes::said({graph_, op}, 1, "pads");
    if (!pads || pads->size() != 2 * axes.size()) return axes;
    for (std::size_t i = 0; i < axes.size(); ++i)
      if ((*pads)[i] != 0 || (*pads)[i + axes.size()] != 0) axes[i] = roles_.resized(axes[i]);
    return axes;
  }

  [[nodiscard]] std::optional<Axes> paired(const Operation& op) {
    Axes to;
    for (std::size_t slot = 0; slot < op.operands.size(); ++slot) {
      if (op.operands[slot] == ValueId::none) continue;
      const auto axes = axes_of(op, slot);
      if (!axes) return std::nullopt;
      if (axes->size() > to.size()) to.insert(to.begin(), axes->size() - to.size(), no_input);
      const std::size_t behind = to.size() - axes->size();
      for (std::size_t i = 0; i < axes->size(); ++i)
        to[behind + i] = roles_.pair(to[behind + i], (*axes)[i]);
    }
    return to;
  }

  /// What is summed over is no batch: the last axis of the left factor, the last but one of the
  /// right one.
  [[nodiscard]] std::optional<Axes> product(const Operation& op, Axes left) {
    const OperationFacts& facts = *find_known(op);
    auto right = axes_of(op, facts.right);
    if (left.size() < 2 || !right || right->empty()) return std::nullopt;
    const OperationView view{graph_, op};
    if (integer_of(view, "transA", 0) != 0) std::iter_swap(left.end() - 1, left.end() - 2);
    roles_.set(left.back(), AxisRole::other);
    left.back() = no_input;
    if (facts.form == Form::rows) return left;
    if (right->size() < 2) {
      left.pop_back();
      return left;
    }
    if (integer_of(view, "transB", 0) != 0) std::iter_swap(right->end() - 1, right->end() - 2);
    roles_.set((*right)[right->size() - 2], AxisRole::other);
    left.back() = right->back();
    while (left.size() < right->size()) left.insert(left.begin(), no_input);
    for (std::size_t i = 0; i + 2 < right->size(); ++i) {
      Axis& stack = left[left.size() - right->size() + i];
      stack = roles_.pair(stack, (*right)[i]);
    }
    return left;
  }

  [[nodiscard]] std::optional<Axes> matrix(const Operation& op, const Axes& left) {
    const std::optional<Axes> right = axes_of(op, 1);
    if (left.size() != 2 || !right || right->size() != 2) return std::nullopt;
    const OperationView view{graph_, op};
    const std::size_t rows = integer_of(view, "transA", 0) != 0 ? 1 : 0;
    const std::size_t columns = integer_of(view, "transB", 0) != 0 ? 0 : 1;
    roles_.set(left[1 - rows], AxisRole::other);
    roles_.set((*right)[1 - columns], AxisRole::other);
    return Axes{left[rows], (*right)[columns]};
  }

  /// Where elements are the extents of axes, as those of Shape, and what is made of them.
  void keep_extents(const Operation& op, Carry how) {
    if (op.results.empty() || op.results.front() == ValueId::none || op.operands.empty()) return;
    Axes& to = tracked_[index_of(op.results.front())].extents;
    if (how == Carry::extents) {
      if (op.attributes.empty()) to = axes_of(op, 0).value_or(Axes{});
    } else if (op.is("Concat")) {
      to = joined_extents(op);
    } else if (op.is("Cast") || op.is("Identity") || op.is("Squeeze") || op.is("Unsqueeze")) {
      to = extents_of(op, 0);
    } else if (op.is("Gather")) {
      const Axes from = extents_of(op, 0);
      for (std::int64_t each : axes::said({graph_, op}, 1, "").value_or(Integers{})) {
        if (each < 0) each += static_cast<std::int64_t>(from.size());
        if (each < 0 || each >= static_cast<std::int64_t>(from.size())) return to.clear();
        to.push_back(from[static_cast<std::size_t>(each)]);
      }
    } else if (op.is("Slice")) {
      to = axes::sliced({graph_, op}, extents_of(op, 0));
    } else if ((op.is("Mul") || op.is("Div")) && op.operands.size() == 2) {
      const Axes left = extents_of(op, 0);
      const Axes right = extents_of(op, 1);
      if (left.empty() == right.empty() || (op.is("Div") && left.empty())) return;
      for (const Axis each : left.empty() ? right : left) to.push_back(roles_.merged(each));
    }
  }

  [[nodiscard]] Axes extents_of(const Operation& op, std::size_t slot) const {
    const ValueId of = op.operands[slot];
    return of == ValueId::none ? Axes{} : tracked_[index_of(of)].extents;
  }

  [[nodiscard]] Axes joined_extents(const Operation& op) const {
    Axes to;
    for (std::size_t slot = 0; slot < op.operands.size(); ++slot) {
      Axes part = extents_of(op, slot);
      if (part.empty()) {
        const OperationView view{graph_, op};
        const auto count = view.has(slot) ? element_count(view.type(slot)) : std::nullopt;
        if (!count || *count > static_cast<std::int64_t>(max_rank)) return {};
        part.assign(static_cast<std::size_t>(*count), no_input);
      }
      to.insert(to.end(), part.begin(), part.end());
      if (to.size() > max_rank) return {};
    }
    return to;
  }

  /// Of the sequence, of the last states, each with an axis of directions.
  void layer(const Operation& op) {
    const auto axes = axes_of(op, 0);
    if (!axes || axes->size() != 3) return;
    const bool is_first = integer_of(OperationView{graph_, op}, "layout", 0) != 0;
    const Axis batch = (*axes)[is_first ? 0 : 1];
    const Axis steps = (*axes)[is_first ? 1 : 0];
    for (std::size_t i = 0; i < op.results.size(); ++i) {
      if (i == 0)
        give(op.results[i], is_first ? Axes{batch, steps, no_input, no_input}
                                     : Axes{steps, no_input, batch, no_input});
      else
        give(op.results[i],
             is_first ? Axes{batch, no_input, no_input} : Axes{no_input, batch, no_input});
    }
  }

  /// A shape says the extents. Those that are the extents of axes name these axes; numbers keep the
  /// first axes for as long as they are theirs.
  [[nodiscard]] std::optional<Axes> stated(const Operation& op) {
    const bool is_filled = op.is("ConstantOfShape");
    const ValueId shape =
        is_filled ? op.operands.front() : (op.operands.size() > 1 ? op.operands[1] : ValueId::none);
    Axes to = shape == ValueId::none ? Axes{} : tracked_[index_of(shape)].extents;
    if (is_filled) return to;
    const Integers numbers = axes::said({graph_, op}, 1, "shape").value_or(Integers{});
    to.resize(std::max(to.size(), numbers.size()), no_input);
    const auto from = axes_of(op, 0);
    if (!from) return to;
    if (op.is("Expand")) return to.size() == from->size() ? *from : to;
    for (std::size_t i = 0; i < std::min(to.size(), from->size()); ++i) {
      if (to[i] == no_input && i < numbers.size() && keeps(op, *from, numbers, i))
        to[i] = (*from)[i];
      if (to[i] == no_input || to[i] != (*from)[i]) break;
    }
    if (!to.empty() && to.front() == no_input)
      to.front() = roles_.merged(axes::first_of_fewer(*from, numbers));
    return to;
  }

  /// Whether a number of a shape is the extent of the axis at its place, where those before are. Of
  /// -1 among extents that are open it is where there are as many axes, or more of them and the
  /// next or the last one is as it was.
  [[nodiscard]] bool keeps(const Operation& op, const Axes& from, const Integers& numbers,
                           std::size_t i) const {
    if (from[i] == no_input) return false;
    if (numbers[i] != -1) return numbers[i] == 0 || numbers[i] == roles_.extent(from[i]);
    const auto& dims = graph_.value(op.operands[0]).type.dims;
    const auto extent_of = [&](std::size_t k) {
      return from[k] != no_input ? roles_.extent(from[k]) : (dims ? (*dims)[k].extent : Dim::open);
    };
    std::int64_t before = 1;
    std::int64_t after = 1;
    for (std::size_t k = i + 1; k < from.size(); ++k) {
      const std::int64_t extent = extent_of(k);
      if (extent == Dim::open)
        return numbers.size() == from.size() ||
               (numbers.size() > from.size() &&
                (is_extent(numbers[i + 1], extent_of(i + 1)) ||
                 is_extent(numbers.back(), extent_of(from.size() - 1))));
      before = checked_product(before, extent).value_or(0);
    }
    for (std::size_t k = i + 1; k < numbers.size(); ++k) {
      if (numbers[k] == 0) return numbers.size() == from.size();
      after = checked_product(after, numbers[k]).value_or(0);
    }
    return before == after;
  }

  [[nodiscard]] static bool is_extent(std::int64_t number, std::int64_t extent) {
    return number > 1 && number == extent;
  }

  const Graph& graph_;
  AxisRoles roles_;
  std::vector<Tracked> tracked_;
};

}  // namespace hale::graph
