#include "tract.hpp"

#include <array>

namespace hale::runners {
namespace {

constexpr std::array<NpmPackage, 1> packages = {{{"tractjs"}}};

}  // namespace

const NpmRuntime tractjs = {.name = "tractjs",
                            .version = "0.4.0",
                            .packages = packages,
                            .script = "tract",
                            .node = webassembly_options};

}  // namespace hale::runners
