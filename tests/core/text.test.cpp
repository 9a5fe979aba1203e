#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hale {
namespace {

TEST(Concat, JoinsTextsAndNumbers) {
  EXPECT_EQ(concat(), "");
  EXPECT_EQ(concat("a", std::string("b"), std::string_view("c"), 1, -2, 3U), "abc1-23");
}

TEST(Concat, WritesNumbersInTheirShortestForm) {
  EXPECT_EQ(concat(0.1, " ", 0.1F, " ", 1e22, " ", 5.0), "0.1 0.1 1e+22 5");
  EXPECT_EQ(concat(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(Concat, WritesNumbersThatReadBackTheSame) {
  for (const double number : {1.0 / 3, -0.0, 5e-324, 1.7976931348623157e308, 123456789.125}) {
    const auto back = parse_number<double>(concat(number));
    ASSERT_TRUE(back) << number;
    EXPECT_EQ(*back, number);
    EXPECT_EQ(std::signbit(*back), std::signbit(number));
  }
  Rng rng(1);
  for (int i = 0; i < 1000; ++i) {
    const double number = std::exp(rng.uniform(-300, 300));
    EXPECT_EQ(parse_number<double>(concat(number)), number);
  }
}

TEST(ParseNumber, ReadsTheWholeText) {
  EXPECT_EQ(parse_number<int>("-17"), -17);
  EXPECT_EQ(parse_number<std::size_t>("0042"), 42U);
  EXPECT_EQ(parse_number<double>("1.5e-3"), 1.5e-3);
  EXPECT_EQ(parse_number<float>(".5"), 0.5F);
}

TEST(ParseNumber, ReadsNoMoreThanTheViewHolds) {
  EXPECT_EQ(parse_number<int>(std::string_view("1234").substr(0, 2)), 12);
}

TEST(ParseNumber, ReadsExtremesAndNothingBeyond) {
  EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
  EXPECT_EQ(parse_number<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(parse_number<std::int8_t>("-129"), std::nullopt);
  EXPECT_EQ(parse_number<std::int64_t>("9223372036854775807"),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_number<std::int64_t>("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_number<double>("1e400"), std::nullopt);
  EXPECT_EQ(parse_number<unsigned>("-1"), std::nullopt);
}

TEST(ParseNumber, ReadsNothingWhereSomethingElseStands) {
  for (const std::string_view text :
       {"", " ", " 1", "1 ", "1,5", "1.5x", "0x10", "--1", "+1", "ten", "1e", "1_000"})
    EXPECT_EQ(parse_number<double>(text), std::nullopt) << "'" << text << "'";
  EXPECT_EQ(parse_number<int>("1.0"), std::nullopt);
  EXPECT_EQ(parse_number<int>(std::string_view("1\0", 2)), std::nullopt);
}

TEST(Trim, RemovesWhiteSpaceAroundAText) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(" \r\n\t"), "");
}

using Pieces = std::vector<std::string_view>;

TEST(Split, ReturnsWhatStandsBetweenSeparators) {
  EXPECT_EQ(split("a,b,c", ','), (Pieces{"a", "b", "c"}));
  EXPECT_EQ(split("a", ','), Pieces{"a"});
}

TEST(Split, KeepsEmptyPieces) {
  EXPECT_EQ(split("", ','), Pieces{""});
  EXPECT_EQ(split(",", ','), (Pieces{"", ""}));
  EXPECT_EQ(split(",a,,b,", ','), (Pieces{"", "a", "", "b", ""}));
}

static_assert(trim(" x ") == "x", "usable in a constant expression");

}  // namespace
}  // namespace hale
