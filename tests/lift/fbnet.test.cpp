#include <gtest/gtest.h>

#include <algorithm>
#include <hale/core/random.hpp>
#include <hale/graph/ir.hpp>
#include <hale/lift/fbnet.hpp>
#include <hale/lower/fbnet.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lift {
namespace {

using Space = space::FBNet;
using Network = space::FBNetNetwork;
using Block = Space::Block;
using graph::Graph;
using graph::Operation;
using graph::OperationId;

/// What may stand where an architecture does: within a stage, skips behind the first place move.
std::vector<Space::Architecture> movable(const Space::Architecture& architecture) {
  std::vector<Space::Architecture> all{architecture};
  for (std::size_t first = 1; first < 21; first += 4) {
    std::vector<Space::Architecture> next;
    for (const Space::Architecture& each : all) {
      std::vector<Block> kept;
      for (std::size_t i = first + 1; i < first + 4; ++i)
        if (each.blocks[i] != Block::skip) kept.push_back(each.blocks[i]);
      for (unsigned mask = 0; mask < 8; ++mask) {
        Space::Architecture moved = each;
        std::size_t used = 0;
        for (std::size_t i = 0; i < 3; ++i) {
          const bool takes = (mask >> i & 1U) != 0 && used < kept.size();
          moved.blocks[first + 1 + i] = takes ? kept[used++] : Block::skip;
        }
        if (used == kept.size()) next.push_back(moved);
      }
    }
    all = std::move(next);
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return Space::format(a) < Space::format(b); });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void expect_read(const Space::Architecture& expected, const Network& network, const Graph& graph) {
  const auto reading = fbnet(graph);
  ASSERT_TRUE(reading) << Space::format(expected) << ": " << reading.error().message;
  EXPECT_EQ(reading->architectures, movable(expected)) << Space::format(expected);
  EXPECT_EQ(reading->network, network) << Space::format(expected);
}

TEST(fbnet, reads_what_lower_writes) {
  Rng rng(11);
  for (std::size_t i = 0; i < 200; ++i) {
    const Space::Architecture architecture = Space::sample(rng);
    expect_read(architecture, {}, lower::fbnet(architecture));
  }
}

TEST(fbnet, reads_networks_of_skips_and_of_one_block) {
  for (std::size_t i = 0; i < Space::block_count; ++i) {
    Space::Architecture architecture;
    architecture.blocks.fill(static_cast<Block>(i));
    expect_read(architecture, {}, lower::fbnet(architecture));
  }
}

TEST(fbnet, reads_the_macro_structure) {
  const Network other{.stem = 8,
                      .stem_stride = 2,
                      .channels = {12, 24, 32, 48, 64, 96, 128},
                      .strides = {1, 2, 2, 2, 1, 2, 1},
                      .head = 256,
                      .classes = 7,
                      .batch = 3,
                      .height = 64,
                      .width = 96,
                      .input_channels = 1};
  Rng rng(12);
  for (std::size_t i = 0; i < 20; ++i) {
    const Space::Architecture architecture = Space::sample(rng);
    expect_read(architecture, other, lower::fbnet(architecture, other));
  }
}

TEST(fbnet, shapes_are_read_from_weights_where_values_have_none) {
  Rng rng(13);
  const Space::Architecture architecture = Space::sample(rng);
  Graph graph = lower::fbnet(architecture);
  const graph::ValueId image = graph.body().inputs[0];
  for (auto& dim : *graph.value(image).type.dims) dim = graph::Dim{graph::Dim::open, ""};
  for (const OperationId id : graph.body().operations)
    if (!graph.operation(id).is("Constant")) graph.value(graph.operation(id).results[0]).type = {};
  Network open;
  open.batch = open.height = open.width = open.input_channels = 0;
  expect_read(architecture, open, graph);
}

/// The message for a network that `change` has changed, with the first three kinds of block.
template <class Change>
std::string refusal(const Change& change) {
  Space::Architecture architecture;
  architecture.blocks.fill(Block::k3_e6);
  architecture.blocks[2] = Block::k5_e1_g2;
  architecture.blocks[5] = Block::skip;
  Graph graph = lower::fbnet(architecture);
  for (std::size_t i = 0; i < graph.operation_count(); ++i)
    change(graph, graph.operation(static_cast<OperationId>(i)));
  const auto reading = fbnet(std::move(graph));
  return reading ? "no error" : reading.error().message;
}

std::string refusal_of(std::string_view location, std::string name) {
  return refusal([&](Graph&, Operation& op) {
    if (op.location == location) op.name = name;
  });
}

TEST(fbnet, what_does_not_fit_is_named) {
  EXPECT_EQ(refusal([](Graph&, Operation&) {}), "no error");
  EXPECT_EQ(refusal_of("stage.2/block.2/depthwise/act", "Sigmoid"),
            "node 'stage.2/block.2/depthwise/act' (Sigmoid): an operation found that no network of "
            "FBNet has");
  EXPECT_EQ(refusal_of("stage.2/block.3/add", "Mul"),
            "node 'stage.2/block.3/add' (Mul): Mul found, expected a block's last 1x1 convolution, "
            "or its sum with the input");
  const auto turn = [](Graph&, Operation& op) {
    if (op.location != "head/relu") return;
    op.name = "Transpose";
    op.attributes = {{"perm", std::vector<std::int64_t>{0, 1, 3, 2}}};
  };
  EXPECT_EQ(refusal(turn),
            "node 'head/relu' (Transpose): Transpose found, expected the head: a 1x1 convolution "
            "and a Relu");
  EXPECT_EQ(
      refusal_of("stage.2/block.2/shuffle/swap", "Relu"),
      "node 'stage.2/block.2/shuffle/join' (Reshape): Reshape found, expected a block's first "
      "1x1 convolution, or what its sum takes too");
  const std::string skip = refusal([](Graph& graph, Operation& op) {
    // The sum of block 3 in stage 2 takes something else than the block's input.
    if (op.location == "stage.2/block.3/add") op.operands[1] = op.operands[0];
    static_cast<void>(graph);
  });
  EXPECT_EQ(skip,
            "node 'stage.2/block.3/add' (Add): Add found, expected the sum of a block's result and "
            "its input");
}

TEST(fbnet, too_many_blocks_are_refused) {
  // A stage that neither changes channels nor resolution cannot be told from the one before.
  Space::Architecture architecture;
  Network network;
  network.channels[4] = network.channels[3];
  const auto reading = fbnet(lower::fbnet(architecture, network));
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message,
            "found 5 blocks that change channels or resolution, expected 6: the first of each "
            "stage behind the first stage");
}

TEST(fbnet, a_graph_without_anything_of_it_is_refused) { EXPECT_FALSE(fbnet(Graph{})); }

}  // namespace
}  // namespace hale::lift
