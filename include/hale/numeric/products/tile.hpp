#pragma once

#include <hale/numeric/products/registers.hpp>

namespace hale::numeric::products {

/// The end of a tile: adds what C holds if so wanted, and writes no more than of.columns.
template <std::size_t Rows, std::size_t Vectors, class Batch, class T>
[[gnu::always_inline]] inline void store_tile(Batch (&sum)[Rows][Vectors], const Arguments<T>& of) {
  constexpr std::size_t width = Batch::size;
  if (of.update == Update::add) {
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
      unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        sum[r.value][v.value] += Batch::load_unaligned(of.c + r.value * of.c_row + v.value * width);
      });
    });
  }
  constexpr std::size_t last = Vectors - 1;
  const std::size_t rest = of.columns - last * width;
  unroll<Rows>([&](auto r) __attribute__((always_inline)) {
    T* c = of.c + r.value * of.c_row;
    unroll<last>([&](auto v) __attribute__((always_inline)) {
      sum[r.value][v.value].store_unaligned(c + v.value * width);
    });
    if (rest == width) {
      sum[r.value][last].store_unaligned(c + last * width);
    } else {
      alignas(64) T spilled[width];
      sum[r.value][last].store_aligned(spilled);
      copy_partial<width / 2>(spilled, c + last * width, rest);
    }
  });
}

/// The micro-kernel: `Rows` rows of C by `Vectors` registers, kept in registers over the depth.
///
/// Only the last register may be partial (`columns` says how much of it is written). Each element
/// of C is one chain of multiply-adds in order of depth, whatever the tile: a row of the result
/// depends neither on the other rows nor on their number.
/// Pre: (Vectors - 1) * width < columns <= Vectors * width; a whole register may be read at every
/// element of a row of B and of C.
/// `Unit` is the instruction set of the translation unit, `Arch` (narrower at most) what it uses.
template <class Unit, class Arch, std::size_t Rows, std::size_t Vectors, class T>
[[gnu::flatten, gnu::noinline]] void tile(const Arguments<T>& of) noexcept {
  using Batch = xsimd::batch<T, Arch>;
  constexpr std::size_t width = Batch::size;

  Batch sum[Rows][Vectors];
  unroll<Rows>([&](auto r) __attribute__((always_inline)) {
    unroll<Vectors>([&](auto v)
                        __attribute__((always_inline)) { sum[r.value][v.value] = Batch(T{0}); });
  });

  // Three rows share a pointer: x86 addresses base, base + stride and base + 2 stride for free.
  constexpr std::size_t groups = (Rows + 2) / 3;
  const T* a[groups];
  unroll<groups>([&](auto g) __attribute__((always_inline)) {
    a[g.value] = of.a + 3 * g.value * of.a_row;
  });
  const std::size_t a_row = of.a_row;
  const std::size_t a_depth = of.a_depth;
  const std::size_t b_row = of.b_row;
  const T* b = of.b;
  for (std::size_t p = of.depth; p > 0; --p) {
    Batch right[Vectors];
    unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
      right[v.value] = Batch::load_unaligned(b + v.value * width);
    });
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
      const Batch left(a[r.value / 3][(r.value % 3) * a_row]);
      unroll<Vectors>([&](auto v) __attribute__((always_inline)) {
        sum[r.value][v.value] = multiply_add(left, right[v.value], sum[r.value][v.value]);
      });
    });
    unroll<groups>([&](auto g) __attribute__((always_inline)) { a[g.value] += a_depth; });
    b += b_row;
  }

  store_tile(sum, of);
}

}  // namespace hale::numeric::products
