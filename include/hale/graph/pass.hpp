#pragma once

#include <concepts>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <string_view>

namespace hale::graph {

/// A step from graph to graph: a type without state.
template <class P>
concept Pass = requires(Graph& graph) {
  { P::name } -> std::convertible_to<std::string_view>;
  { P::summary } -> std::convertible_to<std::string_view>;
  { P::run(graph) } -> std::same_as<Result<>>;
};

/// Passes one behind the other; the first error ends it.
template <Pass... Passes>
struct Pipeline {
  [[nodiscard]] static Result<> run(Graph& graph) {
    Result<> status;
    static_cast<void>(((status = Passes::run(graph)).has_value() && ...));
    return status;
  }
};

}  // namespace hale::graph
