#include <gtest/gtest.h>

#include <hale/meta/meta_gradient.hpp>
#include <hale/nn/fork.hpp>
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/space/nasbench201_encoder.hpp>

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

TEST(Adaptation, LowersTheSupportLoss) {
  Modulated problem;
  meta::adapt<Modulated::Learner, double>(problem.knowledge, problem.task().embedding,
                                          problem.task().support, problem.noise,
                                          problem.tape.inner);
  EXPECT_LT(problem.tape.inner.losses[1], problem.tape.inner.losses[0]);
}

}  // namespace
}  // namespace hale
