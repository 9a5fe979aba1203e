#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/graph/contents.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Arithmetic on the small tensors that decide shapes: integers exactly, reals in the precision of
/// f32 or f64, symbols as expressions that Dim's names are made of.
namespace hale::graph {

namespace detail {

/// Longer expressions are not known: nobody reads them.
inline constexpr std::size_t longest_symbol = 64;

[[nodiscard]] inline Number symbol(std::string text) {
  if (text.size() > longest_symbol) return {};
  return Symbol{std::move(text)};
}
[[nodiscard]] inline Number integer_or_unknown(std::optional<std::int64_t> integer) {
  return integer ? Number(*integer) : Number();
}
[[nodiscard]] inline bool is_symbol(const Number& number) {
  return std::holds_alternative<Symbol>(number);
}
/// An integer or a real as a real. Pre: it is known and no symbol.
[[nodiscard]] inline double real_of(const Number& number) {
  if (const auto* integer = std::get_if<std::int64_t>(&number))
    return static_cast<double>(*integer);
  return std::get<double>(number);
}
/// A number in an expression; a symbol that is a sum in brackets.
[[nodiscard]] inline std::string in_expression(const Number& number) {
  if (const auto* symbol = std::get_if<Symbol>(&number)) {
    const bool is_name = symbol->text.find(' ') == std::string::npos || symbol->text.back() == ')';
    const bool is_simple = is_name && symbol->text.front() != '(';
    return is_simple ? symbol->text : concat("(", symbol->text, ")");
  }
  if (const auto* integer = std::get_if<std::int64_t>(&number)) return concat(*integer);
  return concat(real_of(number));
}
[[nodiscard]] inline bool is_integer(const Number& number, std::int64_t expected) {
  const auto* integer = std::get_if<std::int64_t>(&number);
  return integer != nullptr && *integer == expected;
}
/// What a real number rounds to in f32, which is what most models compute in.
[[nodiscard]] inline double in_single(double number) {
  return static_cast<double>(static_cast<float>(number));
}

}  // namespace detail

/// Functions of two numbers. Each is known where both are, and where one suffices.
namespace arithmetic {

/// The parts of a function of two numbers: of integers, of reals, and how it is written.
struct Binary {
  std::optional<std::int64_t> (*integers)(std::int64_t, std::int64_t);
  double (*reals)(double, double);
  std::string_view sign{};      // between two symbols; empty: a function's name stands before
  std::string_view function{};  // "max"; both empty: symbols are not known
  bool is_truth = false;        // the result is 0 or 1, of reals too
};

[[nodiscard]] inline Number apply(const Binary& of, const Number& a, const Number& b) {
  using namespace graph::detail;
  if (!is_known(a) || !is_known(b)) return {};
  if (is_symbol(a) || is_symbol(b)) {
    if (!of.sign.empty())
      return symbol(concat(in_expression(a), " ", of.sign, " ", in_expression(b)));
    if (!of.function.empty())
      return symbol(concat(of.function, "(", in_expression(a), ", ", in_expression(b), ")"));
    return {};
  }
  const auto* x = std::get_if<std::int64_t>(&a);
  const auto* y = std::get_if<std::int64_t>(&b);
  if (x != nullptr && y != nullptr) return integer_or_unknown(of.integers(*x, *y));
  const double result = of.reals(real_of(a), real_of(b));
  if (of.is_truth) return static_cast<std::int64_t>(result);
  return std::isfinite(result) ? Number(in_single(result)) : Number();
}

inline std::optional<std::int64_t> difference(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_sub_overflow(a, b, &result)) return std::nullopt;
  return result;
}
/// Of the sign of b, as ONNX has it for integers.
inline std::optional<std::int64_t> remainder(std::int64_t a, std::int64_t b) {
  if (b == 0 || b == -1) return b == 0 ? std::nullopt : std::optional<std::int64_t>(0);
  const std::int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}
inline std::optional<std::int64_t> quotient(std::int64_t a, std::int64_t b) {
  if (b == 0 || b == -1) return b == 0 ? std::nullopt : difference(0, a);
  return a / b;
}
inline std::optional<std::int64_t> power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0 || exponent > 62) return std::nullopt;
  std::optional<std::int64_t> product = 1;
  for (std::int64_t i = 0; i < exponent && product; ++i) product = checked_product(*product, base);
  return product;
}
inline std::optional<std::int64_t> shifted_left(std::int64_t a, std::int64_t b) {
  const auto factor = b >= 0 && b < 62 ? std::optional(std::int64_t{1} << b) : std::nullopt;
  return factor ? checked_product(a, *factor) : std::nullopt;
}
inline std::optional<std::int64_t> shifted_right(std::int64_t a, std::int64_t b) {
  if (a < 0 || b < 0) return std::nullopt;
  return b > 62 ? 0 : a >> b;
}

