#pragma once

#include <hale/runtime/catalogue.hpp>
#include <span>

namespace hale::cli {

/// The recipes that this binary was compiled with.
[[nodiscard]] std::span<const runtime::RecipeEntry> catalogue();

}  // namespace hale::cli
