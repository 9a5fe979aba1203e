#include "catalogue.hpp"

#include <algorithm>
#include <array>
#include <hale/predictor/recipes.hpp>
#include <hale/runtime/graph_baselines.hpp>
#include <hale/runtime/simulated_recipe.hpp>
#include <hale/runtime/spaces.hpp>

#include "baselines.hpp"

namespace hale::session {
namespace {

/// The entries of all spaces one behind the other.
template <class Entry, std::size_t... Each>
constexpr auto joined(const std::array<Entry, Each>&... spaces) {
  std::array<Entry, (Each + ...)> all{};
  auto* end = all.data();
  static_cast<void>(((end = std::copy(spaces.begin(), spaces.end(), end)), ...));
  return all;
}

template <class Methods>
constexpr std::array entries_of = {runtime::recipe_entry<typename Methods::Help>(),
                                   runtime::recipe_entry<typename Methods::WithoutModulator>(),
                                   runtime::recipe_entry<typename Methods::WithoutEmbedding>(),
                                   runtime::recipe_entry<typename Methods::MetaSgd>(),
                                   runtime::recipe_entry<typename Methods::Maml>(),
                                   runtime::recipe_entry<typename Methods::FirstOrderMaml>()};

constexpr std::array all_recipes =
    joined(entries_of<predictor::NasBench201Methods>, entries_of<predictor::FBNetMethods>,
           entries_of<predictor::OfaMobileNetV3Methods>, std::array{runtime::simulated_entry()});

template <class Methods, class B = Baselines<Methods>>
constexpr std::array baselines_of = {
    runtime::baseline_entry<typename B::Flops, typename B::Recipe>(),
    runtime::baseline_entry<typename B::LookUpTable, typename B::Recipe>(),
    runtime::baseline_entry<typename B::BrpNas, typename B::Recipe>(),
    runtime::baseline_entry<typename B::AdaProxy, typename B::Recipe>()};

constexpr std::array all_baselines =
    joined(baselines_of<predictor::NasBench201Methods>, baselines_of<predictor::FBNetMethods>,
           baselines_of<predictor::OfaMobileNetV3Methods>, runtime::graph_baselines());

}  // namespace

runtime::Spaces spaces() { return runtime::spaces(); }

std::span<const runtime::RecipeEntry> recipes() { return all_recipes; }

std::span<const runtime::BaselineEntry> baselines() { return all_baselines; }

}  // namespace hale::session
