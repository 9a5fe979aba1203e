#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/core/view.hpp>
#include <hale/numeric/products/arguments.hpp>
#include <string_view>

#if !HALE_KERNELS
#include <hale/numeric/products/kernels.hpp>
#endif

namespace hale::numeric {

/// What kernels are compiled for; `baseline` is what every machine of its kind can run.
enum class InstructionSet { baseline, avx2, avx512 };

constexpr std::string_view name_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::avx512:
      return "avx512";
    case InstructionSet::avx2:
      return "avx2";
    default:
      return "baseline";
  }
}

#if HALE_KERNELS

/// The instruction set in use: the best that this machine has, unless another one was asked for.
[[nodiscard]] InstructionSet instruction_set() noexcept;

/// Makes all later products use `set`, for tests and comparisons; false, and nothing changes,
/// where this machine or this build does not have it.
[[nodiscard]] bool use_instruction_set(InstructionSet set) noexcept;

namespace products {
const Kernels<float>& library_kernels(float) noexcept;
const Kernels<double>& library_kernels(double) noexcept;

/// Stands for "whatever the library picks" where a header-only program names its architecture.
struct Library {};
using DefaultUnit = Library;

template <class Unit, class T>
const Kernels<T>& kernels() noexcept {
  return library_kernels(T{});
}
}  // namespace products

#else

namespace products {
using DefaultUnit = xsimd::default_arch;

template <class Unit, class T>
const Kernels<T>& kernels() noexcept {
  return kernels_of<Unit, T>;
}
}  // namespace products

/// The instruction set in use: what this translation unit is compiled for.
template <class Unit = products::DefaultUnit>
[[nodiscard]] InstructionSet instruction_set() noexcept {
  if constexpr (std::derived_from<Unit, xsimd::avx512f>) return InstructionSet::avx512;
  if constexpr (std::derived_from<Unit, xsimd::avx2>) return InstructionSet::avx2;
  return InstructionSet::baseline;
}

/// True if `set` is the one in use; only the compiled kernels have several to choose from.
template <class Unit = products::DefaultUnit>
[[nodiscard]] bool use_instruction_set(InstructionSet set) noexcept {
  return set == instruction_set<Unit>();
}

#endif

namespace products {

template <class T>
struct Operands {
  MatrixView<const T> a;
  MatrixView<const T> b;
  MatrixView<T> c;
};

template <class Unit, class T>
void multiply_views(Operands<T> of, bool left_transposed, Update update) noexcept {
  HALE_ASSERT(of.c.rows == (left_transposed ? of.a.columns : of.a.rows));
  HALE_ASSERT(of.b.columns == of.c.columns);
  HALE_ASSERT(of.b.rows == (left_transposed ? of.a.rows : of.a.columns));
  kernels<Unit, T>().plain({.a = of.a.data,
                            .a_row = left_transposed ? 1 : of.a.stride,
                            .a_depth = left_transposed ? of.a.stride : 1,
                            .b = of.b.data,
                            .b_row = of.b.stride,
                            .c = of.c.data,
                            .c_row = of.c.stride,
                            .rows = of.c.rows,
                            .depth = of.b.rows,
                            .columns = of.c.columns,
                            .update = update});
}

template <class Unit, class T>
void multiply_right_transposed(Operands<T> of, Update update) noexcept {
  HALE_ASSERT(of.c.rows == of.a.rows && of.c.columns == of.b.rows);
  HALE_ASSERT(of.a.columns == of.b.columns);
  kernels<Unit, T>().transposed({.a = of.a.data,
                                 .a_row = of.a.stride,
                                 .a_depth = 1,
                                 .b = of.b.data,
                                 .b_row = of.b.stride,
                                 .c = of.c.data,
                                 .c_row = of.c.stride,
                                 .rows = of.c.rows,
                                 .depth = of.a.columns,
                                 .columns = of.c.columns,
                                 .update = update});
}

}  // namespace products

/// C (+)= A B, in one thread.
///
/// Shapes: a (m, k), b (k, n) -> c (m, n); any of them may be 0. Pre, here and below: the views
/// lie in a hale::Buffer, or 64 bytes may be read from every element on; c overlaps neither a nor
/// b. Only c's elements are written, and what lies beside a view, NaN too, reaches no result. A row
/// of c depends on its row of a and on b alone, bit for bit, however many rows there are.
/// Cost: 2 m n k operations, no allocation.
template <class Unit = products::DefaultUnit>
void product(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> c,
             Update update = Update::assign) noexcept {
  products::multiply_views<Unit, float>({a, b, c}, false, update);
}
template <class Unit = products::DefaultUnit>
void product(MatrixView<const double> a, MatrixView<const double> b, MatrixView<double> c,
             Update update = Update::assign) noexcept {
  products::multiply_views<Unit, double>({a, b, c}, false, update);
}

/// C (+)= A^T B, in one thread.
///
/// Shapes: a (k, m), b (k, n) -> c (m, n). Pre: as product().
template <class Unit = products::DefaultUnit>
void product_transposed_left(MatrixView<const float> a, MatrixView<const float> b,
                             MatrixView<float> c, Update update = Update::assign) noexcept {
  products::multiply_views<Unit, float>({a, b, c}, true, update);
}
template <class Unit = products::DefaultUnit>
void product_transposed_left(MatrixView<const double> a, MatrixView<const double> b,
                             MatrixView<double> c, Update update = Update::assign) noexcept {
  products::multiply_views<Unit, double>({a, b, c}, true, update);
}

/// C (+)= A B^T, in one thread.
///
/// Shapes: a (m, k), b (n, k) -> c (m, n). Pre: as product(); but the order of a row's sums may
/// depend on the number of rows.
template <class Unit = products::DefaultUnit>
void product_transposed_right(MatrixView<const float> a, MatrixView<const float> b,
                              MatrixView<float> c, Update update = Update::assign) noexcept {
  products::multiply_right_transposed<Unit, float>({a, b, c}, update);
}
template <class Unit = products::DefaultUnit>
void product_transposed_right(MatrixView<const double> a, MatrixView<const double> b,
                              MatrixView<double> c, Update update = Update::assign) noexcept {
  products::multiply_right_transposed<Unit, double>({a, b, c}, update);
}

}  // namespace hale::numeric
