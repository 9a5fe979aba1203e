#include <gtest/gtest.h>

#include <cmath>
#include <hale/io/simulated_base.hpp>
#include <hale/predictor/choose.hpp>
#include <hale/predictor/learn_prior.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/predictor/simulated.hpp>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hale {
namespace {

using predictor::MeasurementChoice;
using predictor::SimulatedBase;
using predictor::SimulatedPosterior;
using predictor::SimulatedPredictor;
using space::AnyGraph;
using workload::SimulatedDevice;
using workload::Terms;

std::vector<Terms> networks(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Terms> all;
  while (all.size() < count) all.push_back(AnyGraph::sample(rng));
  return all;
}

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
  const std::vector<Terms> asked = networks(40, 4);
  const std::vector<Terms> known = networks(12, 3);
  Rng rng(6);
  int covered = 0;
  int all = 0;
  for (int device = 0; device < 25; ++device) {
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

TEST(LeftOut, MeasuresNothingOfTheFamilyThatItPredicts) {
  predictor::GraphRows rows;
  for (const Terms& model : networks(30, 30)) {
    rows.families.push_back(concat("family", rows.size() % 3));
    rows.models.push_back(model);
    rows.latency_ms.push_back(1);
  }
  std::vector<std::string> left;
  std::size_t asked = 0;
  const auto done = predictor::for_each_split(
      [&](std::optional<std::string_view> family) {
        left.emplace_back(family.value_or("all"));
        return SimulatedBase{};
      },
      rows, {.samples = 5},
      [&](const SimulatedBase&, const predictor::Split& split) -> Result<> {
        EXPECT_EQ(split.measured.size(), 5U);
        asked += split.asked.size();
        for (const std::size_t row : split.measured) EXPECT_NE(rows.families[row], left.back());
        for (const std::size_t row : split.asked) EXPECT_EQ(rows.families[row], left.back());
        return {};
      });
  EXPECT_TRUE(done);
  EXPECT_EQ(left, (std::vector<std::string>{"family0", "family1", "family2"}));
  EXPECT_EQ(asked, rows.size());
}

TEST(LeftOut, SplitsASingleFamilyWithinItself) {
  predictor::GraphRows rows;
  for (const Terms& model : networks(30, 30)) {
    rows.families.emplace_back("family");
    rows.models.push_back(model);
    rows.latency_ms.push_back(1);
  }
  std::size_t visits = 0;
  const auto done = predictor::for_each_split(
      [](std::optional<std::string_view> family) {
        EXPECT_FALSE(family);
        return SimulatedBase{};
      },
      rows, {.samples = 5},
      [&](const SimulatedBase&, const predictor::Split& split) -> Result<> {
        ++visits;
        EXPECT_EQ(split.measured.size(), 5U);
        EXPECT_EQ(split.asked.size(), 25U);
        return {};
      });
  EXPECT_TRUE(done);
  EXPECT_EQ(visits, 1U);
}

TEST(LearnedBase, CentresOnItsSourcesAndCountsARuntimeOnce) {
  workload::DevicePrior::Rates fast = workload::broad_prior().mean;
  constexpr auto term = static_cast<std::size_t>(workload::Term::transpose_bytes);
  fast[term] += 3;
  const workload::DevicePrior::Rates usual = workload::broad_prior().mean;
  const auto once = predictor::learned_prior({{"board", "a", fast}, {"phone", "b", usual}}, 1);
  const auto thrice = predictor::learned_prior(
      {{"board", "a", fast}, {"tablet", "a", fast}, {"server", "a", fast}, {"phone", "b", usual}},
      1);
  EXPECT_DOUBLE_EQ(once.mean[term], thrice.mean[term]);
  EXPECT_NEAR(once.mean[term] - usual[term], 1, 1e-9);  // of three: a, b and the broad prior
  EXPECT_LT(once.covariance(term, term), workload::broad_prior().covariance(term, term));
}

/// A source of three families whose device has one rate, of the transposes, unlike others'.
predictor::SourceRows source(const std::string& name, double unlike, std::uint64_t seed,
                             std::size_t count = 120) {
  SimulatedDevice device{workload::broad_prior().mean};
  device.log_rates[static_cast<std::size_t>(workload::Term::transpose_bytes)] += unlike;
  predictor::SourceRows source{name, {}};
  for (const Terms& model : networks(count, seed)) {
    source.rows.families.push_back(concat("family", source.rows.size() % 3));
    source.rows.models.push_back(model);
    source.rows.latency_ms.push_back(device.milliseconds(model));
  }
  return source;
}

TEST(LearnedBase, LeavesOutTheDevicesOfOneRuntimeTogether) {
  std::vector<predictor::SourceRows> sources = {source("lite-1-board", 4, 3, 45),
                                                source("lite-2-phone", 4, 4, 45),
                                                source("server", 0, 5, 45)};
  const auto ignore = [](std::size_t, std::size_t) {};
  const auto apart = predictor::learn_base(sources, ignore);
  sources[0].runtime = sources[1].runtime = "lite";
  const auto together = predictor::learn_base(sources, ignore);
  ASSERT_TRUE(apart && together);
  EXPECT_GT(together->widening, 1.5 * apart->widening);  // neither explains the other
  constexpr auto term = static_cast<std::size_t>(workload::Term::transpose_bytes);
  EXPECT_LT(together->prior.mean[term], apart->prior.mean[term]);  // both count once
}

TEST(FittedSources, AreRuntimesOfTheirOwnUnlessOneIsGiven) {
  std::vector<predictor::SourceRows> sources = {source("lite-1-board", 4, 3, 15),
                                                source("lite-1-phone", 4, 4, 15)};
  sources[1].runtime = "lite";
  const auto fitted = predictor::FittedSources::fit(sources);
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->sources()[0].runtime, "lite-1-board");
  EXPECT_EQ(fitted->sources()[1].runtime, "lite");
  const SimulatedBase rest =
      fitted->base([](const predictor::SourceRows& one) { return one.runtime != "lite"; });
  ASSERT_EQ(rest.known.size(), 1U);
  EXPECT_EQ(rest.known[0].name, "lite-1-board");
}

TEST(FittedSources, KnowNothingOfTheFamilyThatIsLeftOut) {
  predictor::SourceRows odd = source("a-1-x", 0, 3);
  const auto before = predictor::FittedSources::fit({odd});
  for (std::size_t row = 0; row < odd.rows.size(); ++row)
    if (odd.rows.families[row] == "family1") odd.rows.latency_ms[row] *= 30;
  const auto after = predictor::FittedSources::fit({odd});
  ASSERT_TRUE(before && after);
  const auto all = [](const predictor::SourceRows&) { return true; };
  EXPECT_EQ(before->base(all, "family1"), after->base(all, "family1"));
  EXPECT_NE(before->base(all), after->base(all));
  for (std::string& family : odd.rows.families) family = "family1";
  const auto single = predictor::FittedSources::fit({odd});
  ASSERT_TRUE(single);
  EXPECT_TRUE(single->base(all, "family1").known.empty());
  EXPECT_EQ(single->base(all).known.size(), 1U);
  EXPECT_FALSE(predictor::FittedSources::fit({}));
  EXPECT_FALSE(predictor::FittedSources::fit({{"a-1-x", {}}}));
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

TEST(FittedSources, RefuseALatencyThatNothingCouldTake) {
  for (const double ms : {-1.0, 0.0, 1e12}) {
    predictor::SourceRows odd = source("a-1-x", 0, 3);
    odd.rows.latency_ms[7] = ms;
    EXPECT_FALSE(predictor::FittedSources::fit({odd})) << ms;
  }
}

TEST(FittedSources, LeaveOutAFamilyWithoutAName) {
  predictor::SourceRows odd = source("a-1-x", 0, 3);
  for (std::string& family : odd.rows.families)
    if (family == "family1") family.clear();
  for (std::size_t row = 0; row < odd.rows.size(); ++row)
    if (odd.rows.families[row].empty()) odd.rows.latency_ms[row] *= 30;
  const auto fitted = predictor::FittedSources::fit({odd});
  ASSERT_TRUE(fitted);
  const auto all = [](const predictor::SourceRows&) { return true; };
  EXPECT_NE(fitted->base(all, ""), fitted->base(all));
}

TEST(KnownDevices, AreFoundByWhatIsLikeThemAndLeftByWhatIsNot) {
  const auto fitted = predictor::FittedSources::fit(
      {source("slow-1-transposes", 4, 3), source("usual-1-x", 0, 4), source("fast-1-x", -3, 5)});
  ASSERT_TRUE(fitted);
  const SimulatedBase base = fitted->base([](const predictor::SourceRows&) { return true; });
  const predictor::SourceRows like = source("slow-1-other", 4, 8);
  std::vector<double> ms(like.rows.latency_ms.begin(), like.rows.latency_ms.begin() + 10);
  for (double& each : ms) each *= 50;  // of another speed altogether
  const std::vector<Terms> models(like.rows.models.begin(), like.rows.models.begin() + 10);
  const auto found = SimulatedPosterior::infer(base, models, ms);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->nearest(), "slow-1-transposes");

  SimulatedDevice unlike{workload::broad_prior().mean};
  for (std::size_t i = 0; i < unlike.log_rates.size(); ++i)
    unlike.log_rates[i] += i % 2 == 0 ? 2.5 : -2.5;
  std::vector<double> other;
  for (const Terms& model : models) other.push_back(unlike.milliseconds(model));
  const auto none = SimulatedPosterior::infer(base, models, other);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->nearest(), "");
}

