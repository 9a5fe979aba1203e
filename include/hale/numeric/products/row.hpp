#pragma once

#include <hale/numeric/products/multiply.hpp>

namespace hale::numeric::products {

/// Up to one block's depth of a row's elements that are not zero, and the rows of B they meet.
template <class T, std::size_t Depth>
struct NonZeros {
  T values[Depth];
  std::size_t offsets[Depth];
  std::size_t count;
};

/// One row of C by `Vectors` registers: the rows of B that zeros of A would meet are not read.
///
/// Leaving out a product with zero changes no bit of the sum, as long as B is finite.
template <class Unit, std::size_t Vectors, class T, std::size_t Depth>
[[gnu::flatten, gnu::noinline]] void row_tile(const Arguments<T>& of,
                                              const NonZeros<T, Depth>& left) noexcept {
  using Batch = xsimd::batch<T, Unit>;
  Batch sum[1][Vectors];
  unroll<Vectors>([&](auto v) __attribute__((always_inline)) { sum[0][v.value] = Batch(T{0}); });
  for (std::size_t p = 0; p < left.count; ++p) {
    const Batch a(left.values[p]);
    const T* b = of.b + left.offsets[p];
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
      sum[0][v.value] =
          multiply_add(a, Batch::load_unaligned(b + v.value * Batch::size), sum[0][v.value]);
    });
  }
  store_tile(sum, of);
}

template <class Unit, class T, std::size_t Depth, std::size_t... Index>
void run_row_tile(const Arguments<T>& of, const NonZeros<T, Depth>& left, std::size_t vectors,
                  std::index_sequence<Index...>) noexcept {
  using RowTile = void (*)(const Arguments<T>&, const NonZeros<T, Depth>&) noexcept;
  static constexpr RowTile tiles[] = {&row_tile<Unit, Index + 1, T, Depth>...};
  tiles[vectors - 1](of, left);
}

/// One pass over a row of B reads it as a stream; accumulators must still fit the registers.
template <class Unit>
inline constexpr std::size_t widest_row = Registers<Unit>::count / 2;

/// C (+)= A B for one row of A. What a rectifier has left is half zeros, and a single row waits for
/// B alone to come from the caches: reading half of it takes half the time.
template <class Unit, class T>
void multiply_row(const Arguments<T>& of) noexcept {
  constexpr std::size_t depth = Blocking<Unit, T>::depth;
  constexpr std::size_t width = Blocking<Unit, T>::width;
  constexpr std::size_t widest = widest_row<Unit>;
  NonZeros<T, depth> left;
  Arguments<T> layer = of;
  std::size_t rest = of.depth;
  for (std::size_t layers = (rest + depth - 1) / depth; layers > 0; --layers) {
    layer.depth = (rest + layers - 1) / layers;  // cut as multiply() cuts, for the same sums
    rest -= layer.depth;
    left.count = 0;
    for (std::size_t p = 0; p < layer.depth; ++p) {
      const T value = layer.a[p * of.a_depth];
      left.values[left.count] = value;
      left.offsets[left.count] = p * of.b_row;
      left.count += value != T{0} ? 1U : 0U;
    }
    Arguments<T> panel = layer;
    for (std::size_t columns = of.columns; columns > 0; columns -= panel.columns) {
      std::size_t vectors = (columns + width - 1) / width;
      if (vectors > widest) vectors = widest;
      panel.columns = vectors * width < columns ? vectors * width : columns;
      run_row_tile<Unit>(panel, left, vectors, std::make_index_sequence<widest>{});
      panel.b += panel.columns;
      panel.c += panel.columns;
    }
    layer.a += layer.depth * of.a_depth;
    layer.b += layer.depth * of.b_row;
    layer.update = Update::add;
  }
}

}  // namespace hale::numeric::products
