#pragma once

#include <hale/runtime/baselines.hpp>
#include <hale/runtime/catalogue.hpp>
#include <span>

namespace hale::cli {

/// The recipes and baselines that this binary was compiled with.
[[nodiscard]] std::span<const runtime::RecipeEntry> catalogue();
[[nodiscard]] std::span<const runtime::BaselineEntry> baselines();

}  // namespace hale::cli
