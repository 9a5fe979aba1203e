#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/graph/attribute.hpp>

#include "proto.hpp"

namespace hale::onnx_frontend {

/// Floating elements matter only as factors and summands of 0 and 1.
inline constexpr std::size_t kept_floats = 16;
/// Integers matter as shapes, axes and indices: more are data.
inline constexpr std::size_t kept_integers = 1024;

/// A tensor with its elements, where they are few; elements that are no numbers are elided.
/// Errors: extents below 0 or beyond 64 bits, payloads of another size than the extents say.
[[nodiscard]] Result<graph::Tensor> read_tensor(const onnx::TensorProto& proto);

/// A sparse tensor as the dense one that it stands for, without its elements. Errors: its extents'.
[[nodiscard]] Result<graph::Tensor> read_tensor(const onnx::SparseTensorProto& proto);

}  // namespace hale::onnx_frontend
