#pragma once

#include <hale/runners.hpp>

namespace hale::runners {

/// With ONNX Runtime, from pip's onnxruntime or onnxruntime-gpu.
[[nodiscard]] Result<Readings> measure_with_onnxruntime_python(const Model& model,
                                                               const Settings& settings);
/// With OpenCV's dnn module, from Debian's python3-opencv.
[[nodiscard]] Result<Readings> measure_with_opencv(const Model& model, const Settings& settings);
/// With PyTorch, operation by operation, from Debian's python3-torch and python3-onnx.
[[nodiscard]] Result<Readings> measure_with_pytorch(const Model& model, const Settings& settings);

}  // namespace hale::runners
