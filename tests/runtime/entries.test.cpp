#include <gtest/gtest.h>

#include <boost/hana/tuple.hpp>
#include <hale/core/fixed_string.hpp>
#include <hale/runtime/catalogue.hpp>
#include <hale/runtime/entries.hpp>

namespace hale::runtime {
namespace {

/// A recipe of a program's own, which is trained into its name.
template <FixedString Name>
struct OwnRecipe {
  static constexpr FixedString name = Name;

  static Result<AnyBase> load(const io::Container&, std::string_view) { return fail("no base"); }
  static Result<std::string> train(const device::LatencyTable&, const predictor::TrainingOptions&,
                                   const TrainingHooks&) {
    return std::string(name.view());
  }
  static constexpr RecipeEntry entry() { return {"own", name.view(), 7, load, train}; }
};

struct WithoutEntry {};

constexpr auto table = entries(boost::hana::tuple_t<OwnRecipe<"first">, OwnRecipe<"second">>);

static_assert(table.size() == 2);
static_assert(table[0].recipe == "first" && table[1].recipe == "second");
static_assert(Listed<OwnRecipe<"first">> && !Listed<WithoutEntry>);

TEST(Entries, StandInTheOrderOfTheTypes) {
  ASSERT_EQ(table.size(), 2U);
  for (const RecipeEntry& entry : table) EXPECT_EQ(entry.train({}, {}, {}).value(), entry.recipe);
}

TEST(Entries, AreFoundByNameAndTheOthersAreListed) {
  const auto found = find_recipe(table, "own", "second");
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, &table[1]);
  const auto missing = find_recipe(table, "own", "third");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "no recipe 'third' for space 'own'; there are: first, second");
}

}  // namespace
}  // namespace hale::runtime
