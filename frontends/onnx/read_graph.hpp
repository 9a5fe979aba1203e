#pragma once

#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>

#include "proto.hpp"

namespace hale::onnx_frontend {

/// The graph of a model whose large tensors may be without their payloads.
/// Errors: names that nothing produces or that are defined twice, cycles, graphs nested too deep.
[[nodiscard]] Result<graph::Graph> read_graph(const onnx::ModelProto& model);

}  // namespace hale::onnx_frontend
