#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

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

}  // namespace hale::session
