#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/space/decoder.hpp>

namespace hale::laws {

/// What every Decoder keeps to.
template <class E>
class DecoderLaws : public testing::Test {
 protected:
  using Codes = std::array<typename E::Code, E::size>;

  static Codes encoded(const typename E::Space::Architecture& architecture) {
    Codes codes{};
    E::encode(architecture, codes);
    return codes;
  }
};

TYPED_TEST_SUITE_P(DecoderLaws);

TYPED_TEST_P(DecoderLaws, ReadsBackWhatIsEncoded) {
  using E = TypeParam;
  Rng rng(5);
  for (int i = 0; i < 1000; ++i) {
    const auto codes = this->encoded(E::Space::sample(rng));
    const auto decoded = space::Decoder<E>::decode(codes);
    ASSERT_TRUE(decoded) << decoded.error().message;
    ASSERT_EQ(this->encoded(*decoded), codes);
  }
}

TYPED_TEST_P(DecoderLaws, ReadsBackOrRefusesWhateverTheCodesAre) {
  using E = TypeParam;
  Rng rng(6);
  int refused = 0;
  for (int i = 0; i < 10000; ++i) {
    auto codes = this->encoded(E::Space::sample(rng));
    for (std::uint64_t change = 0; change <= rng.below(2); ++change)
      codes[rng.below(codes.size())] =
          static_cast<typename E::Code>(rng.below(rng.below(2) == 0 ? 2 : 256));
    const auto decoded = space::Decoder<E>::decode(codes);
    if (decoded) {
      ASSERT_EQ(this->encoded(*decoded), codes);
    } else {
      ++refused;
      ASSERT_EQ(decoded.error().message.find("column"), 0U) << decoded.error().message;
    }
  }
  EXPECT_GT(refused, 1000);
}

REGISTER_TYPED_TEST_SUITE_P(DecoderLaws, ReadsBackWhatIsEncoded,
                            ReadsBackOrRefusesWhateverTheCodesAre);

}  // namespace hale::laws
