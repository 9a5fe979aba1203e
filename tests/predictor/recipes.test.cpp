#include <gtest/gtest.h>

#include <cmath>
#include <hale/predictor/recipes.hpp>
#include <hale/predictor/train.hpp>
#include <set>
#include <string>

namespace hale::predictor {
namespace {

static_assert(Recipe<HelpNasBench201>);
static_assert(!Recipe<HelpNasBench201::Space>);

// As the published checkpoints' sizes are.
static_assert(HelpNasBench201::Learner::Network::parameter_count == 123001);
static_assert(HelpFBNet::Learner::Network::parameter_count == 115201);
static_assert(HelpOfaMobileNetV3::Learner::Network::parameter_count == 116501);
static_assert(HelpFBNet::Learner::Modulator::parameter_count == 13376);

// The methods differ in what they say they leave out, and in nothing else.
static_assert(FBNetMethods::WithoutModulator::Learner::Modulator::parameter_count == 0);
static_assert(
    std::is_same_v<FBNetMethods::WithoutModulator::Learner::Network, HelpFBNet::Learner::Network>);
static_assert(FBNetMethods::WithoutEmbedding::Learner::Network::parameter_count ==
              115201 - (10 * 100 + 100 + 100 * 100 + 100) - 100 * 200);
static_assert(FBNetMethods::MetaSgd::Learner::InnerLoop::learns_rates);
static_assert(!FBNetMethods::Maml::Learner::InnerLoop::learns_rates);
static_assert(FBNetMethods::FirstOrderMaml::Learner::InnerLoop::order == meta::Order::first);

/// Devices that price a place and a block each in their own way.
template <class R>
device::LatencyTable made_up_table(std::size_t rows, std::size_t devices) {
  using Space = typename R::Space;
  Rng rng(3);
  device::LatencyTable table;
  std::set<std::string> known;
  const auto add = [&](const std::string& arch) {
    if (known.insert(arch).second) table.archs.push_back(arch);
  };
  for (const std::string_view reference : R::protocol.references) add(std::string(reference));
  while (table.archs.size() < rows) add(Space::format(Space::sample(rng)));
  for (std::size_t d = 0; d < devices; ++d) {
    table.devices.push_back(concat("device", d));
    std::vector<double> price;
    for (std::size_t i = 0; i < R::Encoder::size; ++i) price.push_back(rng.uniform(0, 1));
    auto& column = table.latency_ms.emplace_back();
    for (const std::string& arch : table.archs) {
      std::array<typename R::Encoder::Code, R::Encoder::size> codes{};
      R::Encoder::encode(*Space::parse(arch), codes);
      double latency = 5;
      for (std::size_t i = 0; i < codes.size(); ++i) latency += price[i] * codes[i];
      column.push_back(latency);
    }
  }
  return table;
}

template <class R>
class EveryRecipe : public ::testing::Test {};
using Recipes = ::testing::Types<FBNetMethods::Help, FBNetMethods::WithoutModulator,
                                 FBNetMethods::WithoutEmbedding, FBNetMethods::MetaSgd,
                                 FBNetMethods::Maml, FBNetMethods::FirstOrderMaml,
                                 OfaMobileNetV3Methods::Help, NasBench201Methods::WithoutEmbedding>;
TYPED_TEST_SUITE(EveryRecipe, Recipes);

TYPED_TEST(EveryRecipe, LearnsFromDevicesAndPredictsAnotherOne) {
  const device::LatencyTable table = made_up_table<TypeParam>(200, 5);
  TrainingOptions options;
  options.sources = {"device0", "device1", "device2"};
  options.validation = {"device3"};
  options.outer = {.episodes = 20, .rate = 1e-3, .validate_every = 10};
  options.tasks = 3;
  options.query = 40;
  options.validation_draws = 1;
  const auto training = Training<TypeParam>::prepare(table, options);
  ASSERT_TRUE(training) << training.error().message;
  auto state = training->initial();
  double first = 0;
  double last = 0;
  const auto ran = training->run(state, {}, [&](const meta::TrainingProgress& progress) {
    (progress.episode == 1 ? first : last) = progress.query_loss;
    return true;
  });
  ASSERT_TRUE(ran) << ran.error().message;
  EXPECT_LT(last, first);
  const auto base = training->finish(state, "made-up devices");
  ASSERT_TRUE(base) << base.error().message;
  const auto evaluations = evaluate<TypeParam>(*base, table, {"device4"}, {.draws = 1});
  ASSERT_TRUE(evaluations) << evaluations.error().message;
  const Metrics& metrics = evaluations->at(0).draws.at(0);
  EXPECT_LT(metrics.median_error, 0.5);
  EXPECT_TRUE(std::isfinite(metrics.spearman));
}

}  // namespace
}  // namespace hale::predictor
