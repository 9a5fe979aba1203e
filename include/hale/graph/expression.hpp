#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <hale/graph/fraction.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

/// The expressions that names of dimensions are made of: "past + seq", "floor(N / 2)".
namespace hale::graph {

/// What names stand for.
using NamedExtents = std::map<std::string, std::int64_t, std::less<>>;

namespace detail::expression {

/// A function by the lower case of its name.
struct Function {
  std::string_view name;
  Value (*of_one)(Value) = nullptr;
  Value (*of_two)(Value, Value) = nullptr;
  bool takes_more = false;  // max(a, b, c), or of one alone
};
inline constexpr std::array<Function, 9> functions = {{{"floor", floor},
                                                       {"ceil", ceil},
                                                       {"ceiling", ceil},
                                                       {"round", round},
                                                       {"min", nullptr, smaller, true},
                                                       {"max", nullptr, larger, true},
                                                       {"mod", nullptr, modulo},
                                                       {"floordiv", nullptr, floor_over},
                                                       {"ceildiv", nullptr, ceil_over}}};

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool starts_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c < 0 ||
         c > 126;
}
[[nodiscard]] constexpr bool continues_name(char c) {
  return starts_name(c) || is_digit(c) || c == '.' || c == ':';
}
[[nodiscard]] constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline const Function* find_function(std::string_view name) {
  for (const Function& each : functions)
    if (std::equal(name.begin(), name.end(), each.name.begin(), each.name.end(),
                   [](char a, char b) { return lower(a) == b; }))
      return &each;
  return nullptr;
}

/// Brackets, functions and powers within each other; what lies deeper is no expression.
inline constexpr std::size_t deepest = 64;

/// Reads an expression. `Names` says what a name stands for, `value_of(name)`, and whether words
/// with hyphens in between, "batch-size", are one name: `is_one(name)`.
template <class Names>
class Reader {
 public:
  Reader(std::string_view text, Names& names) : text_(text), names_(names) {}

  /// Nothing where the text is no expression; a value that is nothing where it is not known.
  [[nodiscard]] std::optional<Value> read() {
    const Value value = sums();
    if (at_ < text_.size()) fail();
    return is_expression_ ? std::optional<Value>(value) : std::nullopt;
  }