TEST(KnownDevices, LeaveOpenWhichOneItIsWhereTheMeasurementsDo) {
  constexpr auto term = static_cast<std::size_t>(workload::Term::transpose_bytes);
  SimulatedBase both;
  for (const double unlike : {-2.0, 2.0}) {
    predictor::KnownDevice known{concat("a-1-", unlike), both.prior.mean};
    known.log_rates[term] += unlike;
    both.known.push_back(known);
  }
  SimulatedBase one = both;
  one.known.pop_back();
  std::vector<Terms> models = networks(10, 40);
  for (Terms& model : models) model.amounts[term] = 0;
  const SimulatedDevice truth{both.prior.mean};
  std::vector<double> ms;
  for (const Terms& model : models) ms.push_back(truth.milliseconds(model));
  const auto open = SimulatedPosterior::infer(both, models, ms);
  const auto settled = SimulatedPosterior::infer(one, models, ms);
  ASSERT_TRUE(open && settled);
  ASSERT_NE(settled->nearest(), "");
  Terms transposes;
  transposes.amounts[term] = 1e6;
  const auto [between, wide] = open->predict(transposes);
  const auto [near, narrow] = settled->predict(transposes);
  EXPECT_NEAR(between, std::log(truth.milliseconds(transposes)), 0.5);
  EXPECT_NEAR(near, between - 2, 0.7);
  EXPECT_GT(wide, 2 * narrow);  // the squares of what lies between them are part of it
  const predictor::JointPrediction joint =
      open->predict_jointly(std::vector{transposes, models[0]});
  EXPECT_NEAR(joint.covariance(0, 0), wide, 1e-9);
  EXPECT_NEAR(joint.covariance(0, 1), joint.covariance(1, 0), 1e-12);
}

