#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/core/view.hpp>
#include <memory>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <xtensor/xtensor.hpp>

/// xtensor at the border: what comes from or goes to a user of arrays.
///
/// A unit that includes this compiles a second longer, so only headers of arrays do. What hale
/// computes with are spans and MatrixView, and the functions here go from one to the other.
namespace hale::numeric {

/// What a tensor may hold.
template <class T>
concept Element =
    std::integral<std::remove_const_t<T>> || std::floating_point<std::remove_const_t<T>>;

/// An array with memory of its own, row-major.
template <Element T, std::size_t Rank>
requires(!std::is_const_v<T>) using Tensor = xt::xtensor<T, Rank, xt::layout_type::row_major>;

/// An array whose memory lives elsewhere; `const T` to read only. Row-major, or `dynamic` where
/// rows have a stride.
template <Element T, std::size_t Rank, xt::layout_type Layout = xt::layout_type::row_major>
using TensorView = xt::xtensor_adaptor<
    xt::xbuffer_adaptor<T*, xt::no_ownership, std::allocator<std::remove_const_t<T>>>, Rank,
    Layout>;

/// An array of this shape whose elements are all `value`: `filled<double>({rows, columns})`.
///
/// xtensor's constructor takes `{n}` for a list of elements where those are integers.
template <Element T, std::size_t Rank>
[[nodiscard]] Tensor<T, Rank> filled(const std::size_t (&shape)[Rank], T value = {}) {
  return Tensor<T, Rank>(std::to_array(shape), value);
}

namespace detail {

/// What lies in one piece and outlives the expression that names it.
template <class R>
concept Flat = std::ranges::contiguous_range<R> && std::ranges::sized_range<R> &&
    (std::is_lvalue_reference_v<R> || std::ranges::borrowed_range<R>)&&Element<
        std::remove_reference_t<std::ranges::range_reference_t<R>>>;

template <class R>
using FlatElement = std::remove_reference_t<std::ranges::range_reference_t<R>>;

}  // namespace detail

/// A span, vector or Buffer as an array, without a copy: `tensor_view(values, {rows, columns})`.
///
/// Shapes: values (product of `shape`) -> `shape`. Pre: the sizes agree; `values` outlives the
/// view.
template <detail::Flat R, std::size_t Rank>
[[nodiscard]] TensorView<detail::FlatElement<R>, Rank> tensor_view(
    R&& values, const std::size_t (&shape)[Rank]) {
  using View = TensorView<detail::FlatElement<R>, Rank>;
  const std::array<std::size_t, Rank> extents = std::to_array(shape);
  HALE_ASSERT(xt::compute_size(extents) == std::ranges::size(values));
  using Storage = std::remove_reference_t<decltype(std::declval<View&>().storage())>;
  return View(Storage(std::ranges::data(values), std::ranges::size(values)), extents);
}

/// A matrix as an array to read, without a copy.
///
/// Not to write: an assignment to such a view of xtensor 0.24 forgets the stride between rows.
/// Shapes: (rows, columns) both.
template <Element T>
[[nodiscard]] TensorView<const T, 2, xt::layout_type::dynamic> tensor_view(MatrixView<T> matrix) {
  using View = TensorView<const T, 2, xt::layout_type::dynamic>;
  using Storage = std::remove_reference_t<decltype(std::declval<View&>().storage())>;
  const std::array<std::size_t, 2> shape = {matrix.rows, matrix.columns};
  const std::array<std::ptrdiff_t, 2> strides = {
      matrix.rows > 1 ? static_cast<std::ptrdiff_t>(matrix.stride) : 0,
      matrix.columns > 1 ? std::ptrdiff_t{1} : 0};  // xtensor steps by 0 along an extent of 1
  return View(Storage(matrix.data, matrix.rows * matrix.columns), shape, strides);
}

/// The elements of an array in row-major order, without a copy: (n, m) -> (n * m).
template <Element T, std::size_t Rank>
[[nodiscard]] std::span<T> flat(Tensor<T, Rank>& tensor) {
  return {tensor.data(), tensor.size()};
}
template <Element T, std::size_t Rank>
[[nodiscard]] std::span<const T> flat(const Tensor<T, Rank>& tensor) {
  return {tensor.data(), tensor.size()};
}

/// An array of two axes as a matrix, without a copy.
template <Element T>
[[nodiscard]] MatrixView<T> matrix_view(Tensor<T, 2>& tensor) {
  return {tensor.data(), tensor.shape(0), tensor.shape(1)};
}
template <Element T>
[[nodiscard]] MatrixView<const T> matrix_view(const Tensor<T, 2>& tensor) {
  return {tensor.data(), tensor.shape(0), tensor.shape(1)};
}

}  // namespace hale::numeric
