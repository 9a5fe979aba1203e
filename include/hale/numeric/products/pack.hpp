#pragma once

#include <hale/numeric/products/registers.hpp>

namespace hale::numeric::products {

/// The architecture that packs: two 128-bit lanes where there are wider registers than one.
template <class Unit>
struct Packer {
  using type = Unit;
};
#if XSIMD_WITH_AVX512BW
template <>
struct Packer<xsimd::avx512bw> {
  using type = Narrower<xsimd::avx512bw>::type;
};
#endif

/// A register whose 128-bit lanes are read from two places, or from the first alone.
template <class Batch>
[[gnu::always_inline]] inline Batch load_lanes(const typename Batch::value_type* first,
                                               const typename Batch::value_type* second) {
  using T = typename Batch::value_type;
  if constexpr (sizeof(Batch) == 16) {
    return Batch::load_unaligned(first);
  } else {
    static_assert(sizeof(Batch) == 32);
    typename Lane<T>::type low;
    typename Lane<T>::type high;
    __builtin_memcpy(&low, first, 16);
    __builtin_memcpy(&high, second, 16);
    if constexpr (sizeof(T) == 4) {
      return Batch(typename Batch::register_type(
          __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7)));
    } else {
      return Batch(typename Batch::register_type(__builtin_shufflevector(low, high, 0, 1, 2, 3)));
    }
  }
}

/// In each 128-bit lane a square block, transposed.
template <std::size_t side, class Batch>
[[gnu::always_inline]] inline void transpose_lanes(Batch (&rows)[side]) {
  if constexpr (side == 2) {
    const Batch low = xsimd::zip_lo(rows[0], rows[1]);
    rows[1] = xsimd::zip_hi(rows[0], rows[1]);
    rows[0] = low;
  } else {
    static_assert(side == 4);
    const Batch even_low = xsimd::zip_lo(rows[0], rows[2]);
    const Batch odd_low = xsimd::zip_lo(rows[1], rows[3]);
    const Batch even_high = xsimd::zip_hi(rows[0], rows[2]);
    const Batch odd_high = xsimd::zip_hi(rows[1], rows[3]);
    rows[0] = xsimd::zip_lo(even_low, odd_low);
    rows[1] = xsimd::zip_hi(even_low, odd_low);
    rows[2] = xsimd::zip_lo(even_high, odd_high);
    rows[3] = xsimd::zip_hi(even_high, odd_high);
  }
}

/// to (depth, width) = the transpose of from (rows, depth).
///
/// Columns of `to` without a row of `from` get copies of others; depth is rounded up to 16 bytes.
/// Pre: width a multiple of the packing register's elements; `to` aligned to 64 bytes.
template <class Unit, class T>
[[gnu::flatten, gnu::noinline]] void pack_transposed(const T* from, std::size_t from_row,
                                                     std::size_t rows, std::size_t depth, T* to,
                                                     std::size_t width) noexcept {
  using Batch = xsimd::batch<T, typename Packer<Unit>::type>;
  constexpr std::size_t side = 16 / sizeof(T);
  for (std::size_t row = 0; row < width; row += Batch::size) {
    const T* first[side];
    const T* second[side];
    unroll<side>([&](auto r) __attribute__((always_inline)) {
      const std::size_t near = row + r.value;
      const std::size_t far = near + side;
      first[r.value] = from + (near < rows ? near : rows - 1) * from_row;
      second[r.value] = from + (far < rows ? far : rows - 1) * from_row;
    });
    for (std::size_t p = 0; p < depth; p += side) {
      Batch block[side];
      unroll<side>([&](auto r) __attribute__((always_inline)) {
        block[r.value] = load_lanes<Batch>(first[r.value] + p, second[r.value] + p);
      });
      transpose_lanes<side>(block);
      unroll<side>([&](auto r) __attribute__((always_inline)) {
        block[r.value].store_aligned(to + (p + r.value) * width + row);
      });
    }
  }
}

}  // namespace hale::numeric::products
