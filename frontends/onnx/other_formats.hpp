#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace hale::onnx_frontend {

/// What a file that is no ONNX model is instead, and what to do: "a git-lfs pointer found, expected
/// the model that it stands for: 'git lfs pull' fetches it". Empty where that is not known.
///
/// Cost: looks at the first kilobytes.
[[nodiscard]] std::string_view other_format(std::span<const std::byte> bytes);

}  // namespace hale::onnx_frontend
