#include <gtest/gtest.h>

#include <hale/core/nearest.hpp>
#include <string>
#include <vector>

namespace hale {
namespace {

const std::vector<std::string> names = {"raspberry-pi-5", "raspberry-pi-5-vulkan", "raspberry-pi-4",
                                        "pixel-4",        "jetson-orin-nano",      "rtx-3090"};

using Names = std::vector<std::string>;

TEST(NearestNames, HoldTheWordTheShortestFirst) {
  EXPECT_EQ(nearest_names("Raspberry Pi 5", names),
            (Names{"raspberry-pi-5", "raspberry-pi-5-vulkan", "raspberry-pi-4"}));
  EXPECT_EQ(nearest_names("orin", names), (Names{"jetson-orin-nano"}));
}

TEST(NearestNames, ForgiveASlipAndAreFoundByTheirLettersInOrder) {
  EXPECT_EQ(nearest_names("rtx-3009", names), (Names{"rtx-3090"}));
  EXPECT_EQ(nearest_names("pixl4", names), (Names{"pixel-4"}));
  EXPECT_EQ(nearest_names("raspi5", names), (Names{"raspberry-pi-5", "raspberry-pi-5-vulkan"}));
}

TEST(NearestNames, AreNoneWhereNothingIsAlikeAndNoMoreThanAskedFor) {
  EXPECT_EQ(nearest_names("abacus", names), Names{});
  EXPECT_EQ(nearest_names("--", names), Names{});
  EXPECT_EQ(nearest_names("raspberry", names, 2).size(), 2U);
}

}  // namespace
}  // namespace hale
