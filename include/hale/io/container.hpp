#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hale/core/error.hpp>
#include <hale/core/fingerprint.hpp>
#include <hale/core/text.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// hale's one file format, of bases, devices and training states.
///
/// Little endian: 8 bytes of magic; u32 version; u32 number of sections; then for each section u16
/// length of its name, the name, u64 length of its payload, the payload; last a u64 FNV-1a checksum
/// of all bytes before it. Sections that a reader does not know are skipped.
namespace hale::io {

inline constexpr std::array<char, 8> magic = {'\x89', 'H', 'A', 'L', 'E', '\r', '\n', '\x1a'};
inline constexpr std::uint32_t format_version = 1;

static_assert(std::endian::native == std::endian::little,
              "hale: io: numbers are copied as they lie; a big-endian machine needs swaps here");

/// A file in memory: named byte strings in order.
struct Container {
  std::vector<std::pair<std::string, std::string>> sections;

  void add(std::string_view name, std::string payload) {
    sections.emplace_back(std::string(name), std::move(payload));
  }
  /// Null where there is none of that name.
  [[nodiscard]] const std::string* find(std::string_view name) const {
    for (const auto& [key, payload] : sections)
      if (key == name) return &payload;
    return nullptr;
  }
  /// Errors: no section of that name.
  [[nodiscard]] Result<std::string_view> section(std::string_view name) const {
    if (const std::string* payload = find(name)) return std::string_view(*payload);
    return fail(concat("section '", name, "' is missing"));
  }
};

namespace detail {

template <class Number>
void put(std::string& out, Number number) {
  std::array<char, sizeof(Number)> bytes{};
  std::memcpy(bytes.data(), &number, sizeof(Number));
  out.append(bytes.data(), bytes.size());
}

/// Takes numbers and strings off the front of some bytes, never past their end.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes), size_(bytes.size()) {}

  template <class Number>
  Result<Number> take() {
    HALE_TRY(const std::string_view bytes, take(sizeof(Number)));
    Number number{};
    std::memcpy(&number, bytes.data(), sizeof(Number));
    return number;
  }
  Result<std::string_view> take(std::uint64_t count) {
    if (count > rest_.size())
      return fail(concat("truncated: found ", rest_.size(), " bytes at offset ",
                         size_ - rest_.size(), ", expected ", count));
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  std::size_t size_;
};

inline std::uint64_t checksum(std::string_view bytes) {
  return Fingerprint{}.add(std::as_bytes(std::span(bytes.data(), bytes.size()))).value();
}

}  // namespace detail

[[nodiscard]] inline std::string serialise(const Container& container) {
  std::string out(magic.data(), magic.size());
  detail::put(out, format_version);
  detail::put(out, static_cast<std::uint32_t>(container.sections.size()));
  for (const auto& [name, payload] : container.sections) {
    detail::put(out, static_cast<std::uint16_t>(name.size()));
    out += name;
    detail::put(out, static_cast<std::uint64_t>(payload.size()));
    out += payload;
  }
  detail::put(out, detail::checksum(out));
  return out;
}

/// Errors: what is not a whole, undamaged file of this version, and why.
/// Cost: a cut file is refused without reading what is left of it.
[[nodiscard]] inline Result<Container> parse_container(std::string_view bytes) {
  if (!bytes.starts_with(std::string_view(magic.data(), std::min(magic.size(), bytes.size()))) ||
      bytes.empty())
    return fail("not a hale file: it does not begin with hale's eight bytes of magic");
  detail::Cursor cursor(bytes);
  HALE_CHECK(cursor.take(magic.size()).map([](auto) {}));
  HALE_TRY(const auto version, cursor.take<std::uint32_t>());
  if (version != format_version)
    return fail(concat("format version ", version, " found, expected ", format_version,
                       version > format_version ? ": made by a newer hale" : ""));
  HALE_TRY(const auto count, cursor.take<std::uint32_t>());
  std::vector<std::pair<std::string_view, std::string_view>> sections;
  for (std::uint32_t i = 0; i < count; ++i) {
    HALE_TRY(const auto name_length, cursor.take<std::uint16_t>());
    HALE_TRY(const auto name, cursor.take(name_length));
    HALE_TRY(const auto length, cursor.take<std::uint64_t>());
    HALE_TRY(const auto payload, cursor.take(length));
    sections.emplace_back(name, payload);
  }
  HALE_TRY(const auto stored, cursor.take<std::uint64_t>());
  if (!cursor.done()) return fail("bytes found behind the checksum, expected none");
  if (stored != detail::checksum(bytes.substr(0, bytes.size() - sizeof(stored))))
    return fail(concat("damaged: the checksum of its ", bytes.size(),
                       " bytes does not match the one stored at the end"));
  Container container;
  for (const auto& [name, payload] : sections) container.add(name, std::string(payload));
  return container;
}

/// A section of numbers as they lie in memory.
template <class T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] std::string pack(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// Copies a section of numbers. Errors: a section that is missing or of another length.
template <class T>
requires std::is_trivially_copyable_v<T>
[[nodiscard]] Result<> unpack(const Container& container, std::string_view name,
                              std::span<T> values) {
  HALE_TRY(const std::string_view payload, container.section(name));
  if (payload.size() != values.size_bytes())
    return fail(concat("section '", name, "' has ", payload.size(), " bytes, expected ",
                       values.size_bytes()));
  if (!values.empty()) std::memcpy(values.data(), payload.data(), payload.size());
  return {};
}

/// `key=value` lines in order: what a file says of itself.
class Notes {
 public:
  void set(std::string_view key, std::string value) {
    std::replace(value.begin(), value.end(), '\n', ' ');
    for (auto& [name, text] : entries_)
      if (name == key) {
        text = std::move(value);
        return;
      }
    entries_.emplace_back(std::string(key), std::move(value));
  }
  /// Empty where there is none.
  [[nodiscard]] std::string_view get(std::string_view key) const {
    for (const auto& [name, text] : entries_)
      if (name == key) return text;
    return {};
  }
  /// Errors: no such key, or a value that is no number.
  template <class Number>
  [[nodiscard]] Result<Number> number(std::string_view key) const {
    const std::string_view text = get(key);
    if (const auto number = parse_number<Number>(text)) return *number;
    return fail(concat("'", key, "' is '", text, "', expected a number"));
  }
  /// Errors: as above; a number outside of [least, most], or none such as NaN.
  template <class Number>
  [[nodiscard]] Result<Number> number(std::string_view key, Number least, Number most) const {
    HALE_TRY(const Number found, number<Number>(key));
    if (found >= least && found <= most) return found;
    return fail(concat(key, " is ", found, ", expected ", least, " to ", most));
  }
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& entries() const {
    return entries_;
  }

  [[nodiscard]] std::string format() const {
    std::string text;
    for (const auto& [key, value] : entries_) text += concat(key, "=", value, "\n");
    return text;
  }
  /// Errors: a line without "=".
  [[nodiscard]] static Result<Notes> parse(std::string_view text) {
    Notes notes;
    for (const std::string_view line : split(text, '\n')) {
      if (line.empty()) continue;
      const std::size_t equals = line.find('=');
      if (equals == std::string_view::npos)
        return fail(concat("found the line '", line.substr(0, 80), "', expected key=value"));
      notes.set(line.substr(0, equals), std::string(line.substr(equals + 1)));
    }
    return notes;
  }

  friend bool operator==(const Notes&, const Notes&) = default;

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

}  // namespace hale::io
