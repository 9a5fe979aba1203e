#pragma once

#include <hale/runners.hpp>

#include "npm.hpp"

namespace hale::runners {

/// TensorFlow.js on its two backends that need no graphics, both in one folder.
extern const NpmRuntime tfjs_wasm;
extern const NpmRuntime tfjs_cpu;

[[nodiscard]] Result<Readings> measure_with_tfjs(const Model& model, const Settings& settings);
[[nodiscard]] Result<Readings> measure_with_tfjs_cpu(const Model& model, const Settings& settings);

}  // namespace hale::runners
