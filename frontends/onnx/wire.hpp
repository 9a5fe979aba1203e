#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <span>
#include <string>

namespace hale::onnx_frontend {

/// The serialised ModelProto without the payloads of tensors of more than `kept_bytes`.
///
/// Walks protobuf's wire format with 64-bit positions, so that neither the file nor a tensor need
/// fit 2 GiB, and never looks at a payload. Cost: O(fields), not O(bytes).
/// Errors: what no serialised message can be, with the position.
[[nodiscard]] Result<std::string> without_payloads(std::span<const std::byte> model,
                                                   std::size_t kept_bytes);

}  // namespace hale::onnx_frontend
