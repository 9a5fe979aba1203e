#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/elementwise.hpp>
#include <hale/graph/operations/shape.hpp>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace hale::graph {

/// Axes in another order: `perm`, or all of them backwards.
struct TransposeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (!type.is_ranked()) return unranked(type.element);
    std::vector<std::int64_t> order = integers_of(view, "perm");
    if (order.empty()) {
      order.assign(type.rank(), 0);
      std::iota(order.rbegin(), order.rend(), std::int64_t{0});
    }
    if (order.size() != type.rank())
      return view.fail("perm has ", order.size(), " entries, expected ", type.rank());
    std::vector<bool> taken(type.rank(), false);
    std::vector<Dim> dims;
    for (const std::int64_t each : order) {
      HALE_TRY(const std::size_t axis, normalise_axis(view, each, type.rank()));
      if (taken[axis]) return view.fail("perm names axis ", each, " twice, expected once");
      taken[axis] = true;
      dims.push_back((*type.dims)[axis]);
    }
    return one_result(Type{type.element, std::move(dims)});
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.any_contents(0);
    const std::vector<std::int64_t> order = integers_of(view, "perm");
    if (data == nullptr) return std::nullopt;
    const bool stays = !order.empty() && (order.front() == 0 || order.front() == -2);
    if (!data->is_matrix() || stays) return *data;
    const std::size_t rows = data->elements.size() / data->columns;
    Contents out{{}, false, rows};
    for (std::size_t column = 0; column < data->columns; ++column)
      for (std::size_t row = 0; row < rows; ++row)
        out.elements.push_back(data->elements[row * data->columns + column]);
    return out;
  }
};

/// A part of a tensor: operands since version 10, attributes before.
struct SliceRule {
  struct Cuts {
    std::vector<std::int64_t> starts, ends, axes, steps;
  };

  [[nodiscard]] static std::optional<Cuts> cuts(const OperationView& view) {
    auto starts = integers_of(view, 1, "starts");
    auto ends = integers_of(view, 2, "ends");
    auto axes = integers_of(view, 3, "axes");
    auto steps = integers_of(view, 4, "steps");
    if (!starts || !ends || !axes || !steps) return std::nullopt;
    Cuts found{*starts, *ends, *axes, *steps};
    const std::size_t count = found.starts.size();
    if (found.axes.empty()) {
      found.axes.assign(count, 0);
      std::iota(found.axes.begin(), found.axes.end(), std::int64_t{0});
    }
    if (found.steps.empty()) found.steps.assign(count, 1);
    const bool fits =
        found.ends.size() == count && found.axes.size() == count && found.steps.size() == count;
    return fits ? std::optional(std::move(found)) : std::nullopt;
  }
  /// The first place that is taken, and how many are. Pre: step is not 0.
  [[nodiscard]] static std::pair<std::int64_t, std::int64_t> taken(std::int64_t extent,
                                                                   std::int64_t start,
                                                                   std::int64_t end,
                                                                   std::int64_t step) {
    const std::int64_t low = step > 0 ? 0 : -1;
    const std::int64_t high = step > 0 ? extent : extent - 1;
    start = std::clamp(start < 0 ? start + extent : start, step > 0 ? low : 0, high);
    end = std::clamp(end < 0 ? std::max(end, -extent - 1) + extent : end, low, high);
    const std::int64_t room = step > 0 ? end - start : start - end;
    if (room <= 0) return {start, 0};
    const auto stride = step > 0 ? static_cast<std::uint64_t>(step)
                                 : std::uint64_t{0} - static_cast<std::uint64_t>(step);
    return {start, static_cast<std::int64_t>((static_cast<std::uint64_t>(room) - 1) / stride + 1)};
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (!type.is_ranked()) return unranked(type.element);
    const auto found = cuts(view);
    if (!found) return open(view, std::move(type));
    for (std::size_t i = 0; i < found->starts.size(); ++i) {
      HALE_TRY(const std::size_t axis, normalise_axis(view, found->axes[i], type.rank()));
      if (found->steps[i] == 0) return view.fail("steps has the entry 0, expected another");
      Dim& dim = (*type.dims)[axis];
      const bool is_whole = found->starts[i] == 0 && found->steps[i] == 1 &&
                            found->ends[i] >= std::int64_t{0x7fffffff};
      if (dim.is_static())
        dim = Dim{taken(dim.extent, found->starts[i], found->ends[i], found->steps[i]).second};
      else if (!is_whole)
        dim = Dim{};
    }
    return one_result(std::move(type));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.any_contents(0);
    const auto found = cuts(view);
    if (data == nullptr || data->is_scalar || !found || found->starts.size() != 1 ||
        found->steps[0] == 0 || (data->is_matrix() && found->axes[0] != 0))
      return std::nullopt;
    const std::size_t width = data->is_matrix() ? data->columns : 1;
    const auto [first, count] = taken(static_cast<std::int64_t>(data->elements.size() / width),
                                      found->starts[0], found->ends[0], found->steps[0]);
    std::vector<Dim> elements;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto row = static_cast<std::size_t>(first + i * found->steps[0]);
      const auto from = data->elements.begin() + static_cast<std::ptrdiff_t>(row * width);
      elements.insert(elements.end(), from, from + static_cast<std::ptrdiff_t>(width));
    }
    return in_shape_of_result(view, std::move(elements));
  }

 private:
  /// Only the axes that are named change; all may where even these are not known.
  [[nodiscard]] static Result<Types> open(const OperationView& view, Type type) {
    const auto axes = integers_of(view, 3, "axes");
    if (!axes || axes->empty()) {
      type.dims->assign(type.rank(), Dim{});
      return one_result(std::move(type));
    }
    for (const std::int64_t each : *axes) {
      HALE_TRY(const std::size_t axis, normalise_axis(view, each, type.rank()));
      (*type.dims)[axis] = Dim{};
    }
    return one_result(std::move(type));
  }
};

