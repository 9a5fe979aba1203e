#pragma once

#include <concepts>
#include <cstdint>
#include <ratio>

namespace hale {

/// A number as a type, as std::ratio<1, 1000> is one: clang 14 takes no `double` as a template
/// parameter.
template <class R>
concept Ratio = requires {
  { R::num } -> std::convertible_to<std::intmax_t>;
  { R::den } -> std::convertible_to<std::intmax_t>;
};

template <Ratio R>
inline constexpr double value_of = static_cast<double>(R::num) / static_cast<double>(R::den);

}  // namespace hale
