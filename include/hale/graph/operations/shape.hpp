#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// The most elements of an integer tensor that are tracked as contents.
inline constexpr std::size_t max_contents = 1024;

/// Contents whose elements are those of an operation's only result, row by row; none where that is
/// of more than two axes, or of extents that are not known.
[[nodiscard]] inline std::optional<Contents> in_shape_of_result(const OperationView& view,
                                                                std::vector<Dim> elements) {
  const Type& result = view.graph.value(view.operation.results[0]).type;
  const auto count = result.is_static() ? element_count(result) : std::nullopt;
  if (!count || result.rank() > 2 || *count != static_cast<std::int64_t>(elements.size()) ||
      (result.rank() == 2 && elements.empty()))
    return std::nullopt;
  return Contents{std::move(elements), result.rank() == 0,
                  result.rank() == 2 ? static_cast<std::size_t>((*result.dims)[1].extent) : 0};
}

/// A tensor that is part of the model. Source: ONNX operators, Constant-13.
struct Constant {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Required<Tensor>, value));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView&, const Attributes& a) {
    return one_result(a.value.type());
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes& a) {
    if (a.value.dims.size() > 2 || !is_integer(a.value.element)) return std::nullopt;
    const auto integers = a.value.integers();
    if (!integers || integers->size() > max_contents) return std::nullopt;
    std::vector<Dim> elements;
    for (const std::int64_t each : *integers) elements.push_back(Dim{each});
    return in_shape_of_result(view, std::move(elements));
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
    Contents contents;
    for (std::int64_t i = first; i < last; ++i) {
      const Dim& dim = (*data.dims)[static_cast<std::size_t>(i)];
      if (!dim.is_static() && dim.symbol.empty()) return std::nullopt;
      contents.elements.push_back(dim);
    }
    return contents;
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
    std::vector<Dim> wanted;
    if (!view.has(1)) {
      for (const std::int64_t extent : a.shape) wanted.push_back(Dim{extent});
    } else if (const Contents* contents = view.contents(1)) {
      wanted = contents->elements;
    } else {
      return open_shape(view, data);
    }
    std::optional<std::size_t> rest;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      Dim& dim = wanted[i];
      if (!dim.symbol.empty()) continue;
      if (dim.extent == 0 && a.allowzero == 0) {
        if (!data.is_ranked())
          dim = Dim{};
        else if (i >= data.rank())
          return view.fail("shape keeps axis ", i, ", expected one of the operand's ", data.rank());
        else
          dim = (*data.dims)[i];
      } else if (dim.extent == -1) {
        if (rest) return view.fail("shape has two entries of -1, expected at most one");
        rest = i;
      } else if (dim.extent < 0) {
        return view.fail("shape has the entry ", dim.extent, ", expected -1 or more");
      }
    }
    HALE_CHECK(fill(view, data, wanted, rest));
    return one_result(Type{data.element, std::move(wanted)});
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes&) {
    const Contents* data = view.any_contents(0);
    return data == nullptr ? std::nullopt : in_shape_of_result(view, data->elements);
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
    if (data == nullptr || !indices || a.axis != 0 || data->is_scalar) return std::nullopt;
    Contents contents{{}, view.contents(1)->is_scalar};
    const auto size = static_cast<std::int64_t>(data->elements.size());
    for (const std::int64_t index : *indices) {
      if (index < -size || index >= size) return std::nullopt;
      contents.elements.push_back(
          data->elements[static_cast<std::size_t>(index < 0 ? index + size : index)]);
    }
    return contents;
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
        if (d == axis) {
          const auto sum = dim.is_static() && other.is_static()
                               ? checked_sum(dim.extent, other.extent)
                               : std::nullopt;
          dim = Dim{sum.value_or(Dim::open)};
        } else if (!dim.is_static()) {
          dim = other;
        }
      }
    }
    return one_result(std::move(joined));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes&) {
    Contents joined;
    for (std::size_t i = 0; i < view.operation.operands.size(); ++i) {
      const Contents* next = view.contents(i);
      if (next == nullptr || next->is_scalar) return std::nullopt;
      joined.elements.insert(joined.elements.end(), next->elements.begin(), next->elements.end());
      if (joined.elements.size() > max_contents) return std::nullopt;
    }
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
    const Contents* data = view.any_contents(0);
    return data == nullptr ? std::nullopt : in_shape_of_result(view, data->elements);
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
