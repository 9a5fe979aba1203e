#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/graph/ir.hpp>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

/// Which axis of a model's inputs is its batch, and giving it an extent.
namespace hale::session {

/// The inputs that are no weights: what a run is given. Cost: one walk over the operations.
[[nodiscard]] std::vector<graph::ValueId> data_inputs(const graph::Graph& graph);

struct BatchAxis {
  graph::ValueId input;
  std::size_t axis;
};

/// The batch of each data input: its first axis, the second where recurrent layers take steps or
/// directions first. Cost: one walk over the operations.
[[nodiscard]] std::vector<BatchAxis> batch_axes(const graph::Graph& graph);

/// Sets every dimension of these symbols. Returns whether there was one. Cost: one walk over the
/// values.
bool set_symbols(graph::Graph& graph, const std::unordered_set<std::string>& symbols,
                 std::int64_t extent);

/// Gives the batch of each data input this extent where it is open.
void close_batch(graph::Graph& graph, std::int64_t extent);

/// Whether close_batch() would change anything.
[[nodiscard]] bool has_open_batch(const graph::Graph& graph);

/// Changes the batch of the inputs that have the first one's: where any is open, of those alone.
void set_batch(graph::Graph& graph, std::int64_t extent);

/// The batch of the first data input; nothing where it is open, 1 where there is no input.
[[nodiscard]] std::optional<std::int64_t> batch_of(const graph::Graph& graph);

}  // namespace hale::session

#ifndef HALE_SESSION
#include <hale/session/definitions/batch.hpp>
#endif
