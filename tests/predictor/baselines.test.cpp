#include <gtest/gtest.h>

#include <hale/predictor/baselines/ada_proxy.hpp>
#include <hale/predictor/baselines/brp_nas.hpp>
#include <hale/predictor/baselines/evaluate.hpp>
#include <hale/predictor/baselines/flops.hpp>
#include <hale/predictor/baselines/look_up_table.hpp>
#include <hale/predictor/recipes.hpp>
#include <string>

#include "synthetic.hpp"

namespace hale::predictor {
namespace {

using R = HelpNasBench201;
using Space = space::NasBench201;
using Encoder = space::NasBench201Encoder;

/// What the made-up devices' operations cost about.
struct Cost {
  using Space = space::NasBench201;
  static double multiply_adds(const Space::Architecture& architecture) {
    double sum = 0;
    for (const auto operation : architecture.operations)
      sum += operation == Space::Operation::nor_conv_3x3   ? 9
             : operation == Space::Operation::nor_conv_1x1 ? 1
                                                           : 0;
    return sum;
  }
};

using Flops = FlopsPredictor<Cost>;
using Table = LookUpTable<Encoder>;
using Proxy = AdaProxy<Encoder>;
using Brp = BrpNas<Encoder, NasBench201Methods::PlainNetwork>;
static_assert(Baseline<Flops> && Baseline<Table> && Baseline<Proxy> && Baseline<Brp>);
static_assert(Predictor<HelpPredictor<R>> && !Baseline<HelpPredictor<R>>);
static_assert(!Predictor<Space>);

template <Baseline B>
Metrics metrics_of(std::size_t samples, Protocol protocol = Protocol::strict) {
  const auto table = testing::synthetic_table(400, 3);
  const auto evaluations = evaluate_baseline<B, R>(
      table, {"device2"}, "device0", {.protocol = protocol, .samples = samples, .draws = 1});
  EXPECT_TRUE(evaluations) << evaluations.error().message;
  return evaluations->at(0).draws.at(0);
}

TEST(FlopsPredictor, RanksByCostAndFitsALine) {
  const Metrics metrics = metrics_of<Flops>(10);
  EXPECT_GT(metrics.spearman, 0.7);
  EXPECT_LT(metrics.median_error, 0.3);
}

TEST(LookUpTable, FindsTheEntriesOfAnAdditiveDevice) {
  const Metrics metrics = metrics_of<Table>(100);
  EXPECT_GT(metrics.spearman, 0.999);
  EXPECT_LT(metrics.median_error, 0.01);
  EXPECT_GT(metrics.coverage_90, 0.8);
}

TEST(AdaProxy, TakesOverAProxyThatRanksWellAndAdaptsOneThatDoesNot) {
  const Metrics close = metrics_of<Proxy>(30);
  EXPECT_GT(close.spearman, 0.85);
  auto table = testing::synthetic_table(400, 2);
  // A proxy on which pooling is all that costs.
  for (std::size_t row = 0; row < table.archs.size(); ++row) {
    double latency = 1;
    const auto architecture = Space::parse(table.archs[row]);
    for (const auto operation : architecture->operations)
      latency += operation == Space::Operation::avg_pool_3x3 ? 1 : 0.1;
    table.latency_ms[0][row] = latency;
  }
  const auto far =
      evaluate_baseline<Proxy, R>(table, {"device1"}, "device0", {.samples = 70, .draws = 1});
  ASSERT_TRUE(far) << far.error().message;
  EXPECT_GT(far->at(0).draws[0].spearman, 0.8);
  const auto none = evaluate_baseline<Proxy, R>(table, {"device1"}, "", {.draws = 1});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("0 rows of a proxy"), std::string::npos);
}

TEST(BrpNas, LearnsOneDeviceFromManyOfItsRows) {
  const Metrics metrics = metrics_of<Brp>(200);
  EXPECT_GT(metrics.spearman, 0.9);
  EXPECT_LT(metrics.median_error, 0.1);
}

TEST(Baselines, AreScoredOnRowsThatTheyDidNotMeasure) {
  const auto table = testing::synthetic_table(400, 3);
  const auto rows = [&](Protocol protocol) {
    return evaluate_baseline<Table, R>(table, {"device2"}, "",
                                       {.protocol = protocol, .samples = 50, .draws = 1})
        ->at(0)
        .first_draw.truth.size();
  };
  EXPECT_EQ(rows(Protocol::strict), 350U);
  EXPECT_EQ(rows(Protocol::help), 64U);  // 80 query rows, trimmed
}

TEST(Baselines, RefuseMoreRowsThanThereAreAndTooFew) {
  const auto table = testing::synthetic_table(100, 2);
  const auto refusal = [&](auto result) {
    EXPECT_FALSE(result);
    return result ? std::string() : result.error().message;
  };
  const auto many =
      refusal(evaluate_baseline<Table, R>(table, {"device1"}, "", {.samples = 100, .draws = 1}));
  EXPECT_NE(many.find("100 rows to draw from, expected more than 100"), std::string::npos) << many;
  const auto few =
      refusal(evaluate_baseline<Brp, R>(table, {"device1"}, "", {.samples = 5, .draws = 1}));
  EXPECT_NE(few.find("brp-nas on 'device1': found 5 measured rows"), std::string::npos) << few;
  EXPECT_FALSE((evaluate_baseline<Table, R>(table, {"nothing"}, "", {.draws = 1})));
}

}  // namespace
}  // namespace hale::predictor
