#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hale::io {

/// The kinds of element that hale reads from a .npy file, by numpy's names.
enum class NpyType : std::uint8_t { u1, i1, i4, i8, f4, f8 };

/// One of them: as a header writes it (little-endian), and its bytes.
struct NpyElement {
  std::string_view descr;
  NpyType type;
  std::size_t bytes;
};
inline constexpr std::array<NpyElement, 6> npy_elements = {{{"|u1", NpyType::u1, 1},
                                                            {"|i1", NpyType::i1, 1},
                                                            {"<i4", NpyType::i4, 4},
                                                            {"<i8", NpyType::i8, 8},
                                                            {"<f4", NpyType::f4, 4},
                                                            {"<f8", NpyType::f8, 8}}};

/// What stands in front of the elements of a .npy file.
struct NpyHeader {
  NpyType type = NpyType::f8;
  bool fortran_order = false;      // the first axis varies fastest
  std::vector<std::size_t> shape;  // empty: one element and no axis
  std::size_t data = 0;            // the offset of the first element
};

/// As Python writes a tuple: "(2, 3)", "(2,)", "()".
[[nodiscard]] inline std::string npy_shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t extent : shape) text += concat(text.empty() ? "" : ", ", extent);
  return concat("(", text, shape.size() == 1 ? ",)" : ")");
}

namespace detail {

/// Reads the dictionary of a .npy header: strings, True or False, and tuples of numbers.
class NpyDictionary {
 public:
  static constexpr std::size_t most_axes = 32;  // numpy's own limit

  explicit NpyDictionary(std::string_view text) : text_(text) {}

  /// Errors: what is no dictionary of exactly descr, fortran_order and shape.
  Result<NpyHeader> read() {
    NpyHeader header;
    std::array<bool, 3> seen{};
    if (!take('{')) return refuse("'{'");
    while (!take('}')) {
      HALE_TRY(const std::string_view key, string());
      const auto known = std::find(keys.begin(), keys.end(), key);
      if (known == keys.end())
        return fail(concat("its header has '", printable(key.substr(0, 40)),
                           "', expected only 'descr', ", "'fortran_order' and 'shape'"));
      bool& twice = seen[static_cast<std::size_t>(known - keys.begin())];
      if (twice) return fail(concat("its header has '", key, "' twice"));
      twice = true;
      if (!take(':')) return refuse("':'");
      HALE_CHECK(value(key, header));
      if (!take(',') && peek() != '}') return refuse("',' or '}'");
    }
    if (peek() != '\0' || at_ != text_.size()) return refuse("its end");
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (!seen[i]) return fail(concat("its header has no '", keys[i], "'"));
    return header;
  }

 private:
  static constexpr std::array<std::string_view, 3> keys = {"descr", "fortran_order", "shape"};

  /// The next character that is not blank; zero at the end.
  char peek() {
    at_ = std::min(text_.find_first_not_of(" \n", at_), text_.size());
    return at_ == text_.size() ? '\0' : text_[at_];
  }
  bool take(char expected) {
    if (peek() != expected) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    peek();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  [[nodiscard]] tl::unexpected<Error> refuse(std::string_view expected) const {
    return fail(concat("its header has '", printable(text_.substr(at_, 30)), "' at offset ", at_,
                       ", expected ", expected));
  }
  static std::string printable(std::string_view bytes) {
    std::string text(bytes);
    for (char& c : text)
      if (c < ' ' || c > '~') c = '?';
    return text;
  }

  Result<std::string_view> string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return refuse("a name in quotes");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return refuse("a quote that is closed");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }

  Result<> value(std::string_view key, NpyHeader& header) {
    if (key == "descr") return descr(header);
    if (key == "shape") return shape(header);
    header.fortran_order = take_word("True");
    if (!header.fortran_order && !take_word("False")) return refuse("True or False");
    return {};
  }

  Result<> descr(NpyHeader& header) {
    if (peek() == '[') return fail("holds records of several fields, expected numbers");
    HALE_TRY(const std::string_view found, string());
    const auto same = [&](const NpyElement& element) {
      return found == element.descr ||  // byte order says nothing of a byte
             (element.bytes == 1 && found.size() == 3 &&
              found.substr(1) == element.descr.substr(1) &&
              (found[0] == '<' || found[0] == '>' || found[0] == '='));
    };
    const auto element = std::find_if(npy_elements.begin(), npy_elements.end(), same);
    if (element == npy_elements.end())
      return fail(concat("holds elements of type '", printable(found.substr(0, 20)), "'",
                         found.starts_with('>') ? " (big-endian)" : "",
                         ", expected u1, i1, i4, i8, f4 or f8, little-endian"));
    header.type = element->type;
    return {};
  }

