#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/lift/workload.hpp>
#include <hale/lower/families.hpp>
#include <hale/workload/fusion_rules.hpp>
#include <ostream>
#include <set>
#include <string>
#include <string_view>

namespace hale::lower {

// What GoogleTest shows of a parameter; found by the argument's namespace.
inline void PrintTo(const Family& family, std::ostream* out) { *out << family.name; }

namespace {

constexpr std::uint64_t seeds = 4;

std::string error_of(std::string_view name) {
  const auto graph = named_network(name);
  return graph ? "no error" : graph.error().message;
}

class Families : public testing::TestWithParam<Family> {
 protected:
  /// The first networks of the family, each under its name in what fails.
  template <class Check>
  static void for_each_network(const Check& check) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      SCOPED_TRACE(concat(GetParam().name, "/", seed));
      check(draw_network(GetParam(), seed));
    }
  }
};

TEST_P(Families, networks_are_valid_and_every_shape_follows_from_the_inputs) {
  for_each_network([](graph::Graph graph) {
    const auto valid = graph::Verify::run(graph);
    ASSERT_TRUE(valid) << valid.error().message;
    const std::string drawn = graph::print(graph);
    const auto inferred = graph::InferShapes::run(graph);
    ASSERT_TRUE(inferred) << inferred.error().message;
    EXPECT_EQ(graph::print(graph), drawn) << "the generator gave other shapes";
    for (std::size_t i = 0; i < graph.value_count(); ++i) {
      const graph::Value& value = graph.value(static_cast<graph::ValueId>(i));
      EXPECT_TRUE(value.type.is_static()) << value.name << " is " << graph::describe(value.type);
    }
  });
}

TEST_P(Families, networks_are_counted_in_full_and_lie_within_the_limits) {
  for_each_network([](const graph::Graph& graph) {
    const FamilyLimits limits;
    const graph::Count macs = graph::macs(graph);
    for (const graph::OperationId id : macs.uncosted)
      ADD_FAILURE() << graph.operation(id).name << " is not costed";
    EXPECT_GE(macs.total, limits.least_macs);
    EXPECT_LE(macs.total, limits.most_macs);
    const graph::Count parameters = graph::parameters(graph);
    EXPECT_TRUE(parameters.uncosted.empty());
    EXPECT_LE(parameters.total, limits.most_parameters);
  });
}

TEST_P(Families, a_seed_always_stands_for_one_network_and_others_for_others) {
  std::set<std::string> texts;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const std::string text = graph::print(draw_network(GetParam(), seed));
    EXPECT_EQ(graph::print(draw_network(GetParam(), seed)), text) << seed;
    EXPECT_TRUE(texts.insert(text).second) << "seed " << seed << " repeats an earlier one";
  }
}

TEST_P(Families, kernels_cover_every_network_under_every_rules_of_fusion) {
  for_each_network([](const graph::Graph& graph) {
    for (const workload::FusionRules& rules : workload::fusion_presets) {
      SCOPED_TRACE(rules.name);
      const auto work = lift::workload(graph, rules);
      ASSERT_TRUE(work) << work.error().message;
      EXPECT_FALSE(work->kernels.empty());
      for (const workload::Uncovered& one : work->uncovered)
        ADD_FAILURE() << one.operation << " at " << one.location << ": " << one.reason;
      const workload::Totals totals = workload::totals(*work);
      EXPECT_GT(totals.bytes_read, 0U);
      EXPECT_GT(totals.bytes_written, 0U);
      EXPECT_GT(totals.weight_bytes, 0U);
    }
  });
}

TEST_P(Families, is_found_by_its_name_which_no_other_has) {
  const auto found = find_family(GetParam().name);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ((*found)->draw, GetParam().draw);
  EXPECT_FALSE(GetParam().summary.empty());
}

INSTANTIATE_TEST_SUITE_P(all, Families, testing::ValuesIn(all_families),
                         [](const testing::TestParamInfo<Family>& each) {
                           std::string name(each.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(named_network, is_the_network_of_the_family_and_the_seed) {
  const auto named = named_network("residual/17");
  ASSERT_TRUE(named) << named.error().message;
  EXPECT_EQ(named->name, "residual/17");
  const auto family = find_family("residual");
  ASSERT_TRUE(family) << family.error().message;
  graph::Graph drawn = draw_network(**family, 17);
  drawn.name = named->name;
  EXPECT_EQ(graph::print(*named), graph::print(drawn));
}

TEST(named_network, says_what_was_found_and_expected_in_place_of_a_name) {
  for (const std::string_view name : {"residual", "residual/x", "residual/", "residual/-1", ""})
    EXPECT_EQ(error_of(name), concat("'", name, "' found, expected FAMILY/SEED"));
  std::string known;
  for (const Family& family : all_families) known += concat(known.empty() ? "" : ", ", family.name);
  EXPECT_EQ(error_of("nope/1"), concat("no family 'nope'; there are: ", known));
}

TEST(draw_network, keeps_within_other_limits_where_they_are_given) {
  const auto family = find_family("perceptron");
  ASSERT_TRUE(family) << family.error().message;
  const FamilyLimits limits{.most_macs = 500'000, .most_parameters = 200'000};
  const graph::Graph graph = draw_network(**family, 3, limits);
  EXPECT_GE(graph::macs(graph).total, limits.least_macs);
  EXPECT_LE(graph::macs(graph).total, limits.most_macs);
  EXPECT_LE(graph::parameters(graph).total, limits.most_parameters);
}

}  // namespace
}  // namespace hale::lower
