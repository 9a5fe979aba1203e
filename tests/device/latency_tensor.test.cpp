#include <gtest/gtest.h>

#include <cmath>
#include <hale/device/latency_table.hpp>
#include <hale/device/latency_tensor.hpp>
#include <limits>
#include <string>
#include <vector>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

namespace hale::device {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

LatencyTable small_table() {
  return {{"a", "b", "c"}, {"cpu", "gpu"}, {{1.5, nan, 3}, {0.5, 0.25, nan}}, {}};
}

std::string message_of(const Result<LatencyTable>& table) {
  return table ? std::string() : table.error().message;
}

TEST(LatencyTensor, HasARowADeviceAndNanWhereNothingWasMeasured) {
  const numeric::Tensor<double, 2> latency_ms = latency_tensor(small_table());
  ASSERT_EQ(latency_ms.shape(0), 2U);
  ASSERT_EQ(latency_ms.shape(1), 3U);
  EXPECT_EQ(latency_ms(0, 2), 3);
  EXPECT_EQ(latency_ms(1, 0), 0.5);
  EXPECT_TRUE(std::isnan(latency_ms(0, 1)));
  EXPECT_EQ(xt::nansum(xt::view(latency_ms, 1))(), 0.75);
}

TEST(LatencyTensor, OfAColumnIsAViewWithoutACopy) {
  const LatencyTable table = small_table();
  EXPECT_EQ(numeric::tensor_view(table.latency_ms[1], {3}).data(), table.latency_ms[1].data());
}

TEST(LatencyTensor, OfAnEmptyTableIsEmpty) {
  EXPECT_EQ(latency_tensor({}).size(), 0U);
  const auto back = latency_table(latency_tensor({}), {}, {});
  ASSERT_TRUE(back);
  EXPECT_TRUE(back->devices.empty());
}

TEST(LatencyTable, ComesBackFromItsTensor) {
  const LatencyTable table = small_table();
  const auto back = latency_table(latency_tensor(table), table.devices, table.archs);
  ASSERT_TRUE(back) << message_of(back);
  EXPECT_EQ(back->archs, table.archs);
  EXPECT_EQ(back->devices, table.devices);
  ASSERT_EQ(back->latency_ms.size(), 2U);
  EXPECT_EQ(back->latency_ms[0][0], 1.5);
  EXPECT_TRUE(std::isnan(back->latency_ms[0][1]));
  EXPECT_EQ(back->latency_ms[1][1], 0.25);
}

TEST(LatencyTable, RefusesNamesThatDoNotFitTheShape) {
  const auto latency_ms = latency_tensor(small_table());
  EXPECT_EQ(message_of(latency_table(latency_ms, {"cpu"}, {"a", "b", "c"})),
            "found 1 devices and 2 rows of latencies, expected a row for each of the devices");
  EXPECT_EQ(message_of(latency_table(latency_ms, {"cpu", "gpu"}, {"a", "b"})),
            "found 2 archs and 3 columns of latencies, expected a column for each of the archs");
  EXPECT_EQ(message_of(latency_table(latency_ms, {"cpu", "cpu"}, {"a", "b", "c"})),
            "'cpu' stands twice among the devices");
  EXPECT_EQ(message_of(latency_table(latency_ms, {"cpu", "gpu"}, {"a", "", "c"})),
            "one of the archs has no name");
}

TEST(LatencyTable, RefusesLatenciesThatNoNetworkTakes) {
  for (const double absurd : {0.0, -1.0, 1e300, std::numeric_limits<double>::infinity()}) {
    auto latency_ms = latency_tensor(small_table());
    latency_ms(1, 1) = absurd;
    const auto message = message_of(latency_table(latency_ms, {"cpu", "gpu"}, {"a", "b", "c"}));
    EXPECT_EQ(message.find("device 'gpu', arch 'b': found "), 0U) << message;
  }
}

}  // namespace
}  // namespace hale::device
