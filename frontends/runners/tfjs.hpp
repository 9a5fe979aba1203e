#pragma once

#include "npm.hpp"

namespace hale::runners {

/// TensorFlow.js on its two backends that need no graphics, both in one folder.
extern const NpmRuntime tfjs_wasm;
extern const NpmRuntime tfjs_cpu;

}  // namespace hale::runners
