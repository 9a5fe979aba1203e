#include <gtest/gtest.h>

#include <hale/core/fixed_string.hpp>
#include <string_view>
#include <type_traits>

namespace hale {
namespace {

template <FixedString Name>
struct Named {
  static constexpr std::string_view name = Name.view();
};

TEST(FixedString, IsReadBackFromATemplateArgument) {
  EXPECT_EQ(Named<"help">::name, "help");
  EXPECT_EQ(Named<"">::name, "");
}

TEST(FixedString, KeepsZeroBytesInside) {
  EXPECT_EQ(Named<"a\0b">::name, std::string_view("a\0b", 3));
}

TEST(FixedString, MakesOneTypeOfEqualTextsAndAnotherOfDifferentOnes) {
  EXPECT_TRUE((std::is_same_v<Named<"help">, Named<"help">>));
  EXPECT_FALSE((std::is_same_v<Named<"help">, Named<"held">>));
  EXPECT_FALSE((std::is_same_v<Named<"help">, Named<"help ">>));
}

}  // namespace
}  // namespace hale
