#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operation.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hale::graph {

/// A tensor's type of as many axes as there are extents.
[[nodiscard]] inline Type ranked(ElementType element, std::initializer_list<Dim> dims) {
  return Type{element, std::vector<Dim>(dims)};
}

/// The types of an operation with one result.
[[nodiscard]] inline Result<Types> one_result(Type type) {
  Types types;
  types.push_back(std::move(type));
  return types;
}

/// One result of the same type as an operand.
[[nodiscard]] inline Result<Types> same_type(const OperationView& view, std::size_t operand = 0) {
  return one_result(view.type(operand));
}

/// One result of which only the element type is known.
[[nodiscard]] inline Result<Types> unranked(ElementType element) {
  return one_result(Type{element});
}

/// A type that holds whichever of two there is.
[[nodiscard]] inline Type either(const Type& a, const Type& b) {
  if (a == b) return a;
  if (!a.is_tensor() || !b.is_tensor()) return Type{};
  Type out{a.element == b.element ? a.element : ElementType::undefined};
  if (!a.dims || !b.dims || a.rank() != b.rank()) return out;
  out.dims = a.dims;
  for (std::size_t i = 0; i < a.rank(); ++i)
    if ((*out.dims)[i] != (*b.dims)[i]) (*out.dims)[i] = Dim{};
  return out;
}

/// An axis counted from the front. Errors: outside [-rank, rank).
[[nodiscard]] inline Result<std::size_t> normalise_axis(const OperationView& view,
                                                        std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank)
    return view.fail("axis is ", axis, ", expected one in [", -signed_rank, ", ", signed_rank, ")");
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

/// The extent at which two meet under broadcasting; nothing where they do not.
[[nodiscard]] inline std::optional<Dim> broadcast_dim(const Dim& a, const Dim& b) {
  if (a == b) return a;
  if (a.extent == 1) return b;
  if (b.extent == 1) return a;
  if (!a.is_static() && !b.is_static()) return Dim{};
  if (!a.is_static()) return b;
  if (!b.is_static()) return a;
  return std::nullopt;
}

/// ONNX's multidirectional broadcasting of two types. Errors: extents that do not meet.
[[nodiscard]] inline Result<Type> broadcast_types(const OperationView& view, const Type& a,
                                                  const Type& b) {
  const ElementType element = a.element == ElementType::undefined ? b.element : a.element;
  if (!a.is_ranked() || !b.is_ranked()) return Type{element};
  const std::size_t rank = std::max(a.rank(), b.rank());
  std::vector<Dim> dims(rank, Dim{1});
  for (std::size_t i = 0; i < rank; ++i) {
    const Dim from_a = i < a.rank() ? (*a.dims)[a.rank() - 1 - i] : Dim{1};
    const Dim from_b = i < b.rank() ? (*b.dims)[b.rank() - 1 - i] : Dim{1};
    const std::optional<Dim> both = broadcast_dim(from_a, from_b);
    if (!both)
      return view.fail("operands ", describe(a), " and ", describe(b),
                       " found, expected shapes that broadcast");
    dims[rank - 1 - i] = *both;
  }
  return Type{element, std::move(dims)};
}

/// Two operands broadcast; before version 7, `broadcast` lays the second upon the first.
[[nodiscard]] inline Result<Types> broadcast(const OperationView& view) {
  const AttributeValue* old = view.operation.attribute("broadcast");
  if (old != nullptr && *old == AttributeValue(std::int64_t{1})) return same_type(view);
  HALE_TRY(Type both, broadcast_types(view, view.type(0), view.type(1)));
  return one_result(std::move(both));
}

/// The extents of the result that is asked for; nothing where one of them is open.
[[nodiscard]] inline std::optional<std::vector<std::int64_t>> extents_of_result(
    const OperationView& view) {
  const Type& result = view.graph.value(view.operation.results[view.result]).type;
  if (!result.is_static()) return std::nullopt;
  std::vector<std::int64_t> extents;
  for (const Dim& dim : *result.dims) extents.push_back(dim.extent);
  return extents;
}

