#include <gtest/gtest.h>

#include <hale/io/device_facts.hpp>
#include <map>
#include <string>

namespace hale::io {
namespace {

TEST(DeviceFacts, AreThoseOfTheirColumnsInAnyOrderAndOthersAreIgnored) {
  const auto facts = parse_device_facts(
      "kind,runtime,name,colour\ncpu,opencv,board-1.0,red\r\ngpu,\"a, "
      "b\",card,\n\ncpu,,nameless,\n");
  ASSERT_TRUE(facts) << facts.error().message;
  ASSERT_EQ(facts->size(), 3U);
  EXPECT_EQ(facts->at("board-1.0"),
            (device::Described{"board-1.0", "", {.kind = "cpu", .runtime = "opencv"}}));
  EXPECT_EQ(facts->at("card").facts.runtime, "a, b");
  EXPECT_EQ(facts->at("nameless").facts.runtime, "");
}

TEST(DeviceFacts, TakeTheNamesThatOthersGiveTheColumns) {
  const auto facts = parse_device_facts(
      "device,source,title,kind,threads,runtime,precision,note\n"
      "pi-5,ncnn,Raspberry Pi 5,CPU,4,ncnn,f16,\nadreno,edge,Pixel 4,gpu Adreno 640,,TFLite,f32,x\n"
      "lite,mlperf,Board,N/A,,TFLite,int8,\n");
  ASSERT_TRUE(facts) << facts.error().message;
  const device::Described& pi = facts->at("pi-5");
  EXPECT_EQ(pi.precision, "f16");
  EXPECT_EQ(pi.facts, (device::Facts{.kind = "cpu",
                                     .hardware = "Raspberry Pi 5",
                                     .runtime = "ncnn",
                                     .threads = 4,
                                     .source = "ncnn"}));
  EXPECT_EQ(facts->at("adreno").facts.kind, "gpu");
  EXPECT_EQ(facts->at("adreno").facts.threads, 0U);
  EXPECT_EQ(facts->at("adreno").facts.options, "x");
  EXPECT_EQ(facts->at("lite").facts.kind, "");
}

struct BadText {
  std::string text;
  std::string message;
};

class BadFacts : public ::testing::TestWithParam<BadText> {};

TEST_P(BadFacts, AreRefusedWithWhatWasFoundAndWhere) {
  const auto facts = parse_device_facts(GetParam().text);
  ASSERT_FALSE(facts);
  EXPECT_NE(facts.error().message.find(GetParam().message), std::string::npos)
      << facts.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadFacts,
    ::testing::Values(
        BadText{"", "is empty"}, BadText{"name,runtime\n", "no device"},
        BadText{"name,kind\na,cpu\n", "line 1: no column 'runtime' in the header 'name,kind'"},
        BadText{"title,runtime\na,x\n", "expected the columns 'name' and 'runtime'"},
        BadText{"name,runtime,name\na,x,b\n", "line 1: column 'name' stands twice"},
        BadText{"name,runtime\na\n", "line 2: found 1 fields, expected 2"},
        BadText{"name,runtime\n,x\n", "line 2, column 'name': is empty, expected a device"},
        BadText{"name,runtime\na,x\n\na,\n", "line 4: device 'a' stands in line 2 already"},
        BadText{"name,runtime,threads\na,x,many\n",
                "line 2, column 'threads': found 'many', expected a number"},
        BadText{"name,runtime,threads\na,x,0\n", "found '0'"},
        BadText{"name,runtime\n\"a,x\n", "a quote is never closed"}));

TEST(Runtimes, OfAFileThatIsAbsentAreRefusedByItsPath) {
  const auto runtimes = read_runtimes("absent/devices.csv");
  ASSERT_FALSE(runtimes);
  EXPECT_EQ(runtimes.error().message,
            "absent/devices.csv: cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace hale::io
