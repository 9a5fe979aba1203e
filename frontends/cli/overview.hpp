#pragma once

#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <hale/runtime/recognition.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "output.hpp"

namespace hale::cli {

/// Where a model lies: in a searched space, else in that of any graph, with a batch of one where it
/// is open. Errors: as runtime::recognise().
[[nodiscard]] Result<runtime::Recognition> recognise_model(const graph::Graph& graph);

/// What `inspect` says of a model, as one record: what it is, what it costs, what that assumes.
///
/// Errors: what the passes refuse, and fusion rules that there are none of.
[[nodiscard]] Result<nlohmann::ordered_json> overview_of(const graph::Graph& graph,
                                                         const std::string& model,
                                                         const std::string& fusion);

/// The same for reading in a terminal.
[[nodiscard]] std::string overview_text(const nlohmann::ordered_json& overview);

/// A row for each operation but constants, those of regions before their owner.
///
/// Errors: shapes that do not fit.
[[nodiscard]] Result<std::string> operations_text(graph::Graph graph, Format format);

}  // namespace hale::cli
