#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/random.hpp>
#include <hale/space/concepts.hpp>

/// What every encoder promises, as a typed suite: instantiate it with an encoder.
namespace hale::laws {

template <space::Encoder E>
class EncoderLaws : public ::testing::Test {
 protected:
  using Codes = std::array<typename E::Code, E::size>;

  /// Over what was there before.
  static Codes codes_of(const typename E::Space::Architecture& architecture,
                        typename E::Code before) {
    Codes codes;
    codes.fill(before);
    E::encode(architecture, codes);
    return codes;
  }
};
TYPED_TEST_SUITE_P(EncoderLaws);

TYPED_TEST_P(EncoderLaws, FitsItself) {
  EXPECT_TRUE(space::sizes_agree<TypeParam>);
  EXPECT_TRUE(space::codes_fit<TypeParam>);
}

TYPED_TEST_P(EncoderLaws, WritesEveryCodeByTheArchitectureAlone) {
  Rng rng(3);
  bool varied = false;
  const auto first = this->codes_of(TypeParam::Space::sample(rng), 0);
  for (int i = 0; i < 200; ++i) {
    const auto architecture = TypeParam::Space::sample(rng);
    const auto codes = this->codes_of(architecture, 0);
    EXPECT_EQ(codes, this->codes_of(architecture, 77));
    varied = varied || codes != first;
  }
  EXPECT_TRUE(varied);
}

TYPED_TEST_P(EncoderLaws, GivesFiniteNumbersAndCategoriesThatExist) {
  Rng rng(4);
  for (int i = 0; i < 200; ++i) {
    for (const auto code : this->codes_of(TypeParam::Space::sample(rng), 0)) {
      EXPECT_TRUE(std::isfinite(static_cast<double>(code)));
      if constexpr (requires { TypeParam::Output::Graph::categories; }) {
        EXPECT_LT(code, TypeParam::Output::Graph::categories);
      }
    }
  }
}

REGISTER_TYPED_TEST_SUITE_P(EncoderLaws, FitsItself, WritesEveryCodeByTheArchitectureAlone,
                            GivesFiniteNumbersAndCategoriesThatExist);

}  // namespace hale::laws
