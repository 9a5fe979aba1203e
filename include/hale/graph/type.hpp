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
};

/// What the textual form calls each element type; unsigned and sign-less as MLIR has them.
inline constexpr std::array<std::string_view, 17> element_type_names = {"!onnx.undefined",
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
                                                                        "bf16"};

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
  return type == ElementType::f32 || type == ElementType::f16 || type == ElementType::f64 ||
         type == ElementType::bf16;
}

[[nodiscard]] constexpr bool is_integer(ElementType type) {
  using enum ElementType;
  return type == u8 || type == i8 || type == u16 || type == i16 || type == i32 || type == i64 ||
         type == u32 || type == u64 || type == boolean;
}

/// One extent of a tensor: a number, or open, and then perhaps with the name of a symbol.
struct Dim {
  static constexpr std::int64_t open = -1;

  std::int64_t extent = open;
  std::string symbol{};  // only where the extent is open

  [[nodiscard]] bool is_static() const { return extent != open; }
  friend bool operator==(const Dim&, const Dim&) = default;
};

/// Whether both are known to be the same extent; two open ones are where they share a symbol.
[[nodiscard]] inline bool surely_equal(const Dim& a, const Dim& b) {
  return a == b && (a.is_static() || !a.symbol.empty());
}

/// The type of a value: a tensor, or another ONNX type that is carried by its name alone.
struct Type {
  ElementType element = ElementType::undefined;
  std::optional<std::vector<Dim>> dims{};  // nothing: the rank is not known
  std::string other{};                     // "sequence", "map", "optional", "none"; else empty

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

/// "1x16x?x32", for messages; "?" for a type without a rank.
[[nodiscard]] inline std::string describe(const Type& type) {
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
