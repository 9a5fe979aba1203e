#include <gtest/gtest.h>

#include <hale/meta/meta_gradient.hpp>
#include <hale/nn/fork.hpp>
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/space/nasbench201_encoder.hpp>

#include "../laws/inner_loop.hpp"
#include "../laws/sampler.hpp"
#include "../nn/derivatives.hpp"

namespace hale {
namespace {

using space::NasBench201Encoder;
using testing::directional_derivative;
using testing::dot;

using Cells =
    nn::Sequential<nn::GraphConv<6>, nn::Relu, nn::GraphConv<5>, nn::Relu, nn::TakeNode<8>>;
using Device = nn::Sequential<nn::Linear<4>, nn::Relu>;
using Net = nn::Network<nn::Sequential<nn::Fork<Cells, Device>, nn::Linear<7>, nn::Relu,
                                       nn::Linear<6>, nn::Relu, nn::Linear<1>>,
                        nn::Inputs<NasBench201Encoder::Output, Given<3>>>;

/// A small HELP: cells and three reference latencies.
template <class Modulator, class InnerLoop>
struct Problem {
  using Learner = meta::Learner<Net, Modulator, InnerLoop>;

  Rng rng{11};
  meta::Knowledge<Learner, double> knowledge = meta::Knowledge<Learner, double>::initial(rng);
  nn::NodeBatch<space::NasBench201Graph, double> support{cells(5)};
  nn::NodeBatch<space::NasBench201Graph, double> query{cells(8)};
  Buffer<double> support_targets = testing::random_buffer(5, rng);
  Buffer<double> query_targets = testing::random_buffer(8, rng);
  Buffer<double> embedding = testing::random_buffer(3, rng);
  Buffer<double> noise = testing::random_buffer(Modulator::latent_size, rng);
  meta::OuterTape<Learner, double> tape;
  meta::TaskGradient<Learner, double> result;

  Problem() {
    for (double& rate : knowledge.rates) rate = rng.uniform(0.05, 0.15);  // so that steps matter
  }

  std::vector<std::uint8_t> cells(std::size_t count) {
    std::vector<std::uint8_t> codes(count * NasBench201Encoder::size);
    for (std::size_t row = 0; row < count; ++row)
      NasBench201Encoder::encode(space::NasBench201::sample(rng),
                                 std::span<std::uint8_t, 9>(codes.data() + row * 9, 9));
    return codes;
  }

  meta::Task<Learner, double> task() const {
    const MatrixView<const double> device(embedding.data(), 1, 3);
    return {device,
            {{&support, device}, {support_targets.data(), 5, 1}},
            {{&query, device}, {query_targets.data(), 8, 1}}};
  }

  void run(double divergence_weight) {
    meta::meta_gradient<Learner, double>(knowledge, task(), noise, divergence_weight, tape, result);
  }
};

/// Holds the gradient of one part of what is learned against differences of query loss + weight *
/// divergence.
template <class P>
void expect_exact(P& problem, Buffer<double> meta::Knowledge<typename P::Learner, double>::*part) {
  constexpr double weight = 0.3;
  problem.run(weight);
  const Buffer<double> gradient = problem.result.gradient.*part;
  const Buffer<double> origin = problem.knowledge.*part;
  ASSERT_GT(dot(gradient, gradient), 0);
  for (int probe = 0; probe < 4; ++probe) {
    const Buffer<double> direction = testing::random_buffer(origin.size(), problem.rng);
    const auto objective = [&](const Buffer<double>& at) {
      problem.knowledge.*part = at;
      problem.run(weight);
      return problem.result.query_loss + weight * problem.result.divergence;
    };
    EXPECT_CLOSE(dot(gradient, direction),
                 directional_derivative(objective, origin, direction, 1e-7));
    problem.knowledge.*part = origin;
  }
}

using Modulated = Problem<meta::Modulator<Net, 3, 4>, meta::MetaSgd<2>>;

TEST(MetaGradient, OfThetaThroughTwoInnerStepsAgreesWithCentralDifferences) {
  Modulated problem;
  expect_exact(problem, &meta::Knowledge<Modulated::Learner, double>::theta);
}

TEST(MetaGradient, OfTheLearnedRatesAgreesWithCentralDifferences) {
  Modulated problem;
  expect_exact(problem, &meta::Knowledge<Modulated::Learner, double>::rates);
}

TEST(MetaGradient, OfTheModulatorAgreesWithCentralDifferences) {
  Modulated problem;
  expect_exact(problem, &meta::Knowledge<Modulated::Learner, double>::phi);
}

TEST(MetaGradient, WithoutAModulatorAgreesWithCentralDifferences) {
  using Plain = Problem<meta::NoModulator, meta::MetaSgd<3>>;
  Plain problem;
  expect_exact(problem, &meta::Knowledge<Plain::Learner, double>::theta);
}

TEST(MetaGradient, LeavesRatesThatAreNotLearnedAlone) {
  using Fixed = Problem<meta::NoModulator, meta::Maml<2>>;
  Fixed problem;
  problem.run(0);
  EXPECT_EQ(dot(problem.result.gradient.rates, problem.result.gradient.rates), 0);
}

TEST(MetaGradient, OfFirstOrderIsTheQueryGradientAtTheAdaptedParameters) {
  using First = Problem<meta::NoModulator, meta::Maml<2, meta::Order::first>>;
  using Second = Problem<meta::NoModulator, meta::Maml<2>>;
  First first;
  first.run(0);
  Buffer<double> gradient(Net::parameter_count);
  numeric::Arena<double> arena;
  const Buffer<double>& adapted = first.tape.inner.adapted();
  nn::loss_and_gradient<Net, nn::MeanSquaredError, double>(
      {adapted.data(), 1, adapted.size()}, first.task().query,
      {gradient.data(), 1, gradient.size()}, arena);
  EXPECT_EQ(first.result.gradient.theta, gradient);
  Second second;
  second.run(0);
  EXPECT_EQ(second.result.query_loss, first.result.query_loss);
  EXPECT_NE(second.result.gradient.theta, gradient);
}

/// Steps that shorten, from parameters that decay: what Meta-SGD and MAML are not.
struct Cooling {
  static constexpr std::size_t steps = 3;
  static constexpr meta::Order order = meta::Order::second;
  static constexpr bool learns_rates = true;
  static constexpr double initial_rate = 1e-2;
  template <std::floating_point T>
  static constexpr T decay = static_cast<T>(0.9);

