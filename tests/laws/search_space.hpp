#pragma once

#include <gtest/gtest.h>

#include <hale/core/random.hpp>
#include <hale/space/concepts.hpp>

/// What every search space promises, as a typed suite: instantiate it with a space.
namespace hale::laws {

template <space::SearchSpace S>
class SearchSpaceLaws : public ::testing::Test {};
TYPED_TEST_SUITE_P(SearchSpaceLaws);

TYPED_TEST_P(SearchSpaceLaws, ParsingWhatWasFormattedGivesTheSameArchitecture) {
  Rng rng(1);
  for (int i = 0; i < 1000; ++i) {
    const auto architecture = TypeParam::sample(rng);
    const auto parsed = TypeParam::parse(TypeParam::format(architecture));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, architecture);
  }
}

TYPED_TEST_P(SearchSpaceLaws, SamplesDependOnTheGeneratorsStateAlone) {
  Rng one(7);
  Rng other(7);
  bool varied = false;
  const auto first = TypeParam::sample(one);
  EXPECT_EQ(first, TypeParam::sample(other));
  for (int i = 0; i < 20; ++i) {
    const auto architecture = TypeParam::sample(one);
    EXPECT_EQ(architecture, TypeParam::sample(other));
    varied = varied || !(architecture == first);
  }
  EXPECT_TRUE(varied);
}

TYPED_TEST_P(SearchSpaceLaws, TextThatWasCutOrExtendedIsRefused) {
  Rng rng(2);
  const std::string text = TypeParam::format(TypeParam::sample(rng));
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(TypeParam::parse(text.substr(0, size))) << text.substr(0, size);
  EXPECT_FALSE(TypeParam::parse(text + "x"));
  EXPECT_FALSE(TypeParam::parse(" " + text));
}

REGISTER_TYPED_TEST_SUITE_P(SearchSpaceLaws, ParsingWhatWasFormattedGivesTheSameArchitecture,
                            SamplesDependOnTheGeneratorsStateAlone,
                            TextThatWasCutOrExtendedIsRefused);

}  // namespace hale::laws
