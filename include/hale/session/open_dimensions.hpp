#pragma once

#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/error.hpp>
#include <hale/graph/expression.hpp>
#include <hale/graph/ir.hpp>
#include <hale/session/input_words.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// The names of a graph's open dimensions, and giving them extents.
namespace hale::session {

/// The names in the open dimensions of the inputs, each once: of "past + seq" two.
[[nodiscard]] std::vector<std::string> open_names(const graph::Graph& graph);

/// What a user may call the open dimensions of a graph: the names in them, and their whole texts,
/// with blanks or without.
class DimensionNames {
 public:
  /// Cost: one walk over the values.
  explicit DimensionNames(const graph::Graph& graph);

  /// The name as the graph has it. Errors: there is none, with those there are.
  [[nodiscard]] Result<std::string> find(const std::string& said, const InputWords& words) const;

 private:
  std::unordered_map<std::string, std::string> texts_{};  // by what they are called
  std::vector<std::string> names_;
};

/// Gives each open dimension whose extent follows from those that are given, its extent. The others
/// keep their names. Errors: an extent beyond `largest_extent`. Cost: one walk over the values.
[[nodiscard]] Result<> close_dimensions(graph::Graph& graph, const graph::NamedExtents& given);

/// What gives the inputs their sizes: "dim B=N dim seq=N shape y:1xN", a number for each N. Empty
/// where all are fixed.
[[nodiscard]] std::string closing_words(const graph::Graph& graph, const InputWords& words);

}  // namespace hale::session

#ifndef HALE_SESSION
#include <hale/session/definitions/open_dimensions.hpp>
#endif
