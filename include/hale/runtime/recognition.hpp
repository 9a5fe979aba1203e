#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hale::runtime {

/// What a graph turned out to be: an architecture of a searched space, or any graph.
struct Recognition {
  std::string_view space;
  std::vector<std::string> archs{};        // all that this graph may be, the canonical one first;
                                           // none of any graph
  std::vector<std::string> differences{};  // from the macro-structure the space was measured on
  std::vector<std::string> assumptions{};  // what the graph does not show
  std::size_t batch = 0;                   // 0: open, or any graph's
};

}  // namespace hale::runtime
