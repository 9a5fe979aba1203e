#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/io/npy_header.hpp>
#include <hale/numeric/tensor.hpp>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace hale::io {

static_assert(std::endian::native == std::endian::little,
              "hale: .npy files are read and written little-endian");

/// The element types of .npy files, as C++ names them.
template <class T>
concept NpyNumber = std::same_as<T, std::uint8_t> || std::same_as<T, std::int8_t> ||
    std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t> || std::same_as<T, float> ||
    std::same_as<T, double>;

namespace detail {

template <NpyNumber T>
constexpr NpyType npy_type() {
  if (std::is_same_v<T, std::uint8_t>) return NpyType::u1;
  if (std::is_same_v<T, std::int8_t>) return NpyType::i1;
  if (std::is_same_v<T, std::int32_t>) return NpyType::i4;
  if (std::is_same_v<T, std::int64_t>) return NpyType::i8;
  if (std::is_same_v<T, float>) return NpyType::f4;
  return NpyType::f8;
}

/// `number` as a To, or nothing where that is another number; NaN stays NaN.
template <NpyNumber To, NpyNumber From>
std::optional<To> same_number(From number) {
  if constexpr (std::is_same_v<To, From>) {
    return number;
  } else if constexpr (std::integral<To> && std::integral<From>) {
    if (!std::in_range<To>(number)) return std::nullopt;
    return static_cast<To>(number);
  } else if constexpr (std::integral<To>) {
    const double end = std::ldexp(1.0, std::numeric_limits<To>::digits);  // the first beyond To
    const auto wide = static_cast<double>(number);
    const double least = std::is_signed_v<To> ? -end : 0.0;
    if (!(wide >= least && wide < end) || std::trunc(wide) != wide) return std::nullopt;
    return static_cast<To>(number);
  } else if constexpr (std::integral<From>) {
    const auto converted = static_cast<To>(number);
    if (same_number<From>(converted) != number) return std::nullopt;
    return converted;
  } else {
    if (std::isnan(number)) return std::numeric_limits<To>::quiet_NaN();
    if (!std::isinf(number) &&
        std::abs(static_cast<double>(number)) > static_cast<double>(std::numeric_limits<To>::max()))
      return std::nullopt;
    const auto converted = static_cast<To>(number);
    if (static_cast<From>(converted) != number) return std::nullopt;
    return converted;
  }
}

/// What an element was expected to be.
template <NpyNumber T>
std::string npy_expected() {
  if constexpr (std::integral<T>)
    return concat("a whole number from ", std::int64_t{std::numeric_limits<T>::min()}, " to ",
                  std::int64_t{std::numeric_limits<T>::max()});
  else
    return std::is_same_v<T, float> ? "a number that f4 holds exactly"
                                    : "a number that f8 holds exactly";
}

/// Where the element at `place` in a file of `count` elements stands in row-major order.
inline std::size_t row_major(std::size_t place, const NpyHeader& header, std::size_t count) {
  if (!header.fortran_order) return place;
  std::size_t offset = 0;
  std::size_t stride = count;
  for (const std::size_t extent : header.shape) {
    stride /= extent;
    offset += place % extent * stride;
    place /= extent;
  }
  return offset;
}

/// What is wrong with the element at `offset` of `count` in row-major order.
inline tl::unexpected<Error> refuse_element(const NpyHeader& header, std::size_t offset,
                                            std::size_t count, std::string_view found,
                                            std::string_view expected) {
  std::string index;
  std::size_t stride = count;
  for (const std::size_t extent : header.shape) {
    stride /= extent;
    index += concat(index.empty() ? "" : ", ", offset / stride % extent);
  }
  return fail(concat("element [", index, "] is ", found, ", expected ", expected));
}

/// Fills `out` in row-major order with elements of type From.
template <NpyNumber T, NpyNumber From>
Result<> copy_elements(const NpyHeader& header, std::string_view bytes, std::span<T> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    From element{};
    std::memcpy(&element, bytes.data() + header.data + i * sizeof(From), sizeof(From));
    const std::size_t offset = row_major(i, header, out.size());
    const std::optional<T> number = same_number<T>(element);
    if (!number)
      return refuse_element(header, offset, out.size(), concat(+element), npy_expected<T>());
    out[offset] = *number;
  }
  return {};
}

/// The same of whatever type the header names.
template <NpyNumber T>
Result<> copy_npy(const NpyHeader& header, std::string_view bytes, std::span<T> out) {
  switch (header.type) {
    case NpyType::u1:
      return copy_elements<T, std::uint8_t>(header, bytes, out);
    case NpyType::i1:
      return copy_elements<T, std::int8_t>(header, bytes, out);
    case NpyType::i4:
      return copy_elements<T, std::int32_t>(header, bytes, out);
    case NpyType::i8:
      return copy_elements<T, std::int64_t>(header, bytes, out);
    case NpyType::f4:
      return copy_elements<T, float>(header, bytes, out);
    case NpyType::f8:
      return copy_elements<T, double>(header, bytes, out);
  }
  return fail("holds elements of an unknown type");
}

}  // namespace detail

/// The array in a .npy file, of any type of `npy_elements` whose numbers a T holds exactly, in C or
/// Fortran order.
///
/// Shapes: a file of `Rank` axes -> the same. Errors: as parse_npy_header(); another number of
/// axes; the first element that a T does not hold, its index counted from 0 as in numpy. Cost:
/// memory of the array alone, which is at most `sizeof(T)` times the size of the file.
template <NpyNumber T, std::size_t Rank>
requires(Rank > 0) [[nodiscard]] Result<numeric::Tensor<T, Rank>> load_npy(std::string_view bytes) {
  HALE_TRY(const NpyHeader header, parse_npy_header(bytes));
  if (header.shape.size() != Rank)
    return fail(concat("has the shape ", npy_shape_text(header.shape), ", expected ", Rank,
                       Rank == 1 ? " axis" : " axes"));
  std::array<std::size_t, Rank> shape{};
  std::copy(header.shape.begin(), header.shape.end(), shape.begin());
  numeric::Tensor<T, Rank> tensor(shape);
  HALE_CHECK(detail::copy_npy<T>(header, bytes, numeric::flat(tensor)));
  return tensor;
}

/// The bytes of a .npy file, which load_npy() and numpy.load() read back the same.
template <NpyNumber T, std::size_t Rank>
[[nodiscard]] std::string serialise_npy(const numeric::Tensor<T, Rank>& tensor) {
  std::string bytes =
      serialise_npy_header(detail::npy_type<T>(), {tensor.shape().begin(), tensor.shape().end()});
  bytes.append(reinterpret_cast<const char*>(tensor.data()), tensor.size() * sizeof(T));
  return bytes;
}

}  // namespace hale::io
