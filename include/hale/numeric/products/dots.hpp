#pragma once

#include <hale/numeric/products/registers.hpp>

namespace hale::numeric::products {

/// C (+)= A B^T as dot products along the contiguous rows of both.
///
/// Result (r, s) goes to c[r * c_row + s * c_column].
template <class T>
struct DotArguments {
  const T* a;
  std::size_t a_row;
  const T* b;
  std::size_t b_row;
  T* c;
  std::size_t c_row;
  std::size_t c_column;
  std::size_t rows;
  std::size_t depth;
  std::size_t columns;
  Update update;
};

// GCC 12 takes the undefined operand inside AVX-512's unpack intrinsics for ours (its bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
/// The sums of four registers' elements, in an order that depends on the register's width alone.
template <class Batch, class T = typename Batch::value_type>
[[gnu::always_inline]] inline void sum_of_each(const Batch (&of)[4],
                                               typename Lane<T>::type (&sums)[4 / Lane<T>::size]) {
  const auto fold = [](const Batch& x, const Batch& y) __attribute__((always_inline)) {
    return Batch(xsimd::zip_lo(x, y) + xsimd::zip_hi(x, y));
  };
  constexpr std::size_t side = Lane<T>::size;
  unroll<4 / side>([&](auto group) __attribute__((always_inline)) {
    // Zips work within lanes: each lane then holds a partial sum of each register, in order.
    Batch folded;
    if constexpr (side == 4) {
      folded = fold(fold(of[0], of[2]), fold(of[1], of[3]));
    } else {
      folded = fold(of[2 * group.value], of[2 * group.value + 1]);
    }
    alignas(64) T spilled[Batch::size];
    folded.store_aligned(spilled);
    __builtin_memcpy(&sums[group.value], spilled, 16);
    unroll<Batch::size / side - 1>([&](auto lane) __attribute__((always_inline)) {
      typename Lane<T>::type part;
      __builtin_memcpy(&part, spilled + (lane.value + 1) * side, 16);
      sums[group.value] += part;
    });
  });
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// One row's four results, of which the first of.columns are written.
template <class T>
[[gnu::always_inline]] inline void write_sums(
    const DotArguments<T>& of, T* c, const typename Lane<T>::type (&sums)[4 / Lane<T>::size]) {
  constexpr std::size_t side = Lane<T>::size;
  const bool add = of.update == Update::add;
  if (of.columns == 4 && of.c_column == 1) {
    unroll<4 / side>([&](auto group) __attribute__((always_inline)) {
      typename Lane<T>::type result = sums[group.value];
      if (add) {
        typename Lane<T>::type before;
        __builtin_memcpy(&before, c + group.value * side, 16);
        result += before;
      }
      __builtin_memcpy(c + group.value * side, &result, 16);
    });
    return;
  }
  unroll<4>([&](auto s) __attribute__((always_inline)) {
    if (s.value < of.columns) {
      T& target = c[s.value * of.c_column];
      const T sum = sums[s.value / side][s.value % side];
      target = add ? target + sum : sum;
    }
  });
}

/// Selects the first `count` lanes. What lies behind a row's end may be anything, NaN too: it is
/// replaced by this, not multiplied by 0.
template <class Batch>
[[gnu::always_inline]] inline typename Batch::batch_bool_type first_lanes(std::size_t count) {
  using T = typename Batch::value_type;
  alignas(64) T indices[Batch::size];
  for (std::size_t lane = 0; lane < Batch::size; ++lane) indices[lane] = static_cast<T>(lane);
  return Batch::load_aligned(indices) < Batch(static_cast<T>(count));
}

/// `Rows` rows of A against four rows of B, of which the first of.columns count.
template <class Unit, std::size_t Rows, class T>
[[gnu::flatten, gnu::noinline]] void dot_tile(const DotArguments<T>& of) noexcept {
  using Batch = xsimd::batch<T, Unit>;
  constexpr std::size_t width = Batch::size;
  const T* b[4];
  unroll<4>([&](auto s) __attribute__((always_inline)) {
    b[s.value] = of.b + (s.value < of.columns ? s.value : 0) * of.b_row;
  });
  Batch sum[Rows][4];
  unroll<Rows>([&](auto r) __attribute__((always_inline)) {
    unroll<4>([&](auto s) __attribute__((always_inline)) { sum[r.value][s.value] = Batch(T{0}); });
  });
  const auto step = [&](std::size_t p, auto keep) __attribute__((always_inline)) {
    Batch right[4];
    unroll<4>([&](auto s) __attribute__((always_inline)) {
      right[s.value] = keep(Batch::load_unaligned(b[s.value] + p));
    });
    unroll<Rows>([&](auto r) __attribute__((always_inline)) {
      const Batch left = keep(Batch::load_unaligned(of.a + r.value * of.a_row + p));
      unroll<4>([&](auto s) __attribute__((always_inline)) {
        sum[r.value][s.value] = multiply_add(left, right[s.value], sum[r.value][s.value]);
      });
    });
  };
  std::size_t p = 0;
  for (; p + width <= of.depth; p += width)
    step(
        p, [](const Batch& all) __attribute__((always_inline)) { return all; });
  if (p < of.depth) {
    const auto inside = first_lanes<Batch>(of.depth - p);
    step(
        p, [&](const Batch& all)
               __attribute__((always_inline)) { return xsimd::select(inside, all, Batch(T{0})); });
  }
  unroll<Rows>([&](auto r) __attribute__((always_inline)) {
    typename Lane<T>::type sums[4 / Lane<T>::size];
    sum_of_each<Batch>(sum[r.value], sums);
    write_sums(of, of.c + r.value * of.c_row, sums);
  });
}

template <class Unit, class T, std::size_t... Index>
void run_dot_tile(const DotArguments<T>& of, std::index_sequence<Index...>) noexcept {
  static constexpr void (*tiles[])(const DotArguments<T>&) noexcept = {
      &dot_tile<Unit, Index + 1, T>...};
  tiles[of.rows - 1](of);
}

/// C (+)= A B^T by dot products: no operand is copied, which pays while few rows share the copy.
template <class Unit, class T>
void multiply_dots(DotArguments<T> of) noexcept {
  constexpr std::size_t most = Registers<Unit>::count == 32 ? 6 : 2;
  const DotArguments<T> all = of;
  for (std::size_t column = 0; column < all.columns; column += 4) {
    of.columns = all.columns - column < 4 ? all.columns - column : 4;
    of.b = all.b + column * all.b_row;
    of.a = all.a;
    of.c = all.c + column * all.c_column;
    std::size_t tiles = (all.rows + most - 1) / most;
    for (std::size_t rest = all.rows; tiles > 0; --tiles) {
      of.rows = (rest + tiles - 1) / tiles;
      run_dot_tile<Unit>(of, std::make_index_sequence<most>{});
      of.a += of.rows * of.a_row;
      of.c += of.rows * of.c_row;
      rest -= of.rows;
    }
  }
}

}  // namespace hale::numeric::products
