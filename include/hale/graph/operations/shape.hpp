#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/arithmetic.hpp>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// A tensor that is part of the model. Source: ONNX operators, Constant-13.
struct Constant {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Required<Tensor>, value));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView&, const Attributes& a) {
    return one_result(a.value.type());
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView&, const Attributes& a) {
    const auto count = small_count(a.value.dims);
    if (!count) return std::nullopt;
    const auto numbers = [&](const auto& kept) -> std::optional<Contents> {
      if constexpr (std::is_same_v<std::decay_t<decltype(kept)>, std::monostate>) {
        return std::nullopt;
      } else {
        if (kept.size() != *count && kept.size() != 1) return std::nullopt;
        Contents out{a.value.dims, {}};
        for (std::size_t i = 0; i < *count; ++i)
          out.elements.push_back(kept[kept.size() == 1 ? 0 : i]);
        return out;
      }
    };
    return std::visit(numbers, a.value.elements);
  }
};

/// The extents of a tensor. Source: ONNX operators, Shape-15.
struct Shape {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Integer<>, start), (MaybeInteger, end));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& data = view.type(0);
    if (!data.is_ranked()) return one_result(ranked(ElementType::i64, {Dim{}}));
    const auto [first, last] = range(a, data.rank());
    return one_result(tensor_type(ElementType::i64, {last - first}));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes& a) {
    const Type& data = view.type(0);
    if (!data.is_ranked()) return std::nullopt;
    const auto [first, last] = range(a, data.rank());
    std::vector<Number> extents;
    for (std::int64_t i = first; i < last; ++i)
      extents.push_back(number_of((*data.dims)[static_cast<std::size_t>(i)]));
    return Contents::vector(std::move(extents));
  }

 private:
  [[nodiscard]] static std::pair<std::int64_t, std::int64_t> range(const Attributes& a,
                                                                   std::size_t size) {
    const auto rank = static_cast<std::int64_t>(size);
    const auto clamp = [rank](std::int64_t axis) {
      return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
    };
    const std::int64_t first = clamp(a.start);
    return {first, std::max(first, clamp(a.end.value_or(rank)))};
  }
};

/// The same elements in other extents. Source: ONNX operators, Reshape-14.
struct Reshape {
  struct Attributes {
    // `shape` before version 5
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Integer<>, allowzero), (Integers, shape));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& data = view.type(0);
    std::vector<Number> entries;
    if (!view.has(1))
      entries.assign(a.shape.begin(), a.shape.end());
    else if (const Contents* contents = view.contents(1))
      entries = contents->elements;
    else
      return open_shape(view, data);
    std::vector<Dim> wanted;
    std::optional<std::size_t> rest;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      wanted.push_back(dim_of(entries[i]));
      const auto* entry = std::get_if<std::int64_t>(&entries[i]);
      if (entry == nullptr) continue;
      if (*entry == 0 && a.allowzero == 0) {
        if (data.is_ranked() && i >= data.rank())
          return view.fail("shape keeps axis ", i, ", expected one of the operand's ", data.rank());
        wanted[i] = data.is_ranked() ? (*data.dims)[i] : Dim{};
      } else if (*entry == -1) {
        if (rest) return view.fail("shape has two entries of -1, expected at most one");
        rest = i;
      } else if (*entry < 0) {
        return view.fail("shape has the entry ", *entry, ", expected -1 or more");
      }
    }
    HALE_CHECK(fill(view, data, wanted, rest));
    return one_result(Type{data.element, std::move(wanted)});
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes&) {
    return in_shape_of_result(view);
  }

 private:
  [[nodiscard]] static Result<Types> open_shape(const OperationView& view, const Type& data) {
    const Type& shape = view.type(1);
    if (!shape.is_static() || shape.rank() != 1) return unranked(data.element);
    const std::int64_t rank = (*shape.dims)[0].extent;
    if (rank < 0 || rank > static_cast<std::int64_t>(max_contents)) return unranked(data.element);
    return one_result(Type{data.element, std::vector<Dim>(static_cast<std::size_t>(rank))});
  }

  /// Gives the entry -1 what the others leave of the operand's elements. Extents that both sides
  /// share by symbol cancel, so that N x 64 x 1 x 1 -> N x -1 is N x 64.
  [[nodiscard]] static Result<> fill(const OperationView& view, const Type& data,
                                     std::vector<Dim>& wanted, std::optional<std::size_t> rest) {
    if (!data.is_ranked()) return {};
    std::vector<Dim> left = *data.dims;
    std::vector<Dim> right;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (rest == i) continue;
      const auto same = std::find_if(left.begin(), left.end(), [&](const Dim& dim) {
        return !dim.is_static() && surely_equal(dim, wanted[i]);
      });
      if (same != left.end())
        left.erase(same);
      else
        right.push_back(wanted[i]);
    }
    const auto have = element_count(Type{data.element, left});
    const auto take = element_count(Type{data.element, right});
    if (!have || !take) return {};
    const bool fits = rest ? *take != 0 && *have % *take == 0 : *have == *take;
    if (!fits)
      return view.fail("operand ", describe(data), " found, expected as many elements as ",
                       describe(Type{data.element, wanted}));
    if (rest) wanted[*rest] = Dim{*have / *take};
    return {};
  }
};

