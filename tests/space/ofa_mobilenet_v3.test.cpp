#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <hale/space/concepts.hpp>
#include <hale/space/ofa_mobilenet_v3.hpp>
#include <hale/space/ofa_mobilenet_v3_encoder.hpp>
#include <numeric>
#include <string>

#include "../laws/encoder.hpp"
#include "../laws/search_space.hpp"

namespace hale {
namespace {

using space::OfaMobileNetV3;
using space::OfaMobileNetV3Encoder;

static_assert(space::SearchSpace<OfaMobileNetV3>);
static_assert(space::Encoder<OfaMobileNetV3Encoder>);
static_assert(!space::Encoder<OfaMobileNetV3>);
static_assert(OfaMobileNetV3Encoder::size == 145);

const std::string depths = "/d2-3-4-2-2";
const std::string kernels = "/k3-5-7-3-5-7-3-5-7-3-5-7-3-5-7-3-5-7-3-5";
const std::string expansions = "/e3-4-6-3-4-6-3-4-6-3-4-6-3-4-6-3-4-6-3-4";

TEST(OfaMobileNetV3, ReadsTheStringOfTheTable) {
  const auto architecture = OfaMobileNetV3::parse("r204" + depths + kernels + expansions);
  ASSERT_TRUE(architecture) << architecture.error().message;
  EXPECT_EQ(architecture->resolution, 204);
  EXPECT_EQ(architecture->depth, (std::array<std::uint8_t, 5>{2, 3, 4, 2, 2}));
  EXPECT_EQ(architecture->kernel[19], 5);
  EXPECT_EQ(architecture->expansion[2], 6);
  EXPECT_TRUE(architecture->has_layer(1));
  EXPECT_FALSE(architecture->has_layer(2));
  EXPECT_TRUE(architecture->has_layer(11));
}

TEST(OfaMobileNetV3, SaysWhereATextLeavesTheForm) {
  const auto message = [](const std::string& text) {
    const auto parsed = OfaMobileNetV3::parse(text);
    return parsed ? std::string() : parsed.error().message;
  };
  EXPECT_NE(message("r204").find("found 1 parts, expected 4"), std::string::npos);
  EXPECT_NE(message("r126" + depths + kernels + expansions).find("found 'r126', expected r128"),
            std::string::npos);
  EXPECT_NE(message("r130" + depths + kernels + expansions).find("found 'r130'"),
            std::string::npos);
  EXPECT_NE(message("r228" + depths + kernels + expansions).find("or r224"), std::string::npos);
  EXPECT_NE(message("r128/d2-3" + kernels + expansions).find("'d' and 5 depths"),
            std::string::npos);
  EXPECT_NE(message("r128/d2-3-4-5-2" + kernels + expansions).find("entry 4 of the depths is '5'"),
            std::string::npos);
  EXPECT_NE(message("r128" + depths + kernels + kernels).find("'e' and 20 expansions"),
            std::string::npos);
  EXPECT_LT(message(std::string(100000, '/')).size(), 600U);
}

TEST(OfaMobileNetV3Encoder, MarksPresentLayersAndTheResolution) {
  const auto architecture = OfaMobileNetV3::parse("r132" + depths + kernels + expansions);
  ASSERT_TRUE(architecture);
  std::array<std::uint8_t, OfaMobileNetV3Encoder::size> codes{};
  OfaMobileNetV3Encoder::encode(*architecture, codes);
  EXPECT_EQ(std::accumulate(codes.begin(), codes.end(), 0), 13 + 13 + 1);
  EXPECT_EQ(codes[0], 1);       // layer 0: filter of 3
  EXPECT_EQ(codes[3 + 1], 1);   // layer 1: filter of 5
  EXPECT_EQ(codes[6 + 2], 0);   // layer 2 is absent
  EXPECT_EQ(codes[60 + 4], 1);  // layer 1: expansion of 4
  EXPECT_EQ(codes[121], 1);     // the second resolution
}

TEST(OfaMobileNetV3Encoder, SeesNothingOfAbsentLayers) {
  auto one = *OfaMobileNetV3::parse("r132" + depths + kernels + expansions);
  auto other = one;
  other.kernel[3] = 7;
  other.expansion[3] = 6;
  std::array<std::uint8_t, OfaMobileNetV3Encoder::size> codes{};
  std::array<std::uint8_t, OfaMobileNetV3Encoder::size> other_codes{};
  OfaMobileNetV3Encoder::encode(one, codes);
  OfaMobileNetV3Encoder::encode(other, other_codes);
  EXPECT_NE(one, other);
  EXPECT_EQ(codes, other_codes);
}

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(OfOfaMobileNetV3, EncoderLaws, space::OfaMobileNetV3Encoder);
INSTANTIATE_TYPED_TEST_SUITE_P(OfOfaMobileNetV3, SearchSpaceLaws, space::OfaMobileNetV3);
}  // namespace laws
}  // namespace hale
