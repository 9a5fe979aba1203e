#include <gtest/gtest.h>

#include <hale/space/nasbench201.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <set>
#include <string>

#include "../laws/encoder.hpp"
#include "../laws/search_space.hpp"

namespace hale {
namespace {

using space::NasBench201;
using space::NasBench201Encoder;
using space::NasBench201Graph;

static_assert(space::SearchSpace<NasBench201>);
static_assert(!space::SearchSpace<int>);
static_assert(!space::SearchSpace<NasBench201Encoder>);
static_assert(space::Encoder<NasBench201Encoder>);
static_assert(!space::Encoder<NasBench201>);
static_assert(Topology<NasBench201Graph>);
static_assert(!Topology<NasBench201>);

TEST(NasBench201, HasAsManyDistinctArchitecturesAsItSays) {
  std::set<std::string> texts;
  for (std::size_t i = 0; i < NasBench201::size; ++i) {
    const auto architecture = NasBench201::at(i);
    const std::string text = NasBench201::format(architecture);
    EXPECT_EQ(NasBench201::parse(text), architecture);
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), 15625U);
}

TEST(NasBench201, WritesTheStringOfTheBenchmark) {
  using Op = NasBench201::Operation;
  const NasBench201::Architecture architecture{{Op::nor_conv_3x3, Op::nor_conv_1x1,
                                                Op::avg_pool_3x3, Op::skip_connect, Op::none,
                                                Op::nor_conv_3x3}};
  EXPECT_EQ(NasBench201::format(architecture),
            "|nor_conv_3x3~0|+|nor_conv_1x1~0|avg_pool_3x3~1|+|skip_connect~0|none~1|"
            "nor_conv_3x3~2|");
}

TEST(NasBench201, SaysWhereATextLeavesTheForm) {
  const auto message = [](const std::string& text) {
    const auto parsed = NasBench201::parse(text);
    return parsed ? std::string() : parsed.error().message;
  };
  EXPECT_NE(message("resnet").find("found 'resnet', expected '|'"), std::string::npos);
  EXPECT_NE(message("|nor_conv_5x5~0|").find("found 'nor_conv_5x5~0|', expected one of"),
            std::string::npos);
  EXPECT_NE(message("|none~0|+|none~1|").find("followed by '~0|'"), std::string::npos);
  EXPECT_NE(message("|none~0|+|none~0|none~1|+|none~0|none~1|none~2||").find("the end"),
            std::string::npos);
  EXPECT_LT(message(std::string(100000, 'x')).size(), 600U);
}

TEST(NasBench201Encoder, PutsInputOperationsOutputAndGlobalNodeInOrder) {
  std::array<std::uint8_t, NasBench201Encoder::size> codes{};
  using Op = NasBench201::Operation;
  NasBench201Encoder::encode({{Op::avg_pool_3x3, Op::nor_conv_1x1, Op::nor_conv_3x3, Op::none,
                               Op::skip_connect, Op::avg_pool_3x3}},
                             codes);
  EXPECT_EQ(codes, (std::array<std::uint8_t, 9>{0, 1, 2, 3, 4, 5, 1, 6, 7}));
}

TEST(NasBench201Graph, FeedsEachEdgeByThoseThatEndWhereItBegins) {
  const auto mask = [](std::initializer_list<int> nodes) {
    std::uint64_t bits = 0;
    for (const int node : nodes) bits |= std::uint64_t{1} << node;
    return bits;
  };
  // Nodes: input, edges 0>1 0>2 1>2 0>3 1>3 2>3, output, global.
  EXPECT_EQ(NasBench201Graph::sources,
            (std::array<std::uint64_t, 9>{mask({0}), mask({0, 1}), mask({0, 2}), mask({1, 3}),
                                          mask({0, 4}), mask({1, 5}), mask({2, 3, 6}),
                                          mask({4, 5, 6, 7}), mask({0, 1, 2, 3, 4, 5, 6, 7, 8})}));
}

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(OfNasBench201, EncoderLaws, space::NasBench201Encoder);
INSTANTIATE_TYPED_TEST_SUITE_P(OfNasBench201, SearchSpaceLaws, space::NasBench201);
}  // namespace laws
}  // namespace hale
