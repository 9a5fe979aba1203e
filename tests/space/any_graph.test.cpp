#include <gtest/gtest.h>

#include <hale/space/any_graph.hpp>
#include <hale/space/concepts.hpp>
#include <string>

#include "../laws/search_space.hpp"

namespace hale {
namespace {

using space::AnyGraph;
using space::AnyGraphEncoder;

static_assert(space::SearchSpace<AnyGraph>);
static_assert(space::Encoder<AnyGraphEncoder>);

TEST(AnyGraph, RefusesTermsOfAnotherVersion) {
  const auto other = AnyGraph::parse("terms/12345:1,2;");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("another version"), std::string::npos);
}

TEST(AnyGraph, RefusesAmountsThatAreNone) {
  Rng rng(1);
  const std::string text = AnyGraph::format(AnyGraph::sample(rng));
  const std::size_t first = text.find(':') + 1;
  const std::size_t comma = text.find(',');
  for (const char* wrong : {"-1", "nan", "inf", "x", ""}) {
    const auto parsed = AnyGraph::parse(text.substr(0, first) + wrong + text.substr(comma));
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_NE(parsed.error().message.find("pointwise-macs"), std::string::npos);
  }
}

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(OfAnyGraph, SearchSpaceLaws, space::AnyGraph);
}  // namespace laws
}  // namespace hale
