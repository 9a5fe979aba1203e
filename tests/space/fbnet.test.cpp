#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <hale/space/concepts.hpp>
#include <hale/space/fbnet.hpp>
#include <hale/space/fbnet_encoder.hpp>
#include <string>
#include <vector>

#include "../laws/encoder.hpp"
#include "../laws/search_space.hpp"

namespace hale {
namespace {

using space::FBNet;
using space::FBNetEncoder;
using Block = FBNet::Block;

static_assert(space::SearchSpace<FBNet>);
static_assert(space::Encoder<FBNetEncoder>);
static_assert(!space::Encoder<FBNet>);
static_assert(FBNetEncoder::size == 132);

TEST(FBNet, ReadsTheStringOfTheTable) {
  const auto architecture = FBNet::parse("7-8-1-8-4-8-8-8-7-4-1-4-7-3-2-7-3-2-4-2-4-5");
  ASSERT_TRUE(architecture) << architecture.error().message;
  EXPECT_EQ(architecture->blocks[0], Block::k5_e6);
  EXPECT_EQ(architecture->blocks[1], Block::skip);
  EXPECT_EQ(architecture->blocks[2], Block::k3_e1_g2);
  EXPECT_EQ(architecture->blocks[21], Block::k5_e1_g2);
}

TEST(FBNet, KnowsWhatEachBlockIsMadeOf) {
  const std::vector<Block> blocks = {Block::k3_e1, Block::k3_e1_g2, Block::k3_e3, Block::k3_e6,
                                     Block::k5_e1, Block::k5_e1_g2, Block::k5_e3, Block::k5_e6};
  for (const Block block : blocks) {
    const auto name = FBNet::block_names[static_cast<std::size_t>(block)];
    const bool grouped = FBNet::groups_of(block) == 2;
    EXPECT_EQ(name, concat("k", FBNet::kernel_of(block), "_e", FBNet::expansion_of(block),
                           grouped ? "_g2" : ""));
  }
}

TEST(FBNet, SaysWhereATextLeavesTheForm) {
  const auto message = [](const std::string& text) {
    const auto parsed = FBNet::parse(text);
    return parsed ? std::string() : parsed.error().message;
  };
  EXPECT_NE(message("1-2-3").find("found 3 places, expected 22"), std::string::npos);
  EXPECT_NE(message("0-9-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0").find("place 2 is '9'"),
            std::string::npos);
  EXPECT_NE(message("0-00-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0").find("place 2 is '00'"),
            std::string::npos);
  EXPECT_LT(message(std::string(100000, '-')).size(), 600U);
}

TEST(FBNetEncoder, MarksFilterAndKindOfEachPlaceAndNothingOfASkip) {
  FBNet::Architecture architecture;
  architecture.blocks.fill(Block::skip);
  architecture.blocks[0] = Block::k3_e1_g2;
  architecture.blocks[21] = Block::k5_e6;
  std::array<std::uint8_t, FBNetEncoder::size> codes{};
  codes.fill(9);
  FBNetEncoder::encode(architecture, codes);
  std::array<std::uint8_t, FBNetEncoder::size> expected{};
  expected[0] = expected[3] = 1;
  expected[21 * 6 + 1] = expected[21 * 6 + 5] = 1;
  EXPECT_EQ(codes, expected);
}

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(OfFBNet, EncoderLaws, space::FBNetEncoder);
INSTANTIATE_TYPED_TEST_SUITE_P(OfFBNet, SearchSpaceLaws, space::FBNet);
}  // namespace laws
}  // namespace hale
