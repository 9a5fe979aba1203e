#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace hale::session {

/// What messages call the parts of Inputs: a program that reads them from options gives the
/// options' names. The texts must outlive the inputs.
struct InputWords {
  std::string_view shape = "shape";
  std::string_view dim = "dim";
  std::string_view batch = "batch";
  std::string_view batch_axis = "batch_axis";
};

/// Extents that no model exceeds; larger ones are typing errors.
inline constexpr std::int64_t largest_extent = std::numeric_limits<std::int32_t>::max();

namespace detail::dimensions {

/// The longest name that messages hold in full, and the most names: files may hold any number.
inline constexpr std::size_t longest_shown = 80;
inline constexpr std::size_t most_shown = 256;

[[nodiscard]] inline std::string in_quotes(const std::vector<std::string>& names) {
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), most_shown); ++i)
    list += concat(i == 0 ? "'" : ", '", names[i].substr(0, longest_shown), "'");
  if (names.size() > most_shown) list += concat(" and ", names.size() - most_shown, " more");
  return list.empty() ? "none" : list;
}

}  // namespace detail::dimensions

}  // namespace hale::session
