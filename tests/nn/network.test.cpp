#include <gtest/gtest.h>

#include <boost/hana/type.hpp>
#include <hale/nn/fork.hpp>
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/loss.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/predictor/recipes.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <type_traits>

namespace hale::nn {
namespace {

using Cells = GivenNodes<space::NasBench201Graph>;
using Graph = space::NasBench201Graph;

// Shapes are inferred from the input on.
static_assert(std::is_same_v<OutputOf<Linear<7>, Given<3>>, Shape<7>>);
static_assert(std::is_same_v<OutputOf<Relu, Shape<7>>, Shape<7>>);
static_assert(std::is_same_v<OutputOf<GraphConv<5>, Cells>, NodeFeatures<Graph, 5>>);
static_assert(std::is_same_v<OutputOf<TakeNode<8>, NodeFeatures<Graph, 5>>, Shape<5>>);
static_assert(
    std::is_same_v<OutputOf<Fork<Linear<2>, Linear<3>>, Inputs<Given<4>, Given<5>>>, Joined<2, 3>>);
static_assert(std::is_same_v<OutputOf<Sequential<>, Given<4>>, Given<4>>);

// A layer that cannot follow becomes a value that names it, its shape and its position.
static_assert(std::is_same_v<OutputOf<GraphConv<5>, Shape<7>>,
                             error::LayerCannotFollow<GraphConv<5>, Shape<7>, 0>>);
static_assert(
    std::is_same_v<OutputOf<Sequential<Linear<7>, Relu, GraphConv<5>, Linear<1>>, Given<3>>,
                   error::LayerCannotFollow<GraphConv<5>, Shape<7>, 2>>);
static_assert(std::is_same_v<OutputOf<Fork<Linear<2>, Sequential<Linear<3>, TakeNode<0>>>,
                                      Inputs<Given<4>, Given<5>>>,
                             error::LayerCannotFollow<TakeNode<0>, Shape<3>, 1>>);
static_assert(std::is_same_v<OutputOf<TakeNode<3>, NodeFeatures<Graph, 5>>,
                             error::LayerCannotFollow<TakeNode<3>, NodeFeatures<Graph, 5>, 0>>);

static_assert(LayerFor<Linear<7>, Given<3>>);
static_assert(!LayerFor<Linear<7>, Cells>);
static_assert(!LayerFor<Relu, Given<3>>);
static_assert(!LayerFor<int, Given<3>>);
static_assert(BoundNetwork<Network<Linear<7>, Given<3>>>);
static_assert(!BoundNetwork<Linear<7>>);
static_assert(Loss<MeanSquaredError>);
static_assert(!Loss<Relu>);

// The parameter counts of the paper's networks.
using Help = predictor::HelpNasBench201::Learner;
static_assert(Help::Network::parameter_count == 123001);
static_assert(Help::Modulator::parameter_count == 13376);
static_assert(Help::Modulator::latent_size == 603);

TEST(Layout, PutsEachLayersWeightsBeforeItsBiasWithoutGaps) {
  using Net = Network<Sequential<Fork<Linear<2>, Sequential<Linear<3>, Relu>>, Linear<4>>,
                      Inputs<Given<5>, Given<6>>>;
  const std::array<std::array<std::size_t, 3>, 6> expected = {
      {{5, 2, 0}, {1, 2, 10}, {6, 3, 12}, {1, 3, 30}, {5, 4, 33}, {1, 4, 53}}};
  ASSERT_EQ(Net::layout.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(Net::layout[i].rows, expected[i][0]);
    EXPECT_EQ(Net::layout[i].columns, expected[i][1]);
    EXPECT_EQ(Net::layout[i].offset, expected[i][2]);
  }
  EXPECT_EQ(Net::parameter_count, 57U);
}

TEST(Layout, FingerprintTellsTransposedTensorsApart) {
  using A = Network<Sequential<Linear<4>, Linear<3>>, Given<2>>;
  using B = Network<Sequential<Linear<3>, Linear<4>>, Given<2>>;
  using C = Network<Sequential<Linear<4>, Relu, Linear<3>>, Given<2>>;
  EXPECT_NE(A::fingerprint, B::fingerprint);
  EXPECT_EQ(A::fingerprint, C::fingerprint);  // a rectifier has no parameters
}

TEST(Initialise, StaysWithinEachTensorsBound) {
  Rng rng(1);
  Buffer<float> theta(Help::Network::parameter_count);
  nn::initialise<Help::Network>(std::span<float>(theta), rng);
  for (const TensorSpec& spec : Help::Network::layout) {
    float largest = 0;
    for (std::size_t i = 0; i < spec.size(); ++i)
      largest = std::max(largest, std::abs(theta[spec.offset + i]));
    EXPECT_LE(largest, static_cast<float>(spec.initial_bound));
    EXPECT_GT(largest, spec.size() > 50 ? 0.9F * static_cast<float>(spec.initial_bound) : 0);
  }
}

}  // namespace
}  // namespace hale::nn
