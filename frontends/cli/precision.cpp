#include "precision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <hale/core/text.hpp>
#include <string_view>

namespace hale::cli {
namespace {

/// Spellings of what takes the same time, the type's textual names among them.
constexpr std::array<std::array<std::string_view, 6>, 5> alike = {{
    {"f32", "fp32", "float32", "float", "single"},
    {"f16", "fp16", "float16", "half"},
    {"bf16", "bfloat16"},
    {"f64", "fp64", "float64", "double"},
    {"i8", "ui8", "int8", "uint8", "u8", "s8"},
}};

bool is_alike(std::string_view type, std::string precision) {
  std::transform(precision.begin(), precision.end(), precision.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return type == precision || std::any_of(alike.begin(), alike.end(), [&](const auto& spellings) {
           const auto has = [&](std::string_view one) {
             return std::find(spellings.begin(), spellings.end(), one) != spellings.end();
           };
           return has(type) && has(precision);
         });
}

}  // namespace

std::string assumed_precision(const ModelCost& cost, const device::Profile& device) {
  constexpr double least_share = 0.01;
  std::string types;
  double all = 0;
  for (const auto& [type, share] : cost.precisions) {
    // What is stored in single precision, a device may well be told to run in its own.
    if (share < least_share || type == "f32" || is_alike(type, device.precision)) continue;
    types += concat(types.empty() ? "" : ", ", type);
    all += share;
  }
  if (types.empty()) return {};
  return fmt::format(
      "{:.0f} % of its multiply-adds are in {}, the device was measured in {}: taken as "
      "if they were in that",
      100 * all, types, device.precision);
}

}  // namespace hale::cli
