#pragma once

#include <hale/core/error.hpp>
#include <hale/graph/type.hpp>

#include "proto.hpp"

namespace hale::onnx_frontend {

/// A value's type. An element type that hale does not know is undefined.
/// Errors: extents below -1, types inside one another more than 32 deep.
[[nodiscard]] Result<graph::Type> read_type(const onnx::TypeProto& proto);

}  // namespace hale::onnx_frontend
