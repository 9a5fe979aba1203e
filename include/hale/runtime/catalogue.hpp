#pragma once

#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/io/checkpoint.hpp>
#include <hale/io/container.hpp>
#include <hale/meta/trainer.hpp>
#include <hale/predictor/train.hpp>
#include <hale/runtime/any_base.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::runtime {

/// How training tells its caller of its progress, and what it takes from it.
struct TrainingHooks {
  Executor executor;
  /// Told of each episode; false stops, and training ends without a base.
  std::function<bool(const meta::TrainingProgress&)> report = [](const auto&) { return true; };
  /// Told of each step of a training that has no episodes.
  std::function<void(std::size_t done, std::size_t all)> step = [](std::size_t, std::size_t) {};
  /// Given a resumable state after each validation; false stops likewise.
  std::function<bool(std::string_view)> save = [](std::string_view) { return true; };
  std::string resume;       // a state that `save` was given, or empty
  std::string resume_name;  // what messages about that state begin with
  std::string made_from;    // one line, stored in the base
};

/// A recipe behind functions.
struct RecipeEntry {
  std::string_view space;
  std::string_view recipe;
  std::size_t episodes;  // of a training, unless another number is asked for
  /// Errors: a base of another recipe or layout, damaged sections. Loads all or nothing.
  Result<AnyBase> (*load)(const io::Container& container, std::string_view name);
  /// The trained base's bytes; empty where a hook stopped it. Errors: see predictor::Training.
  Result<std::string> (*train)(const device::LatencyTable& table,
                               const predictor::TrainingOptions& options,
                               const TrainingHooks& hooks);
};

/// The functions of a recipe's entry. They are declared here, so that a catalogue compiles no
/// network; hale/runtime/compiled_recipe.hpp defines them, for the one unit that instantiates them.
template <predictor::Recipe R>
struct CompiledRecipe {
  [[nodiscard]] static Result<AnyBase> load(const io::Container& container, std::string_view name);
  [[nodiscard]] static Result<std::string> train(const device::LatencyTable& table,
                                                 const predictor::TrainingOptions& options,
                                                 const TrainingHooks& hooks);
  [[nodiscard]] static constexpr RecipeEntry entry() {
    return {R::Space::name, R::name, R::protocol.episodes, load, train};
  }
};

/// Errors: no such space or recipe of it; the message lists those there are.
[[nodiscard]] inline Result<const RecipeEntry*> find_recipe(std::span<const RecipeEntry> catalogue,
                                                            std::string_view space,
                                                            std::string_view recipe) {
  std::vector<std::string_view> spaces;
  std::vector<std::string_view> recipes;
  for (const RecipeEntry& entry : catalogue) {
    if (entry.space == space && entry.recipe == recipe) return &entry;
    if (entry.space == space) recipes.push_back(entry.recipe);
    if (spaces.empty() || spaces.back() != entry.space) spaces.push_back(entry.space);
  }
  const auto listed = [](const std::vector<std::string_view>& names) {
    std::string text;
    for (const std::string_view each : names) text += concat(text.empty() ? "" : ", ", each);
    return text;
  };
  if (recipes.empty())
    return fail(concat("no space '", space, "' to train on; there are: ", listed(spaces)));
  return fail(
      concat("no recipe '", recipe, "' for space '", space, "'; there are: ", listed(recipes)));
}

/// The base in a file of any recipe of the catalogue. Errors: damaged bytes, another kind of file,
/// a recipe that is not compiled in.
[[nodiscard]] inline Result<AnyBase> load_base(std::span<const RecipeEntry> catalogue,
                                               std::string_view bytes, std::string_view name = {}) {
  HALE_TRY(const io::Container container, io::parse_container(bytes));
  HALE_TRY(const io::Notes notes, io::base_notes(container));
  HALE_TRY(const RecipeEntry* entry,
           find_recipe(catalogue, notes.get("space"), notes.get("recipe")));
  return entry->load(container, name);
}

}  // namespace hale::runtime
