#pragma once

#include <hale/numeric/products/pack.hpp>
#include <hale/numeric/products/tile.hpp>

namespace hale::numeric::products {

/// How a product is cut so that what the micro-kernel reads stays in the caches.
template <class Unit, class T>
struct Blocking {
  static constexpr std::size_t width = xsimd::batch<T, Unit>::size;
  static constexpr std::size_t half_width = xsimd::batch<T, typename Narrower<Unit>::type>::size;
  static constexpr std::size_t tile_rows = Registers<Unit>::count == 32 ? 12 : 6;
  /// A panel of B, two registers wide, fills about a first-level cache.
  static constexpr std::size_t depth = 256;
  /// A block of A, together with the panels of B, stays in a second-level cache.
  static constexpr std::size_t rows = 20 * tile_rows;
};

/// The widest tile, in registers, that is compiled for so many rows.
template <class Unit>
constexpr std::size_t widest_tile(std::size_t rows) {
  if (Registers<Unit>::count < 32) return rows == 1 ? 4 : 2;
  return rows <= 2 ? 8 : rows <= 4 ? 4 : 2;
}

template <class T>
using Tile = void (*)(const Arguments<T>&) noexcept;

template <class Unit, class Arch, std::size_t Vectors, class T, std::size_t Rows>
constexpr Tile<T> tile_of() {
  if constexpr (Vectors <= widest_tile<Unit>(Rows)) {
    return &tile<Unit, Arch, Rows, Vectors, T>;
  } else {
    return nullptr;
  }
}

template <class Unit, class Arch, std::size_t Vectors, class T, std::size_t... Index>
void run_tile(const Arguments<T>& of, std::index_sequence<Index...>) noexcept {
  static constexpr Tile<T> tiles[] = {tile_of<Unit, Arch, Vectors, T, Index + 1>()...};
  tiles[of.rows - 1](of);
}

/// Runs the tile that is `of.rows` high and `vectors` registers wide.
template <class Unit, class T>
void run_tile(const Arguments<T>& of, std::size_t vectors, bool narrow) noexcept {
  constexpr auto rows = std::make_index_sequence<Blocking<Unit, T>::tile_rows>{};
  using Half = typename Narrower<Unit>::type;
  if (narrow) return run_tile<Unit, Half, 1>(of, rows);
  switch (vectors) {
    case 1:
      return run_tile<Unit, Unit, 1>(of, rows);
    case 2:
      return run_tile<Unit, Unit, 2>(of, rows);
    case 3:
      return run_tile<Unit, Unit, 3>(of, rows);
    case 4:
      return run_tile<Unit, Unit, 4>(of, rows);
    case 5:
      return run_tile<Unit, Unit, 5>(of, rows);
    case 6:
      return run_tile<Unit, Unit, 6>(of, rows);
    case 7:
      return run_tile<Unit, Unit, 7>(of, rows);
    default:
      return run_tile<Unit, Unit, 8>(of, rows);
  }
}

/// All rows of one panel of columns, in tiles of as nearly equal height as can be.
template <class Unit, class T>
void multiply_panel(Arguments<T> of, std::size_t vectors, bool narrow) noexcept {
  constexpr std::size_t most = Blocking<Unit, T>::tile_rows;
  std::size_t tiles = (of.rows + most - 1) / most;
  for (std::size_t rest = of.rows; tiles > 0; --tiles) {
    of.rows = (rest + tiles - 1) / tiles;
    run_tile<Unit>(of, vectors, narrow);
    of.a += of.rows * of.a_row;
    of.c += of.rows * of.c_row;
    rest -= of.rows;
  }
}

/// A panel of which B (columns, depth) is transposed first, into a copy that all rows share.
template <class Unit, class T>
[[gnu::noinline]] void multiply_packed_panel(Arguments<T> of, std::size_t vectors,
                                             bool narrow) noexcept {
  using Blocks = Blocking<Unit, T>;
  alignas(64) T packed[Blocks::depth * 2 * Blocks::width];
  const std::size_t width = narrow ? Blocks::half_width : vectors * Blocks::width;
  pack_transposed<Unit>(of.b, of.b_row, of.columns, of.depth, packed, width);
  of.b = packed;
  of.b_row = width;
  multiply_panel<Unit>(of, vectors, narrow);
}

/// How wide the next panel is when `rest` columns are left.
struct Panel {
  std::size_t vectors;
  bool narrow;
};
template <class Unit, class T>
constexpr Panel next_panel(std::size_t rest, std::size_t height, std::size_t widest) {
  constexpr std::size_t width = Blocking<Unit, T>::width;
  constexpr std::size_t half = Blocking<Unit, T>::half_width;
  if (half < width && rest <= half) return {1, true};
  std::size_t vectors = (rest + width - 1) / width;
  if (vectors > widest) vectors = widest;
  if (height <= 2) return {vectors, false};
  // What ends just past a register's start leaves that end to a narrow panel.
  const std::size_t tail = rest % width;
  if (half < width && vectors * width > rest && vectors > 1 && tail <= half) --vectors;
  return {vectors == 3 ? 2 : vectors, false};
}

/// One block of rows and depth: panel by panel, so that each panel of B is read from memory once.
template <class Unit, class T, bool transposed>
void multiply_block(const Arguments<T>& of) noexcept {
  constexpr std::size_t width = Blocking<Unit, T>::width;
  constexpr std::size_t most = Blocking<Unit, T>::tile_rows;
  const std::size_t tiles = (of.rows + most - 1) / most;
  const std::size_t height = (of.rows + tiles - 1) / tiles;
  const std::size_t widest = transposed ? 2 : widest_tile<Unit>(height);
  Arguments<T> panel = of;
  for (std::size_t rest = of.columns; rest > 0; rest -= panel.columns) {
    const Panel next = next_panel<Unit, T>(rest, height, widest);
    panel.columns = next.vectors * width < rest ? next.vectors * width : rest;
    if constexpr (transposed) {
      multiply_packed_panel<Unit>(panel, next.vectors, next.narrow);
      panel.b += panel.columns * panel.b_row;
    } else {
      multiply_panel<Unit>(panel, next.vectors, next.narrow);
      panel.b += panel.columns;
    }
    panel.c += panel.columns;
  }
}

/// C (+)= A B or A B^T, where A may be read in any order.
template <class Unit, bool transposed, class T>
void multiply(const Arguments<T>& of) noexcept {
  using Blocks = Blocking<Unit, T>;
  const std::size_t layers = (of.depth + Blocks::depth - 1) / Blocks::depth;
  for (std::size_t row = 0; row < of.rows; row += Blocks::rows) {
    Arguments<T> block = of;
    block.rows = of.rows - row < Blocks::rows ? of.rows - row : Blocks::rows;
    block.a += row * of.a_row;
    block.c += row * of.c_row;
    std::size_t rest = of.depth;
    for (std::size_t layer = layers; layer > 0; --layer) {
      block.depth = (rest + layer - 1) / layer;
      multiply_block<Unit, T, transposed>(block);
      block.a += block.depth * block.a_depth;
      block.b += block.depth * (transposed ? 1 : block.b_row);
      block.update = Update::add;
      rest -= block.depth;
    }
  }
}

}  // namespace hale::numeric::products