TEST(SimulatedBaseFile, ComesBackAsItWasAndIsRefusedWhereItWasCut) {
  SimulatedBase base;
  base.widening = 1.25;
  base.prior.mean[3] = -11.5;
  base.made_from = "a test";
  base.known = {{"a-1-x", base.prior.mean}, {"b-1-x", base.prior.spread}};
  const std::string bytes = io::serialise_base(base);
  const auto container = io::parse_container(bytes);
  ASSERT_TRUE(container);
  const auto loaded = io::load_simulated_base(*container);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, base);
  for (std::size_t size = 0; size < bytes.size(); size += bytes.size() / 10) {
    const auto cut = io::parse_container(std::string_view(bytes).substr(0, size));
    EXPECT_FALSE(cut);
  }
}

TEST(SimulatedBaseFile, IsRefusedWithNumbersThatNoTrainingLeaves) {
  for (const double wrong : {std::nan(""), HUGE_VAL, 1e9}) {
    SimulatedBase base;
    base.prior.mean[0] = wrong;
    const auto container = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(container);
    EXPECT_FALSE(io::load_simulated_base(*container)) << wrong;
    base = {};
    base.known = {{"a-1-x", base.prior.mean}, {"two\nlines", {}}};
    base.known.front().log_rates[2] = wrong;
    const auto known = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(known);
    EXPECT_FALSE(io::load_simulated_base(*known)) << wrong;
    base.known.front().log_rates[2] = 0;
    const auto names = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(names);
    EXPECT_FALSE(io::load_simulated_base(*names)) << wrong;
    base = {};
    base.error.noise = wrong;
    const auto other = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(other);
    EXPECT_FALSE(io::load_simulated_base(*other)) << wrong;
  }
}

}  // namespace
}  // namespace hale