/// Parts along an axis: by sizes (an attribute before version 13), or as even as may be.
struct SplitRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& data = view.type(0);
    const std::size_t parts = view.operation.results.size();
    if (!data.is_ranked()) return Types(parts, Type{data.element});
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", 0), data.rank()));
    const auto sizes = integers_of(view, 1, "split");
    const Dim whole = (*data.dims)[axis];
    Types types;
    for (std::size_t i = 0; i < parts; ++i) {
      Type part = data;
      Dim& dim = (*part.dims)[axis];
      dim = Dim{};
      if (sizes && sizes->size() == parts)
        dim = Dim{(*sizes)[i]};
      else if (sizes && sizes->empty() && whole.is_static())
        dim = Dim{even(whole.extent, static_cast<std::int64_t>(parts), i + 1 == parts)};
      else if (sizes && !sizes->empty())
        return view.fail("split has ", sizes->size(), " entries, expected ", parts);
      if (dim.extent < Dim::open)
        return view.fail("split has the entry ", dim.extent, ", expected 0 or more");
      types.push_back(std::move(part));
    }
    return types;
  }

 private:
  [[nodiscard]] static std::int64_t even(std::int64_t whole, std::int64_t parts, bool is_last) {
    const std::int64_t part = whole / parts + (whole % parts != 0 ? 1 : 0);
    return is_last ? std::max<std::int64_t>(whole - part * (parts - 1), 0) : part;
  }
};

/// The extents of an operand that says them; of that many axes where it does not.
[[nodiscard]] inline std::optional<std::vector<Dim>> dims_from(const OperationView& view,
                                                               std::size_t operand) {
  if (const Contents* found = view.contents(operand)) {
    for (const Dim& each : found->elements)
      if (each.symbol.empty() && each.extent < 0) return std::nullopt;
    return found->elements;
  }
  const Type type = type_or_none(view, operand);
  if (!type.is_static() || type.rank() != 1) return std::nullopt;
  const std::int64_t rank = (*type.dims)[0].extent;
  if (rank > static_cast<std::int64_t>(max_contents)) return std::nullopt;
  return std::vector<Dim>(static_cast<std::size_t>(rank));
}

struct ExpandRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    HALE_TRY(Type type,
             broadcast_types(view, view.type(0), Type{view.type(0).element, dims_from(view, 1)}));
    return one_result(std::move(type));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    const auto shape = view.integers(1);
    if (data == nullptr || data->elements.size() != 1 || !shape || shape->size() != 1 ||
        shape->front() < 1 || shape->front() > static_cast<std::int64_t>(max_contents))
      return std::nullopt;
    return Contents{std::vector<Dim>(static_cast<std::size_t>(shape->front()), data->elements[0])};
  }
};

