#include <gtest/gtest.h>

#include <hale/core/random.hpp>
#include <hale/numeric/statistics.hpp>
#include <vector>

namespace hale::numeric {
namespace {

TEST(Quantile, InterpolatesBetweenNeighbours) {
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0), 1);
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 1), 4);
  EXPECT_DOUBLE_EQ(quantile({10, 20, 30, 40, 50}, 0.1), 14);
  EXPECT_DOUBLE_EQ(median({7}), 7);
}

TEST(Ranks, AreSharedByEqualValues) {
  const std::vector<double> values = {3, 1, 3, 2};
  EXPECT_EQ(ranks(values), (std::vector<double>{3.5, 1, 3.5, 2}));
}

TEST(Spearman, IsOneForAnyRisingFunctionAndMinusOneForAFallingOne) {
  const std::vector<double> x = {1, 2, 3, 4, 5};
  const std::vector<double> cubes = {1, 8, 27, 64, 125};
  const std::vector<double> falling = {9, 7, 5, 3, 1};
  EXPECT_DOUBLE_EQ(spearman(x, cubes), 1);
  EXPECT_DOUBLE_EQ(spearman(x, falling), -1);
}

TEST(Spearman, AgreesWithAPublishedExampleWithTies) {
  // Ranks 1 2.5 2.5 4 against 2 1 3.5 3.5: covariance 2.25 over variance 4.5.
  const std::vector<double> a = {10, 20, 20, 30};
  const std::vector<double> b = {5, 4, 9, 9};
  EXPECT_NEAR(spearman(a, b), 2.25 / 4.5, 1e-12);
}

TEST(Spearman, OfAConstantIsZero) {
  const std::vector<double> constant = {2, 2, 2};
  const std::vector<double> rising = {1, 2, 3};
  EXPECT_EQ(spearman(constant, rising), 0);
}

/// tau-b by its definition, pair by pair.
double kendall_by_pairs(const std::vector<double>& a, const std::vector<double>& b) {
  double balance = 0;
  double untied_a = 0;
  double untied_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = i + 1; j < a.size(); ++j) {
      const int sign_a = (a[i] > a[j]) - (a[i] < a[j]);
      const int sign_b = (b[i] > b[j]) - (b[i] < b[j]);
      balance += sign_a * sign_b;
      untied_a += sign_a != 0;
      untied_b += sign_b != 0;
    }
  return balance / std::sqrt(untied_a * untied_b);
}

TEST(Kendall, AgreesWithItsDefinitionOnTiedSamples) {
  Rng rng(5);
  for (std::size_t n : {2U, 3U, 10U, 57U, 200U}) {
    std::vector<double> a;
    std::vector<double> b;
    for (std::size_t i = 0; i < n; ++i) {
      a.push_back(static_cast<double>(rng.below(n / 2 + 2)));
      b.push_back(a.back() + static_cast<double>(rng.below(n)));
    }
    a[0] = -1;
    b[0] = -2;  // neither is constant
    EXPECT_NEAR(kendall(a, b), kendall_by_pairs(a, b), 1e-12) << n;
  }
}

TEST(FitLine, FindsALineAndHalvesNoise) {
  const std::vector<double> x = {0, 1, 2, 3};
  const std::vector<double> y = {1, 3, 5, 7};
  const Line line = fit_line(x, y);
  EXPECT_DOUBLE_EQ(line.intercept, 1);
  EXPECT_DOUBLE_EQ(line.slope, 2);
  const std::vector<double> noisy = {1 + 0.5, 3 - 0.5, 5 - 0.5, 7 + 0.5};
  EXPECT_NEAR(fit_line(x, noisy)(1.5), 4, 1e-12);
}

TEST(FitLine, ThroughEqualAbscissasIsTheirMean) {
  const std::vector<double> x = {2, 2};
  const std::vector<double> y = {1, 5};
  EXPECT_DOUBLE_EQ(fit_line(x, y)(100), 3);
}

TEST(StandardDeviation, IsThatOfASample) {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_NEAR(standard_deviation(values), std::sqrt(32.0 / 7), 1e-12);
  EXPECT_EQ(standard_deviation(std::vector<double>{3}), 0);
}

}  // namespace
}  // namespace hale::numeric
