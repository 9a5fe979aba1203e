#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <hale/io/simulated_base.hpp>
#include <hale/predictor/learn_prior.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/predictor/simulated.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "networks.hpp"

namespace hale {
namespace {

using predictor::SimulatedBase;
using predictor::SimulatedPosterior;
using workload::SimulatedDevice;
using workload::Terms;

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

const auto everything = [](const predictor::SourceRows&) { return true; };
constexpr auto transposes = static_cast<std::size_t>(workload::Term::transpose_bytes);

TEST(LearnedBase, LeavesOutTheDevicesOfOneHardwareTogether) {
  std::vector<predictor::SourceRows> sources = {source("lite-1-board", 4, 3, 45),
                                                source("lite-2-phone", 4, 4, 45),
                                                source("server", 0, 5, 45)};
  const auto ignore = [](std::size_t, std::size_t) {};
  const auto apart = predictor::learn_base(sources, ignore);
  sources[0].hardware = sources[1].hardware = "board";
  const auto together = predictor::learn_base(sources, ignore);
  ASSERT_TRUE(apart && together);
  EXPECT_GT(together->widening, 1.3 * apart->widening);  // neither explains the other
}

TEST(LearnedBase, KnowsAClassByWhatItsDevicesShare) {
  std::vector<predictor::SourceRows> sources;
  for (std::uint64_t i = 0; i < 6; ++i) {
    sources.push_back(source(concat("slow", i), 4, 3 + i, 45));
    sources.back().class_name = "lite cpu f32";
    sources.push_back(source(concat("usual", i), 0, 13 + i, 45));
    sources.back().class_name = "server cpu f32";
  }
  const auto fitted = predictor::FittedSources::fit(sources);
  ASSERT_TRUE(fitted);
  const SimulatedBase base = fitted->base(everything);
  ASSERT_EQ(base.classes.size(), 2U);
  EXPECT_EQ(base.classes[0].name, "lite cpu f32");
  EXPECT_EQ(base.classes[0].hardware, 6);
  EXPECT_EQ(base.classes[0].known.size(), 6U);
  const double differ =
      base.classes[0].prior.mean[transposes] - base.classes[1].prior.mean[transposes];
  EXPECT_NEAR(differ, 4, 1);
  EXPECT_LT(base.classes[0].prior.covariance(transposes, transposes),
            base.prior.covariance(transposes, transposes));
  const predictor::SourceRows other = source("slow", 4, 30);
  const auto found = SimulatedPosterior::infer(base, std::span(other.rows.models).first(10),
                                               std::span(other.rows.latency_ms).first(10));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->class_name(), "lite cpu f32");
}

TEST(LearnedBase, IsPulledByNetworksThatAClassRan) {
  constexpr double odd = 1.5;  // times as slow as rates explain, on every device
  std::vector<predictor::SourceRows> sources;
  const std::vector<Terms> models = networks(60, 77);
  for (std::uint64_t i = 0; i < 6; ++i) {
    SimulatedDevice device{workload::broad_prior().mean};
    for (double& rate : device.log_rates) rate += 0.3 * static_cast<double>(i);
    predictor::SourceRows one{concat("board", i), {}, "lite cpu f32"};
    for (std::size_t m = 0; m < models.size(); ++m) {
      one.rows.models.push_back(models[m]);
      one.rows.families.emplace_back("family");
      one.rows.latency_ms.push_back(device.milliseconds(models[m]) * (m == 59 ? odd : 1));
    }
    sources.push_back(std::move(one));
  }
  const auto fitted = predictor::FittedSources::fit(sources);
  ASSERT_TRUE(fitted);
  std::vector<double> ms;
  const SimulatedDevice mine{workload::broad_prior().mean};
  for (std::size_t m = 0; m < 10; ++m) ms.push_back(mine.milliseconds(models[m]));
  const auto off = [&](const SimulatedBase& base) {
    const auto found = SimulatedPosterior::infer(base, std::span(models).first(10), ms);
    return found->predict(models[59]).first - std::log(mine.milliseconds(models[59]));
  };
  const SimulatedBase familiar = fitted->base(everything);
  const SimulatedBase unfamiliar = fitted->base(everything, [](std::size_t) { return true; });
  EXPECT_EQ(familiar.networks.size(), models.size());
  EXPECT_TRUE(unfamiliar.networks.empty());
  EXPECT_GT(off(familiar), 0.25);  // of .41
  EXPECT_LT(off(unfamiliar), 0.1);
}

TEST(FittedSources, AreOfAClassAndHardwareOfTheirOwnUnlessOneIsGiven) {
  std::vector<predictor::SourceRows> sources = {source("lite-1-board", 4, 3, 15),
                                                source("lite-1-phone", 4, 4, 15)};
  sources[1].class_name = "lite";
  const auto fitted = predictor::FittedSources::fit(sources);
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->sources()[0].class_name, "lite-1-board");
  EXPECT_EQ(fitted->sources()[0].hardware, "lite-1-board");
  EXPECT_EQ(fitted->sources()[1].class_name, "lite");
  const SimulatedBase rest =
      fitted->base([](const predictor::SourceRows& one) { return one.class_name != "lite"; });
  ASSERT_EQ(rest.classes.size(), 1U);
  ASSERT_EQ(rest.classes[0].known.size(), 1U);
  EXPECT_EQ(rest.classes[0].known[0].name, "lite-1-board");
}

