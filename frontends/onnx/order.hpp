#pragma once

#include <hale/core/error.hpp>
#include <string>
#include <vector>

#include "proto.hpp"

namespace hale::onnx_frontend {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

/// What messages call a node: by its name, or by its first output where it has none.
[[nodiscard]] std::string where(const onnx::NodeProto& node);

/// The nodes, each after those whose outputs it takes; in the file's order where that is so, which
/// ONNX wants and not every exporter keeps. Errors: a cycle.
[[nodiscard]] Result<std::vector<const onnx::NodeProto*>> in_order(const Nodes& nodes);

}  // namespace hale::onnx_frontend
