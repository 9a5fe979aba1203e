#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/session/input_words.hpp>
#include <hale/session/open_dimensions.hpp>
#include <numeric>
#include <optional>
#include <unordered_set>
#include <utility>

namespace hale::session {

namespace detail::dimensions {

/// An argument as a shell takes it.
[[nodiscard]] inline std::string quoted(const std::string& argument) {
  const auto is_plain = [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') ||
           std::string_view("_.:=/+-,").find(c) != std::string_view::npos;
  };
  if (std::all_of(argument.begin(), argument.end(), is_plain)) return argument;
  std::string text = "'";
  for (const char c : argument) {
    if (c == '\'') text += "'\\'";
    text += c;
  }
  return text + "'";
}

/// "dim B=N dim seq=N".
[[nodiscard]] inline std::string dim_words(const std::vector<std::string>& names,
                                           std::string_view word) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most_shown); ++i)
    text += concat(i == 0 ? "" : " ", word, " ",
                   quoted(concat(names[i].substr(0, longest_shown), "=N")));
  return text;
}

/// "x:1x3xNxN", quoted, for each input with dimensions that have no name.
[[nodiscard]] inline std::vector<std::string> open_shapes(const graph::Graph& graph) {
  std::vector<std::string> shapes;
  for (const graph::ValueId id : graph.body().inputs) {
    const graph::Value& value = graph.value(id);
    if (!value.type.is_tensor()) continue;
    std::string extents;
    bool is_unnamed = !value.type.dims.has_value();
    for (const graph::Dim& dim : value.type.dims.value_or(std::vector<graph::Dim>{})) {
      is_unnamed = is_unnamed || (!dim.is_static() && dim.symbol.empty());
      extents += concat(extents.empty() ? "" : "x", dim.is_static() ? concat(dim.extent) : "N");
    }
    if (is_unnamed)
      shapes.push_back(quoted(concat(value.name, ":", extents.empty() ? "NxN" : extents)));
  }
  return shapes;
}

/// How many letters of one have to be put in, left out or changed to make it the other, capitals
/// aside.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  using graph::detail::expression::lower;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// The name that needs the fewest edits; nothing where all its letters would be others.
[[nodiscard]] inline std::optional<std::string> nearest(const std::vector<std::string>& names,
                                                        std::string_view said) {
  std::optional<std::string> found;
  std::size_t least = longest_shown;
  for (const std::string& name : names) {
    if (std::max(name.size(), said.size()) > longest_shown) continue;
    const std::size_t distance = edit_distance(name, said);
    if (distance >= std::min(least, std::max(name.size(), said.size()))) continue;
    least = distance;
    found = name;
  }
  return found;
}

/// Calls `visit` with each name of an open dimension; with a name again where it stands again.
template <class Graph, class Visit>
void for_each_open(Graph& graph, const Visit& visit) {
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    auto& type = graph.value(static_cast<graph::ValueId>(i)).type;
    if (!type.dims) continue;
    for (auto& dim : *type.dims)
      if (!dim.is_static() && !dim.symbol.empty()) visit(dim);
  }
}

[[nodiscard]] inline std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

}  // namespace detail::dimensions

HALE_SESSION_INLINE std::vector<std::string> open_names(const graph::Graph& graph) {
  std::vector<std::string> found;
  std::unordered_set<std::string> seen;
  for (const graph::ValueId id : graph.body().inputs)
    for (const graph::Dim& dim : graph.value(id).type.dims.value_or(std::vector<graph::Dim>{}))
      if (!dim.is_static() && seen.insert(dim.symbol).second)
        for (std::string& name : graph::names(dim.symbol)) found.push_back(std::move(name));
  seen.clear();
  std::erase_if(found, [&](const std::string& name) { return !seen.insert(name).second; });
  return found;
}

HALE_SESSION_INLINE DimensionNames::DimensionNames(const graph::Graph& graph)
    : names_(open_names(graph)) {
  using namespace detail::dimensions;
  std::unordered_set<std::string> seen;
  for_each_open(graph, [&](const graph::Dim& dim) {
    if (!seen.insert(dim.symbol).second) return;
    for (const std::string& name : graph::names(dim.symbol)) texts_.emplace(name, name);
    texts_.emplace(dim.symbol, dim.symbol);
    texts_.emplace(without_blanks(dim.symbol), dim.symbol);
  });
}

HALE_SESSION_INLINE Result<std::string> DimensionNames::find(const std::string& said,
                                                             const InputWords& words) const {
  using namespace detail::dimensions;
  for (const std::string& each : {said, without_blanks(said)})
    if (const auto found = texts_.find(each); found != texts_.end()) return found->second;
  const auto near = nearest(names_, said);
  std::string message = concat(words.dim, ": no open dimension '", said, "'",
                               near ? concat("; did you mean '", *near, "'?") : "",
                               "; there are: ", in_quotes(names_));
  if (!names_.empty()) message += concat("; give ", dim_words(names_, words.dim));
  return fail(std::move(message));
}

HALE_SESSION_INLINE Result<> close_dimensions(graph::Graph& graph,
                                              const graph::NamedExtents& given) {
  if (given.empty()) return {};
  std::unordered_map<std::string, std::optional<std::int64_t>> extents;
  std::string beyond;
  detail::dimensions::for_each_open(graph, [&](graph::Dim& dim) {
    const auto [known, is_new] = extents.try_emplace(dim.symbol);
    if (is_new) known->second = graph::evaluate(dim.symbol, given);
    if (!known->second) return;
    if (*known->second > largest_extent) beyond = dim.symbol;
    dim = graph::Dim{*known->second};
  });
  if (beyond.empty()) return {};
  return fail(concat("dimension '", beyond.substr(0, detail::dimensions::longest_shown),
                     "': found the extent ", *extents[beyond], ", expected one in [0, ",
                     largest_extent, "]"));
}

HALE_SESSION_INLINE std::string closing_words(const graph::Graph& graph, const InputWords& words) {
  std::string text = detail::dimensions::dim_words(open_names(graph), words.dim);
  for (const std::string& shape : detail::dimensions::open_shapes(graph))
    text += concat(text.empty() ? "" : " ", words.shape, " ", shape);
  return text;
}

}  // namespace hale::session
