#include <gtest/gtest.h>

#include <hale/io/device_facts.hpp>
#include <map>
#include <string>

namespace hale::io {
namespace {

TEST(Runtimes, AreThoseOfTheirColumnsInAnyOrderAndOthersAreIgnored) {
  const auto runtimes = parse_runtimes(
      "kind,runtime,name\ncpu,opencv,board-1.0\r\ngpu,\"a, b\",card\n\ncpu,,nameless\n");
  ASSERT_TRUE(runtimes) << runtimes.error().message;
  EXPECT_EQ(*runtimes,
            (std::map<std::string, std::string>{{"board-1.0", "opencv"}, {"card", "a, b"}}));
}

struct BadText {
  std::string text;
  std::string message;
};

class BadFacts : public ::testing::TestWithParam<BadText> {};

TEST_P(BadFacts, AreRefusedWithWhatWasFoundAndWhere) {
  const auto runtimes = parse_runtimes(GetParam().text);
  ASSERT_FALSE(runtimes);
  EXPECT_NE(runtimes.error().message.find(GetParam().message), std::string::npos)
      << runtimes.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadFacts,
    ::testing::Values(
        BadText{"", "is empty"}, BadText{"name,runtime\n", "no device"},
        BadText{"name,kind\na,cpu\n", "line 1: no column 'runtime' in the header 'name,kind'"},
        BadText{"device,runtime\na,x\n", "expected the columns 'name' and 'runtime'"},
        BadText{"name,runtime,name\na,x,b\n", "line 1: column 'name' stands twice"},
        BadText{"name,runtime\na\n", "line 2: found 1 fields, expected 2"},
        BadText{"name,runtime\n,x\n", "line 2, column 'name': is empty, expected a device"},
        BadText{"name,runtime\na,x\n\na,\n", "line 4: device 'a' stands in line 2 already"},
        BadText{"name,runtime\n\"a,x\n", "a quote is never closed"}));

TEST(Runtimes, OfAFileThatIsAbsentAreRefusedByItsPath) {
  const auto runtimes = read_runtimes("absent/devices.csv");
  ASSERT_FALSE(runtimes);
  EXPECT_EQ(runtimes.error().message,
            "absent/devices.csv: cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace hale::io
