#include "../laws/decoder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/space/any_graph.hpp>
#include <hale/space/decoder.hpp>
#include <hale/space/fbnet_decoder.hpp>
#include <hale/space/nasbench201_decoder.hpp>
#include <hale/space/ofa_mobilenet_v3_decoder.hpp>
#include <string>
#include <vector>

namespace hale {
namespace {

using namespace space;

static_assert(Encoder<NasBench201Choices> && Decodable<NasBench201Choices>);
static_assert(Encoder<FBNetChoices> && Decodable<FBNetChoices>);
static_assert(Encoder<OfaMobileNetV3Choices> && Decodable<OfaMobileNetV3Choices>);
static_assert(Decodable<NasBench201Encoder> && Decodable<FBNetEncoder>);
static_assert(Decodable<OfaMobileNetV3Encoder>);
static_assert(!Decodable<AnyGraphEncoder>);  // its terms are sums: no network is read from them
static_assert(!Decodable<NasBench201>);

template <class E>
std::vector<std::uint8_t> encoded(const std::string& text) {
  std::vector<std::uint8_t> codes(E::size);
  E::encode(E::Space::parse(text).value(), std::span<std::uint8_t, E::size>(codes));
  return codes;
}

/// The architecture of these codes as text, or why there is none.
template <class E>
std::string decoded(const std::vector<std::uint8_t>& codes) {
  const auto all = decode_rows<E>({codes.data(), 1, codes.size()});
  return all ? E::Space::format(all->front()) : all.error().message;
}

/// The same after a change in one column.
template <class E>
std::string changed(std::vector<std::uint8_t> codes, std::size_t column, std::uint8_t code) {
  codes[column] = code;
  return decoded<E>(codes);
}

template <class E>
class Choices : public testing::Test {};
using ChoiceEncoders = testing::Types<NasBench201Choices, FBNetChoices, OfaMobileNetV3Choices>;
TYPED_TEST_SUITE(Choices, ChoiceEncoders);

TYPED_TEST(Choices, OfAThousandSamplesComeBackTheSame) {
  using E = TypeParam;
  Rng rng(7);
  std::vector<typename E::Space::Architecture> architectures;
  for (int i = 0; i < 1000; ++i) architectures.push_back(E::Space::sample(rng));
  std::vector<std::uint8_t> codes(architectures.size() * E::size);
  encode_rows<E>(architectures, {codes.data(), architectures.size(), E::size});
  const auto back = decode_rows<E>({codes.data(), architectures.size(), E::size});
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, architectures);
}

const std::string cell =
    "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|"
    "none~2|";
const std::string blocks = "7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-5";
const std::string layers =
    "r160/d2-3-4-2-3/k3-5-3-3-7-7-3-3-5-5-5-5-3-3-3-3-5-7-3-3/"
    "e3-4-3-3-6-6-6-3-3-3-4-4-4-3-3-3-6-4-3-3";

TEST(NasBench201Decoder, ReadsBothItsCodes) {
  const std::vector<std::uint8_t> choices = {2, 3, 4, 0, 1, 3};
  EXPECT_EQ(encoded<NasBench201Choices>(cell), choices);
  EXPECT_EQ(decoded<NasBench201Choices>(choices), cell);
  EXPECT_EQ(decoded<NasBench201Encoder>({0, 3, 4, 5, 1, 2, 4, 6, 7}), cell);
}

TEST(NasBench201Decoder, NamesTheColumnThatIsNone) {
  const auto choices = encoded<NasBench201Choices>(cell);
  const auto nodes = encoded<NasBench201Encoder>(cell);
  EXPECT_EQ(changed<NasBench201Choices>(choices, 2, 5),
            "row 0, column 2: found 5, expected 0 (avg_pool_3x3) to 4 (skip_connect)");
  EXPECT_EQ(changed<NasBench201Encoder>(nodes, 0, 1),
            "row 0, column 0: found 1, expected 0 (input)");
  EXPECT_EQ(changed<NasBench201Encoder>(nodes, 3, 0),
            "row 0, column 3: found 0, expected 1 (avg_pool_3x3) to 5 (skip_connect)");
  EXPECT_EQ(changed<NasBench201Encoder>(nodes, 7, 7),
            "row 0, column 7: found 7, expected 6 (output)");
  EXPECT_EQ(changed<NasBench201Encoder>(nodes, 8, 0),
            "row 0, column 8: found 0, expected 7 (global)");
  EXPECT_EQ(decoded<NasBench201Choices>({1, 2}), "found 2 columns, expected 6 (choices)");
}

TEST(FBNetDecoder, ReadsBothItsCodes) {
  EXPECT_EQ(encoded<FBNetChoices>(blocks)[0], 7);
  EXPECT_EQ(decoded<FBNetChoices>(encoded<FBNetChoices>(blocks)), blocks);
  EXPECT_EQ(decoded<FBNetEncoder>(encoded<FBNetEncoder>(blocks)), blocks);
}

TEST(FBNetDecoder, NamesTheColumnThatIsNone) {
  EXPECT_EQ(changed<FBNetChoices>(encoded<FBNetChoices>(blocks), 21, 9),
            "row 0, column 21: found 9, expected 0 (k3_e1) to 8 (skip)");
  EXPECT_EQ(changed<FBNetEncoder>(encoded<FBNetEncoder>(blocks), 0, 1),
            "row 0, columns 0 to 5: found 1 1 0 0 0 1, expected a 1 for the filter (3, 5), a 1 for "
            "the kind (e1, e1_g2, e3, e6) and zeros, or all zeros (skip)");
}

TEST(OfaMobileNetV3Decoder, ReadsBothItsCodes) {
  const auto choices = encoded<OfaMobileNetV3Choices>(layers);
  EXPECT_EQ(choices.size(), 46U);
  EXPECT_EQ(choices[0], 160);
  EXPECT_EQ(decoded<OfaMobileNetV3Choices>(choices), layers);
  EXPECT_EQ(decoded<OfaMobileNetV3Encoder>(encoded<OfaMobileNetV3Encoder>(layers)), layers);
}

TEST(OfaMobileNetV3Decoder, NamesTheColumnThatIsNoChoice) {
  const auto choices = encoded<OfaMobileNetV3Choices>(layers);
  EXPECT_EQ(changed<OfaMobileNetV3Choices>(choices, 0, 130),
            "row 0, column 0: found 130, expected a resolution: 128, 132, .. or 224");
  EXPECT_EQ(changed<OfaMobileNetV3Choices>(choices, 5, 1),
            "row 0, column 5: found 1, expected a depth: 2, 3 or 4");
  EXPECT_EQ(changed<OfaMobileNetV3Choices>(choices, 25, 4),
            "row 0, column 25: found 4, expected a kernel: 3, 5 or 7");
  EXPECT_EQ(changed<OfaMobileNetV3Choices>(choices, 26, 5),
            "row 0, column 26: found 5, expected an expansion: 3, 4 or 6");
}

TEST(OfaMobileNetV3Decoder, NamesTheColumnThatIsNoOneHotCode) {
  const auto codes = encoded<OfaMobileNetV3Encoder>(layers);  // layer 1 has kernel 3: column 0
  EXPECT_EQ(changed<OfaMobileNetV3Encoder>(codes, 0, 2),
            "row 0, column 0: found 2, expected 0 or 1");
  EXPECT_EQ(changed<OfaMobileNetV3Encoder>(codes, 2, 1),
            "row 0, column 2: found 1, expected 0: column 0 is 1 already");
  EXPECT_EQ(changed<OfaMobileNetV3Encoder>(codes, 0, 0),
            "row 0, column 0: layer 1 has an expansion and no kernel, expected both or neither");
  EXPECT_EQ(changed<OfaMobileNetV3Encoder>(codes, 60, 0),
            "row 0, column 60: layer 1 has a kernel and no expansion, expected both or neither");
  EXPECT_EQ(changed<OfaMobileNetV3Encoder>(codes, 120 + 8, 0),
            "row 0, column 120: found no 1, expected a resolution");
  auto absent = codes;
  for (const std::size_t first : {0U, 60U}) absent[first] = 0;
  EXPECT_EQ(decoded<OfaMobileNetV3Encoder>(absent),
            "row 0, column 3: layer 2 of stage 1 is there and layer 1 is not, expected none behind "
            "an absent one");
  auto shallow = codes;
  for (std::size_t i = 0; i < 6; ++i) shallow[i] = shallow[60 + i] = 0;
  EXPECT_EQ(decoded<OfaMobileNetV3Encoder>(shallow),
            "row 0, column 0: stage 1 has 0 layers, expected 2, 3 or 4");
}

TEST(DecodeRows, NamesTheRow) {
  const std::vector<std::uint8_t> codes = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 9, 1};
  const auto all = decode_rows<NasBench201Choices>({codes.data(), 2, 6});
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().message.find("row 1, column 4: found 9"), 0U) << all.error().message;
  EXPECT_TRUE(decode_rows<NasBench201Choices>({codes.data(), 0, 6})->empty());
}

}  // namespace

namespace laws {
using Encoders = testing::Types<NasBench201Choices, FBNetChoices, OfaMobileNetV3Choices,
                                NasBench201Encoder, FBNetEncoder, OfaMobileNetV3Encoder>;
INSTANTIATE_TYPED_TEST_SUITE_P(OfEachEncoder, DecoderLaws, Encoders);
}  // namespace laws

}  // namespace hale