  template <std::floating_point T>
  static void step(std::size_t k, std::span<const T> theta, std::span<const T> rates,
                   std::span<const T> gradient, std::span<T> next) noexcept {
    for (std::size_t i = 0; i < theta.size(); ++i)
      next[i] = decay<T> * theta[i] - rates[i] / static_cast<T>(k + 1) * gradient[i];
  }
  template <std::floating_point T>
  static void step_back(std::size_t k, std::span<const T> rates, std::span<const T> gradient,
                        std::span<T> v, std::span<T> pull, std::span<T> d_rates) noexcept {
    for (std::size_t i = 0; i < v.size(); ++i) {
      d_rates[i] -= v[i] * gradient[i] / static_cast<T>(k + 1);
      pull[i] = rates[i] / static_cast<T>(k + 1) * v[i];
      v[i] *= decay<T>;
    }
  }
};

// What is needed to be a policy, and what is none.
struct OneWay : Cooling {
  static constexpr meta::Order order = meta::Order::first;
  static constexpr bool learns_rates = false;
  template <class T>
  static void step_back() = delete;
};
static_assert(meta::InnerLoop<meta::MetaSgd<2>> && meta::InnerLoop<meta::Maml<2>>);
static_assert(meta::InnerLoop<Cooling> && meta::InnerLoop<OneWay>);
static_assert(!meta::Reversible<OneWay> && !meta::InnerLoop<meta::Order>);
static_assert(meta::MetaSgd<2>::initial_rate == 1e-3 && meta::Maml<2>::initial_rate == 1e-3);
static_assert(meta::Maml<1, meta::Order::first, std::ratio<1, 50>>::initial_rate == 0.02);
static_assert(meta::Modulation<meta::NoModulator> && meta::Modulation<meta::Modulator<Net, 3, 4>>);
static_assert(!meta::Modulation<Net>);
static_assert(meta::Sampler<meta::UniformSampler> && !meta::Sampler<meta::NoModulator>);
static_assert(meta::MetaLearner<Modulated::Learner> && !meta::MetaLearner<Net>);

TEST(MetaGradient, ThroughAnInnerLoopOfOnesOwnAgreesWithCentralDifferences) {
  using Own = Problem<meta::Modulator<Net, 3, 4>, Cooling>;
  Own problem;
  expect_exact(problem, &meta::Knowledge<Own::Learner, double>::theta);
  expect_exact(problem, &meta::Knowledge<Own::Learner, double>::rates);
}

TEST(Adaptation, LowersTheSupportLoss) {
  Modulated problem;
  meta::adapt<Modulated::Learner, double>(problem.knowledge, problem.task().embedding,
                                          problem.task().support, problem.noise,
                                          problem.tape.inner);
  EXPECT_LT(problem.tape.inner.losses[1], problem.tape.inner.losses[0]);
}

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(OfMetaSgd, InnerLoopLaws, meta::MetaSgd<2>);
using TwoSteps = meta::Maml<2>;
INSTANTIATE_TYPED_TEST_SUITE_P(OfMaml, InnerLoopLaws, TwoSteps);
INSTANTIATE_TYPED_TEST_SUITE_P(OfOnesOwn, InnerLoopLaws, Cooling);
INSTANTIATE_TYPED_TEST_SUITE_P(OfUniformSampler, SamplerLaws, meta::UniformSampler);
}  // namespace laws
}  // namespace hale
