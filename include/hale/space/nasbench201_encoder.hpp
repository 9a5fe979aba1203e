#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/shape.hpp>
#include <hale/space/nasbench201.hpp>
#include <span>
#include <string_view>

namespace hale::space {

/// A cell with its edges turned into nodes: input, six operations, output, and a global node that
/// every other one feeds.
struct NasBench201Graph {
  static constexpr std::size_t nodes = NasBench201::edge_count + 3;
  enum Category : std::uint8_t { input = 0, first_operation = 1, output = 6, global = 7 };
  static constexpr std::size_t categories = 8;

  static constexpr std::array<std::uint64_t, nodes> sources = [] {
    std::array<std::uint64_t, nodes> masks{};
    const auto feeding = [](std::size_t cell_node) {  // the nodes whose result arrives there
      std::uint64_t mask = cell_node == 0 ? 1 : 0;
      for (std::size_t e = 0; e < NasBench201::edge_count; ++e)
        if (NasBench201::edges[e].target == cell_node) mask |= std::uint64_t{1} << (e + 1);
      return mask;
    };
    masks[0] = 1;
    for (std::size_t e = 0; e < NasBench201::edge_count; ++e)
      masks[e + 1] = feeding(NasBench201::edges[e].source) | std::uint64_t{1} << (e + 1);
    masks[nodes - 2] = feeding(NasBench201::node_count - 1) | std::uint64_t{1} << (nodes - 2);
    masks[nodes - 1] = (std::uint64_t{1} << nodes) - 1;
    return masks;
  }();
};

/// The category of each node of NasBench201Graph.
///
/// Source: HELP (Lee et al., NeurIPS 2021), as its published checkpoint was trained.
struct NasBench201Encoder {
  using Space = NasBench201;
  using Code = std::uint8_t;
  using Output = GivenNodes<NasBench201Graph>;
  static constexpr std::string_view name = "cell-graph";
  static constexpr std::size_t size = NasBench201Graph::nodes;

  static constexpr void encode(const NasBench201::Architecture& architecture,
                               std::span<Code, size> codes) noexcept {
    codes[0] = NasBench201Graph::input;
    for (std::size_t e = 0; e < NasBench201::edge_count; ++e)
      codes[e + 1] = static_cast<Code>(NasBench201Graph::first_operation +
                                       static_cast<Code>(architecture.operations[e]));
    codes[size - 2] = NasBench201Graph::output;
    codes[size - 1] = NasBench201Graph::global;
  }
};

}  // namespace hale::space
