#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/arithmetic.hpp>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/families.hpp>
#include <hale/graph/operations/filling.hpp>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

/// Operations that put, sort or gather single elements: known where small tensors are.
namespace hale::graph {

/// What stands at a place after an update: as `reduction` says, the update alone without one.
[[nodiscard]] inline Number updated(const OperationView& view, const Number& held,
                                    const Number& update) {
  const std::string reduction = text_of(view, "reduction", "none");
  if (reduction == "none") return update;
  if (reduction == "add") return arithmetic::add(held, update);
  if (reduction == "mul") return arithmetic::multiply(held, update);
  if (reduction == "max") return arithmetic::larger(held, update);
  if (reduction == "min") return arithmetic::smaller(held, update);
  return {};
}

/// Slices put at the places that the last axis of the indices names.
struct ScatterNDRule : SameType {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    const Contents* places = view.contents(1);
    const Contents* updates = view.contents(2);
    const auto indices = view.integers(1);
    if (data == nullptr || updates == nullptr || !indices || places->rank() == 0)
      return std::nullopt;
    const std::size_t depth = places->extent(places->rank() - 1);
    if (depth == 0 || depth > data->rank()) return std::nullopt;
    const std::size_t size = data->stride(depth - 1);
    Contents out = *data;
    for (std::size_t row = 0; row < indices->size() / depth; ++row) {
      std::size_t index = 0;
      for (std::size_t axis = 0; axis < depth; ++axis) {
        std::int64_t place = (*indices)[row * depth + axis];
        if (place < 0) place += data->extents[axis];
        if (place < 0 || place >= data->extents[axis]) return std::nullopt;
        index = index * data->extent(axis) + static_cast<std::size_t>(place);
      }
      for (std::size_t e = 0; e < size; ++e) {
        if (row * size + e >= updates->elements.size()) return std::nullopt;
        Number& held = out.elements[index * size + e];
        held = updated(view, held, updates->elements[row * size + e]);
      }
    }
    return out;
  }
};

/// Elements put one by one at places along an axis.
struct ScatterElementsRule : SameType {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    const Contents* places = view.contents(1);
    const Contents* updates = view.contents(2);
    const auto indices = view.integers(1);
    if (data == nullptr || updates == nullptr || !indices || data->rank() == 0 ||
        places->rank() != data->rank() || places->extents != updates->extents)
      return std::nullopt;
    const auto axis = normalise_axis(view, integer_of(view, "axis", 0), data->rank());
    if (!axis) return std::nullopt;
    Contents out = *data;
    for (std::size_t i = 0; i < indices->size(); ++i) {
      std::size_t index = 0;
      for (std::size_t a = 0; a < data->rank(); ++a) {
        std::int64_t place =
            a == *axis ? (*indices)[i]
                       : static_cast<std::int64_t>(i / places->stride(a) % places->extent(a));
        if (place < 0) place += data->extents[a];
        if (place < 0 || place >= data->extents[a]) return std::nullopt;
        index = index * data->extent(a) + static_cast<std::size_t>(place);
      }
      out.elements[index] = updated(view, out.elements[index], updates->elements[i]);
    }
    return out;
  }
};

/// Running sums or products along an axis.
template <PairFunction Function>
struct CumulativeRule : SameType {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    const auto along = view.integers(1);
    if (data == nullptr || data->rank() == 0 || !along || along->size() != 1) return std::nullopt;
    const auto axis = normalise_axis(view, along->front(), data->rank());
    if (!axis || integer_of(view, "exclusive", 0) != 0) return std::nullopt;
    const bool is_reverse = integer_of(view, "reverse", 0) != 0;
    const std::size_t inner = data->stride(*axis);
    const std::size_t size = data->extent(*axis);
    Contents out = *data;
    for (std::size_t i = 0; i < out.elements.size(); ++i) {
      const std::size_t here = is_reverse ? out.elements.size() - 1 - i : i;
      const std::size_t place = here / inner % size;
      if (place == (is_reverse ? size - 1 : 0)) continue;
      const Number& before = out.elements[is_reverse ? here + inner : here - inner];
      out.elements[here] = Function(before, out.elements[here]);
    }
    return out;
  }
};

