#pragma once

#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/ir.hpp>

namespace hale::graph {

/// An error that names the operation it is about.
template <class... Parts>
[[nodiscard]] tl::unexpected<Error> fail_at(const Graph& graph, const Operation& operation,
                                            const Parts&... parts) {
  return fail(concat(graph.location_of(operation), ": ", parts...));
}

}  // namespace hale::graph
