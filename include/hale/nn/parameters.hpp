#pragma once

#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/core/view.hpp>
#include <hale/numeric/dual.hpp>

namespace hale::nn {

/// One tensor of a layer's parameters. Weights are stored (in, out), a bias as (1, out).
struct TensorSpec {
  std::size_t rows = 0;
  std::size_t columns = 0;
  double initial_bound = 0;  // drawn from U(-bound, bound)
  std::size_t offset = 0;    // in the network's flat buffer

  [[nodiscard]] constexpr std::size_t size() const { return rows * columns; }
};

/// The tensor at `offset` of a flat parameter buffer. Shapes: flat (1, count) -> (rows, columns).
template <class T>
constexpr MatrixView<T> slice(MatrixView<T> flat, std::size_t offset, std::size_t rows,
                              std::size_t columns) {
  HALE_ASSERT(offset + rows * columns <= flat.columns);
  return {flat.data + offset, rows, columns};
}
template <class T>
constexpr numeric::DualView<T> slice(numeric::DualView<T> flat, std::size_t offset,
                                     std::size_t rows, std::size_t columns) {
  return {slice(flat.value, offset, rows, columns), slice(flat.tangent, offset, rows, columns)};
}

}  // namespace hale::nn
