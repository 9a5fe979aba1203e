#pragma once

#include "npm.hpp"

namespace hale::runners {

/// The native library, and the same compiled to WebAssembly.
extern const NpmRuntime onnxruntime_node;
extern const NpmRuntime onnxruntime_web;

}  // namespace hale::runners
