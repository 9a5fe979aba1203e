#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/shape.hpp>
#include <hale/space/decoder.hpp>
#include <hale/space/nasbench201.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <span>
#include <string_view>

namespace hale::space {

/// The number of each edge's operation: 0 avg_pool_3x3, 1 nor_conv_1x1, 2 nor_conv_3x3, 3 none,
/// 4 skip_connect; edges in the order of the architecture string.
struct NasBench201Choices {
  using Space = NasBench201;
  using Code = std::uint8_t;
  static constexpr std::string_view name = "choices";
  static constexpr std::size_t size = NasBench201::edge_count;
  using Output = Given<size>;

  static constexpr void encode(const NasBench201::Architecture& architecture,
                               std::span<Code, size> codes) noexcept {
    for (std::size_t e = 0; e < size; ++e) codes[e] = static_cast<Code>(architecture.operations[e]);
  }
};

template <>
struct Decoder<NasBench201Choices> {
  [[nodiscard]] static Result<NasBench201::Architecture> decode(
      std::span<const std::uint8_t, NasBench201Choices::size> codes) {
    NasBench201::Architecture architecture;
    for (std::size_t e = 0; e < codes.size(); ++e) {
      if (codes[e] >= NasBench201::operation_count)
        return detail::refuse_code(e, codes[e], "0 (avg_pool_3x3) to 4 (skip_connect)");
      architecture.operations[e] = static_cast<NasBench201::Operation>(codes[e]);
    }
    return architecture;
  }
};

template <>
struct Decoder<NasBench201Encoder> {
  [[nodiscard]] static Result<NasBench201::Architecture> decode(
      std::span<const std::uint8_t, NasBench201Encoder::size> codes) {
    using Graph = NasBench201Graph;
    constexpr std::size_t first = Graph::first_operation;
    NasBench201::Architecture architecture;
    if (codes[0] != Graph::input) return detail::refuse_code(0, codes[0], "0 (input)");
    for (std::size_t e = 0; e < NasBench201::edge_count; ++e) {
      if (codes[e + 1] < first || codes[e + 1] >= first + NasBench201::operation_count)
        return detail::refuse_code(e + 1, codes[e + 1], "1 (avg_pool_3x3) to 5 (skip_connect)");
      architecture.operations[e] = static_cast<NasBench201::Operation>(codes[e + 1] - first);
    }
    constexpr std::size_t last = NasBench201Encoder::size - 1;
    if (codes[last - 1] != Graph::output)
      return detail::refuse_code(last - 1, codes[last - 1], "6 (output)");
    if (codes[last] != Graph::global) return detail::refuse_code(last, codes[last], "7 (global)");
    return architecture;
  }
};

}  // namespace hale::space