/// A matrix of the axes before and after one. Source: ONNX operators, Flatten-13.
struct Flatten {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Integer<1>, axis));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& input = view.type(0);
    if (!input.is_ranked()) return one_result(Type{input.element, std::vector<Dim>(2)});
    const auto rank = static_cast<std::int64_t>(input.rank());
    if (a.axis < -rank || a.axis > rank)
      return view.fail("axis is ", a.axis.value, ", expected one in [", -rank, ", ", rank, "]");
    const auto middle = input.dims->begin() + (a.axis < 0 ? a.axis + rank : a.axis);
    return one_result(ranked(
        input.element, {merged(input.dims->begin(), middle), merged(middle, input.dims->end())}));
  }

 private:
  template <class Iterator>
  [[nodiscard]] static Dim merged(Iterator first, Iterator last) {
    if (last - first == 1) return *first;
    const auto count = element_count(Type{ElementType::undefined, std::vector<Dim>(first, last)});
    return Dim{count.value_or(Dim::open)};
  }
};

/// Elements picked along an axis. Source: ONNX operators, Gather-13.
struct Gather {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Integer<>, axis));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& data = view.type(0);
    const Type& indices = view.type(1);
    if (!data.is_ranked() || !indices.is_ranked()) return unranked(data.element);
    HALE_TRY(const std::size_t axis, normalise_axis(view, a.axis, data.rank()));
    std::vector<Dim> dims(data.dims->begin(),
                          data.dims->begin() + static_cast<std::ptrdiff_t>(axis));
    dims.insert(dims.end(), indices.dims->begin(), indices.dims->end());
    dims.insert(dims.end(), data.dims->begin() + static_cast<std::ptrdiff_t>(axis) + 1,
                data.dims->end());
    return one_result(Type{data.element, std::move(dims)});
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes& a) {
    const Contents* data = view.contents(0);
    const auto indices = view.integers(1);
    if (data == nullptr || !indices || data->rank() == 0) return std::nullopt;
    const auto axis = normalise_axis(view, a.axis, data->rank());
    if (!axis) return std::nullopt;
    const std::vector<std::int64_t>& picks = view.contents(1)->extents;
    const auto place = static_cast<std::ptrdiff_t>(*axis);
    std::vector<std::int64_t> extents(data->extents.begin(), data->extents.begin() + place);
    extents.insert(extents.end(), picks.begin(), picks.end());
    extents.insert(extents.end(), data->extents.begin() + place + 1, data->extents.end());
    const std::size_t inner = data->stride(*axis);
    const std::size_t size = data->extent(*axis);
    // Row by row: what stands before the axis, which of the indices, what stands behind the axis.
    Contents out{std::move(extents), {}};
    const auto count = small_count(out.extents);
    if (!count || (*count != 0 && (inner == 0 || indices->empty()))) return std::nullopt;
    for (std::size_t i = 0; i < *count; ++i) {
      const std::int64_t index = (*indices)[i / inner % indices->size()];
      const auto from =
          static_cast<std::size_t>(index < 0 ? index + static_cast<std::int64_t>(size) : index);
      if (from >= size) return std::nullopt;
      const std::size_t before = i / (inner * indices->size());
      out.elements.push_back(data->elements[(before * size + from) * inner + i % inner]);
    }
    return out;
  }
};

