#pragma once

#include <hale/session/built_in.hpp>
#include <span>

/// What ships in data/, as part of the library.
namespace hale::embedded {

[[nodiscard]] std::span<const session::BuiltIn> bases();
[[nodiscard]] std::span<const session::BuiltIn> devices();

}  // namespace hale::embedded
