#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// ONNX's element types, with ONNX's own numbers.
enum class ElementType : std::uint8_t {
  undefined = 0,
  f32 = 1,
  u8 = 2,
  i8 = 3,
  u16 = 4,
  i16 = 5,
  i32 = 6,
  i64 = 7,
  string = 8,
  boolean = 9,
  f16 = 10,
  f64 = 11,
  u32 = 12,
  u64 = 13,
  complex64 = 14,
  complex128 = 15,
  bf16 = 16,
  f8e4m3fn = 17,
  f8e4m3fnuz = 18,
  f8e5m2 = 19,
  f8e5m2fnuz = 20,
  u4 = 21,
  i4 = 22,
  f4e2m1 = 23,
  f8e8m0 = 24,
  u2 = 25,
  i2 = 26,
};

/// What the textual form calls each element type; unsigned and sign-less as MLIR has them, and of
/// the dialect `onnx` where MLIR has none.
inline constexpr std::array<std::string_view, 27> element_type_names = {"!onnx.undefined",
                                                                        "f32",
                                                                        "ui8",
                                                                        "i8",
                                                                        "ui16",
                                                                        "i16",
                                                                        "i32",
                                                                        "i64",
                                                                        "!onnx.string",
                                                                        "i1",
                                                                        "f16",
                                                                        "f64",
                                                                        "ui32",
                                                                        "ui64",
                                                                        "complex<f32>",
                                                                        "complex<f64>",
                                                                        "bf16",
                                                                        "f8E4M3FN",
                                                                        "f8E4M3FNUZ",
                                                                        "f8E5M2",
                                                                        "f8E5M2FNUZ",
                                                                        "ui4",
                                                                        "i4",
                                                                        "!onnx.f4e2m1",
                                                                        "!onnx.f8e8m0",
                                                                        "ui2",
                                                                        "i2"};

/// How many bits an element takes in memory, packed; 0 where that is not fixed or not known.
inline constexpr std::array<unsigned, 27> element_type_bits = {
    0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2};

[[nodiscard]] constexpr unsigned bits_of(ElementType type) {
  return element_type_bits[static_cast<std::size_t>(type)];
}

[[nodiscard]] constexpr std::string_view name_of(ElementType type) {
  return element_type_names[static_cast<std::size_t>(type)];
}

/// The type with this ONNX number; undefined for numbers that ONNX has given to none or hale does
/// not know.
[[nodiscard]] constexpr ElementType element_type(std::int64_t number) {
  const bool known = number > 0 && number < static_cast<std::int64_t>(element_type_names.size());
  return known ? static_cast<ElementType>(number) : ElementType::undefined;
}

[[nodiscard]] constexpr bool is_floating(ElementType type) {
  using enum ElementType;
  return type == f32 || type == f16 || type == f64 || type == bf16 || type == f4e2m1 ||
         type == f8e8m0 || (type >= f8e4m3fn && type <= f8e5m2fnuz);
}

[[nodiscard]] constexpr bool is_integer(ElementType type) {
  using enum ElementType;
  return type == u8 || type == i8 || type == u16 || type == i16 || type == i32 || type == i64 ||
         type == u32 || type == u64 || type == boolean || type == u4 || type == i4 || type == u2 ||
         type == i2;
}

/// One extent of a tensor: a number, or open, and then perhaps with the name of a symbol.
struct Dim {
  static constexpr std::int64_t open = -1;

  std::int64_t extent = open;
  std::string symbol{};  // only where the extent is open

  [[nodiscard]] bool is_static() const { return extent != open; }
  friend bool operator==(const Dim&, const Dim&) = default;
};

/// The most axes of a tensor, which is more than any runtime takes.
inline constexpr std::size_t max_rank = 64;

/// Whether both are known to be the same extent; two open ones are where they share a symbol.
[[nodiscard]] inline bool surely_equal(const Dim& a, const Dim& b) {
  return a == b && (a.is_static() || !a.symbol.empty());
}

/// The type of a value: a tensor, or another of ONNX's types.
///
/// "sequence" and "optional" hold what is inside, "map" its values' type, with its keys' in
/// `element`; "sparse_tensor" has an element type and extents of its own; "opaque" and "none" are
/// carried by their name alone. Nothing inside: that is not known.
struct Type {
  ElementType element = ElementType::undefined;
  std::optional<std::vector<Dim>> dims{};  // nothing: the rank is not known
  std::string other{};                     // what else than a tensor; empty for a tensor
  std::vector<Type> inside{};              // at most one

  friend bool operator==(const Type&, const Type&) = default;

  [[nodiscard]] bool is_tensor() const { return other.empty(); }
  [[nodiscard]] bool is_ranked() const { return is_tensor() && dims.has_value(); }
  [[nodiscard]] std::size_t rank() const { return dims ? dims->size() : 0; }
  [[nodiscard]] bool is_static() const {
    if (!is_ranked()) return false;
    for (const Dim& dim : *dims)
      if (!dim.is_static()) return false;
    return true;
  }
};

/// A product, or nothing where 64 bits do not hold it.
[[nodiscard]] constexpr std::optional<std::int64_t> checked_product(std::int64_t a,
                                                                    std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

[[nodiscard]] constexpr std::optional<std::int64_t> checked_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

/// How many elements a tensor of this type has; nothing where that is open or beyond 64 bits.
[[nodiscard]] inline std::optional<std::int64_t> element_count(const Type& type) {
  if (!type.is_static()) return std::nullopt;
  std::optional<std::int64_t> count = 1;
  for (const Dim& dim : *type.dims)
    if (count) count = checked_product(*count, dim.extent);
  return count;
}

[[nodiscard]] inline Type tensor_type(ElementType element, const std::vector<std::int64_t>& dims) {
  std::vector<Dim> extents;
  extents.reserve(dims.size());
  for (const std::int64_t extent : dims) extents.push_back(Dim{extent});
  return Type{element, std::move(extents)};
}

/// "1x16x?x32", for messages; "?" for a type without a rank; "sequence of 1x3".
[[nodiscard]] inline std::string describe(const Type& type) {
  if (!type.inside.empty()) return concat(type.other, " of ", describe(type.inside.front()));
  if (!type.is_tensor()) return type.other;
  if (!type.dims) return "?";
  std::string text;
  for (const Dim& dim : *type.dims) {
    if (!text.empty()) text += 'x';
    if (dim.is_static())
      text += concat(dim.extent);
    else
      text += dim.symbol.empty() ? "?" : dim.symbol;
  }
  return text.empty() ? "a scalar" : text;
}

}  // namespace hale::graph
