#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/shape.hpp>
#include <hale/core/text.hpp>
#include <hale/space/decoder.hpp>
#include <hale/space/ofa_mobilenet_v3.hpp>
#include <hale/space/ofa_mobilenet_v3_encoder.hpp>
#include <optional>
#include <span>
#include <string_view>

namespace hale::space {

/// The numbers of the architecture string: resolution, 5 depths, 20 kernels, 20 expansions.
struct OfaMobileNetV3Choices {
  using Space = OfaMobileNetV3;
  using Code = std::uint8_t;
  static constexpr std::string_view name = "choices";
  static constexpr std::size_t depths = 1;
  static constexpr std::size_t kernels = depths + Space::stage_count;
  static constexpr std::size_t expansions = kernels + Space::layer_count;
  static constexpr std::size_t size = expansions + Space::layer_count;
  using Output = Given<size>;

  static constexpr void encode(const Space::Architecture& architecture,
                               std::span<Code, size> codes) noexcept {
    codes[0] = architecture.resolution;
    std::copy(architecture.depth.begin(), architecture.depth.end(), codes.begin() + depths);
    std::copy(architecture.kernel.begin(), architecture.kernel.end(), codes.begin() + kernels);
    std::copy(architecture.expansion.begin(), architecture.expansion.end(),
              codes.begin() + expansions);
  }
};

template <>
struct Decoder<OfaMobileNetV3Choices> {
  using Space = OfaMobileNetV3;
  using Choices = OfaMobileNetV3Choices;

  [[nodiscard]] static Result<Space::Architecture> decode(
      std::span<const std::uint8_t, Choices::size> codes) {
    constexpr std::size_t most =
        Space::least_resolution + Space::resolution_step * (Space::resolution_count - 1);
    Space::Architecture architecture;
    if (codes[0] < Space::least_resolution || codes[0] > most ||
        codes[0] % Space::resolution_step != 0)
      return detail::refuse_code(0, codes[0], "a resolution: ", Space::least_resolution, ", ",
                                 Space::least_resolution + Space::resolution_step, ", .. or ",
                                 most);
    architecture.resolution = codes[0];
    HALE_CHECK(read(codes, Choices::depths, Space::depths, "a depth", architecture.depth));
    HALE_CHECK(read(codes, Choices::kernels, Space::kernels, "a kernel", architecture.kernel));
    HALE_CHECK(read(codes, Choices::expansions, Space::expansions, "an expansion",
                    architecture.expansion));
    return architecture;
  }

 private:
  static Result<> read(std::span<const std::uint8_t, Choices::size> codes, std::size_t first,
                       const std::array<std::uint8_t, 3>& allowed, std::string_view what,
                       std::span<std::uint8_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = codes[first + i];
      if (std::find(allowed.begin(), allowed.end(), out[i]) == allowed.end())
        return detail::refuse_code(first + i, out[i], what, ": ", std::size_t{allowed[0]}, ", ",
                                   std::size_t{allowed[1]}, " or ", std::size_t{allowed[2]});
    }
    return {};
  }
};

/// Absent layers have no code: they come back with kernel 3 and expansion 3, which changes no
/// network.
template <>
struct Decoder<OfaMobileNetV3Encoder> {
  using Space = OfaMobileNetV3;
  using Codes = std::span<const std::uint8_t, OfaMobileNetV3Encoder::size>;

  [[nodiscard]] static Result<Space::Architecture> decode(Codes codes) {
    Space::Architecture architecture;
    for (std::size_t stage = 0; stage < Space::stage_count; ++stage) {
      std::size_t depth = 0;
      for (std::size_t i = 0; i < Space::deepest; ++i) {
        const std::size_t layer = stage * Space::deepest + i;
        HALE_TRY(const bool present, read_layer(codes, layer, architecture));
        if (present && depth < i)
          return fail(concat("column ", layer * choices, ": layer ", i + 1, " of stage ", stage + 1,
                             " is there and layer ", depth + 1, " is not, expected none behind an ",
                             "absent one"));
        depth += present ? 1 : 0;
      }
      if (depth < Space::depths.front())
        return fail(concat("column ", stage * Space::deepest * choices, ": stage ", stage + 1,
                           " has ", depth, " layers, expected 2, 3 or 4"));
      architecture.depth[stage] = static_cast<std::uint8_t>(depth);
    }
    constexpr std::size_t first = 2 * Space::layer_count * choices;
    HALE_TRY(const auto resolution, one_of(codes, first, Space::resolution_count));
    if (!resolution) return fail(concat("column ", first, ": found no 1, expected a resolution"));
    architecture.resolution =
        static_cast<std::uint8_t>(Space::least_resolution + Space::resolution_step * *resolution);
    return architecture;
  }

 private:
  static constexpr std::size_t choices = OfaMobileNetV3Encoder::choices;

  /// Which of `count` codes is a 1, or none where all are zeros.
  static Result<std::optional<std::size_t>> one_of(Codes codes, std::size_t first,
                                                   std::size_t count) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t code = codes[first + i];
      if (code > 1) return detail::refuse_code(first + i, code, "0 or 1");
      if (code == 1 && found)
        return detail::refuse_code(first + i, code, "0: column ", first + *found, " is 1 already");
      if (code == 1) found = i;
    }
    return found;
  }

  /// Whether a layer is there; what it is then.
  static Result<bool> read_layer(Codes codes, std::size_t layer, Space::Architecture& out) {
    const std::size_t at = (Space::layer_count + layer) * choices;
    HALE_TRY(const auto kernel, one_of(codes, layer * choices, choices));
    HALE_TRY(const auto expansion, one_of(codes, at, choices));
    if (kernel.has_value() != expansion.has_value())
      return fail(concat("column ", kernel ? at : layer * choices, ": layer ", layer + 1, " has ",
                         kernel ? "a kernel and no expansion" : "an expansion and no kernel",
                         ", expected both or neither"));
    if (!kernel) return false;
    out.kernel[layer] = Space::kernels[*kernel];
    out.expansion[layer] = Space::expansions[*expansion];
    return true;
  }
};

}  // namespace hale::space
