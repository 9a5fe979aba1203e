#include <gtest/gtest.h>

#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/lower/nasbench201.hpp>
#include <string_view>

namespace hale::lower {
namespace {

using Space = space::NasBench201;

Space::Architecture architecture(std::string_view text) {
  auto parsed = Space::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *parsed : Space::Architecture{};
}

constexpr std::string_view all_skip =
    "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~"
    "2|";
constexpr std::string_view one_conv = "|none~0|+|none~0|none~1|+|nor_conv_3x3~0|none~1|none~2|";

TEST(nasbench201, every_graph_has_shapes_and_is_valid) {
  for (std::size_t i = 0; i < Space::size; i += 17) {
    auto graph = nasbench201(Space::at(i), {.cells = {1, 1, 1}});
    ASSERT_TRUE(graph::Verify::run(graph)) << Space::format(Space::at(i));
    for (const graph::OperationId id : graph.body().operations)
      for (const graph::ValueId result : graph.operation(id).results)
        ASSERT_TRUE(graph.value(result).type.is_static()) << Space::format(Space::at(i));
    EXPECT_TRUE(graph::macs(graph).uncosted.empty());
  }
}

TEST(nasbench201, multiply_adds_are_those_of_the_published_network) {
  // Stem, two residual blocks and classifier, by hand.
  const std::uint64_t stem = 1024U * 16 * 3 * 9;
  const std::uint64_t first = 256U * (32 * 16 * 9 + 32 * 32 * 9 + 32 * 16);
  const std::uint64_t second = 64U * (64 * 32 * 9 + 64 * 64 * 9 + 64 * 32);
  const std::uint64_t fixed = stem + first + second + 640;
  EXPECT_EQ(graph::macs(nasbench201(architecture(all_skip))).total, fixed);
  const std::uint64_t stage = 1024U * 16 * 16 * 9;  // the same at each width
  EXPECT_EQ(graph::macs(nasbench201(architecture(one_conv))).total, fixed + 15 * stage);
}

TEST(nasbench201, parameters_follow_the_width_and_the_classes) {
  const auto count = [](const space::NasBench201Network& network) {
    return graph::parameters(nasbench201(architecture(all_skip), network)).total;
  };
  const std::uint64_t narrow = count({.channels = {4, 8, 16}, .classes = 10});
  EXPECT_EQ(count({.channels = {4, 8, 16}, .classes = 11}), narrow + 17);
  EXPECT_GT(count({.channels = {8, 16, 32}}), narrow);
}

TEST(nasbench201, the_batch_and_the_resolution_scale_the_work) {
  const auto work = [](const space::NasBench201Network& network) {
    return graph::macs(nasbench201(architecture(one_conv), network)).total;
  };
  EXPECT_EQ(work({.batch = 4}), 4 * work({}));
  EXPECT_EQ(work({.height = 64}) - 640, 2 * (work({}) - 640));
}

TEST(nasbench201, the_text_is_read_back) {
  const auto graph = nasbench201(architecture(one_conv));
  const std::string text = graph::print(graph);
  const auto parsed = graph::parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(graph::print(*parsed), text);
}

TEST(nasbench201, a_factor_of_zero_stands_for_none) {
  auto folded = graph::canonicalise(nasbench201(architecture(one_conv)));
  ASSERT_TRUE(folded) << folded.error().message;
  std::size_t sums = 0;
  for (const graph::OperationId id : folded->body().operations) {
    EXPECT_FALSE(folded->operation(id).is("Mul"));
    if (folded->operation(id).is("Add")) ++sums;
  }
  EXPECT_EQ(sums, 2U);  // those of the residual blocks alone
}

}  // namespace
}  // namespace hale::lower