struct TileRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    const auto repeats = view.integers(1);
    if (!type.is_ranked()) return unranked(type.element);
    if (repeats && repeats->size() != type.rank())
      return view.fail("repeats has ", repeats->size(), " entries, expected ", type.rank());
    for (std::size_t i = 0; i < type.rank(); ++i) {
      Dim& dim = (*type.dims)[i];
      const auto extent = repeats && dim.is_static() && (*repeats)[i] >= 0
                              ? checked_product(dim.extent, (*repeats)[i])
                              : std::nullopt;
      if (!repeats || (*repeats)[i] != 1) dim = Dim{extent.value_or(Dim::open)};
    }
    return one_result(std::move(type));
  }
};

struct ConstantOfShapeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Tensor* value = attribute_of<Tensor>(view, "value");
    return one_result(
        Type{value == nullptr ? ElementType::f32 : value->element, dims_from(view, 0)});
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Tensor* value = attribute_of<Tensor>(view, "value");
    const auto shape = view.integers(0);
    const auto filler = value == nullptr ? std::nullopt : value->integers();
    if (!shape || !filler || filler->size() != 1 || shape->size() > 1) return std::nullopt;
    const std::int64_t count = shape->empty() ? 1 : shape->front();
    if (count < 0 || count > static_cast<std::int64_t>(max_contents)) return std::nullopt;
    return Contents{std::vector<Dim>(static_cast<std::size_t>(count), Dim{filler->front()}),
                    shape->empty()};
  }
};

struct RangeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const auto found = elements(view);
    const std::int64_t count = found ? found->second : Dim::open;
    return one_result(ranked(view.type(0).element, {Dim{count}}));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const auto found = elements(view);
    if (!found || found->second > static_cast<std::int64_t>(max_contents)) return std::nullopt;
    const std::int64_t step = view.integers(2)->front();
    Contents out;
    for (std::int64_t i = 0; i < found->second; ++i)
      out.elements.push_back(Dim{found->first + i * step});
    return out;
  }

 private:
  [[nodiscard]] static std::optional<std::pair<std::int64_t, std::int64_t>> elements(
      const OperationView& view) {
    const auto start = view.integers(0);
    const auto limit = view.integers(1);
    const auto step = view.integers(2);
    if (!start || !limit || !step || start->size() != 1 || limit->size() != 1 ||
        step->size() != 1 || step->front() == 0)
      return std::nullopt;
    const auto room = SmallArithmetic::difference(limit->front(), start->front());
    if (!room || step->front() == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
    const bool is_empty = (*room > 0) != (step->front() > 0) || *room == 0;
    const std::int64_t whole = is_empty ? 0 : *room / step->front();
    return std::pair{start->front(), is_empty ? 0 : whole + (*room % step->front() != 0 ? 1 : 0)};
  }
};

struct SizeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView&) {
    return one_result(tensor_type(ElementType::i64, {}));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const auto count = element_count(view.type(0));
    return count ? std::optional(Contents{{Dim{*count}}, true}) : std::nullopt;
  }
};

/// The type of one operand with the element of another.
template <std::size_t ShapeFrom, std::size_t ElementFrom>
struct ShapeOf {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(
        Type{type_or_none(view, ElementFrom).element, type_or_none(view, ShapeFrom).dims});
  }
};

struct GatherNDRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& data = view.type(0);
    const Type& indices = view.type(1);
    if (!data.is_ranked() || !indices.is_ranked() || indices.rank() == 0 ||
        !indices.dims->back().is_static())
      return unranked(data.element);
    const std::int64_t depth = indices.dims->back().extent + integer_of(view, "batch_dims", 0);
    if (depth < 0 || depth > static_cast<std::int64_t>(data.rank()))
      return view.fail("indices name ", depth, " axes, expected at most ", data.rank());
    std::vector<Dim> dims(indices.dims->begin(), indices.dims->end() - 1);
    dims.insert(dims.end(), data.dims->begin() + depth, data.dims->end());
    return one_result(Type{data.element, std::move(dims)});
  }
};

