#include "tfjs.hpp"

#include <array>

namespace hale::runners {
namespace {

constexpr NpmPackage core = {"@tensorflow/tfjs-core"};
constexpr NpmPackage wasm = {"@tensorflow/tfjs-backend-wasm"};
constexpr NpmPackage cpu = {"@tensorflow/tfjs-backend-cpu"};
constexpr NpmPackage reader = {"onnx-proto", "8.0.1"};

constexpr std::array<NpmPackage, 3> wasm_packages = {{wasm, core, reader}};
constexpr std::array<NpmPackage, 3> cpu_packages = {{cpu, core, reader}};
constexpr std::array<std::string_view, 4> scripts = {"tfjs_values", "tfjs_windows",
                                                     "tfjs_operations", "tfjs"};

}  // namespace

const NpmRuntime tfjs_wasm = {.name = "tfjs",
                              .version = "4.22.0",
                              .packages = wasm_packages,
                              .scripts = scripts,
                              .node = webassembly_options};
const NpmRuntime tfjs_cpu = {.name = "tfjs",
                             .version = "4.22.0",
                             .packages = cpu_packages,
                             .scripts = scripts,
                             .node = webassembly_options};

}  // namespace hale::runners
