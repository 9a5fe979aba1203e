#include "tract.hpp"

#include <array>

namespace hale::runners {
namespace {

constexpr std::array<NpmPackage, 1> packages = {{{"tractjs"}}};
constexpr std::array<std::string_view, 1> scripts = {"tract"};

}  // namespace

const NpmRuntime tractjs = {.name = "tractjs",
                            .version = "0.4.0",
                            .packages = packages,
                            .scripts = scripts,
                            .node = webassembly_options};

}  // namespace hale::runners
