#include <gtest/gtest.h>

#include <cmath>
#include <hale/meta/trainer.hpp>
#include <hale/nn/fork.hpp>
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <limits>
#include <thread>
#include <vector>

namespace hale::meta {
namespace {

using Encoder = space::NasBench201Encoder;
using Cells =
    nn::Sequential<nn::GraphConv<8>, nn::Relu, nn::GraphConv<8>, nn::Relu, nn::TakeNode<8>>;
using Net =
    nn::Network<nn::Sequential<nn::Fork<Cells, nn::Sequential<nn::Linear<4>, nn::Relu>>,
                               nn::Linear<8>, nn::Relu, nn::Linear<8>, nn::Relu, nn::Linear<1>>,
                nn::Inputs<Encoder::Output, Given<3>>>;
using Small = Learner<Net, Modulator<Net, 3, 4>, MetaSgd<2>>;

/// Devices on which a 3x3 convolution costs more or less; three latencies as the embedding.
struct Problem {
  EncodedRows<Encoder> encoded;
  std::vector<SourceDevice<float>> devices;

  Problem() {
    Rng rng(3);
    std::vector<double> convolutions;
    std::vector<double> all;
    for (std::size_t row = 0; row < 120; ++row) {
      const auto architecture = space::NasBench201::sample(rng);
      encoded.push_back(architecture);
      const auto count = [&](space::NasBench201::Operation wanted) {
        return static_cast<double>(
            std::count(architecture.operations.begin(), architecture.operations.end(), wanted));
      };
      convolutions.push_back(count(space::NasBench201::Operation::nor_conv_3x3));
      all.push_back(6 - count(space::NasBench201::Operation::none));
    }
    for (std::size_t d = 0; d < 4; ++d) {
      const double share = 0.2 * static_cast<double>(d + 1);
      SourceDevice<float> device;
      device.name = "device " + std::to_string(d);
      for (std::size_t row = 0; row < 120; ++row) {
        device.rows.push_back(row);
        device.targets.push_back(
            static_cast<float>((share * convolutions[row] + (1 - share) * all[row]) / 6));
      }
      device.embedding.assign(device.targets.begin(), device.targets.begin() + 3);
      devices.push_back(device);
    }
  }

  Trainer<Small, Encoder, float> trainer(std::size_t episodes) const {
    return {EpisodeSampler<Small, Encoder, float>(encoded, devices,
                                                  {.tasks = 3, .support = 5, .query = 40}),
            {.episodes = episodes, .rate = 3e-3, .validate_every = 5},
            [](const Knowledge<Small, float>& knowledge, const Executor&) {
              return -static_cast<double>(std::abs(knowledge.theta[0]));
            }};
  }
};

constexpr auto go_on = [](const TrainingProgress&) { return true; };

TEST(Trainer, LowersTheQueryLoss) {
  const Problem problem;
  auto trainer = problem.trainer(150);
  TrainingState<Small, float> state(1, 3e-3);
  std::vector<double> losses;
  ASSERT_TRUE(trainer.run(state, {}, [&](const TrainingProgress& progress) {
    losses.push_back(progress.query_loss);
    return true;
  }));
  ASSERT_EQ(losses.size(), 150U);
  const auto mean = [&](std::size_t first) {
    return std::accumulate(losses.begin() + static_cast<std::ptrdiff_t>(first),
                           losses.begin() + static_cast<std::ptrdiff_t>(first + 20), 0.0);
  };
  EXPECT_LT(mean(130), 0.5 * mean(0));
}

TEST(Trainer, StoppedAndContinuedEndsWhereAnUninterruptedRunDoes) {
  const Problem problem;
  TrainingState<Small, float> whole(7, 3e-3);
  ASSERT_TRUE(problem.trainer(12).run(whole, {}, go_on));
  TrainingState<Small, float> parts(7, 3e-3);
  ASSERT_TRUE(problem.trainer(12).run(
      parts, {}, [](const TrainingProgress& progress) { return progress.episode < 5; }));
  EXPECT_EQ(parts.episode, 5U);
  ASSERT_TRUE(problem.trainer(12).run(parts, {}, go_on));
  EXPECT_EQ(parts.knowledge, whole.knowledge);
  EXPECT_EQ(parts.best, whole.best);
  EXPECT_EQ(parts.best_episode, whole.best_episode);
}

TEST(Trainer, ValidatesWhatItEndsWithHoweverShortItIs) {
  const Problem problem;
  TrainingState<Small, float> state(7, 3e-3);
  ASSERT_TRUE(problem.trainer(3).run(state, {}, go_on));
  EXPECT_EQ(state.best_episode, 3U);
  EXPECT_EQ(state.best, state.knowledge);
}

TEST(Trainer, ResultDoesNotDependOnTheExecutor) {
  const Problem problem;
  TrainingState<Small, float> alone(7, 3e-3);
  ASSERT_TRUE(problem.trainer(6).run(alone, {}, go_on));
  TrainingState<Small, float> together(7, 3e-3);
  const Executor threads{2, [](std::size_t count, const Executor::Work& work) {
                           std::thread other([&] {
                             for (std::size_t i = 1; i < count; i += 2) work(i, 1);
                           });
                           for (std::size_t i = 0; i < count; i += 2) work(i, 0);
                           other.join();
                         }};
  ASSERT_TRUE(problem.trainer(6).run(together, threads, go_on));
  EXPECT_EQ(alone.knowledge, together.knowledge);
}

TEST(Trainer, KeepsTheBestValidatedState) {
  const Problem problem;
  TrainingState<Small, float> state(7, 3e-3);
  std::vector<double> scores;
  auto trainer = problem.trainer(40);
  ASSERT_TRUE(trainer.run(state, {}, [&](const TrainingProgress& progress) {
    if (progress.validated) scores.push_back(progress.best_score);
    return true;
  }));
  EXPECT_EQ(scores.size(), 8U);
  EXPECT_TRUE(std::is_sorted(scores.begin(), scores.end()));
  EXPECT_EQ(-static_cast<double>(std::abs(state.best.theta[0])), state.best_score);
}

TEST(Trainer, RefusesMoreTasksThanDevicesAndDevicesWithTooFewRows) {
  Problem problem;
  TrainingState<Small, float> state(7, 3e-3);
  problem.devices[2].rows.resize(44);
  const auto few_rows = problem.trainer(1).run(state, {}, go_on);
  ASSERT_FALSE(few_rows);
  EXPECT_EQ(few_rows.error().message,
            "device 'device 2' has 44 rows after trimming, an episode needs 45");
  problem.devices.resize(2);
  const auto few_devices = problem.trainer(1).run(state, {}, go_on);
  ASSERT_FALSE(few_devices);
  EXPECT_EQ(few_devices.error().message, "an episode needs 3 source devices, found 2");
}

TEST(Trainer, StopsAtALossThatIsNotFinite) {
  Problem problem;
  for (auto& device : problem.devices) device.targets[0] = std::numeric_limits<float>::infinity();
  for (auto& device : problem.devices) device.rows.assign(60, 0);
  TrainingState<Small, float> state(7, 3e-3);
  const auto before = state.knowledge;
  const auto result = problem.trainer(3).run(state, {}, go_on);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("episode 1 is not finite"), std::string::npos);
  EXPECT_EQ(state.knowledge, before);
}

}  // namespace
}  // namespace hale::meta
