#pragma once

#include "npm.hpp"

namespace hale::runners {

/// tract, of Rust, compiled to WebAssembly.
extern const NpmRuntime tractjs;

}  // namespace hale::runners
