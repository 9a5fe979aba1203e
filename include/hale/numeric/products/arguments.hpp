#pragma once

#include <cstddef>

namespace hale::numeric {

/// What a product does with the values that its result already holds.
enum class Update { assign, add };

}  // namespace hale::numeric

/// Everything in this namespace may be compiled for an instruction set that the rest of a program
/// must not use. Hence raw pointers instead of views, nothing of the standard library that is a
/// function, and the xsimd architecture in the type of every function: the linker then never
/// replaces one unit's copy by another's.
namespace hale::numeric::products {

/// C (rows, columns) (+)= A (rows, depth) B (depth, columns), or B (columns, depth) transposed.
///
/// Strides let A be transposed for free; B and C are contiguous along their rows.
template <class T>
struct Arguments {
  const T* a;
  std::size_t a_row;
  std::size_t a_depth;
  const T* b;
  std::size_t b_row;
  T* c;
  std::size_t c_row;
  std::size_t rows;
  std::size_t depth;
  std::size_t columns;
  Update update;
};

/// The entry points of one instruction set.
template <class T>
struct Kernels {
  void (*plain)(const Arguments<T>&) noexcept;       // B (depth, columns)
  void (*transposed)(const Arguments<T>&) noexcept;  // B (columns, depth)
};

}  // namespace hale::numeric::products
