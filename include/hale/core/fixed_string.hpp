#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hale {

/// A string that can be a template argument: `Named<"help">`.
template <std::size_t N>
struct FixedString {
  char characters[N + 1]{};

  consteval FixedString(const char (&literal)[N + 1]) {  // implicit: written as a literal
    std::copy_n(literal, N + 1, characters);
  }

  [[nodiscard]] constexpr std::string_view view() const { return {characters, N}; }
};

template <std::size_t N>
FixedString(const char (&)[N]) -> FixedString<N - 1>;

}  // namespace hale
