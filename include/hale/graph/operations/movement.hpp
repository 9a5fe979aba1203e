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
    const std::vector<std::int64_t> order = order_of(view, type.rank());
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
    const Contents* data = view.contents(0);
    auto extents = extents_of_result(view);
    if (data == nullptr || !extents || extents->size() != data->rank()) return std::nullopt;
    std::vector<std::size_t> strides;  // of the result's axes in the operand
    for (const std::int64_t each : order_of(view, data->rank())) {
      const auto axis = normalise_axis(view, each, data->rank());
      if (!axis) return std::nullopt;
      strides.push_back(data->stride(*axis));
    }
    return picked(*data, *std::move(extents), [&](const std::vector<std::size_t>& at) {
      return std::inner_product(at.begin(), at.end(), strides.begin(), std::size_t{0});
    });
  }

 private:
  [[nodiscard]] static std::vector<std::int64_t> order_of(const OperationView& view,
                                                          std::size_t rank) {
    std::vector<std::int64_t> order = integers_of(view, "perm");
    if (order.empty()) {
      order.assign(rank, 0);
      std::iota(order.rbegin(), order.rend(), std::int64_t{0});
    }
    return order;
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
    const Contents* data = view.contents(0);
    const auto found = cuts(view);
    auto extents = extents_of_result(view);
    if (data == nullptr || !found || !extents || extents->size() != data->rank())
      return std::nullopt;
    std::vector<std::int64_t> firsts(data->rank(), 0);
    std::vector<std::int64_t> steps(data->rank(), 1);
    for (std::size_t i = 0; i < found->starts.size(); ++i) {
      const auto axis = normalise_axis(view, found->axes[i], data->rank());
      if (!axis || found->steps[i] == 0) return std::nullopt;
      firsts[*axis] =
          taken(data->extents[*axis], found->starts[i], found->ends[i], found->steps[i]).first;
      steps[*axis] = found->steps[i];
    }
    return picked(*data, *std::move(extents), [&](const std::vector<std::size_t>& at) {
      std::size_t index = 0;
      for (std::size_t axis = 0; axis < at.size(); ++axis) {
        const std::int64_t place = firsts[axis] + static_cast<std::int64_t>(at[axis]) * steps[axis];
        index = index * data->extent(axis) + static_cast<std::size_t>(place);
      }
      return index;
    });
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
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    auto extents = extents_of_result(view);
    if (data == nullptr || !extents || extents->size() != data->rank()) return std::nullopt;
    const auto axis = normalise_axis(view, integer_of(view, "axis", 0), data->rank());
    if (!axis) return std::nullopt;
    std::size_t first = 0;
    for (std::size_t i = 0; i < view.result; ++i) {
      const ValueId before = view.operation.results[i];
      if (before == ValueId::none || !view.graph.value(before).type.is_static())
        return std::nullopt;
      first += static_cast<std::size_t>((*view.graph.value(before).type.dims)[*axis].extent);
    }
    return picked(*data, *std::move(extents), [&](const std::vector<std::size_t>& at) {
      std::size_t index = 0;
      for (std::size_t i = 0; i < at.size(); ++i)
        index = index * data->extent(i) + at[i] + (i == *axis ? first : 0);
      return index;
    });
  }

 private:
  [[nodiscard]] static std::int64_t even(std::int64_t whole, std::int64_t parts, bool is_last) {
    const std::int64_t part = whole / parts + (whole % parts != 0 ? 1 : 0);
    return is_last ? std::max<std::int64_t>(whole - part * (parts - 1), 0) : part;
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

/// The elements in the number format of the other operand.
struct CastLikeRule : ShapeOf<0, 1> {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const ElementType to = view.type(1).element;
    return fold_each(view, [to](const Number& each) { return arithmetic::cast(each, to); });
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
     picks({"GatherElements", "elements picked one by one along an axis", Kind::movement,
            "data indices", "output", rules<ShapeOf<1, 0>>, "axis:integer"}),
     picks({"GatherND", "slices picked by their places", Kind::movement, "data indices", "output",
            rules<GatherNDRule>, "batch_dims:integer"}),
     {"TensorScatter", "slices put into a cache", Kind::movement,
      "past_cache update write_indices?", "present_cache", rules<SameType>,
      "axis:integer mode:text"},
     {"Trilu", "a triangle of each matrix", Kind::movement, "input k?", "output", rules<SameType>,
      "upper:integer"},
     {"ReverseSequence", "the begins of sequences backwards", Kind::movement, "input sequence_lens",
      "Y", rules<SameType>, "batch_axis:integer time_axis:integer"},
     {"SpaceToDepth", "blocks of the plane become channels", Kind::movement, "input", "output",
      rules<BlockRule<true>>, "blocksize:integer"},
     {"DepthToSpace", "channels become blocks of the plane", Kind::movement, "input", "output",
      rules<BlockRule<false>>, "blocksize:integer mode:text"},
     {"CastLike", "the elements in another tensor's number format", Kind::activation,
      "input target_type", "output", rules<CastLikeRule>, "saturate:integer"}});

}  // namespace hale::graph