TEST(FittedSources, KnowNothingOfTheFamilyThatIsLeftOut) {
  predictor::SourceRows odd = source("a-1-x", 0, 3);
  const auto before = predictor::FittedSources::fit({odd});
  for (std::size_t row = 0; row < odd.rows.size(); ++row)
    if (odd.rows.families[row] == "family1") odd.rows.latency_ms[row] *= 30;
  const auto after = predictor::FittedSources::fit({odd});
  ASSERT_TRUE(before && after);
  const auto old_rest = before->without("family1");
  const auto rest = after->without("family1");
  ASSERT_TRUE(old_rest && rest);
  EXPECT_EQ(old_rest->base(everything), rest->base(everything));
  EXPECT_NE(before->base(everything), after->base(everything));
  for (std::string& family : odd.rows.families) family = "family1";
  const auto single = predictor::FittedSources::fit({odd});
  ASSERT_TRUE(single);
  EXPECT_FALSE(single->without("family1"));  // nothing is left
  EXPECT_FALSE(predictor::FittedSources::fit({}));
  EXPECT_FALSE(predictor::FittedSources::fit({{"a-1-x", {}}}));
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
  const auto rest = fitted->without("");
  ASSERT_TRUE(rest);
  EXPECT_NE(rest->base(everything), fitted->base(everything));
}

TEST(KnownDevices, AreFoundByWhatIsLikeThemAndLeftByWhatIsNot) {
  const auto fitted = predictor::FittedSources::fit(
      {source("slow-1-transposes", 4, 3), source("usual-1-x", 0, 4), source("fast-1-x", -3, 5)});
  ASSERT_TRUE(fitted);
  const SimulatedBase base = fitted->base(everything);
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
  constexpr auto term = transposes;
  SimulatedBase both;
  both.classes = {{.name = "a", .prior = both.prior}};
  for (const double unlike : {-2.0, 2.0}) {
    predictor::KnownDevice known{concat("a-1-", unlike), both.prior.mean};
    known.log_rates[term] += unlike;
    both.classes[0].known.push_back(known);
  }
  SimulatedBase one = both;
  one.classes[0].known.pop_back();
  std::vector<Terms> models = networks(10, 40);
  for (Terms& model : models) model.amounts[term] = 0;
  const SimulatedDevice truth{both.prior.mean};
  std::vector<double> ms;
  for (const Terms& model : models) ms.push_back(truth.milliseconds(model));
  const auto open = SimulatedPosterior::infer(both, models, ms);
  const auto settled = SimulatedPosterior::infer(one, models, ms);
  ASSERT_TRUE(open && settled);
  ASSERT_NE(settled->nearest(), "");
  Terms moved;
  moved.amounts[term] = 1e6;
  const auto [between, wide] = open->predict(moved);
  const auto [near, narrow] = settled->predict(moved);
  EXPECT_NEAR(between, std::log(truth.milliseconds(moved)), 0.5);
  EXPECT_NEAR(near, between - 2, 0.7);
  EXPECT_GT(wide, 2 * narrow);  // the squares of what lies between them are part of it
  const predictor::JointPrediction joint = open->predict_jointly(std::vector{moved, models[0]});
  EXPECT_NEAR(joint.covariance(0, 0), wide, 1e-9);
  EXPECT_NEAR(joint.covariance(0, 1), joint.covariance(1, 0), 1e-12);
}

/// Of numbers that single precision holds.
predictor::DeviceClass of_two_devices() {
  predictor::DeviceClass one{
      .name = "a\tcpu f32", .error = {0.0625, 0.125, 4}, .widening = 1.5, .hardware = 2};
  one.prior.mean.fill(-17.5);
  one.prior.spread.fill(0.25);
  one.prior.factors = {one.prior.spread, one.prior.mean};
  one.known = {{"a-1-x", one.prior.mean}, {"b-1-x", one.prior.spread}};
  return one;
}

TEST(SimulatedBaseFile, ComesBackAsItWasAndIsRefusedWhereItWasCut) {
  SimulatedBase base;
  base.widening = 1.25;
  base.prior.mean[3] = -11.5;
  base.made_from = "a test";
  base.classes = {of_two_devices(), {.name = "none known"}};
  base.networks = {Terms{}};
  base.networks[0].amounts[5] = 1024;
  base.classes[0].familiar = {{0, 0.25, 3}};
  const std::string bytes = io::serialise_base(base);
  const auto container = io::parse_container(bytes);
  ASSERT_TRUE(container);
  const auto loaded = io::load_simulated_base(*container);
  ASSERT_TRUE(loaded) << loaded.error().message;
  base.classes[0].name = "a cpu f32";  // a tab would end the word
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
    base.classes = {of_two_devices()};
    base.classes[0].known[0].log_rates[2] = wrong;
    const auto known = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(known);
    EXPECT_FALSE(io::load_simulated_base(*known)) << wrong;
    base.classes[0].known[0].log_rates[2] = 0;
    base.classes[0].known[1].name = "two\nlines";
    const auto names = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(names);
    EXPECT_FALSE(io::load_simulated_base(*names)) << wrong;
    base = {};
    base.networks = {Terms{}};
    base.networks[0].amounts[5] = -wrong;
    const auto networks = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(networks);
    EXPECT_FALSE(io::load_simulated_base(*networks)) << wrong;
    base = {};
    base.classes = {of_two_devices()};
    base.classes[0].familiar = {{7, 0.25, 3}};  // of no network
    const auto familiar = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(familiar);
    EXPECT_FALSE(io::load_simulated_base(*familiar));
    base.classes = {of_two_devices()};
    base.classes[0].error.noise = wrong;
    const auto noise = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(noise);
    EXPECT_FALSE(io::load_simulated_base(*noise)) << wrong;
    base = {};
    base.error.noise = wrong;
    const auto other = io::parse_container(io::serialise_base(base));
    ASSERT_TRUE(other);
    EXPECT_FALSE(io::load_simulated_base(*other)) << wrong;
  }
}

}  // namespace
}  // namespace hale
