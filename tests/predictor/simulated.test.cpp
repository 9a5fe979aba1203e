#include <gtest/gtest.h>

#include <cmath>
#include <hale/predictor/choose.hpp>
#include <hale/predictor/simulated.hpp>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "networks.hpp"

namespace hale {
namespace {

using predictor::MeasurementChoice;
using predictor::SimulatedBase;
using predictor::SimulatedPosterior;
using predictor::SimulatedPredictor;
using space::AnyGraph;
using workload::SimulatedDevice;
using workload::Terms;

predictor::MeasuredRows<AnyGraph> measured(const std::vector<Terms>& models,
                                           const SimulatedDevice& device, double noise, Rng& rng) {
  predictor::MeasuredRows<AnyGraph> rows;
  for (const Terms& model : models) {
    rows.architectures.push_back(model);
    rows.latency_ms.push_back(device.milliseconds(model) * std::exp(noise * rng.normal()));
  }
  return rows;
}

/// The median of |log(predicted / true)| over some networks.
double median_error(const SimulatedPredictor& predictor, const SimulatedDevice& device,
                    const std::vector<Terms>& models) {
  std::vector<double> errors;
  for (const Terms& model : models)
    errors.push_back(
        std::abs(std::log(predictor.predict(model).median.value / device.milliseconds(model))));
  return numeric::median(std::move(errors));
}

TEST(SimulatedPredictor, FindsDevicesOfThePriorAgainFromTwentyNetworks) {
  const SimulatedBase base;
  const std::vector<Terms> asked = networks(60, 2);
  const std::vector<Terms> known = networks(20, 1);
  Rng rng(5);
  std::vector<double> errors;
  for (int device = 0; device < 8; ++device) {
    const SimulatedDevice truth = base.prior.sample(rng);
    const auto predictor = SimulatedPredictor::adapt(base, measured(known, truth, 0.02, rng));
    ASSERT_TRUE(predictor) << predictor.error().message;
    errors.push_back(median_error(*predictor, truth, asked));
  }
  // Before any measurement the logarithm strays by two.
  EXPECT_LT(numeric::median(errors), 0.25);
}

TEST(SimulatedPredictor, HoldsWhatItsIntervalsSay) {
  SimulatedBase base;
  base.error.discrepancy = 0.01;
  Rng rng(6);
  int covered = 0;
  int all = 0;
  for (std::uint64_t device = 0; device < 50; ++device) {
    const std::vector<Terms> asked = networks(40, 200 + device);
    const std::vector<Terms> known = networks(12, 100 + device);
    const SimulatedDevice truth = base.prior.sample(rng);
    const auto predictor =
        SimulatedPredictor::adapt(base, measured(known, truth, base.error.noise, rng));
    ASSERT_TRUE(predictor);
    const auto rows = measured(asked, truth, base.error.noise, rng);
    for (std::size_t i = 0; i < rows.size(); ++i, ++all) {
      const predictor::Prediction p = predictor->predict(rows.architectures[i]);
      covered += p.low.value <= rows.latency_ms[i] && rows.latency_ms[i] <= p.high.value ? 1 : 0;
    }
  }
  EXPECT_GT(covered, 0.84 * all);
  EXPECT_LT(covered, 0.97 * all);
}

TEST(SimulatedPredictor, IsSurerWithEveryMeasurement) {
  const SimulatedBase base;
  const std::vector<Terms> known = networks(16, 7);
  const std::vector<Terms> asked = networks(10, 8);
  Rng rng(9);
  const SimulatedDevice truth = base.prior.sample(rng);
  double before = 1e9;
  for (const std::size_t count : {3U, 6U, 16U}) {
    const auto predictor = SimulatedPredictor::adapt(
        base, measured({known.begin(), known.begin() + static_cast<std::ptrdiff_t>(count)}, truth,
                       0.01, rng));
    ASSERT_TRUE(predictor);
    double width = 0;
    for (const Terms& model : asked) {
      const predictor::Prediction p = predictor->predict(model);
      width += std::log(p.high.value / p.low.value);
    }
    EXPECT_LT(width, before);
    before = width;
  }
}

TEST(SimulatedPredictor, ExtrapolatesFarBeyondWhatWasMeasured) {
  const SimulatedBase base;
  Rng rng(14);
  const SimulatedDevice truth = base.prior.sample(rng);
  const auto rows = measured(networks(16, 15), truth, 0.01, rng);
  const auto predictor = SimulatedPredictor::adapt(base, rows);
  ASSERT_TRUE(predictor);
  Terms huge = rows.architectures[0];
  for (double& amount : huge.amounts) amount *= 1e5;
  EXPECT_EQ(predictor->predict(rows.architectures[0]).verdict, predictor::Verdict::interpolating);
  EXPECT_EQ(predictor->predict(huge).verdict, predictor::Verdict::extrapolating);
}

TEST(SimulatedPosterior, CountsAnOutlierTheLess) {
  const SimulatedBase base;
  Rng rng(10);
  const SimulatedDevice truth = base.prior.sample(rng);
  auto rows = measured(networks(14, 11), truth, 0.01, rng);
  rows.latency_ms[4] *= 8;
  const auto posterior = SimulatedPosterior::infer(base, rows.architectures, rows.latency_ms);
  ASSERT_TRUE(posterior);
  Eigen::Index least = 0;
  posterior->likeliest().weights().minCoeff(&least);
  EXPECT_EQ(least, 4);
  EXPECT_LT(posterior->likeliest().weights()(4), 0.35);
  EXPECT_GT(posterior->likeliest().residuals()(4), std::log(2.0));
}

TEST(SimulatedPosterior, IsLessSureOfADeviceThatNoSimulatedOneIsLike) {
  const SimulatedBase base;
  Rng rng(14);
  const SimulatedDevice truth = base.prior.sample(rng);
  const std::vector<Terms> known = networks(12, 15);
  const auto like = measured(known, truth, 0.01, rng);
  const auto unlike = measured(known, truth, 0.8, rng);
  const auto sure = SimulatedPredictor::adapt(base, like);
  const auto unsure = SimulatedPredictor::adapt(base, unlike);
  ASSERT_TRUE(sure && unsure);
  EXPECT_LT(sure->posterior().likeliest().scale(), 1);
  EXPECT_GT(unsure->posterior().likeliest().scale(), 1.2);
  const Terms asked = networks(1, 16).front();
  const predictor::Prediction narrow = sure->predict(asked);
  const predictor::Prediction wide = unsure->predict(asked);
  EXPECT_GT(wide.high.value / wide.low.value, 1.5 * narrow.high.value / narrow.low.value);
}

TEST(SimulatedPredictor, PredictsTheSameInMemoryThatWasUsedBefore) {
  Rng rng(17);
  const std::vector<Terms> asked = networks(20, 18);
  SimulatedPredictor::Scratch scratch;
  for (const std::size_t count : {5U, 30U, 12U}) {
    const SimulatedDevice truth = workload::broad_prior().sample(rng);
    const auto predictor =
        SimulatedPredictor::adapt({}, measured(networks(count, 19), truth, 0.02, rng));
    ASSERT_TRUE(predictor);
    std::vector<predictor::Prediction> batch(asked.size());
    predictor->predict(asked, batch);
    for (std::size_t i = 0; i < asked.size(); ++i)
      for (const predictor::Prediction& one :
           {predictor->predict(asked[i]), predictor->predict(asked[i], scratch)}) {
        EXPECT_EQ(one.median, batch[i].median);
        EXPECT_EQ(one.low, batch[i].low);
        EXPECT_EQ(one.high, batch[i].high);
        EXPECT_EQ(one.verdict, batch[i].verdict);
      }
  }
}

TEST(SimulatedPosterior, IsInferredFromTheRowsThatTellMostWhereThereAreMany) {
  const SimulatedBase base;
  Rng rng(23);
  const SimulatedDevice truth = base.prior.sample(rng);
  constexpr std::size_t many = SimulatedPosterior::most_rows + 60;
  auto rows = measured(networks(many, 24), truth, 0.02, rng);
  const auto chosen =
      predictor::most_telling(base, rows.architectures, SimulatedPosterior::most_rows);
  EXPECT_EQ(std::set(chosen.begin(), chosen.end()).size(), SimulatedPosterior::most_rows);
  std::size_t left = 0;  // the first that is not among them
  while (chosen[left] == left) ++left;
  rows.latency_ms[left] *= 8;
  const auto predictor = SimulatedPredictor::adapt(base, rows);
  ASSERT_TRUE(predictor);
  const predictor::InferredDevice& device = predictor->posterior().likeliest();
  ASSERT_EQ(device.weights().size(), static_cast<Eigen::Index>(many));
  EXPECT_LT(device.weights()(static_cast<Eigen::Index>(left)), 0.35);
  EXPECT_GT(device.residuals()(static_cast<Eigen::Index>(left)), std::log(4.0));
  EXPECT_LT(median_error(*predictor, truth, networks(60, 25)), 0.05);
}

TEST(MostTelling, LeavesOutWhatIsKnownAlready) {
  const SimulatedBase base;
  std::vector<Terms> models = networks(6, 26);
  for (std::size_t i = 0; i < 6; ++i) models.push_back(models[i]);
  std::set<std::size_t> different;
  for (const std::size_t row : predictor::most_telling(base, models, 6)) different.insert(row % 6);
  EXPECT_GE(different.size(), 5U);
}

TEST(SimulatedPosterior, ComparesNetworksByAProbability) {
  const SimulatedBase base;
  Rng rng(12);
  const SimulatedDevice truth = base.prior.sample(rng);
  const auto rows = measured(networks(12, 13), truth, 0.01, rng);
  const auto posterior = SimulatedPosterior::infer(base, rows.architectures, rows.latency_ms);
  ASSERT_TRUE(posterior);
  Terms twice = rows.architectures[0];
  for (double& amount : twice.amounts) amount *= 2;
  const std::vector<Terms> pair = {rows.architectures[0], twice};
  const predictor::JointPrediction joint = posterior->predict_jointly(pair);
  EXPECT_NEAR(joint.faster(0, 1) + joint.faster(1, 0), 1, 1e-12);
  // Which is twice the other is sure, although neither's latency is.
  EXPECT_GT(joint.faster(0, 1), 0.999);
  EXPECT_GT(joint.covariance(0, 0), 1e-6);
  EXPECT_NEAR(joint.covariance(0, 1), joint.covariance(1, 0), 1e-9);
}

TEST(SimulatedPosterior, RefusesWhatNothingCanBeLearnedFrom) {
  const SimulatedBase base;
  const std::vector<Terms> models = networks(2, 1);
  for (const double wrong : {0.0, -1.0, 1e-300, 1e300, std::nan(""), HUGE_VAL}) {
    const std::vector<double> latencies = {1, wrong};
    const auto posterior = SimulatedPosterior::infer(base, models, latencies);
    ASSERT_FALSE(posterior);
    EXPECT_NE(posterior.error().message.find("measurement 2"), std::string::npos);
  }
  EXPECT_FALSE(SimulatedPosterior::infer(base, {}, {}));
  const std::vector<Terms> without_terms = {models[0], Terms{}};
  const std::vector<double> latencies = {1, 2};
  const auto posterior = SimulatedPosterior::infer(base, without_terms, latencies);
  ASSERT_FALSE(posterior);
  EXPECT_EQ(posterior.error().message, "measurement 2 is of a model without any term");
}

TEST(MeasurementChoice, TakesEachCandidateOnceAndSharpensWithEach) {
  const SimulatedBase base;
  const std::vector<Terms> candidates = networks(12, 20);
  MeasurementChoice choice(base, candidates);
  double before = choice.half_width();
  std::set<std::size_t> taken;
  while (const auto next = choice.next()) {
    EXPECT_TRUE(taken.insert(next->candidate).second);
    EXPECT_LE(next->half_width, before + 1e-9);
    before = next->half_width;
  }
  EXPECT_EQ(taken.size(), candidates.size());
}

/// Devices that differ a lot in one rate and less in another, and one network or more for each.
struct WideAndNarrow {
  SimulatedBase base;
  std::vector<Terms> candidates;

