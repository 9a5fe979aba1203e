#pragma once

#include <algorithm>
#include <array>
#include <hale/core/text.hpp>
#include <hale/lift/reading.hpp>
#include <string>
#include <string_view>

namespace hale::session {

namespace detail::precision {

/// Spellings of types that take the same time: hale's own names and those of users.
inline constexpr std::array<std::array<std::string_view, 6>, 5> alike = {{
    {"f32", "fp32", "float32", "float", "single"},
    {"f16", "fp16", "float16", "half"},
    {"bf16", "bfloat16"},
    {"f64", "fp64", "float64", "double"},
    {"i8", "ui8", "int8", "uint8", "u8", "s8"},
}};

[[nodiscard]] inline bool is_alike(std::string_view type, std::string precision) {
  for (char& letter : precision)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return type == precision || std::any_of(alike.begin(), alike.end(), [&](const auto& spellings) {
           const auto has = [&](std::string_view one) {
             return std::find(spellings.begin(), spellings.end(), one) != spellings.end();
           };
           return has(type) && has(precision);
         });
}

}  // namespace detail::precision

/// The assumption for a model that multiplies in other types than the device was measured in; empty
/// where it does not. The device's precision may be spelled as users do: "fp16", "int8".
[[nodiscard]] inline std::string assumed_precision(const lift::Cost& cost,
                                                   const std::string& measured) {
  constexpr double least_share = 0.01;
  std::string types;
  double all = 0;
  for (const auto& [type, share] : cost.precisions) {
    // A device that was measured in f16 may well run an f32 model in f16 too.
    if (share < least_share || type == "f32" || detail::precision::is_alike(type, measured))
      continue;
    types += concat(types.empty() ? "" : ", ", type);
    all += share;
  }
  if (types.empty()) return {};
  return concat(percent_text(all), " of its multiply-adds are in ", types,
                ", the device was measured in ", measured, ": answered as if all were in ",
                measured);
}

}  // namespace hale::session