/// The sorted first elements along an axis: k an operand since version 10.
struct TopKRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (!type.is_ranked()) return Types{type, Type{ElementType::i64}};
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", -1), type.rank()));
    const auto k = view.has(1) ? view.dims(1) : std::optional(std::vector{extent_of(view, "k")});
    (*type.dims)[axis] = k && k->size() == 1 ? k->front() : Dim{};
    return Types{type, Type{ElementType::i64, type.dims}};
  }
  /// Known for vectors alone.
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    const auto extents = extents_of_result(view);
    if (data == nullptr || data->rank() != 1 || !extents || !data->is_known()) return std::nullopt;
    for (const Number& each : data->elements)
      if (std::holds_alternative<Symbol>(each)) return std::nullopt;
    const bool is_largest = integer_of(view, "largest", 1) != 0;
    std::vector<std::size_t> order(data->elements.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const double x = detail::real_of(data->elements[a]);
      const double y = detail::real_of(data->elements[b]);
      return is_largest ? x > y : x < y;
    });
    Contents out{*extents, {}};
    for (std::size_t i = 0; i < std::min(order.size(), out.extent(0)); ++i)
      out.elements.push_back(view.result == 0 ? data->elements[order[i]]
                                              : Number(static_cast<std::int64_t>(order[i])));
    return out.elements.size() == out.extent(0) ? std::optional(out) : std::nullopt;
  }
};

/// The places of what is not zero, a column for each.
struct NonZeroRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    Dim rank = x.is_ranked() ? Dim{static_cast<std::int64_t>(x.rank())} : Dim{};
    const auto found = places(view);
    Dim count = found ? Dim{static_cast<std::int64_t>(found->size())} : filled(view);
    return one_result(ranked(ElementType::i64, {std::move(rank), std::move(count)}));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const auto found = places(view);
    if (!found) return std::nullopt;
    const std::size_t rank = view.type(0).rank();
    Contents out{{static_cast<std::int64_t>(rank), static_cast<std::int64_t>(found->size())}, {}};
    if (!small_count(out.extents)) return std::nullopt;
    const Contents* data = view.contents(0);  // there where a place is found
    for (std::size_t axis = 0; axis < rank; ++axis)
      for (const std::size_t place : *found)
        out.elements.emplace_back(
            static_cast<std::int64_t>(place / data->stride(axis) % data->extent(axis)));
    return out;
  }

 private:
  /// How many places a ConstantOfShape of any size has: all or none.
  [[nodiscard]] static Dim filled(const OperationView& view) {
    const Operation* producer = view.graph.producer(view.operation.operands[0]);
    const Type& x = view.type(0);
    if (producer == nullptr || !producer->is("ConstantOfShape") || !x.is_ranked()) return {};
    const Number filler = ConstantOfShapeRule::filler(OperationView{view.graph, *producer});
    if (!is_known(filler)) return {};
    if (detail::real_of(filler) == 0) return Dim{0};
    Dim count{1};
    for (const Dim& dim : *x.dims) count = dim_product(count, dim);
    return count;
  }
  [[nodiscard]] static std::optional<std::vector<std::size_t>> places(const OperationView& view) {
    const Contents* data = view.contents(0);
    std::vector<std::size_t> found;
    if (element_count(view.type(0)) == 0) return found;
    if (data == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < data->elements.size(); ++i) {
      const Number& each = data->elements[i];
      if (!is_known(each)) return std::nullopt;
      // Extents that are open are above zero.
      if (std::holds_alternative<Symbol>(each) || detail::real_of(each) != 0) found.push_back(i);
    }
    return found;
  }
};

inline constexpr auto scattered_operations = std::to_array<Declaration>(
    {{"Scatter", "elements put at places along an axis", Kind::movement, "data indices updates",
      "output", rules<ScatterElementsRule>, "axis:integer"},
     {"ScatterElements", "elements put at places along an axis", Kind::movement,
      "data indices updates", "output", rules<ScatterElementsRule>, "axis:integer reduction:text"},
     {"ScatterND", "slices put at their places", Kind::movement, "data indices updates", "output",
      rules<ScatterNDRule>, "reduction:text"},
     {"CumSum", "running sums along an axis", Kind::reduction, "x axis", "y",
      rules<CumulativeRule<arithmetic::add>>, "exclusive:integer reverse:integer"},
     {"CumProd", "running products along an axis", Kind::reduction, "x axis", "y",
      rules<CumulativeRule<arithmetic::multiply>>, "exclusive:integer reverse:integer"},
     {"TopK", "the largest or smallest along an axis", Kind::reduction, "X K?", "Values Indices",
      rules<TopKRule>, "axis:integer k:integer largest:integer"},
     {"NonZero", "the places of what is not zero", Kind::movement, "X", "Y", rules<NonZeroRule>}});

}  // namespace hale::graph
