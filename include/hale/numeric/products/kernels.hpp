#pragma once

#include <hale/numeric/products/dots.hpp>
#include <hale/numeric/products/multiply.hpp>
#include <hale/numeric/products/row.hpp>

namespace hale::numeric::products {

/// C = 0 where nothing is to be added; what is left to do afterwards has no empty side.
template <class Unit, class T>
bool finished_when_empty(const Arguments<T>& of) noexcept {
  if (of.depth > 0 && of.rows > 0 && of.columns > 0) return false;
  if (of.update == Update::assign) {
    for (std::size_t row = 0; row < of.rows; ++row)
      for (std::size_t column = 0; column < of.columns; ++column)
        of.c[row * of.c_row + column] = T{0};
  }
  return true;
}

/// C (+)= A B, B (depth, columns).
template <class Unit, class T>
void multiply_plain(const Arguments<T>& of) noexcept {
  if (finished_when_empty<Unit>(of)) return;
  const bool column_vector = of.columns == 1 && of.b_row == 1;
  if (column_vector && of.a_depth == 1) {
    return multiply_dots<Unit>(DotArguments<T>{.a = of.b,
                                               .a_row = of.depth,
                                               .b = of.a,
                                               .b_row = of.a_row,
                                               .c = of.c,
                                               .c_row = 1,
                                               .c_column = of.c_row,
                                               .rows = 1,
                                               .depth = of.depth,
                                               .columns = of.rows,
                                               .update = of.update});
  }
  if (column_vector && of.a_row == 1 && of.c_row == 1) {
    return multiply<Unit, false>(Arguments<T>{.a = of.b,
                                              .a_row = of.depth,
                                              .a_depth = 1,
                                              .b = of.a,
                                              .b_row = of.a_depth,
                                              .c = of.c,
                                              .c_row = of.rows,
                                              .rows = 1,
                                              .depth = of.depth,
                                              .columns = of.rows,
                                              .update = of.update});
  }
  if (of.rows == 1) return multiply_row<Unit>(of);
  multiply<Unit, false>(of);
}

/// Whether dot products are faster than a transposed copy of B: few rows would share the copy, and
/// the sums are long enough to make up for adding their lanes.
template <class Unit, class T>
constexpr bool dots_are_faster(const Arguments<T>& of) {
  using Blocks = Blocking<Unit, T>;
  if (of.columns == 1 || of.rows <= 2) return true;
  return of.rows <= Blocks::tile_rows && of.depth >= 2 * Blocks::width;
}

/// C (+)= A B^T, B (columns, depth), A contiguous along its rows.
template <class Unit, class T>
void multiply_transposed(const Arguments<T>& of) noexcept {
  if (finished_when_empty<Unit>(of)) return;
  if (!dots_are_faster<Unit>(of)) return multiply<Unit, true>(of);
  multiply_dots<Unit>(DotArguments<T>{.a = of.a,
                                      .a_row = of.a_row,
                                      .b = of.b,
                                      .b_row = of.b_row,
                                      .c = of.c,
                                      .c_row = of.c_row,
                                      .c_column = 1,
                                      .rows = of.rows,
                                      .depth = of.depth,
                                      .columns = of.columns,
                                      .update = of.update});
}

template <class Unit, class T>
inline constexpr Kernels<T> kernels_of{&multiply_plain<Unit, T>, &multiply_transposed<Unit, T>};

}  // namespace hale::numeric::products