/// Blocks of the plane become channels, or the other way round.
template <bool ToDepth>
struct BlockRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    const std::int64_t block = integer_of(view, "blocksize", 0);
    if (block < 1 || block > 65536)
      return view.fail("blocksize is ", block, ", expected 1 or more");
    if (!type.is_ranked()) return unranked(type.element);
    if (type.rank() != 4) return view.fail("operand of rank ", type.rank(), " found, expected 4");
    for (std::size_t i = 1; i < 4; ++i) {
      Dim& dim = (*type.dims)[i];
      const std::int64_t factor = i == 1 ? block * block : block;
      if (!dim.is_static()) {
        dim = Dim{};
      } else if ((i == 1) == ToDepth) {
        dim = Dim{checked_product(dim.extent, factor).value_or(Dim::open)};
      } else if (dim.extent % factor != 0) {
        return view.fail("axis ", i, " of ", describe(view.type(0)),
                         " found, expected a multiple of ", factor);
      } else {
        dim = Dim{dim.extent / factor};
      }
    }
    return one_result(std::move(type));
  }
};

inline constexpr auto movement_operations = std::to_array<Declaration>(
    {{"Transpose", "axes in another order", Kind::transpose, "data", "transposed",
      rules<TransposeRule>, "perm:integers"},
     picks({"Slice", "a part of a tensor", Kind::movement, "data starts? ends? axes? steps?",
            "output", rules<SliceRule>, "starts:integers ends:integers axes:integers"}),
     {"Split", "parts along an axis", Kind::movement, "input split?", "outputs*", rules<SplitRule>,
      "axis:integer num_outputs:integer split:integers"},
     {"Expand", "a tensor repeated by broadcasting", Kind::movement, "input shape", "output",
      rules<ExpandRule>},
     {"Tile", "a tensor repeated along axes", Kind::movement, "input repeats axis?", "output",
      rules<TileRule>},
     {"ConstantOfShape", "one element everywhere", Kind::movement, "input", "output",
      rules<ConstantOfShapeRule>, "value:tensor"},
     {"Range", "numbers at equal distances", Kind::movement, "start limit delta", "output",
      rules<RangeRule>},
     {"Size", "how many elements there are", Kind::view, "data", "size", rules<SizeRule>},
     picks({"GatherElements", "elements picked one by one along an axis", Kind::movement,
            "data indices", "output", rules<ShapeOf<1, 0>>, "axis:integer"}),
     picks({"GatherND", "slices picked by their places", Kind::movement, "data indices", "output",
            rules<GatherNDRule>, "batch_dims:integer"}),
     {"Scatter", "elements put at places along an axis", Kind::movement, "data indices updates",
      "output", rules<SameType>, "axis:integer"},
     {"ScatterElements", "elements put at places along an axis", Kind::movement,
      "data indices updates", "output", rules<SameType>, "axis:integer reduction:text"},
     {"ScatterND", "slices put at their places", Kind::movement, "data indices updates", "output",
      rules<SameType>, "reduction:text"},
     {"TensorScatter", "slices put into a cache", Kind::movement,
      "past_cache update write_indices?", "present_cache", rules<SameType>,
      "axis:integer mode:text"},
     {"Trilu", "a triangle of each matrix", Kind::movement, "input k?", "output", rules<SameType>,
      "upper:integer"},
     {"CumSum", "running sums along an axis", Kind::reduction, "x axis", "y", rules<SameType>,
      "exclusive:integer reverse:integer"},
     {"ReverseSequence", "the begins of sequences backwards", Kind::movement, "input sequence_lens",
      "Y", rules<SameType>, "batch_axis:integer time_axis:integer"},
     {"SpaceToDepth", "blocks of the plane become channels", Kind::movement, "input", "output",
      rules<BlockRule<true>>, "blocksize:integer"},
     {"DepthToSpace", "channels become blocks of the plane", Kind::movement, "input", "output",
      rules<BlockRule<false>>, "blocksize:integer mode:text"},
     {"CastLike", "the elements in another tensor's number format", Kind::activation,
      "input target_type", "output", rules<ShapeOf<0, 1>>, "saturate:integer"}});

}  // namespace hale::graph