inline Number add(const Number& a, const Number& b) {
  if (graph::detail::is_integer(a, 0)) return b;
  if (graph::detail::is_integer(b, 0)) return a;
  return apply({checked_sum, [](double x, double y) { return x + y; }, "+"}, a, b);
}
inline Number subtract(const Number& a, const Number& b) {
  if (graph::detail::is_integer(b, 0)) return a;
  if (a == b && graph::detail::is_symbol(a)) return std::int64_t{0};
  return apply({difference, [](double x, double y) { return x - y; }, "-"}, a, b);
}
inline Number multiply(const Number& a, const Number& b) {
  using graph::detail::is_integer;
  if (is_integer(a, 1) || is_integer(b, 0)) return b;
  if (is_integer(b, 1) || is_integer(a, 0)) return a;
  return apply({checked_product, [](double x, double y) { return x * y; }, "*"}, a, b);
}
/// Of integers what is left of zero is cut off, as ONNX has it; extents are above zero, so that a
/// symbol's quotient is rounded down.
inline Number divide(const Number& a, const Number& b, bool is_whole) {
  using namespace graph::detail;
  if (is_integer(b, 1)) return a;
  if (a == b && is_symbol(a)) return std::int64_t{1};
  if ((is_symbol(a) || is_symbol(b)) && is_known(a) && is_known(b)) {
    const std::string text = concat(in_expression(a), " / ", in_expression(b));
    return symbol(is_whole ? concat("floor(", text, ")") : text);
  }
  return apply({quotient, [](double x, double y) { return x / y; }}, a, b);
}
inline Number modulo(const Number& a, const Number& b) {
  const auto reals = [](double x, double y) { return std::fmod(x, y); };
  return apply({remainder, reals, {}, "mod"}, a, b);
}
inline Number smaller(const Number& a, const Number& b) {
  if (a == b) return a;
  const auto of = [](std::int64_t x, std::int64_t y) { return std::optional(std::min(x, y)); };
  return apply({of, [](double x, double y) { return std::min(x, y); }, {}, "min"}, a, b);
}
inline Number larger(const Number& a, const Number& b) {
  if (a == b) return a;
  const auto of = [](std::int64_t x, std::int64_t y) { return std::optional(std::max(x, y)); };
  return apply({of, [](double x, double y) { return std::max(x, y); }, {}, "max"}, a, b);
}
inline Number raise(const Number& a, const Number& b) {
  return apply({power, [](double x, double y) { return std::pow(x, y); }}, a, b);
}
inline Number shift_left(const Number& a, const Number& b) {
  return apply({shifted_left, [](double, double) { return std::nan(""); }}, a, b);
}
inline Number shift_right(const Number& a, const Number& b) {
  return apply({shifted_right, [](double, double) { return std::nan(""); }}, a, b);
}
/// Whether a comparison holds: 0 or 1.
template <class Compare>
Number holds(const Number& a, const Number& b) {
  using graph::detail::is_symbol;
  if (is_symbol(a) && a == b) return std::int64_t{Compare{}(1, 1) ? 1 : 0};
  const auto of = [](std::int64_t x, std::int64_t y) {
    return std::optional<std::int64_t>(Compare{}(x, y) ? 1 : 0);
  };
  return apply({of, [](double x, double y) { return Compare{}(x, y) ? 1.0 : 0.0; }, {}, {}, true},
               a, b);
}