  Result<> shape(NpyHeader& header) {
    if (!take('(')) return refuse("a shape in parentheses");
    while (!take(')')) {
      const char first = peek();
      const std::size_t end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
      const auto extent = parse_number<std::size_t>(text_.substr(at_, end - at_));
      if (first < '0' || first > '9') return refuse("an extent");
      if (!extent) return refuse("an extent that fits 64 bits");
      if (header.shape.size() == most_axes)
        return fail(concat("has more than ", most_axes, " axes, expected fewer"));
      header.shape.push_back(*extent);
      at_ = end;
      if (!take(',') && peek() != ')') return refuse("',' or ')'");
    }
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// The bytes of all elements; nothing where 63 bits do not hold them.
inline std::optional<std::size_t> npy_bytes(const std::vector<std::size_t>& shape,
                                            std::size_t element_bytes) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
  std::size_t product = element_bytes;  // of all extents but zeros, as strides are
  for (const std::size_t extent : shape) {
    if (extent > 0 && product > most / extent) return std::nullopt;
    product *= std::max<std::size_t>(extent, 1);
  }
  return std::find(shape.begin(), shape.end(), 0U) == shape.end() ? product : 0;
}

inline std::size_t little_endian(std::string_view bytes) {
  std::size_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    number = number << 8U | static_cast<unsigned char>(bytes[i]);
  return number;
}

}  // namespace detail

/// Whether bytes begin as a .npy file does.
[[nodiscard]] constexpr bool is_npy(std::string_view bytes) {
  return bytes.starts_with("\x93NUMPY");
}

/// The header of a .npy file, checked against the file's size.
///
/// xtensor's own reader is not used: it throws, allocates what a header asks for, takes a header's
/// length for negative where its low byte is 128 or more, and where elements are missing it gives
/// what memory held.
///
/// Errors: bytes that are no .npy file; elements that are not of `npy_elements`; more or fewer
/// bytes than the shape says. Cost: no allocation beyond the shape. Source: numpy, NEP 1,
/// versions 1.0 to 3.0.
[[nodiscard]] inline Result<NpyHeader> parse_npy_header(std::string_view bytes) {
  if (!is_npy(bytes) || bytes.size() < 10)
    return fail(bytes.starts_with("PK\x03\x04") ? "is a .npz archive, expected a .npy file"
                                                : "is no .npy file");
  const auto major = static_cast<unsigned char>(bytes[6]);
  const auto minor = static_cast<unsigned char>(bytes[7]);
  if (major < 1 || major > 3 || minor != 0)
    return fail(concat("is a .npy file of version ", unsigned{major}, ".", unsigned{minor},
                       ", expected 1.0, 2.0 or 3.0"));
  const std::size_t begin = major == 1 ? 10 : 12;
  if (bytes.size() < begin) return fail("ends within its header");
  const std::size_t length = detail::little_endian(bytes.substr(8, begin - 8));
  if (length > bytes.size() - begin)
    return fail(concat("ends within its header: ", length, " bytes of it are announced, ",
                       bytes.size() - begin, " are there"));
  HALE_TRY(NpyHeader header, detail::NpyDictionary(bytes.substr(begin, length)).read());
  header.data = begin + length;
  const NpyElement& element = npy_elements[static_cast<std::size_t>(header.type)];
  const auto expected = detail::npy_bytes(header.shape, element.bytes);
  if (expected != bytes.size() - header.data)
    return fail(concat("has ", bytes.size() - header.data, " bytes of elements, expected ",
                       expected ? concat(*expected) : "more than a file can have",
                       ": its shape is ", npy_shape_text(header.shape), " of ",
                       element.descr.substr(1)));
  return header;
}

/// What a header of version 1.0 says in bytes, padded so that elements begin at a multiple of 64.
[[nodiscard]] inline std::string serialise_npy_header(NpyType type,
                                                      const std::vector<std::size_t>& shape) {
  constexpr std::size_t begin = 10;
  std::string text = concat("{'descr': '", npy_elements[static_cast<std::size_t>(type)].descr,
                            "', 'fortran_order': False, 'shape': ", npy_shape_text(shape), ", }");
  text.append(63 - (begin + text.size()) % 64, ' ');
  text += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += {'\x01', '\x00', static_cast<char>(text.size() & 0xffU),
            static_cast<char>(text.size() >> 8U)};
  return bytes + text;
}

}  // namespace hale::io
