#pragma once

#include <hale/runners.hpp>

namespace hale::runners {

/// With onnxruntime-node, the native library.
[[nodiscard]] Result<Readings> measure_natively(const Model& model, const Settings& settings);
/// With onnxruntime-web, the same compiled to WebAssembly.
[[nodiscard]] Result<Readings> measure_in_wasm(const Model& model, const Settings& settings);

/// The command line that installs one of these packages.
[[nodiscard]] std::vector<std::string> npm_install(std::string_view package,
                                                   const Settings& settings);

}  // namespace hale::runners
