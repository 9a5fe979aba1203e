#include "catalogue.hpp"

#include <array>
#include <hale/predictor/recipes.hpp>

namespace hale::cli {
namespace {

template <class Methods>
constexpr std::array entries_of = {runtime::recipe_entry<typename Methods::Help>(),
                                   runtime::recipe_entry<typename Methods::WithoutModulator>(),
                                   runtime::recipe_entry<typename Methods::WithoutEmbedding>(),
                                   runtime::recipe_entry<typename Methods::MetaSgd>(),
                                   runtime::recipe_entry<typename Methods::Maml>(),
                                   runtime::recipe_entry<typename Methods::FirstOrderMaml>()};

constexpr std::array recipes = [] {
  constexpr std::array spaces = {entries_of<predictor::NasBench201Methods>,
                                 entries_of<predictor::FBNetMethods>,
                                 entries_of<predictor::OfaMobileNetV3Methods>};
  std::array<runtime::RecipeEntry, spaces.size() * spaces[0].size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = spaces[i / spaces[0].size()][i % spaces[0].size()];
  return all;
}();

}  // namespace

std::span<const runtime::RecipeEntry> catalogue() { return recipes; }

}  // namespace hale::cli
