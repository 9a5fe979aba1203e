#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <hale/device/concepts.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <hale/device/normalise.hpp>
#include <hale/device/profile.hpp>
#include <hale/device/reference_latencies.hpp>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "../laws/hardware_embedding.hpp"

namespace hale::device {
namespace {

TEST(Combine, TakesTheMedianOfRepeatedMeasurements) {
  const auto combined = combine({{"a", {3}}, {"b", {1}}, {"a", {100}}, {"a", {4}}});
  EXPECT_EQ(combined, (std::vector<Measurement>{{"a", {4}}, {"b", {1}}}));
}

TEST(Combine, KeepsShapesApart) {
  const auto combined = combine({{"a", {3}, "1x3"}, {"a", {1}}, {"a", {5}, "1x3"}});
  EXPECT_EQ(combined, (std::vector<Measurement>{{"a", {4}, "1x3"}, {"a", {1}}}));
}

TEST(LatencyTable, KnowsFamiliesByNamesUnlessItIsTold) {
  LatencyTable table{{"a/b/1", "c"}, {"device"}, {{1, 2}}};
  EXPECT_EQ(table.family(0), "a/b");
  EXPECT_EQ(table.family(1), "");
  table.families = {"d", "e"};
  EXPECT_EQ(table.family(1), "e");
}

TEST(LatencyTable, IsJoinedWithAnotherByArchitecturesAndDevices) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  LatencyTable all{{"a", "b"}, {"phone"}, {{1, none}}};
  ASSERT_TRUE(append(all, {{"b", "c"}, {"board", "phone"}, {{3, 4}, {2, none}}}));
  EXPECT_EQ(all.archs, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(all.devices, (std::vector<std::string>{"phone", "board"}));
  EXPECT_EQ(all.latency_ms[0][0], 1);
  EXPECT_EQ(all.latency_ms[0][1], 2);
  EXPECT_TRUE(std::isnan(all.latency_ms[0][2]));
  EXPECT_TRUE(std::isnan(all.latency_ms[1][0]));
  EXPECT_EQ(all.latency_ms[1][1], 3);
  EXPECT_EQ(all.latency_ms[1][2], 4);
  const auto twice = append(all, {{"c"}, {"board"}, {{5}}});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "'c' on device 'board' stands in another table already");
}

TEST(LatencyTable, OfManyDevicesNamesTheNearestOfOneThatItLacks) {
  LatencyTable table{{"a"}, {}, {}};
  for (int i = 0; i < 40; ++i) table.devices.push_back("board-" + std::to_string(i));
  table.devices.push_back("pixel-4-1t");
  table.latency_ms.assign(table.devices.size(), {1});
  EXPECT_EQ(table.column("pixel4").error().message,
            "no device 'pixel4' among the 41 of the table; the nearest are pixel-4-1t");
  EXPECT_EQ(table.column("abacus").error().message, "no device 'abacus' among the 41 of the table");
}

static_assert(HardwareEmbedding<ReferenceLatencies<3>>);
static_assert(HardwareEmbedding<ReferenceLatencies<10>>);
static_assert(!HardwareEmbedding<Limits>);

TEST(HardwareEmbedding, SpansZeroToOne) {
  const std::array<double, 3> latency = {4, 2, 6};
  EXPECT_EQ(ReferenceLatencies<3>::embed(latency), (std::array<float, 3>{0.5F, 0, 1}));
}

TEST(Target, AndPositionAreInverse) {
  const Limits limits{10, 20};
  EXPECT_DOUBLE_EQ(target_of(limits.position(10)), 0.05);
  EXPECT_DOUBLE_EQ(target_of(limits.position(20)), 0.95);
  EXPECT_DOUBLE_EQ(position_of(target_of(0.37)), 0.37);
}

TEST(TrimmedRows, AreTheCentralEightyPercentFastestFirst) {
  std::vector<double> latency(100);
  for (std::size_t i = 0; i < 100; ++i) latency[i] = static_cast<double>((i * 37) % 100);
  std::vector<std::size_t> rows(100);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const auto trimmed = trimmed_rows(latency, rows);
  ASSERT_EQ(trimmed.size(), 80U);
  EXPECT_EQ(latency[trimmed.front()], 10);
  EXPECT_EQ(latency[trimmed.back()], 89);
}

TEST(Profile, FindsItsSections) {
  const Profile profile{.name = "x", .made_from = "", .sections = {{"b", "s", {}, ""}}};
  EXPECT_EQ(profile.section_of_space("s"), &profile.sections[0]);
  EXPECT_EQ(profile.section_of_space("b"), nullptr);
}

}  // namespace
}  // namespace hale::device

namespace hale::laws {
INSTANTIATE_TYPED_TEST_SUITE_P(OfReferenceLatencies, HardwareEmbeddingLaws,
                               device::ReferenceLatencies<4>);
}  // namespace hale::laws