/// Tensors one behind the other along an axis. Source: ONNX operators, Concat-13.
struct Concat {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Integer<1>, axis));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    if (!view.has(0)) return view.fail("no operand found, expected at least one");
    Type joined = view.type(0);
    if (!joined.is_ranked()) return unranked(joined.element);
    HALE_TRY(const std::size_t axis, normalise_axis(view, a.axis, joined.rank()));
    for (std::size_t i = 1; i < view.operation.operands.size(); ++i) {
      if (!view.has(i)) return view.fail("operand ", i, " is left out, expected a tensor");
      const Type& next = view.type(i);
      if (!next.is_ranked()) return unranked(joined.element);
      if (next.rank() != joined.rank())
        return view.fail("operands ", describe(joined), " and ", describe(next),
                         " found, expected equal ranks");
      for (std::size_t d = 0; d < joined.rank(); ++d) {
        Dim& dim = (*joined.dims)[d];
        const Dim& other = (*next.dims)[d];
        if (d != axis && dim.is_static() && other.is_static() && dim != other)
          return view.fail("operands ", describe(view.type(0)), " and ", describe(next),
                           " found, expected them to differ along axis ", axis, " alone");
        if (d == axis)
          dim = dim_sum(dim, other);
        else if (!dim.is_static())
          dim = other;
      }
    }
    return one_result(std::move(joined));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes& a) {
    const std::size_t operands = view.operation.operands.size();
    bool is_any_known = false;
    for (std::size_t i = 0; i < operands; ++i) is_any_known |= view.contents(i) != nullptr;
    auto extents = is_any_known ? extents_of_result(view) : std::nullopt;
    const auto count = extents ? small_count(*extents) : std::nullopt;
    if (!count || extents->empty()) return std::nullopt;
    const auto axis = normalise_axis(view, a.axis, extents->size());
    if (!axis) return std::nullopt;
    // A block of an operand is what stands together in it and in the result.
    Contents joined{*std::move(extents), {}};
    std::size_t blocks = 1;
    for (std::size_t i = 0; i < *axis; ++i) blocks *= joined.extent(i);
    for (std::size_t block = 0; block < blocks; ++block)
      for (std::size_t i = 0; i < operands; ++i) {
        const Contents* next = view.contents(i);
        const auto own = static_cast<std::size_t>((*view.type(i).dims)[*axis].extent);
        const std::size_t size = own * joined.stride(*axis);
        for (std::size_t e = block * size; e < (block + 1) * size; ++e)
          joined.elements.push_back(next == nullptr ? Number{} : next->elements[e]);
      }
    if (joined.elements.size() != *count) return std::nullopt;
    return joined;
  }
};

/// Axes of one element put in, or taken out. Source: ONNX operators, Unsqueeze-13, Squeeze-13 (axes
/// an operand) and before (an attribute).
template <bool Inserts>
struct UnitAxes {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Integers, axes));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& data = view.type(0);
    const auto axes = view.has(1) ? view.integers(1) : std::optional(a.axes);
    if (!data.is_ranked() || !axes || axes->size() > max_contents) return unranked(data.element);
    const std::size_t rank = Inserts ? data.rank() + axes->size() : data.rank();
    std::vector<bool> unit(rank, false);
    for (const std::int64_t axis : *axes) {
      HALE_TRY(const std::size_t index, normalise_axis(view, axis, rank));
      if (unit[index]) return view.fail("axis ", axis, " is given twice, expected once");
      unit[index] = true;
    }
    if constexpr (Inserts) return one_result(Type{data.element, with_units(*data.dims, unit)});
    std::vector<Dim> dims;
    for (std::size_t i = 0; i < rank; ++i) {
      const Dim& dim = (*data.dims)[i];
      if (unit[i] && dim.is_static() && dim.extent != 1)
        return view.fail("axis ", i, " of ", describe(data), " found, expected one element there");
      if (axes->empty() && !dim.is_static()) return unranked(data.element);
      if (axes->empty() ? dim.extent != 1 : !unit[i]) dims.push_back(dim);
    }
    return one_result(Type{data.element, std::move(dims)});
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes&) {
    return in_shape_of_result(view);
  }

 private:
  [[nodiscard]] static std::vector<Dim> with_units(const std::vector<Dim>& data,
                                                   const std::vector<bool>& unit) {
    std::vector<Dim> dims;
    dims.reserve(unit.size());
    std::size_t next = 0;
    for (const bool is_unit : unit) dims.push_back(is_unit ? Dim{1} : data[next++]);
    return dims;
  }
};

inline constexpr auto shape_operations = std::to_array<Declaration>(
    {{"Constant", "a tensor that is part of the model", Kind::other, "", "Y", rules<Constant>},
     {"Shape", "the extents of a tensor", Kind::view, "data", "Y", rules<Shape>},
     {"Reshape", "the same elements in other extents", Kind::view, "data shape?", "Y",
      rules<Reshape>},
     {"Flatten", "a matrix of the axes before one and those after it", Kind::view, "input", "Y",
      rules<Flatten>},
     picks({"Gather", "elements picked along an axis", Kind::movement, "data indices", "Y",
            rules<Gather>}),
     {"Concat", "tensors one behind the other along an axis", Kind::movement, "inputs*",
      "concat_result", rules<Concat>},
     {"Unsqueeze", "axes of one element are put in", Kind::view, "data axes?", "Y",
      rules<UnitAxes<true>>},
     {"Squeeze", "axes of one element are taken out", Kind::view, "data axes?", "Y",
      rules<UnitAxes<false>>}});

}  // namespace hale::graph
