#pragma once

#include <cstdint>
#include <hale/graph/type.hpp>
#include <limits>
#include <numeric>
#include <optional>

/// Exact arithmetic on fractions, as expressions of extents need it.
namespace hale::graph::detail::expression {

/// A fraction in lowest terms. Invariant: the denominator is above zero.
struct Fraction {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
};
/// Nothing: not known, or no fraction of 64 bits.
using Value = std::optional<Fraction>;
using Whole = std::optional<std::int64_t>;

[[nodiscard]] constexpr Whole sum(Whole a, Whole b) {
  return a && b ? checked_sum(*a, *b) : std::nullopt;
}
[[nodiscard]] constexpr Whole product(Whole a, Whole b) {
  return a && b ? checked_product(*a, *b) : std::nullopt;
}

/// Nothing for a denominator of zero, and for the least integer, which has no negative.
[[nodiscard]] inline Value fraction(Whole numerator, Whole denominator = 1) {
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  if (!numerator || !denominator || *denominator == 0) return std::nullopt;
  if (*numerator == least || *denominator == least) return std::nullopt;
  const std::int64_t common = std::gcd(*numerator, *denominator);
  const std::int64_t signed_common = *denominator < 0 ? -common : common;
  return Fraction{*numerator / signed_common, *denominator / signed_common};
}

[[nodiscard]] inline Value plus(Value a, Value b) {
  if (!a || !b) return std::nullopt;
  const std::int64_t common = std::gcd(a->denominator, b->denominator);
  const std::int64_t factor = b->denominator / common;
  return fraction(
      sum(product(a->numerator, factor), product(b->numerator, a->denominator / common)),
      product(a->denominator, factor));
}
[[nodiscard]] inline Value times(Value a, Value b) {
  if (!a || !b) return std::nullopt;
  const Value left = fraction(a->numerator, b->denominator);  // so that both products stay small
  const Value right = fraction(b->numerator, a->denominator);
  return fraction(product(left->numerator, right->numerator),
                  product(left->denominator, right->denominator));
}
[[nodiscard]] inline Value negative(Value a) {
  if (a) a->numerator = -a->numerator;
  return a;
}
[[nodiscard]] inline Value minus(Value a, Value b) { return plus(a, negative(b)); }
[[nodiscard]] inline Value over(Value a, Value b) {
  return b ? times(a, fraction(b->denominator, b->numerator)) : std::nullopt;
}
[[nodiscard]] inline Value floor(Value a) {
  if (!a) return a;
  const bool is_cut_up = a->numerator < 0 && a->denominator != 1;
  return Fraction{a->numerator / a->denominator - (is_cut_up ? 1 : 0)};
}
[[nodiscard]] inline Value ceil(Value a) { return negative(floor(negative(a))); }
/// Halves to even, as ONNX has it.
[[nodiscard]] inline Value round(Value a) {
  const Value raised = plus(a, Fraction{1, 2});
  Value below = floor(raised);
  const bool is_half = raised && raised->denominator == 1;
  if (is_half && below->numerator % 2 != 0) --below->numerator;
  return below;
}
[[nodiscard]] inline Value floor_over(Value a, Value b) { return floor(over(a, b)); }
[[nodiscard]] inline Value ceil_over(Value a, Value b) { return ceil(over(a, b)); }
/// Of the sign of b, as Python has it.
[[nodiscard]] inline Value modulo(Value a, Value b) { return minus(a, times(floor_over(a, b), b)); }
[[nodiscard]] inline Value smaller(Value a, Value b) {
  const Value difference = minus(a, b);
  return difference ? (difference->numerator < 0 ? a : b) : std::nullopt;
}
[[nodiscard]] inline Value larger(Value a, Value b) {
  const Value difference = minus(a, b);
  return difference ? (difference->numerator < 0 ? b : a) : std::nullopt;
}
[[nodiscard]] inline Value power(Value base, Value exponent) {
  if (!exponent || exponent->denominator != 1) return std::nullopt;
  if (exponent->numerator < 0 || exponent->numerator > 63) return std::nullopt;
  Value result = Fraction{1};
  for (std::int64_t i = 0; i < exponent->numerator; ++i) result = times(result, base);
  return result;
}

}  // namespace hale::graph::detail::expression
