#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/axis_roles.hpp>
#include <hale/graph/axis_rules.hpp>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <string_view>
#include <vector>

/// What one operation makes of the axes of its first operand; nothing where that is not known.
namespace hale::graph::axes {

/// The integers of a constant operand, or else of an attribute; nothing if the operand is computed.
[[nodiscard]] inline std::optional<std::vector<std::int64_t>> said(const OperationView& view,
                                                                   std::size_t slot,
                                                                   std::string_view attribute) {
  if (const Tensor* constant = view.constant(slot)) return constant->integers();
  if (view.has(slot)) return std::nullopt;
  std::vector<std::int64_t> all = integers_of(view, attribute);
  if (const auto* one = attribute_of<std::int64_t>(view, attribute)) all.push_back(*one);
  return all;
}

[[nodiscard]] inline std::optional<Axes> permuted(const OperationView& view, const Axes& from) {
  const std::vector<std::int64_t> order = integers_of(view, "perm");
  if (order.empty()) return Axes(from.rbegin(), from.rend());
  Axes to;
  for (const std::int64_t each : order) {
    if (each < 0 || each >= static_cast<std::int64_t>(from.size())) return std::nullopt;
    to.push_back(from[static_cast<std::size_t>(each)]);
  }
  return to;
}

/// Axes put in or taken out; one that is reduced to one element stays where the operation keeps
/// it.
[[nodiscard]] inline std::optional<Axes> with_others(const OperationView& view, Carry how,
                                                     Axes axes) {
  const bool is_reduction = how == Carry::taken_out && view.operation.name != "Squeeze";
  auto which =
      said(view, 1, is_reduction && view.operation.name.starts_with("Arg") ? "axis" : "axes");
  if (!which || which->empty() || which->size() > max_rank) return std::nullopt;
  const std::size_t rank = axes.size() + (how == Carry::put_in ? which->size() : 0);
  for (std::int64_t& each : *which) {
    if (each < 0) each += static_cast<std::int64_t>(rank);
    if (each < 0 || each >= static_cast<std::int64_t>(rank)) return std::nullopt;
  }
  std::sort(which->begin(), which->end());
  which->erase(std::unique(which->begin(), which->end()), which->end());
  if (how == Carry::put_in) {
    for (const std::int64_t each : *which) {
      if (each > static_cast<std::int64_t>(axes.size())) return std::nullopt;
      axes.insert(axes.begin() + each, no_input);
    }
    return axes;
  }
  const bool keeps = is_reduction && integer_of(view, "keepdims", 1) != 0;
  for (auto each = which->rbegin(); each != which->rend(); ++each)
    keeps ? static_cast<void>(axes[static_cast<std::size_t>(*each)] = no_input)
          : static_cast<void>(axes.erase(axes.begin() + *each));
  return axes;
}

[[nodiscard]] inline std::optional<Axes> picked(const OperationView& view, const Axes& from,
                                                const std::optional<Axes>& indices) {
  const std::int64_t given = integer_of(view, "axis", 0);
  const auto rank = static_cast<std::int64_t>(from.size());
  const std::int64_t axis = given < 0 ? given + rank : given;
  if (!indices || axis < 0 || axis >= rank || from.size() + indices->size() > max_rank)
    return std::nullopt;
  Axes to(from.begin(), from.begin() + axis);
  to.insert(to.end(), indices->begin(), indices->end());
  to.insert(to.end(), from.begin() + axis + 1, from.end());
  return to;
}

/// Some of the axes in a row, by a Slice of one dimension.
[[nodiscard]] inline Axes sliced(const OperationView& view, const Axes& from) {
  const auto starts = said(view, 1, "starts");
  const auto ends = said(view, 2, "ends");
  const auto steps = said(view, 4, "steps");
  if (!starts || !ends || !steps || starts->size() != 1 || ends->size() != 1 ||
      (!steps->empty() && steps->front() != 1))
    return {};
  const auto count = static_cast<std::int64_t>(from.size());
  const auto place = [count](std::int64_t of) {
    return std::clamp<std::int64_t>(of < 0 ? of + count : of, 0, count);
  };
  const std::int64_t first = place(starts->front());
  return {from.begin() + first, from.begin() + std::max(first, place(ends->front()))};
}

/// The axis that becomes a part of the first one where a Reshape makes one of the first axes: N of
/// (2, 2, N, C, 8, 8) in (-1, C, 8, 8). None where several come of inputs.
[[nodiscard]] inline Axis first_of_fewer(const Axes& from,
                                         const std::vector<std::int64_t>& numbers) {
  if (numbers.empty() || numbers.size() >= from.size() ||
      (numbers.front() != -1 && numbers.front() < 2))
    return no_input;
  Axis found = no_input;
  for (std::size_t i = 0; i <= from.size() - numbers.size(); ++i) {
    if (from[i] == no_input) continue;
    if (found != no_input) return no_input;
    found = from[i];
  }
  return found;
}

}  // namespace hale::graph::axes
