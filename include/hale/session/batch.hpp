#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/error.hpp>
#include <hale/graph/expression.hpp>
#include <hale/graph/ir.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Which axis of a model's inputs is its batch, and giving it an extent.
namespace hale::session {

struct Inputs;

/// The inputs that are no weights: what a run is given. Cost: one walk over the operations.
[[nodiscard]] std::vector<graph::ValueId> data_inputs(const graph::Graph& graph);

/// How it is known that an axis is the batch.
enum class BatchSource : std::uint8_t {
  said,      // by the user
  named,     // by the symbol of its extent
  followed,  // by what takes it, directly or through other operations
  guessed,   // it is the first, and nothing says that it is none
};

struct BatchAxis {
  graph::ValueId input;
  std::size_t axis;
  BatchSource source;
  std::int64_t before;  // the extent when it was found; graph::Dim::open where that was open
};
using BatchAxes = std::vector<BatchAxis>;

/// The batch of each data input that has one. To be asked of a graph as it was read: an extent that
/// is given hides the name that it had.
///
/// Pre: require_axes(). Cost: a walk over the operations.
[[nodiscard]] BatchAxes batch_axes(const graph::Graph& graph, const Inputs& inputs);

/// "INPUT=AXIS"; nothing where it is not.
[[nodiscard]] std::optional<std::pair<std::string, std::size_t>> parse_batch_axis(
    std::string_view word);

/// Errors: a batch axis of an input that the graph does not have, or that is none of its axes.
[[nodiscard]] Result<> require_axes(const Inputs& inputs, const graph::Graph& graph);

/// Gives the batch of each data input this extent where it is open, and what is computed of it and
/// of the names that are given, as "batch * heads", its own. Errors: as close_dimensions().
[[nodiscard]] Result<> close_batch(graph::Graph& graph, const BatchAxes& axes, std::int64_t extent,
                                   graph::NamedExtents given = {});

/// Whether close_batch() would change anything.
[[nodiscard]] bool has_open_batch(const graph::Graph& graph, const BatchAxes& axes);

/// Changes the batch of the inputs. One that is a guess and fixed is left alone where any other is
/// open, and where it has not the extent of the others.
///
/// Errors: a graph with inputs of which no batch is known; inputs of different fixed batches; as
/// close_batch().
[[nodiscard]] Result<> set_batch(graph::Graph& graph, const BatchAxes& axes, const Inputs& inputs,
                                 graph::NamedExtents given = {});

/// The batch of the first input of which it is known, else guessed; nothing where it is open, 1
/// where no input has one.
[[nodiscard]] std::optional<std::int64_t> batch_of(const graph::Graph& graph,
                                                   const BatchAxes& axes);

/// What is guessed where the batch is given or is still open, in sentences: "batch: taken as axis 0
/// of input 'x', ..". `axes` are those before the inputs were given.
[[nodiscard]] std::vector<std::string> batch_assumptions(const graph::Graph& graph,
                                                         const BatchAxes& axes,
                                                         const Inputs& inputs);

}  // namespace hale::session

#ifndef HALE_SESSION
#include <hale/session/definitions/batch.hpp>
#endif
