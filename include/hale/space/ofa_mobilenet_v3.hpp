#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <span>
#include <string>
#include <string_view>

namespace hale::space {

/// Once-for-all networks around MobileNetV3: five stages of two to four inverted residual layers,
/// each with a filter and an expansion of its own, at one of 25 resolutions.
///
/// Source: Cai et al., ICLR 2020 (arXiv 1908.09791).
struct OfaMobileNetV3 {
  static constexpr std::size_t stage_count = 5;
  static constexpr std::size_t deepest = 4;  // layers a stage
  static constexpr std::size_t layer_count = stage_count * deepest;
  static constexpr std::array<std::uint8_t, 3> depths = {2, 3, 4};
  static constexpr std::array<std::uint8_t, 3> kernels = {3, 5, 7};
  static constexpr std::array<std::uint8_t, 3> expansions = {3, 4, 6};
  static constexpr std::size_t least_resolution = 128;
  static constexpr std::size_t resolution_step = 4;
  static constexpr std::size_t resolution_count = 25;

  /// Layers beyond their stage's depth are absent: what stands there is kept, and changes no
  /// network.
  struct Architecture {
    std::uint8_t resolution = least_resolution;
    std::array<std::uint8_t, stage_count> depth = {2, 2, 2, 2, 2};
    std::array<std::uint8_t, layer_count> kernel = filled(3);
    std::array<std::uint8_t, layer_count> expansion = filled(3);

    friend bool operator==(const Architecture&, const Architecture&) = default;

    [[nodiscard]] constexpr bool has_layer(std::size_t layer) const {
      return layer % deepest < depth[layer / deepest];
    }

   private:
    static constexpr std::array<std::uint8_t, layer_count> filled(std::uint8_t value) {
      std::array<std::uint8_t, layer_count> all{};
      for (std::uint8_t& each : all) each = value;
      return all;
    }
  };

  static constexpr std::string_view name = "ofa-mobilenetv3";

  /// Each choice uniform, those of absent layers too.
  [[nodiscard]] static constexpr Architecture sample(Rng& rng) {
    Architecture architecture;
    architecture.resolution =
        static_cast<std::uint8_t>(least_resolution + resolution_step * rng.below(resolution_count));
    for (std::uint8_t& depth : architecture.depth) depth = depths[rng.below(depths.size())];
    for (std::uint8_t& kernel : architecture.kernel) kernel = kernels[rng.below(kernels.size())];
    for (std::uint8_t& expansion : architecture.expansion)
      expansion = expansions[rng.below(expansions.size())];
    return architecture;
  }

  /// `r<resolution>/d<5 depths>/k<20 kernels>/e<20 expansions>`, numbers joined by `-`.
  [[nodiscard]] static std::string format(const Architecture& architecture) {
    const auto list = [](std::span<const std::uint8_t> values) {
      std::string text;
      for (const std::uint8_t value : values)
        text += concat(text.empty() ? "" : "-", std::size_t{value});
      return text;
    };
    return concat("r", std::size_t{architecture.resolution}, "/d", list(architecture.depth), "/k",
                  list(architecture.kernel), "/e", list(architecture.expansion));
  }

  /// Errors: the first part of the text that is not as format() writes it.
  [[nodiscard]] static Result<Architecture> parse(std::string_view text) {
    const auto where = [&] {
      return concat("OFA-MobileNetV3 architecture '", text.substr(0, 250), "'");
    };
    std::array<std::string_view, 4> parts;
    const std::size_t found = split_into(text, '/', parts);
    if (found != parts.size())
      return fail(concat(where(), ": found ", found,
                         " parts, expected 4: r<resolution>/d<5 depths>/k<20 kernels>/e<20 "
                         "expansions>"));
    Architecture architecture;
    const auto resolution =
        parts[0].starts_with('r') ? parse_number<std::size_t>(parts[0].substr(1)) : std::nullopt;
    constexpr std::size_t most = least_resolution + resolution_step * (resolution_count - 1);
    if (!resolution || *resolution < least_resolution || *resolution > most ||
        *resolution % resolution_step != 0)
      return fail(concat(where(), ": found '", parts[0].substr(0, 40), "', expected r",
                         least_resolution, ", r", least_resolution + resolution_step, ", .. or r",
                         most));
    architecture.resolution = static_cast<std::uint8_t>(*resolution);
    const std::array<List, 3> lists = {{{'d', "depths", depths, architecture.depth},
                                        {'k', "kernels", kernels, architecture.kernel},
                                        {'e', "expansions", expansions, architecture.expansion}}};
    for (std::size_t i = 0; i < lists.size(); ++i)
      if (const auto read = read_list(parts[i + 1], lists[i]); !read)
        return fail_in(where(), read.error());
    return architecture;
  }

 private:
  /// A part of the text: its letter, what messages call it, what is allowed and where it goes.
  struct List {
    char letter;
    std::string_view what;
    std::array<std::uint8_t, 3> allowed;
    std::span<std::uint8_t> out;
  };

  [[nodiscard]] static Result<> read_list(std::string_view text, const List& list) {
    std::array<std::string_view, layer_count> numbers;
    const std::size_t count = split_into(text.substr(text.empty() ? 0 : 1), '-', numbers);
    if (!text.starts_with(list.letter) || count != list.out.size())
      return fail(concat("found '", text.substr(0, 60), "', expected '",
                         std::string(1, list.letter), "' and ", list.out.size(), " ", list.what,
                         " joined by '-'"));
    for (std::size_t i = 0; i < count; ++i) {
      const auto number = parse_number<std::size_t>(numbers[i]);
      const auto found = std::find(list.allowed.begin(), list.allowed.end(), number.value_or(0));
      if (!number || found == list.allowed.end())
        return fail(concat("entry ", i + 1, " of the ", list.what, " is '",
                           numbers[i].substr(0, 40), "', expected ", std::size_t{list.allowed[0]},
                           ", ", std::size_t{list.allowed[1]}, " or ",
                           std::size_t{list.allowed[2]}));
      list.out[i] = *found;
    }
    return {};
  }
};

}  // namespace hale::space
