#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <string>
#include <string_view>

namespace hale::space {

/// The cells of NAS-Bench-201: four nodes, six edges, one of five operations on each edge.
///
/// Source: Dong and Yang, ICLR 2020 (arXiv 2001.00326).
struct NasBench201 {
  /// In the order of the one-hot code that the published HELP checkpoint was trained with.
  enum class Operation : std::uint8_t {
    avg_pool_3x3,
    nor_conv_1x1,
    nor_conv_3x3,
    none,
    skip_connect,
  };
  static constexpr std::size_t operation_count = 5;
  static constexpr std::array<std::string_view, operation_count> operation_names = {
      "avg_pool_3x3", "nor_conv_1x1", "nor_conv_3x3", "none", "skip_connect"};

  static constexpr std::size_t node_count = 4;

  /// An edge of the cell: node `target` adds up an operation of node `source`.
  struct Edge {
    std::size_t source;
    std::size_t target;
  };
  static constexpr std::size_t edge_count = 6;
  /// In the order of the architecture string.
  static constexpr std::array<Edge, edge_count> edges = {
      {{0, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}, {2, 3}}};

  struct Architecture {
    std::array<Operation, edge_count> operations{};  // as in `edges`

    friend bool operator==(const Architecture&, const Architecture&) = default;
  };

  static constexpr std::string_view name = "nasbench201";
  static constexpr std::size_t size = 15625;  // 5^6

  /// The architecture with this number in hale's own order (base 5, first edge fastest).
  [[nodiscard]] static constexpr Architecture at(std::size_t index) {
    HALE_ASSERT(index < size);
    Architecture architecture;
    for (Operation& operation : architecture.operations) {
      operation = static_cast<Operation>(index % operation_count);
      index /= operation_count;
    }
    return architecture;
  }

  /// Uniform over the space.
  [[nodiscard]] static constexpr Architecture sample(Rng& rng) { return at(rng.below(size)); }

  /// `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`.
  [[nodiscard]] static std::string format(const Architecture& architecture) {
    std::string text;
    for (std::size_t e = 0; e < edge_count; ++e) {
      if (edges[e].source == 0) text += e == 0 ? "|" : "+|";
      const auto operation = static_cast<std::size_t>(architecture.operations[e]);
      text += concat(operation_names[operation], "~", edges[e].source, "|");
    }
    return text;
  }

  /// Errors: the first place at which the text leaves the form of format().
  [[nodiscard]] static Result<Architecture> parse(std::string_view text) {
    const auto refuse = [&](std::string_view found, std::string_view expected) {
      return fail(concat("NAS-Bench-201 architecture '", text.substr(0, 200), "': found '",
                         found.substr(0, 40), "', expected ", expected));
    };
    Architecture architecture;
    std::string_view rest = text;
    for (std::size_t e = 0; e < edge_count; ++e) {
      const std::string_view opening = edges[e].source != 0 ? "" : e == 0 ? "|" : "+|";
      if (!rest.starts_with(opening)) return refuse(rest, concat("'", opening, "'"));
      rest.remove_prefix(opening.size());
      const std::string_view token = rest.substr(0, rest.find('|'));
      const std::size_t tilde = std::min(token.find('~'), token.size());
      const bool is_from_source =
          token.size() == tilde + 2 && token.back() == static_cast<char>('0' + edges[e].source);
      std::size_t operation = 0;
      while (operation < operation_count && token.substr(0, tilde) != operation_names[operation])
        ++operation;
      if (operation == operation_count || !is_from_source || token.size() == rest.size())
        return refuse(rest, concat("one of avg_pool_3x3, nor_conv_1x1, nor_conv_3x3, none, "
                                   "skip_connect followed by '~",
                                   edges[e].source, "|'"));
      architecture.operations[e] = static_cast<Operation>(operation);
      rest.remove_prefix(token.size() + 1);
    }
    if (!rest.empty()) return refuse(rest, "the end of the text");
    return architecture;
  }
};

}  // namespace hale::space
