#include "onnxruntime.hpp"

#include <array>

namespace hale::runners {
namespace {

constexpr std::array<NpmPackage, 1> native_packages = {{{"onnxruntime-node"}}};
constexpr std::array<NpmPackage, 1> web_packages = {{{"onnxruntime-web"}}};
constexpr std::array<std::string_view, 1> native_options = {"--expose-gc"};
constexpr std::array<std::string_view, 1> scripts = {"onnxruntime"};

}  // namespace

const NpmRuntime onnxruntime_node = {.name = "onnxruntime-node",
                                     .version = "1.22.0",
                                     .packages = native_packages,
                                     .scripts = scripts,
                                     .node = native_options};
const NpmRuntime onnxruntime_web = {.name = "onnxruntime-web",
                                    .version = "1.22.0",
                                    .packages = web_packages,
                                    .scripts = scripts,
                                    .node = webassembly_options};

}  // namespace hale::runners
