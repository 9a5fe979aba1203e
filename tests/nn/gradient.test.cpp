#include <gtest/gtest.h>

#include <cstdint>
#include <hale/nn/fork.hpp>
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
using space::NasBench201Graph;
using testing::expect_exact_derivatives;

std::vector<std::uint8_t> random_cells(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::uint8_t> codes(count * NasBench201Encoder::size);
  for (std::size_t row = 0; row < count; ++row)
    NasBench201Encoder::encode(
        NasBench201::sample(rng),
        std::span<std::uint8_t, NasBench201Encoder::size>(
            codes.data() + row * NasBench201Encoder::size, NasBench201Encoder::size));
  return codes;
}

TEST(Gradient, OfAMultilayerPerceptronAgreesWithCentralDifferences) {
  using Net =
      nn::Network<nn::Sequential<nn::Linear<7>, nn::Relu, nn::Linear<5>, nn::Relu, nn::Linear<1>>,
                  Given<4>>;
  Rng rng(1);
  Buffer<double> x = testing::random_buffer(6 * 4, rng);
  Buffer<double> y = testing::random_buffer(6, rng);
  expect_exact_derivatives<Net>({{x.data(), 6, 4}, {y.data(), 6, 1}}, 2);
}

TEST(Gradient, OfAGraphConvolutionNetworkAgreesWithCentralDifferences) {
  using Net =
      nn::Network<nn::Sequential<nn::GraphConv<6>, nn::Relu, nn::GraphConv<5>, nn::Relu,
                                 nn::GraphConv<4>, nn::Relu, nn::TakeNode<8>, nn::Linear<1>>,
                  GivenNodes<NasBench201Graph>>;
  Rng rng(3);
  const nn::NodeBatch<NasBench201Graph, double> cells(random_cells(12, 4));
  Buffer<double> y = testing::random_buffer(12, rng);
  expect_exact_derivatives<Net>({&cells, {y.data(), 12, 1}}, 5);
}

template <std::size_t DeviceRows>
void expect_exact_fork_derivatives() {
  using Cells =
      nn::Sequential<nn::GraphConv<5>, nn::Relu, nn::GraphConv<4>, nn::Relu, nn::TakeNode<8>>;
  using Device = nn::Sequential<nn::Linear<6>, nn::Relu>;
  using Net =
      nn::Network<nn::Sequential<nn::Fork<Cells, Device>, nn::Linear<8>, nn::Relu, nn::Linear<1>>,
                  nn::Inputs<GivenNodes<NasBench201Graph>, Given<3>>>;
  Rng rng(6);
  const nn::NodeBatch<NasBench201Graph, double> cells(random_cells(9, 7));
  Buffer<double> device = testing::random_buffer(DeviceRows * 3, rng);
  Buffer<double> y = testing::random_buffer(9, rng);
  expect_exact_derivatives<Net>({{&cells, {device.data(), DeviceRows, 3}}, {y.data(), 9, 1}}, 8);
}

TEST(Gradient, OfAForkWithOneDeviceForTheBatchAgreesWithCentralDifferences) {
  expect_exact_fork_derivatives<1>();
}

TEST(Gradient, OfAForkWithADeviceForEachRowAgreesWithCentralDifferences) {
  expect_exact_fork_derivatives<9>();
}

}  // namespace
}  // namespace hale