/// Functions of one number.
template <class Reals>
Number of_real(const Number& a, const Reals& reals) {
  if (!is_known(a) || graph::detail::is_symbol(a)) return {};
  const double result = reals(graph::detail::real_of(a));
  return std::isfinite(result) ? Number(graph::detail::in_single(result)) : Number();
}
/// Rounded in some way: an integer is itself, a symbol is written as `name` of it.
template <class Reals>
Number rounded(const Number& a, std::string_view name, const Reals& reals) {
  if (const auto* text = std::get_if<Symbol>(&a)) {
    const bool is_whole =
        text->text.find('.') == std::string::npos && text->text.find('/') == std::string::npos;
    const bool is_rounded = text->text.starts_with("floor(") || text->text.starts_with("ceil(");
    return is_whole || is_rounded ? a : graph::detail::symbol(concat(name, "(", text->text, ")"));
  }
  return std::holds_alternative<std::int64_t>(a) ? a : of_real(a, reals);
}
inline Number floor(const Number& a) {
  return rounded(a, "floor", [](double x) { return std::floor(x); });
}
inline Number ceil(const Number& a) {
  return rounded(a, "ceil", [](double x) { return std::ceil(x); });
}
inline Number round(const Number& a) {  // halves to even
  return rounded(a, "round", [](double x) { return std::nearbyint(x); });
}
inline Number negate(const Number& a) { return subtract(std::int64_t{0}, a); }
inline Number magnitude(const Number& a) {
  if (graph::detail::is_symbol(a)) return a;  // extents are above zero
  return larger(a, negate(a));
}
/// The larger of it and zero; an extent that has a name is above zero.
inline Number at_least_zero(const Number& a) {
  const auto* text = std::get_if<Symbol>(&a);
  const bool is_name = text != nullptr && text->text.find(' ') == std::string::npos;
  return is_name ? a : larger(a, std::int64_t{0});
}
inline Number opposite(const Number& a) {
  const auto* truth = std::get_if<std::int64_t>(&a);
  return truth == nullptr ? Number() : Number(std::int64_t{*truth == 0 ? 1 : 0});
}
inline Number sign(const Number& a) {
  if (graph::detail::is_symbol(a) || !is_known(a)) return {};
  const double x = graph::detail::real_of(a);
  const std::int64_t found = x > 0 ? 1 : x < 0 ? -1 : 0;
  if (std::holds_alternative<double>(a)) return static_cast<double>(found);
  return found;
}
inline Number square_root(const Number& a) {
  return of_real(a, [](double x) { return std::sqrt(x); });
}
inline Number reciprocal(const Number& a) {
  return of_real(a, [](double x) { return 1 / x; });
}
inline Number exponential(const Number& a) {
  return of_real(a, [](double x) { return std::exp(x); });
}
inline Number logarithm(const Number& a) {
  return of_real(a, [](double x) { return std::log(x); });
}

/// A number in another element type; not known where that does not hold it.
inline Number cast(const Number& a, ElementType to) {
  using namespace graph::detail;
  if (!is_known(a)) return {};
  if (const auto* text = std::get_if<Symbol>(&a)) {
    if (is_floating(to)) return a;
    if (to == ElementType::boolean || !graph::is_integer(to)) return {};
    const bool is_whole = std::holds_alternative<Symbol>(floor(a)) && floor(a) == a;
    return is_whole ? a : symbol(concat("floor(", text->text, ")"));
  }
  const double real = real_of(a);
  if (is_floating(to)) return to == ElementType::f64 ? real : in_single(real);
  if (to == ElementType::boolean) return std::int64_t{real != 0 ? 1 : 0};
  if (!graph::is_integer(to)) return {};
  constexpr double most = 9.2e18;
  if (!(std::abs(real) < most)) return {};
  const auto* whole = std::get_if<std::int64_t>(&a);
  const std::int64_t integer = whole != nullptr ? *whole : static_cast<std::int64_t>(real);
  const unsigned bits = bits_of(to);
  if (bits >= 64) return integer;
  const bool has_sign = name_of(to).front() == 'i';
  const std::int64_t least = has_sign ? -(std::int64_t{1} << (bits - 1)) : 0;
  const std::int64_t count = std::int64_t{1} << bits;
  return integer >= least && integer < least + count ? Number(integer) : Number();
}

}  // namespace arithmetic

/// Extents computed with: of symbols an expression, "past + seq".
[[nodiscard]] inline Dim dim_sum(const Dim& a, const Dim& b) {
  return dim_of(arithmetic::add(number_of(a), number_of(b)));
}
[[nodiscard]] inline Dim dim_product(const Dim& a, const Dim& b) {
  return dim_of(arithmetic::multiply(number_of(a), number_of(b)));
}
[[nodiscard]] inline Dim dim_quotient(const Dim& a, const Dim& b) {
  return dim_of(arithmetic::divide(number_of(a), number_of(b), true));
}

}  // namespace hale::graph
