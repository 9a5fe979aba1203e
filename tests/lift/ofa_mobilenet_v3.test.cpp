#include <gtest/gtest.h>

#include <hale/core/random.hpp>
#include <hale/graph/ir.hpp>
#include <hale/lift/ofa_mobilenet_v3.hpp>
#include <hale/lower/ofa_mobilenet_v3.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace hale::lift {
namespace {

using Space = space::OfaMobileNetV3;
using Network = space::OfaMobileNetV3Network;
using graph::Graph;
using graph::Operation;
using graph::OperationId;

Space::Architecture canonical(Space::Architecture architecture) {
  for (std::size_t layer = 0; layer < Space::layer_count; ++layer)
    if (!architecture.has_layer(layer))
      architecture.kernel[layer] = architecture.expansion[layer] = 3;
  return architecture;
}

void expect_read(const Space::Architecture& expected, Network network, const Graph& graph) {
  const auto reading = ofa_mobilenet_v3(graph);
  ASSERT_TRUE(reading) << Space::format(expected) << ": " << reading.error().message;
  EXPECT_EQ(Space::format(reading->architecture), Space::format(canonical(expected)));
  if (network.height == 0) network.height = network.width = expected.resolution;
  EXPECT_EQ(reading->network, network) << Space::format(expected);
  EXPECT_TRUE(reading->assumptions.empty()) << Space::format(expected);
}

TEST(ofa_mobilenet_v3, reads_what_lower_writes) {
  Rng rng(21);
  for (std::size_t i = 0; i < 200; ++i) {
    const Space::Architecture architecture = Space::sample(rng);
    expect_read(architecture, {}, lower::ofa_mobilenet_v3(architecture));
  }
}

TEST(ofa_mobilenet_v3, reads_the_macro_structure) {
  const Network published{.stem = 16,
                          .first = 16,
                          .channels = {24, 40, 80, 112, 160},
                          .expanded = 960,
                          .features = 1280,
                          .classes = 12,
                          .batch = 2,
                          .height = 160,
                          .width = 192,
                          .input_channels = 1};
  Rng rng(22);
  Space::Architecture architecture = Space::sample(rng);
  architecture.resolution = 160;
  expect_read(architecture, published, lower::ofa_mobilenet_v3(architecture, published));
}

TEST(ofa_mobilenet_v3, other_resolutions_are_read_as_the_nearest) {
  const Space::Architecture architecture;
  const auto resolution = [&](std::size_t extent) {
    const auto reading = ofa_mobilenet_v3(
        lower::ofa_mobilenet_v3(architecture, {.height = extent, .width = extent}));
    EXPECT_TRUE(reading);
    return reading ? std::size_t{reading->architecture.resolution} : 0;
  };
  EXPECT_EQ(resolution(32), 128U);
  EXPECT_EQ(resolution(149), 148U);
  EXPECT_EQ(resolution(151), 152U);
  EXPECT_EQ(resolution(224), 224U);
  EXPECT_EQ(resolution(512), 224U);
}

TEST(ofa_mobilenet_v3, an_open_resolution_is_said_to_be_assumed) {
  const Space::Architecture architecture;
  Graph graph = lower::ofa_mobilenet_v3(architecture);
  for (const OperationId id : graph.body().operations)
    if (!graph.operation(id).is("Constant")) graph.value(graph.operation(id).results[0]).type = {};
  for (auto& dim : *graph.value(graph.body().inputs[0]).type.dims) dim = {graph::Dim::open, ""};
  const auto reading = ofa_mobilenet_v3(graph);
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->network.height, 0U);
  EXPECT_EQ(reading->network.batch, 0U);
  EXPECT_EQ(std::size_t{reading->architecture.resolution}, 224U);
  ASSERT_EQ(reading->assumptions.size(), 1U);
  EXPECT_EQ(reading->assumptions[0], "the graph leaves the resolution open; 224 is assumed");
}

/// h-swish and hard sigmoid in another way: as one operation, or the one from the other.
void merge_activations(Graph& graph, bool as_hard_swish) {
  for (const OperationId id : std::vector(graph.body().operations)) {
    Operation& op = graph.operation(id);
    if (!op.is("Div")) continue;
    const graph::ValueId inside = op.operands[0];
    if (const auto x = detail::shifted_relu6_input(graph, inside); x != graph::ValueId::none) {
      op.name = "HardSigmoid";
      op.attributes = {{"alpha", 1.0F / 6.0F}, {"beta", 0.5F}};
      op.operands = {x};
    } else if (const auto swished = detail::hard_swish_input(graph, op.results[0]);
               as_hard_swish && swished != graph::ValueId::none) {
      op.name = "HardSwish";
      op.operands = {swished};
    }
  }
}

TEST(ofa_mobilenet_v3, reads_activations_that_are_one_operation) {
  Rng rng(23);
  for (const bool as_hard_swish : {true, false}) {
    const Space::Architecture architecture = Space::sample(rng);
    Graph graph = lower::ofa_mobilenet_v3(architecture);
    merge_activations(graph, as_hard_swish);
    expect_read(architecture, {}, graph);
  }
}

/// The message for a network that `change` has changed.
template <class Change>
std::string refusal(const Change& change) {
  Graph graph = lower::ofa_mobilenet_v3(Space::Architecture{});
  for (std::size_t i = 0; i < graph.operation_count(); ++i)
    change(graph, graph.operation(static_cast<OperationId>(i)));
  const auto reading = ofa_mobilenet_v3(std::move(graph));
  return reading ? "no error" : reading.error().message;
}

std::string refusal_of(std::string_view location, std::string name) {
  return refusal([&](Graph&, Operation& op) {
    if (op.location == location) op.name = name;
  });
}

TEST(ofa_mobilenet_v3, what_does_not_fit_is_named) {
  EXPECT_EQ(refusal([](Graph&, Operation&) {}), "no error");
  EXPECT_EQ(refusal_of("stage.1/layer.1/depthwise/act", "Tanh"),
            "node 'stage.1/layer.1/depthwise/act' (Tanh): an operation found that no network of "
            "OFA-MobileNetV3 has");
  EXPECT_EQ(refusal([](Graph&, Operation& op) {
              if (op.location == "stage.3/layer.2/depthwise/act/clip") op.operands.resize(2);
            }),
            "node 'stage.3/layer.2/depthwise/act/div' (Div): Div found, expected a depthwise "
            "convolution and its activation, with squeeze-and-excitation or not");
  EXPECT_EQ(refusal_of("stage.2/layer.2/add", "Mul"),
            "node 'stage.2/layer.2/add' (Mul): Mul found, expected a block's last 1x1 convolution, "
            "or its sum with the input");
  EXPECT_EQ(refusal_of("mix/act/div", "Mul"),
            "node 'mix/act/div' (Mul): Mul found, expected a 1x1 convolution and h-swish before "
            "the classifier");
}

TEST(ofa_mobilenet_v3, a_stage_without_its_squeeze_is_named) {
  const std::string message = refusal([](Graph& graph, Operation& op) {
    // The layer's last convolution takes what goes into squeeze-and-excitation.
    if (op.location != "stage.2/layer.2/narrow") return;
    op.operands[0] = graph.producer(op.operands[0])->operands[0];
  });
  EXPECT_EQ(message,
            "node 'stage.2/layer.2/add' (Add): stage 2: no squeeze-and-excitation found, expected "
            "it");
}

TEST(ofa_mobilenet_v3, a_graph_without_anything_of_it_is_refused) {
  EXPECT_FALSE(ofa_mobilenet_v3(Graph{}));
}

}  // namespace
}  // namespace hale::lift
