#pragma once

#include <hale/core/error.hpp>
#include <hale/graph/attribute.hpp>

#include "proto.hpp"

namespace hale::onnx_frontend {

/// A tensor with its elements, where they are few; elements that are no numbers are elided.
/// Errors: extents below 0 or beyond 64 bits, payloads of another size than the extents say.
[[nodiscard]] Result<graph::Tensor> read_tensor(const onnx::TensorProto& proto);

}  // namespace hale::onnx_frontend
