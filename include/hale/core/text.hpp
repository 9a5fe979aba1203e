#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace hale {

namespace detail {

inline void append(std::string& out, std::string_view part) { out += part; }

template <class Number>
requires std::integral<Number> || std::floating_point<Number>
void append(std::string& out, Number number) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

}  // namespace detail

/// The parts one behind the other; numbers in their shortest form that reads back the same.
template <class... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
  std::string out;
  (detail::append(out, parts), ...);
  return out;
}

/// A share in whole percent: .504 is "50 %".
[[nodiscard]] inline std::string percent_text(double share) {
  return concat(std::lround(100 * share), " %");
}

/// The names between separators: "a, b".
template <class Names>
[[nodiscard]] std::string joined(const Names& names, std::string_view separator = ", ") {
  std::string text;
  bool is_first = true;
  for (const auto& name : names) {
    if (!is_first) text += separator;
    text += name;
    is_first = false;
  }
  return text;
}

/// The whole of `text` as a number, or nothing.
template <class Number>
requires std::integral<Number> || std::floating_point<Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

/// `text` without the white space (and carriage returns) around it.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// The pieces of `text` between separators; one piece where there is none.
[[nodiscard]] inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string_view::npos;
       begin = end + 1)
    pieces.push_back(text.substr(begin, end - begin));
  pieces.push_back(text.substr(begin));
  return pieces;
}

/// The same into memory that the caller has: as many as fit. Returns how many there are.
inline std::size_t split_into(std::string_view text, char separator,
                              std::span<std::string_view> pieces) {
  std::size_t count = 0;
  for (bool is_last = false; !is_last; ++count) {
    const std::size_t end = text.find(separator);
    is_last = end == std::string_view::npos;
    if (count < pieces.size()) pieces[count] = text.substr(0, end);
    text.remove_prefix(is_last ? text.size() : end + 1);
  }
  return count;
}

}  // namespace hale
