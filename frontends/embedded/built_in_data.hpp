#pragma once

#include <hale/session/built_in.hpp>
#include <span>

/// What ships in data/, as part of the library.
namespace hale::embedded {

[[nodiscard]] std::span<const session::BuiltIn> bases();
[[nodiscard]] std::span<const session::BuiltIn> devices();
/// One file: the networks that devices were measured with, by their terms.
[[nodiscard]] std::span<const session::BuiltIn> networks();
/// One file: the same with their kernels, deflated.
[[nodiscard]] std::span<const session::BuiltIn> kernels();

}  // namespace hale::embedded