 private:
  void fail() {
    is_expression_ = false;
    at_ = text_.size();  // so that every loop ends
  }
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (next() == ' ' || next() == '\t') ++at_;
  }
  /// Takes a sign and the blanks behind it, if it comes next.
  [[nodiscard]] bool take(std::string_view sign) {
    if (text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    skip_blanks();
    return true;
  }

  [[nodiscard]] Value sums() {
    skip_blanks();
    Value value = products();
    while (true) {
      if (take("+"))
        value = plus(value, products());
      else if (take("-"))
        value = minus(value, products());
      else
        return value;
    }
  }
  [[nodiscard]] Value products() {
    Value value = factor();
    while (true) {
      if (take("//"))
        value = floor_over(value, factor());
      else if (take("/"))
        value = over(value, factor());
      else if (take("*"))
        value = times(value, factor());
      else if (take("%"))
        value = modulo(value, factor());
      else
        return value;
    }
  }
  /// A sign binds less than a power does: -N ** 2 is -(N ** 2).
  [[nodiscard]] Value factor() {
    bool is_negative = false;
    while (true) {
      if (take("-"))
        is_negative = !is_negative;
      else if (!take("+"))
        break;
    }
    Value value = atom();
    if (take("**")) value = power(value, nested([&] { return factor(); }));
    return is_negative ? negative(value) : value;
  }
  [[nodiscard]] Value atom() {
    Value value;
    if (is_digit(next())) {
      value = number();
    } else if (starts_name(next())) {
      value = name();
    } else if (take("(")) {
      value = nested([&] { return sums(); });
      if (!take(")")) fail();
    } else {
      fail();
    }
    skip_blanks();
    return value;
  }

  template <class Read>
  [[nodiscard]] Value nested(const Read& read) {
    if (++depth_ > deepest) fail();
    const Value value = is_expression_ ? read() : Value();
    --depth_;
    return value;
  }

  /// "12", "0.5", "1e-05".
  [[nodiscard]] Value number() {
    constexpr int most = 18;  // powers of ten in 64 bits
    Whole digits = 0;
    int tens = 0;
    const auto take_digits = [&](int step) {
      for (; is_digit(next()); ++at_, tens = std::max(tens + step, -most - 1))
        digits = sum(product(digits, 10), next() - '0');
    };
    take_digits(0);
    if (next() == '.') {
      ++at_;
      take_digits(-1);
    }
    if (next() == 'e' || next() == 'E') {
      ++at_;
      const bool is_below = next() == '-';
      if (is_below || next() == '+') ++at_;
      if (!is_digit(next())) fail();
      int exponent = 0;
      for (; is_digit(next()); ++at_) exponent = std::min(10 * exponent + (next() - '0'), 100);
      tens += is_below ? -exponent : exponent;
    }
    if (continues_name(next())) fail();  // "2x", "1.2.3"
    Whole scale = 1;
    for (int i = 0; i < std::min(std::abs(tens), most + 1); ++i) scale = product(scale, 10);
    return tens < 0 ? fraction(digits, scale) : fraction(product(digits, scale));
  }

  [[nodiscard]] Value name() {
    const std::size_t begin = at_;
    while (continues_name(next())) ++at_;
    const std::size_t end_of_word = at_;
    skip_blanks();
    if (next() == '(') return function(text_.substr(begin, end_of_word - begin));
    at_ = end_of_word;
    if (next() == '-' && begin >= split_until_) {
      while (next() == '-' && at_ + 1 < text_.size() && starts_name(text_[at_ + 1]))
        for (++at_; continues_name(next());) ++at_;
      if (at_ > end_of_word && !names_.is_one(text_.substr(begin, at_ - begin))) {
        split_until_ = at_;
        at_ = end_of_word;
      }
    }
    return names_.value_of(text_.substr(begin, at_ - begin));
  }

  [[nodiscard]] Value function(std::string_view name) {
    const Function* found = find_function(name);
    if (found == nullptr || !take("(")) {
      fail();
      return {};
    }
    return nested([&] { return arguments(*found); });
  }
  [[nodiscard]] Value arguments(const Function& of) {
    Value value = sums();
    std::size_t count = 1;
    for (; of.of_two != nullptr && take(","); ++count) value = of.of_two(value, sums());
    const std::size_t expected = of.of_two == nullptr ? 1 : 2;
    if ((count != expected && !of.takes_more) || !take(")")) fail();
    return of.of_one == nullptr ? value : of.of_one(value);
  }

  std::string_view text_;
  Names& names_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t split_until_ = 0;  // words with hyphens before it are no name
  bool is_expression_ = true;
};

/// Gathers names, each once, in order.
struct Gatherer {
  std::vector<std::string> found{};
  std::unordered_set<std::string_view> seen{};

  [[nodiscard]] static bool is_one(std::string_view) { return true; }
  [[nodiscard]] Value value_of(std::string_view name) {
    if (seen.insert(name).second) found.emplace_back(name);
    return std::nullopt;
  }
};

/// Looks names up.
struct LookUp {
  const NamedExtents& extents;
  bool is_named = false;

  [[nodiscard]] bool is_one(std::string_view name) const { return extents.contains(name); }
  [[nodiscard]] Value value_of(std::string_view name) {
    is_named = true;
    const auto found = extents.find(name);
    return found == extents.end() ? std::nullopt : fraction(found->second);
  }
};

}  // namespace detail::expression

/// The names in an expression, each once, in their order. A text that is no expression or has no
/// name in it, as "sequence length", "unk__12", "?", is one name. Words with a hyphen and no blank
/// between them, as "batch-size", are one name too.
///
/// Cost: linear in the text.
[[nodiscard]] inline std::vector<std::string> names(std::string_view text) {
  if (text.empty()) return {};
  detail::expression::Gatherer gatherer;
  if (!detail::expression::Reader(text, gatherer).read() || gatherer.found.empty())
    return {std::string(text)};
  return std::move(gatherer.found);
}

/// The extent that a text stands for: a name that is given, as the whole text or an expression of
/// such: numbers, names, brackets, + - * / // % **, floor, ceil, round, min, max, mod. It is
/// computed exactly; a fraction that is left at the end is cut off, as sizes are. A difference may
/// be written "a-b" where both are given.
///
/// Nothing for a name that is not given, a division by zero, a result below zero and numbers
/// beyond 64 bits. Cost: linear in the text, O(log n) a name.
[[nodiscard]] inline std::optional<std::int64_t> evaluate(std::string_view text,
                                                          const NamedExtents& given) {
  if (const auto whole = given.find(text); whole != given.end()) return whole->second;
  detail::expression::LookUp look_up{given};
  const auto read = detail::expression::Reader(text, look_up).read();
  if (!read || !look_up.is_named) return std::nullopt;
  const auto value = detail::expression::floor(*read);
  return value && value->numerator >= 0 ? std::optional(value->numerator) : std::nullopt;
}

}  // namespace hale::graph
