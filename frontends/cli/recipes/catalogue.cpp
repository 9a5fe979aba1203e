#include "catalogue.hpp"

#include <array>

#include "recipes.hpp"

namespace hale::cli {
namespace {

constexpr std::array recipes = {runtime::recipe_entry<predictor::HelpNasBench201>()};

}  // namespace

std::span<const runtime::RecipeEntry> catalogue() { return recipes; }

}  // namespace hale::cli
