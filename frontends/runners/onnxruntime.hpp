#pragma once

#include <hale/runners.hpp>

#include "npm.hpp"

namespace hale::runners {

/// The native library, and the same compiled to WebAssembly.
extern const NpmRuntime onnxruntime_node;
extern const NpmRuntime onnxruntime_web;

[[nodiscard]] Result<Readings> measure_natively(const Model& model, const Settings& settings);
[[nodiscard]] Result<Readings> measure_in_wasm(const Model& model, const Settings& settings);

}  // namespace hale::runners