  WideAndNarrow(std::size_t wide, std::size_t narrow) {
    base.prior = {};
    base.prior.spread[0] = 3;
    base.prior.spread[1] = 0.5;
    for (std::size_t i = 0; i < wide + narrow; ++i) {
      candidates.emplace_back();
      candidates.back().amounts[i < wide ? 0 : 1] = 1;
    }
  }
};

TEST(MeasurementChoice, PrefersManyNarrowIntervalsToTheWidest) {
  const WideAndNarrow of(1, 10);
  MeasurementChoice choice(of.base, of.candidates);
  EXPECT_NE(choice.next()->candidate, 0U);  // in total it is 0 that shrinks most
  EXPECT_EQ(choice.next()->candidate, 0U);
}

TEST(MeasurementChoice, LooksAtWhatIsLeftAfterMeasurements) {
  const WideAndNarrow of(6, 3);
  MeasurementChoice before(of.base, of.candidates);
  const std::vector<double> latencies = {2};
  const auto measured = SimulatedPosterior::infer(of.base, {of.candidates.data(), 1}, latencies);
  ASSERT_TRUE(measured);
  MeasurementChoice after(of.base, of.candidates, &*measured);
  EXPECT_LT(after.half_width(), before.half_width());
  EXPECT_LT(before.next()->candidate, 6U);
  EXPECT_GE(after.next()->candidate, 6U);
}

TEST(MeasurementChoice, TellsMoreThanChance) {
  const SimulatedBase base;
  const std::vector<Terms> candidates = networks(80, 21);
  MeasurementChoice choice(base, candidates);
  std::vector<Terms> chosen;
  for (int i = 0; i < 6; ++i) chosen.push_back(candidates[choice.next()->candidate]);
  Rng rng(22);
  double by_choice = 0;
  double by_chance = 0;
  for (int device = 0; device < 20; ++device) {
    const SimulatedDevice truth = base.prior.sample(rng);
    std::vector<Terms> drawn;
    for (const std::size_t i : rng.choose(candidates.size(), chosen.size()))
      drawn.push_back(candidates[i]);
    const auto one = SimulatedPredictor::adapt(base, measured(chosen, truth, 0.02, rng));
    const auto other = SimulatedPredictor::adapt(base, measured(drawn, truth, 0.02, rng));
    ASSERT_TRUE(one && other);
    by_choice += median_error(*one, truth, candidates);
    by_chance += median_error(*other, truth, candidates);
  }
  EXPECT_LT(by_choice, by_chance);
}

TEST(SimulatedPosterior, RefusesTermsThatAreNoAmounts) {
  std::vector<Terms> models = networks(4, 5);
  const std::vector<double> ms(models.size(), 1.0);
  ASSERT_TRUE(SimulatedPosterior::infer(SimulatedBase{}, models, ms));
  for (const double amount :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    std::vector<Terms> odd = models;
    odd[2].amounts[3] = amount;
    EXPECT_FALSE(SimulatedPosterior::infer(SimulatedBase{}, odd, ms)) << amount;
  }
}

TEST(SimulatedPosterior, AnswersAModelWithoutTermsByANumber) {
  const std::vector<Terms> models = networks(4, 5);
  const std::vector<double> ms(models.size(), 1.0);
  const auto posterior = SimulatedPosterior::infer(SimulatedBase{}, models, ms);
  ASSERT_TRUE(posterior);
  const auto [mean, variance] = posterior->predict(Terms{});
  EXPECT_TRUE(std::isfinite(mean) && std::isfinite(variance)) << mean << ' ' << variance;
  std::vector<Terms> candidates = networks(6, 7);
  MeasurementChoice usual(SimulatedBase{}, candidates);
  const std::size_t first = usual.next()->candidate;
  candidates.emplace_back();
  MeasurementChoice choice(SimulatedBase{}, candidates);
  EXPECT_EQ(choice.next()->candidate, first);
}

}  // namespace
}  // namespace hale
