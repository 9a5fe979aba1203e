#include <gtest/gtest.h>

#include <cmath>
#include <hale/io/table.hpp>
#include <string>

namespace hale::io {
namespace {

TEST(LatencyTable, HasARowAnArchitectureAndAColumnADevice) {
  const auto table = parse_latency_table("arch,cpu,gpu\na,1.5,2\r\n\"b,\"\"c\"\"\",3,\n");
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->archs, (std::vector<std::string>{"a", "b,\"c\""}));
  EXPECT_EQ(table->devices, (std::vector<std::string>{"cpu", "gpu"}));
  EXPECT_EQ(table->latency_ms[0], (std::vector<double>{1.5, 3}));
  EXPECT_TRUE(std::isnan(table->latency_ms[1][1]));
  EXPECT_FALSE(table->column("tpu"));
}

struct BadText {
  std::string text;
  std::string message;
};

class BadTable : public ::testing::TestWithParam<BadText> {};

TEST_P(BadTable, IsRefusedWithWhatWasFoundAndWhere) {
  const auto table = parse_latency_table(GetParam().text);
  ASSERT_FALSE(table);
  EXPECT_NE(table.error().message.find(GetParam().message), std::string::npos)
      << table.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Tables, BadTable,
    ::testing::Values(
        BadText{"", "is empty"}, BadText{"arch,cpu\n", "no row"},
        BadText{"name,cpu\na,1\n", "expected 'arch,<device>,...'"},
        BadText{"arch\na\n", "expected 'arch,<device>,...'"},
        BadText{"arch,cpu,cpu\na,1,1\n", "'cpu' stands twice"},
        BadText{"arch,cpu,\na,1,1\n", "column 3 has no device name"},
        BadText{"arch,cpu\na,1,2\n", "line 2: found 3 fields, expected 2"},
        BadText{"arch,cpu\na,fast\n", "line 2, column 'cpu': found 'fast'"},
        BadText{"arch,cpu\na,nan\n", "found 'nan'"}, BadText{"arch,cpu\na,inf\n", "found 'inf'"},
        BadText{"arch,cpu\na,-1\n", "found '-1'"}, BadText{"arch,cpu\na,0\n", "found '0'"},
        BadText{"arch,cpu\na,1e999\n", "found '1e999'"},
        BadText{"arch,cpu\na,1 2\n", "found '1 2'"},
        BadText{"arch,cpu\na,1\n\na,2\n", "line 4: architecture 'a' stands in line 2"},
        BadText{"arch,cpu\n\"a,1\n", "a quote is never closed"},
        BadText{"arch,cpu\n\"a\"b,1\n", "expected a comma"},
        BadText{std::string("arch,cpu\na\0b,1\n", 15), "zero byte"}));

TEST(Measurements, TakeTheirColumnsInAnyOrderAndIgnoreOthers) {
  const auto measurements = parse_measurements("when,latency_ms,arch\nnow,2.5,a\nlater,3,a\n");
  ASSERT_TRUE(measurements) << measurements.error().message;
  EXPECT_EQ(*measurements, (std::vector<device::Measurement>{{"a", {2.5}}, {"a", {3}}}));
}

TEST(Measurements, HaveAShapeWhereThereIsAColumnOfIt) {
  const auto measurements = parse_measurements("shape,arch,latency_ms\nx:1x3,a,2\n,a,3\n");
  ASSERT_TRUE(measurements) << measurements.error().message;
  EXPECT_EQ(*measurements, (std::vector<device::Measurement>{{"a", {2}, "x:1x3"}, {"a", {3}}}));
}

class BadMeasurements : public ::testing::TestWithParam<BadText> {};

TEST_P(BadMeasurements, AreRefusedWithWhatWasFoundAndWhere) {
  const auto measurements = parse_measurements(GetParam().text);
  ASSERT_FALSE(measurements);
  EXPECT_NE(measurements.error().message.find(GetParam().message), std::string::npos)
      << measurements.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadMeasurements,
    ::testing::Values(BadText{"", "is empty"}, BadText{"arch,latency_ms\n", "no measurement"},
                      BadText{"arch,ms\na,1\n", "no column 'latency_ms' in the header 'arch,ms'"},
                      BadText{"latency_ms\n1\n", "no column 'arch'"},
                      BadText{"arch,latency_ms\na\n", "found 1 fields, expected 2"},
                      BadText{"arch,latency_ms\n,3\n", "line 2: the architecture is empty"},
                      BadText{"arch,latency_ms\na,-3\n", "line 2, column 'latency_ms'"}));

TEST(CsvField, ComesBackThroughTheParser) {
  for (const std::string text : {"plain", "a,b", "say \"x\"", "two\nlines"}) {
    const auto rows = parse_csv("x," + csv_field(text) + "\n");
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->at(0).fields.at(1), text);
  }
}

}  // namespace
}  // namespace hale::io
