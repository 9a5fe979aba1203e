#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

namespace hale::graph::detail {

/// The words and numbers of a text, from left to right, with errors that name the line.
class TextReader {
 public:
  TextReader(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  /// White space, and comments from // to the end of the line.
  void skip_blanks() {
    constexpr std::string_view blanks = " \n\t\r";
    while (position_ < text_.size())
      if (blanks.find(text_[position_]) != std::string_view::npos)
        ++position_;
      else if (text_.substr(position_).starts_with("//"))
        position_ = std::min(text_.find('\n', position_), text_.size());
      else
        break;
  }
  [[nodiscard]] bool at_end() {
    skip_blanks();
    return position_ == text_.size();
  }
  [[nodiscard]] tl::unexpected<Error> refuse(std::string_view expected) const {
    const auto line =
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(position_), '\n');
    const std::string_view rest = text_.substr(position_, 24);
    const std::string_view found = rest.substr(0, rest.find('\n'));
    return fail(concat(name_, ":", line, ": found '", found, "', expected ", expected));
  }
  /// Takes `token` if it comes next; its blanks stand for any blanks.
  [[nodiscard]] bool take(std::string_view token) {
    const std::size_t start = position_;
    while (!token.empty()) {
      const std::string_view piece = token.substr(0, token.find(' '));
      skip_blanks();
      if (!text_.substr(position_).starts_with(piece)) {
        position_ = start;
        return false;
      }
      position_ += piece.size();
      token.remove_prefix(std::min(piece.size() + 1, token.size()));
    }
    return true;
  }
  [[nodiscard]] Result<> expect(std::string_view token) {
    if (take(token)) return {};
    skip_blanks();
    return refuse(concat("'", token, "'"));
  }
  /// The longest run of characters that satisfy `belongs`.
  template <class Belongs>
  [[nodiscard]] std::string_view run_of(const Belongs& belongs) {
    skip_blanks();
    const std::size_t start = position_;
    while (position_ < text_.size() && belongs(text_[position_])) ++position_;
    return text_.substr(start, position_ - start);
  }
  [[nodiscard]] Result<std::string> string() {
    HALE_CHECK(expect("\""));
    std::string out;
    for (; position_ < text_.size(); ++position_) {
      const char c = text_[position_];
      if (c == '"') {
        ++position_;
        return out;
      }
      if (c == '\n') break;
      if (c != '\\') {
        out += c;
      } else if (const std::string_view rest = text_.substr(position_ + 1);
                 rest.starts_with('"') || rest.starts_with('\\')) {
        out += text_[++position_];
      } else {
        unsigned byte = 0;
        const std::string_view digits = rest.substr(0, 2);
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (error != std::errc{} || digits.size() != 2 || end != digits.data() + 2)
          return refuse("two hexadecimal digits after a backslash");
        out += static_cast<char>(byte);
        position_ += 2;
      }
    }
    return refuse("'\"'");
  }

  template <class Item>
  [[nodiscard]] Result<> list(std::string_view close, const Item& item) {
    if (take(close)) return {};
    do HALE_CHECK(item());
    while (take(","));
    return expect(close);
  }

  [[nodiscard]] Result<std::int64_t> integer() {
    const std::size_t start = position_;
    const std::string_view token = run_of(is_numeric);
    if (const auto number = parse_number<std::int64_t>(token)) return *number;
    if (const auto number = parse_number<std::uint64_t>(token))
      return static_cast<std::int64_t>(*number);
    if (token == "true" || token == "false") return token == "true" ? 1 : 0;
    position_ = start;
    skip_blanks();
    return refuse("an integer");
  }
  template <class Float>
  [[nodiscard]] Result<Float> real() {
    const std::size_t start = position_;
    const std::string_view token = run_of(is_numeric);
    if (token.starts_with("0x")) {
      using Bits = std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>;
      Bits bits = 0;
      const auto [end, error] =
          std::from_chars(token.data() + 2, token.data() + token.size(), bits, 16);
      if (error == std::errc{} && end == token.data() + token.size())
        return std::bit_cast<Float>(bits);
    } else if (const auto number = parse_number<Float>(token)) {
      return *number;
    }
    position_ = start;
    skip_blanks();
    return refuse("a number");
  }

  [[nodiscard]] static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  [[nodiscard]] static bool is_numeric(char c) {
    return is_word(c) || c == '.' || c == '-' || c == '+';
  }
  /// Whether `token` comes next, which is not taken.
  [[nodiscard]] bool sees(std::string_view token) {
    skip_blanks();
    return text_.substr(position_).starts_with(token);
  }
  [[nodiscard]] std::size_t position() const { return position_; }
  /// Goes on at a position that position() or find() gave.
  void go_to(std::size_t position) { position_ = position; }
  /// The next place of a character; the end where there is none.
  [[nodiscard]] std::size_t find(char c) const {
    return std::min(text_.find(c, position_), text_.size());
  }

 private:
  std::string_view text_;
  std::string_view name_;
  std::size_t position_ = 0;
};

}  // namespace hale::graph::detail
