#pragma once

#include <hale/runtime/baselines.hpp>
#include <hale/runtime/catalogue.hpp>
#include <hale/runtime/space_entry.hpp>
#include <span>

namespace hale::session {

/// The spaces, recipes and baselines that this library was compiled with.
[[nodiscard]] runtime::Spaces spaces();
[[nodiscard]] std::span<const runtime::RecipeEntry> recipes();
[[nodiscard]] std::span<const runtime::BaselineEntry> baselines();

}  // namespace hale::session
