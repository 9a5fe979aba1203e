#pragma once

#include <hale/session/built_in.hpp>
#include <span>

/// Files that are part of the command line: the parts of its report, and the scripts that measure.
namespace hale::embedded {

/// A page with places to fill, its style, and its script in parts.
[[nodiscard]] std::span<const session::BuiltIn> report();
/// For the interpreters of runtimes that have none in C++.
[[nodiscard]] std::span<const session::BuiltIn> scripts();

}  // namespace hale::embedded