/// An operand's elements in the extents of the result.
[[nodiscard]] inline std::optional<Contents> in_shape_of_result(const OperationView& view) {
  const Contents* data = view.contents(0);
  if (data == nullptr) return std::nullopt;
  auto extents = extents_of_result(view);
  return extents ? data->in_extents(*std::move(extents)) : std::nullopt;
}

/// A window that slides over the spatial axes: of a convolution, or of a pooling.
struct Window {
  std::vector<std::int64_t> kernel{};
  std::vector<std::int64_t> strides{};
  std::vector<std::int64_t> dilations{};
  std::vector<std::int64_t> pads{};  // all begins, then all ends
  bool same_padding = false;         // the output is ceil(input / stride), whatever the pads
  bool ceil_mode = false;
};

namespace detail {

[[nodiscard]] inline Result<> fill_window_list(const OperationView& view, std::string_view name,
                                               std::vector<std::int64_t>& list, std::size_t count,
                                               std::int64_t usual, std::int64_t least) {
  if (list.empty()) list.assign(count, usual);
  if (list.size() != count)
    return view.fail(name, " has ", list.size(), " entries, expected ", count);
  constexpr std::int64_t most = std::int64_t{1} << 31;
  for (const std::int64_t entry : list)
    if (entry < least || entry > most)
      return view.fail(name, " has the entry ", entry, ", expected one in [", least, ", 2^31]");
  return {};
}

}  // namespace detail

/// A window with every list filled in and checked. Pre: `rank` counts batch and channel.
[[nodiscard]] inline Result<Window> checked_window(const OperationView& view, Window window,
                                                   std::size_t rank, const std::string& auto_pad) {
  if (rank < 3) return view.fail("operand of rank ", rank, " found, expected at least 3");
  const std::size_t spatial = rank - 2;
  HALE_CHECK(detail::fill_window_list(view, "kernel_shape", window.kernel, spatial, 1, 1));
  HALE_CHECK(detail::fill_window_list(view, "strides", window.strides, spatial, 1, 1));
  HALE_CHECK(detail::fill_window_list(view, "dilations", window.dilations, spatial, 1, 1));
  if (auto_pad == "VALID") window.pads.clear();
  window.same_padding = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  if (!window.same_padding && auto_pad != "NOTSET" && auto_pad != "VALID")
    return view.fail("auto_pad is '", auto_pad,
                     "', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  HALE_CHECK(detail::fill_window_list(view, "pads", window.pads, 2 * spatial, 0, 0));
  return window;
}

/// How many places a window has along one spatial axis; none on no elements. Errors: none fits.
[[nodiscard]] inline Result<Dim> slide(const OperationView& view, const Window& window,
                                       std::size_t axis, const Dim& input) {
  if (!input.is_static()) return Dim{};
  const std::int64_t stride = window.strides[axis];
  if (window.same_padding) return Dim{input.extent / stride + (input.extent % stride != 0 ? 1 : 0)};
  const std::size_t spatial = window.kernel.size();
  const std::int64_t pads = window.pads[axis] + window.pads[axis + spatial];
  const std::optional<std::int64_t> reach =
      checked_product(window.kernel[axis] - 1, window.dilations[axis]);
  const std::optional<std::int64_t> padded = checked_sum(input.extent, pads);
  if (input.extent == 0 && reach && padded && *padded <= *reach) return Dim{0};
  if (!reach || !padded || *padded <= *reach)
    return view.fail("kernel of ", window.kernel[axis], " on ", input.extent, " elements with ",
                     pads, " of padding found, expected one that fits");
  const std::int64_t room = *padded - *reach - 1;
  std::int64_t places = room / stride + 1;
  // The last, partial window counts if it begins inside the input or the padding before it.
  if (window.ceil_mode && room % stride != 0 && places * stride < input.extent + window.pads[axis])
    ++places;
  return Dim{places};
}

}  // namespace hale::graph
