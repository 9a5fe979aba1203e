#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/evaluation_tensor.hpp>
#include <hale/predictor/prediction_tensor.hpp>
#include <vector>
#include <xtensor/xmath.hpp>

namespace hale::predictor {
namespace {

const std::vector<Prediction> two_predictions = {
    {Milliseconds{2}, Milliseconds{1}, Milliseconds{3}, Verdict::interpolating},
    {Milliseconds{20}, Milliseconds{10}, Milliseconds{30}, Verdict::unknown}};

/// A device whose draws have the figures `first`, `first + 1`, .. in the order of reports.
DeviceEvaluation evaluation_of(std::size_t draws, double first) {
  DeviceEvaluation evaluation{"device", {}, {}};
  for (std::size_t draw = 0; draw < draws; ++draw) {
    Metrics metrics;
    for (const MetricName& name : metric_names) metrics.*name.value = first++;
    evaluation.draws.push_back(metrics);
  }
  return evaluation;
}

TEST(PredictionTensor, HoldsMedianLowAndHigh) {
  EXPECT_EQ(prediction_tensor(two_predictions),
            (numeric::Tensor<double, 2>{{2, 1, 3}, {20, 10, 30}}));
  EXPECT_EQ(verdict_tensor(two_predictions), (numeric::Tensor<std::uint8_t, 1>{0, 2}));
}

TEST(PredictionTensor, OfNoPredictionHasThreeColumns) {
  EXPECT_EQ(prediction_tensor({}).shape(0), 0U);
  EXPECT_EQ(prediction_tensor({}).shape(1), 3U);
}

TEST(FigureTensor, HoldsEachFigureOfEachDrawOfEachDevice) {
  const std::vector<DeviceEvaluation> evaluations = {evaluation_of(2, 0), evaluation_of(2, 100)};
  const numeric::Tensor<double, 3> figures = figure_tensor(evaluations);
  ASSERT_EQ(figures.shape(0), 2U);
  ASSERT_EQ(figures.shape(1), 2U);
  ASSERT_EQ(figures.shape(2), metric_names.size());
  EXPECT_EQ(figures(0, 0, 0), evaluations[0].draws[0].spearman);
  EXPECT_EQ(figures(1, 1, 2), evaluations[1].draws[1].mape);
  EXPECT_EQ(figures(1, 0, 8), evaluations[1].draws[0].regret_top5);
  const numeric::Tensor<double, 2> means = xt::mean(figures, {1});  // (devices, figures)
  EXPECT_EQ(means(1, 0), 104.5);
}

TEST(FigureTensor, HasNanWhereADeviceHasFewerDraws) {
  const std::vector<DeviceEvaluation> evaluations = {evaluation_of(1, 0), evaluation_of(3, 100)};
  const numeric::Tensor<double, 3> figures = figure_tensor(evaluations);
  EXPECT_EQ(figures.shape(1), 3U);
  EXPECT_EQ(figures(0, 0, 1), 1);
  EXPECT_TRUE(std::isnan(figures(0, 2, 1)));
  EXPECT_EQ(figure_tensor({}).size(), 0U);
}

TEST(ScoredTensor, HoldsTruthBesidePrediction) {
  EXPECT_EQ(scored_tensor({{2.5, 19}, two_predictions}),
            (numeric::Tensor<double, 2>{{2.5, 2, 1, 3}, {19, 20, 10, 30}}));
}

}  // namespace
}  // namespace hale::predictor
