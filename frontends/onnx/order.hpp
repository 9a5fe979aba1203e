#pragma once

#include <hale/core/error.hpp>
#include <string>
#include <vector>

#include "proto.hpp"

namespace hale::onnx_frontend {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

/// What messages call a node: by its name, or by its first output where it has none.
[[nodiscard]] std::string where(const onnx::NodeProto& node);

/// The nodes as they stand, which is the order that ONNX wants and most files have.
[[nodiscard]] std::vector<const onnx::NodeProto*> in_file_order(const Nodes& nodes);

/// The nodes, each after those whose outputs it takes; in the file's order where that is so.
/// Errors: a cycle.
[[nodiscard]] Result<std::vector<const onnx::NodeProto*>> in_order(const Nodes& nodes);

}  // namespace hale::onnx_frontend
