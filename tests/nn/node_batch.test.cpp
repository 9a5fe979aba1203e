#include <gtest/gtest.h>

#include <hale/nn/gradient.hpp>
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <vector>

#include "derivatives.hpp"

namespace hale {
namespace {

using space::NasBench201;
using space::NasBench201Encoder;
using Batch = nn::NodeBatch<space::NasBench201Graph, float>;

std::vector<std::uint8_t> encode(const std::vector<NasBench201::Architecture>& architectures) {
  std::vector<std::uint8_t> codes(architectures.size() * NasBench201Encoder::size);
  for (std::size_t row = 0; row < architectures.size(); ++row)
    NasBench201Encoder::encode(
        architectures[row],
        std::span<std::uint8_t, NasBench201Encoder::size>(
            codes.data() + row * NasBench201Encoder::size, NasBench201Encoder::size));
  return codes;
}

std::vector<NasBench201::Architecture> sample(std::size_t count) {
  Rng rng(1);
  std::vector<NasBench201::Architecture> architectures;
  for (std::size_t i = 0; i < count; ++i) architectures.push_back(NasBench201::sample(rng));
  return architectures;
}

TEST(NodeBatch, HoldsTheSameCellTwiceAsOneButForItsOutputsAndReadouts) {
  const auto one = sample(1);
  const Batch single(encode(one));
  const Batch twice(encode({one[0], one[0]}));
  EXPECT_EQ(single.rows(), 1U);
  EXPECT_EQ(twice.rows(), 2U);
  EXPECT_EQ(twice.nodes(), single.nodes() + 2);
}

TEST(NodeBatch, OfTheWholeSpaceHoldsEachDistinctNodeOnce) {
  std::vector<NasBench201::Architecture> all;
  for (std::size_t i = 0; i < NasBench201::size; ++i) all.push_back(NasBench201::at(i));
  const Batch batch(encode(all));
  // Input 1; edges out of it 5 (one set for all three); two from node 1: 25; one from node 2:
  // 5^4; outputs and global nodes one an architecture.
  EXPECT_EQ(batch.nodes(), 1U + 5U + 25U + 625U + 2 * NasBench201::size);
}

TEST(NodeBatch, CountsTheCategoriesOfANodesSources) {
  const Batch batch(encode(sample(20)));
  for (std::size_t node = 0; node < batch.nodes(); ++node) {
    float sum = 0;
    for (const float count : batch.counts().row(node)) sum += count;
    EXPECT_EQ(sum, static_cast<float>(batch.offsets()[node + 1] - batch.offsets()[node]));
  }
}

TEST(NodeBatch, GivesEachCellTheResultItHasAlone) {
  using Net = nn::Network<nn::Sequential<nn::GraphConv<100>, nn::Relu, nn::GraphConv<100>, nn::Relu,
                                         nn::TakeNode<8>, nn::Linear<1>>,
                          NasBench201Encoder::Output>;
  Rng rng(2);
  Buffer<float> theta(Net::parameter_count);
  nn::initialise<Net>(std::span<float>(theta), rng);
  const auto architectures = sample(50);
  const Batch together(encode(architectures));
  numeric::Arena<float> arena;
  const auto y = nn::predict<Net, float>({theta.data(), 1, theta.size()}, &together, arena);
  std::vector<float> all(y.data, y.data + 50);
  for (std::size_t row = 0; row < 50; ++row) {
    const Batch alone(encode({architectures[row]}));
    const auto one = nn::predict<Net, float>({theta.data(), 1, theta.size()}, &alone, arena);
    EXPECT_NEAR(one(0, 0), all[row], 1e-6) << row;
  }
}

TEST(NodeBatch, ExtendedKeepsSharedNodesAndAddsTheNewOnes) {
  const auto architectures = sample(40);
  Batch batch(encode({architectures.begin(), architectures.begin() + 20}));
  const std::size_t before = batch.nodes();
  const std::size_t transient = 2 * 20;  // outputs and readouts
  batch.extend(encode({architectures.begin() + 20, architectures.end()}));
  EXPECT_EQ(batch.rows(), 20U);
  EXPECT_EQ(batch.first_new(), before - transient);
  const std::size_t kept = batch.nodes() - transient;
  batch.extend(encode(architectures));  // all known by now
  EXPECT_EQ(batch.first_new(), kept);
  EXPECT_EQ(batch.nodes(), kept + 2 * 40);
}

TEST(NodeBatch, CanBeAssignedAgain) {
  Batch batch(encode(sample(30)));
  const auto other = encode(sample(3));
  batch.assign(other);
  const Batch fresh(other);
  EXPECT_EQ(batch.nodes(), fresh.nodes());
  EXPECT_TRUE(std::equal(batch.sources().begin(), batch.sources().end(), fresh.sources().begin(),
                         fresh.sources().end()));
}

}  // namespace
}  // namespace hale
