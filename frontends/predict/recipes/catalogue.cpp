#include "catalogue.hpp"

#include <boost/hana/append.hpp>
#include <boost/hana/concat.hpp>
#include <boost/hana/flatten.hpp>
#include <boost/hana/transform.hpp>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <hale/predictor/recipes.hpp>
#include <hale/runtime/entries.hpp>
#include <hale/runtime/graph_baselines.hpp>
#include <hale/runtime/simulated_recipe.hpp>
#include <hale/runtime/spaces.hpp>

#include "baselines.hpp"

namespace hale::session {
namespace {

namespace hana = boost::hana;

/// The methods of each searched space, in the order in which they are listed.
constexpr auto searched = hana::tuple_t<predictor::NasBench201Methods, predictor::FBNetMethods,
                                        predictor::OfaMobileNetV3Methods>;

constexpr auto recipes_of = []<class M>(hana::basic_type<M>) {
  using runtime::CompiledRecipe;
  return hana::tuple_t<
      CompiledRecipe<typename M::Help>, CompiledRecipe<typename M::WithoutModulator>,
      CompiledRecipe<typename M::WithoutEmbedding>, CompiledRecipe<typename M::MetaSgd>,
      CompiledRecipe<typename M::Maml>, CompiledRecipe<typename M::FirstOrderMaml>>;
};

constexpr auto baselines_of = []<class M>(hana::basic_type<M>) {
  using runtime::CompiledBaseline;
  using B = Baselines<M>;
  using R = typename B::Recipe;
  return hana::tuple_t<
      CompiledBaseline<typename B::Flops, R>, CompiledBaseline<typename B::LookUpTable, R>,
      CompiledBaseline<typename B::BrpNas, R>, CompiledBaseline<typename B::AdaProxy, R>>;
};

/// What `of` gives for each searched space, one behind the other.
constexpr auto of_each_space(const auto& of) {
  return hana::flatten(hana::transform(searched, of));
}

constexpr auto all_recipes = runtime::entries(
    hana::append(of_each_space(recipes_of), hana::type_c<runtime::SimulatedRecipe>));

constexpr auto all_baselines =
    runtime::entries(hana::concat(of_each_space(baselines_of), runtime::graph_baselines));

}  // namespace

runtime::Spaces spaces() { return runtime::spaces(); }

std::span<const runtime::RecipeEntry> recipes() { return all_recipes; }

std::span<const runtime::BaselineEntry> baselines() { return all_baselines; }

}  // namespace hale::session
