#include <gtest/gtest.h>

#include <hale/core/random.hpp>
#include <hale/lift/fbnet.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lift/ofa_mobilenet_v3.hpp>
#include <hale/lower/fbnet.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/lower/network_writer.hpp>
#include <hale/lower/ofa_mobilenet_v3.hpp>
#include <string>
#include <utility>

// Networks of no built-in space, close to one.

namespace hale::lift {
namespace {

using graph::Graph;
using graph::ValueId;

/// Inverted residual blocks with Relu6, as MobileNetV2 has them.
Graph mobilenet_v2() {
  space::FBNet::Architecture architecture;
  architecture.blocks.fill(space::FBNet::Block::k3_e6);
  Graph graph = lower::fbnet(architecture);
  for (const graph::OperationId id : graph.body().operations) {
    graph::Operation& op = graph.operation(id);
    if (!op.is("Relu")) continue;
    op.name = "Clip";
    op.attributes = {{"min", 0.0F}, {"max", 6.0F}};
  }
  return graph;
}

/// Basic blocks: two 3x3 convolutions, a sum, and a Relu behind it.
Graph resnet() {
  lower::detail::NetworkWriter writer("resnet");
  ValueId x =
      writer.relu("stem/relu", writer.conv("stem", writer.image({1, 3, 32, 32}), {3, 16, 3}));
  for (const std::string name : {"block.1", "block.2"}) {
    const ValueId first = writer.relu(name + "/relu", writer.conv(name + "/a", x, {16, 16, 3}));
    x = writer.relu(name + "/out",
                    writer.add(name + "/add", writer.conv(name + "/b", first, {16, 16, 3}), x));
  }
  x = writer.emit({.name = "GlobalAveragePool", .operands = {x}, .location = "pool"});
  x = writer.emit({.name = "Flatten", .operands = {x}, .location = "flatten"});
  return std::move(writer).finish(writer.linear("classifier", x, 16, 10));
}

std::string message(const auto& reading) {
  return reading ? std::string("no error") : reading.error().message;
}

TEST(others, a_mobilenet_v2_is_refused) {
  EXPECT_EQ(message(fbnet(mobilenet_v2())),
            "node 'stem/relu' (Clip): an operation found that no network of FBNet has");
  EXPECT_EQ(message(ofa_mobilenet_v3(mobilenet_v2())),
            "node 'head/pool' (GlobalAveragePool): GlobalAveragePool found, expected a 1x1 "
            "convolution and h-swish before the classifier");
  EXPECT_EQ(message(nasbench201(mobilenet_v2())),
            "node 'stem/relu' (Clip): an operation found that no network of NAS-Bench-201 has");
}

TEST(others, a_resnet_is_refused) {
  EXPECT_EQ(message(fbnet(resnet())),
            "node 'block.2/out' (Relu): Relu found, expected the head: a 1x1 convolution and a "
            "Relu");
  EXPECT_EQ(message(ofa_mobilenet_v3(resnet())),
            "node 'pool' (GlobalAveragePool): GlobalAveragePool found, expected a 1x1 convolution "
            "and h-swish before the classifier");
  EXPECT_EQ(message(nasbench201(resnet())),
            "node 'block.1/out' (Relu): Relu found, expected an operation of a cell (Relu-Conv 1x1 "
            "or 3x3, AveragePool 3x3, Add, a factor of zero), a residual block or the stem");
}

TEST(others, a_network_of_one_space_is_none_of_another) {
  Rng rng(24);
  for (std::size_t i = 0; i < 10; ++i) {
    const Graph layers = lower::ofa_mobilenet_v3(space::OfaMobileNetV3::sample(rng));
    const Graph blocks = lower::fbnet(space::FBNet::sample(rng));
    const Graph cells = lower::nasbench201(space::NasBench201::sample(rng), {.cells = {1, 1, 1}});
    EXPECT_FALSE(fbnet(layers));
    EXPECT_FALSE(nasbench201(layers));
    EXPECT_FALSE(ofa_mobilenet_v3(blocks));
    EXPECT_FALSE(nasbench201(blocks));
    EXPECT_FALSE(ofa_mobilenet_v3(cells));
    EXPECT_FALSE(fbnet(cells));
  }
}

}  // namespace
}  // namespace hale::lift
