#pragma once

#include <cstddef>
#include <hale/core/config.hpp>
#include <span>
#include <type_traits>

namespace hale {

/// A matrix that lives elsewhere, row-major, `stride` elements from one row to the next.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;

  constexpr MatrixView() = default;
  constexpr MatrixView(T* first, std::size_t row_count, std::size_t column_count,
                       std::size_t row_stride)
      : data(first), rows(row_count), columns(column_count), stride(row_stride) {}
  constexpr MatrixView(T* first, std::size_t row_count, std::size_t column_count)
      : MatrixView(first, row_count, column_count, column_count) {}

  /// A view to read from is made of one to write to, never the other way round.
  template <class U>
  requires(std::is_const_v<T>&& std::is_same_v<const U, T> &&
           !std::is_same_v<U, T>) constexpr MatrixView(MatrixView<U>
                                                           other)  // implicit, as for std::span
      : MatrixView(other.data, other.rows, other.columns, other.stride) {}

  [[nodiscard]] constexpr T& operator()(std::size_t row, std::size_t column) const {
    HALE_ASSERT(row < rows && column < columns);
    return data[row * stride + column];
  }
  [[nodiscard]] constexpr std::span<T> row(std::size_t index) const {
    HALE_ASSERT(index < rows);
    return {data + index * stride, columns};
  }
  [[nodiscard]] constexpr MatrixView rows_from(std::size_t first, std::size_t count) const {
    HALE_ASSERT(first + count <= rows);
    return {data + first * stride, count, columns, stride};
  }
};

}  // namespace hale
