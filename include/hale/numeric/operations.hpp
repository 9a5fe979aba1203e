#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/view.hpp>
#include <hale/numeric/dual.hpp>
#include <hale/numeric/products.hpp>
#include <span>

/// What layers are made of: linear maps and element-wise steps on real or dual matrices.
///
/// Each function names its scalar, so that views to write convert to views to read. A dual result
/// carries the derivative of the real one; a real operand beside a dual one is a constant.
namespace hale::numeric {

namespace detail {

template <class T>
constexpr MatrixView<const T> value_plane(MatrixView<const T> m) {
  return m;
}
template <class T>
constexpr MatrixView<const T> value_plane(DualView<const T> m) {
  return m.value;
}

/// Runs `product` (bilinear) on planes: one real product, or the value's and the tangent's two.
template <Scalar A, Scalar B, Scalar C, class Product>
void bilinear(Product product, ConstMatrix<A> a, ConstMatrix<B> b, Matrix<C> c, Update update) {
  if constexpr (std::is_same_v<C, Real<C>>) {
    product(a, b, c, update);
  } else {
    if constexpr (computes_values<C>) product(value_plane(a), value_plane(b), c.value, update);
    if constexpr (!std::is_same_v<A, Real<A>>) {
      product(a.tangent, value_plane(b), c.tangent, update);
      update = Update::add;
    }
    if constexpr (!std::is_same_v<B, Real<B>>)
      product(value_plane(a), b.tangent, c.tangent, update);
  }
}

/// Runs `step` (linear) on each plane of two matrices of the same scalar.
template <Scalar S, class Step>
void linear(Step step, ConstMatrix<S> from, Matrix<S> to) {
  if constexpr (std::is_same_v<S, Real<S>>) {
    step(from, to);
  } else {
    if constexpr (computes_values<S>) step(from.value, to.value);
    step(from.tangent, to.tangent);
  }
}

template <Scalar A, Scalar B>
using Promoted = std::conditional_t<std::is_same_v<A, Real<A>>, B, A>;

}  // namespace detail

/// Shapes: a (m, k), b (k, n) -> c (m, n); c (+)= a b.
template <Scalar A, Scalar B>
void multiply(ConstMatrix<A> a, ConstMatrix<B> b, Matrix<detail::Promoted<A, B>> c, Update update) {
  using T = Real<A>;
  detail::bilinear<A, B, detail::Promoted<A, B>>(
      [](MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> z, Update u) {
        product(x, y, z, u);
      },
      a, b, c, update);
}

/// Shapes: a (k, m), b (k, n) -> c (m, n); c (+)= a^T b.
template <Scalar A, Scalar B>
void multiply_transposed_left(ConstMatrix<A> a, ConstMatrix<B> b, Matrix<detail::Promoted<A, B>> c,
                              Update update) {
  using T = Real<A>;
  detail::bilinear<A, B, detail::Promoted<A, B>>(
      [](MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> z, Update u) {
        product_transposed_left(x, y, z, u);
      },
      a, b, c, update);
}

/// Shapes: a (m, k), b (n, k) -> c (m, n); c (+)= a b^T.
template <Scalar A, Scalar B>
void multiply_transposed_right(ConstMatrix<A> a, ConstMatrix<B> b, Matrix<detail::Promoted<A, B>> c,
                               Update update) {
  using T = Real<A>;
  detail::bilinear<A, B, detail::Promoted<A, B>>(
      [](MatrixView<const T> x, MatrixView<const T> y, MatrixView<T> z, Update u) {
        product_transposed_right(x, y, z, u);
      },
      a, b, c, update);
}

/// Every row of `to` becomes the one row of `row`. Shapes: row (1, n) -> to (m, n).
template <Scalar S>
void spread_row(ConstMatrix<S> row, Matrix<S> to) {
  using T = Real<S>;
  detail::linear<S>(
      [](MatrixView<const T> x, MatrixView<T> y) {
        for (std::size_t r = 0; r < y.rows; ++r)
          std::copy_n(x.data, y.columns, y.data + r * y.stride);
      },
      row, to);
}

/// The one row of `to` becomes the sum of the rows of `from`. Shapes: from (m, n) -> to (1, n).
template <Scalar S>
void sum_rows(ConstMatrix<S> from, Matrix<S> to) {
  using T = Real<S>;
  detail::linear<S>(
      [](MatrixView<const T> x, MatrixView<T> y) {
        std::fill_n(y.data, y.columns, T{});
        for (std::size_t r = 0; r < x.rows; ++r) {
          const T* source = x.data + r * x.stride;
          for (std::size_t c = 0; c < x.columns; ++c) y.data[c] += source[c];
        }
      },
      from, to);
}

/// Row i of `to` is the sum of the rows of `from` that `sources` lists for i.
///
/// Shapes: from (n, f) -> to (m, f); offsets (m + 1) into sources.
template <Scalar S>
void gather_rows(std::span<const std::uint32_t> offsets, std::span<const std::uint32_t> sources,
                 ConstMatrix<S> from, Matrix<S> to) {
  using T = Real<S>;
  detail::linear<S>(
      [&](MatrixView<const T> x, MatrixView<T> y) {
        for (std::size_t r = 0; r < y.rows; ++r) {
          T* target = y.data + r * y.stride;
          std::uint32_t s = offsets[r];
          std::copy_n(x.data + sources[s] * x.stride, y.columns, target);
          for (++s; s < offsets[r + 1]; ++s) {
            const T* source = x.data + sources[s] * x.stride;
            for (std::size_t c = 0; c < y.columns; ++c) target[c] += source[c];
          }
        }
      },
      from, to);
}

/// The transpose of gather_rows: adds row i of `from` to each row of `to` that `sources` lists.
///
/// Shapes: from (m, f) -> to (n, f), which is overwritten.
template <Scalar S>
void scatter_rows(std::span<const std::uint32_t> offsets, std::span<const std::uint32_t> sources,
                  ConstMatrix<S> from, Matrix<S> to) {
  using T = Real<S>;
  detail::linear<S>(
      [&](MatrixView<const T> x, MatrixView<T> y) {
        for (std::size_t r = 0; r < y.rows; ++r) std::fill_n(y.data + r * y.stride, y.columns, T{});
        for (std::size_t r = 0; r < x.rows; ++r) {
          const T* source = x.data + r * x.stride;
          for (std::uint32_t s = offsets[r]; s < offsets[r + 1]; ++s) {
            T* target = y.data + sources[s] * y.stride;
            for (std::size_t c = 0; c < x.columns; ++c) target[c] += source[c];
          }
        }
      },
      from, to);
}

/// Elements of `x` become zero where `gate` is not positive. Shapes: gate, x (m, n).
template <std::floating_point T>
void mask(MatrixView<const T> gate, MatrixView<T> x) {
  for (std::size_t r = 0; r < x.rows; ++r) {
    const T* open = gate.data + r * gate.stride;
    T* row = x.data + r * x.stride;
    for (std::size_t c = 0; c < x.columns; ++c) row[c] = open[c] > 0 ? row[c] : T{};
  }
}

/// Negative elements become zero, in place.
template <Scalar S>
void rectify(Matrix<S> x) {
  using T = Real<S>;
  if constexpr (std::is_same_v<S, T>) {
    for (std::size_t r = 0; r < x.rows; ++r) {
      T* row = x.data + r * x.stride;
      for (std::size_t c = 0; c < x.columns; ++c) row[c] = row[c] > 0 ? row[c] : T{};
    }
  } else {
    mask<T>(x.value, x.tangent);
    if constexpr (computes_values<S>) rectify<T>(x.value);
  }
}

/// What flows back through rectify(), in place: `rectified` is its result. Shapes: both (m, n).
template <Scalar S>
void rectify_backward(ConstMatrix<S> rectified, Matrix<S> cotangent) {
  using T = Real<S>;
  if constexpr (std::is_same_v<S, T>) {
    mask<T>(rectified, cotangent);
  } else {
    if constexpr (computes_values<S>) mask<T>(rectified.value, cotangent.value);
    mask<T>(rectified.value, cotangent.tangent);
  }
}

}  // namespace hale::numeric
