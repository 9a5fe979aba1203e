#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hale::runtime {

/// What a graph turned out to be.
struct Recognition {
  std::string_view space;
  std::vector<std::string> archs;        // all that this graph may be, the canonical one first
  std::vector<std::string> differences;  // from the macro-structure the space was measured on
  std::vector<std::string> assumptions;  // what the graph does not show
  std::vector<std::string> uncovered{};  // operations that nobody can cost, and why
  double covered = 1;                    // share of the operations that could be costed
  std::size_t batch = 0;                 // 0 where the graph leaves it open
};

}  // namespace hale::runtime
