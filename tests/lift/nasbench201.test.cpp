#include <gtest/gtest.h>

#include <array>
#include <hale/graph/text.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lower/nasbench201.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lift {
namespace {

using Space = space::NasBench201;
using Network = space::NasBench201Network;
using graph::Graph;
using graph::Operation;
using graph::OperationId;
using graph::ValueId;

Space::Architecture architecture(std::string_view text) {
  auto parsed = Space::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *parsed : Space::Architecture{};
}

const Network small{.channels = {4, 8, 16}, .cells = {1, 1, 1}};
constexpr std::string_view mixed =
    "|nor_conv_3x3~0|+|avg_pool_3x3~0|nor_conv_1x1~1|+|skip_connect~0|none~1|nor_conv_3x3~2|";

/// Operations without weights that compute the same become one, as PyTorch's exporter does.
void merge_common(Graph& graph) {
  std::map<std::string, ValueId> known;
  graph::Rewriter rewriter(graph);
  const auto status = rewriter.walk([&](OperationId id) -> Result<> {
    const Operation& op = graph.operation(id);
    if (op.is("Conv") || op.is("BatchNormalization") || op.is("Gemm")) return {};
    const graph::Tensor* tensor = graph.constant(op.results[0]);
    if (tensor != nullptr && tensor->is_elided()) return {};
    std::string key = op.name;
    for (const ValueId operand : op.operands) key += concat(" ", graph::index_of(operand));
    const graph::AttributeValue* kernel = op.attribute("kernel_shape");
    if (kernel != nullptr) key += concat(" k", std::get<std::vector<std::int64_t>>(*kernel)[0]);
    const auto [first, is_new] = known.emplace(key, op.results[0]);
    if (!is_new) rewriter.replace(op.results[0], first->second);
    return {};
  });
  EXPECT_TRUE(status);
}

void expect_read(const Space::Architecture& expected, const Network& network, const Graph& graph) {
  const auto reading = nasbench201(graph);
  ASSERT_TRUE(reading) << Space::format(expected) << ": " << reading.error().message;
  EXPECT_EQ(reading->architectures, nasbench201_class(expected)) << Space::format(expected);
  EXPECT_EQ(reading->network, network) << Space::format(expected);
  EXPECT_TRUE(reading->assumptions.empty()) << Space::format(expected);
}

TEST(nasbench201, reads_every_cell_at_some_depth) {
  for (std::size_t i = 0; i < Space::size; ++i) {
    const std::size_t depth =
        std::array<std::size_t, 16>{5, 1, 2, 1, 3, 1, 2, 1, 1, 2, 1, 3, 1, 2, 1, 1}[i % 16];
    const Network network{.channels = {4, 8, 16}, .cells = {depth, depth, depth}};
    auto graph = lower::nasbench201(Space::at(i), network);
    if (i % 5 >= 2) merge_common(graph);
    expect_read(Space::at(i), network, graph);
  }
}

TEST(nasbench201, reads_stages_of_different_depths) {
  const Network network{.channels = {4, 8, 16}, .cells = {1, 2, 6}};
  for (std::size_t i = 0; i < Space::size; i += 97)
    expect_read(Space::at(i), network, lower::nasbench201(Space::at(i), network));
}

TEST(nasbench201, reads_the_macro_structure) {
  const Network odd{.channels = {6, 10, 18},
                    .cells = {2, 2, 2},
                    .classes = 7,
                    .batch = 3,
                    .height = 8,
                    .width = 12,
                    .input_channels = 1};
  expect_read(architecture(mixed), odd, lower::nasbench201(architecture(mixed), odd));
  expect_read(architecture(mixed), {}, lower::nasbench201(architecture(mixed)));
}

TEST(nasbench201, what_is_open_is_zero) {
  Graph graph = lower::nasbench201(architecture(mixed), small);
  for (std::size_t i = 0; i < graph.value_count(); ++i)
    graph.value(static_cast<ValueId>(i)).type.dims.reset();
  graph.value(graph.body().inputs[0]).type = graph::Type{
      graph::ElementType::f32,
      std::vector<graph::Dim>{{graph::Dim::open, "N"}, {3}, {graph::Dim::open, "H"}, {}}};
  const auto reading = nasbench201(graph);
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->network.batch, 0U);
  EXPECT_EQ(reading->network.height, 0U);
  EXPECT_EQ(reading->network.width, 0U);
  EXPECT_EQ(reading->network.classes, 10U);
  EXPECT_EQ(reading->network.channels, small.channels);
}

TEST(nasbench201, zeros_that_were_folded_away_are_no_hindrance) {
  std::size_t refused = 0;
  for (std::size_t i = 0; i < Space::size; i += 13) {
    const Network network{.channels = {4, 8, 16}, .cells = {5, 5, 5}};
    auto folded = graph::canonicalise(lower::nasbench201(Space::at(i), network));
    ASSERT_TRUE(folded) << folded.error().message;
    const auto reading = nasbench201(*folded);
    if (!reading) {
      // Without a way from the input to the output nothing of the network is left, and a bias
      // added to what a convolution makes of zero is nothing that a cell has.
      ++refused;
      continue;
    }
    if (reading->network.cells == network.cells) {
      EXPECT_EQ(reading->architectures, nasbench201_class(Space::at(i)))
          << Space::format(Space::at(i));
    }
  }
  EXPECT_LT(refused, Space::size / 13 / 4);
}

TEST(nasbench201, a_chain_that_may_be_cut_in_several_ways_is_said_to_be) {
  const auto chain =
      architecture("|nor_conv_3x3~0|+|none~0|nor_conv_3x3~1|+|none~0|none~1|nor_conv_3x3~2|");
  const Network network{.channels = {4, 8, 16}, .cells = {5, 5, 5}};
  auto folded = graph::canonicalise(lower::nasbench201(chain, network));
  ASSERT_TRUE(folded);
  const auto reading = nasbench201(*folded);
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->network.cells, network.cells);
  EXPECT_EQ(reading->architectures, nasbench201_class(chain));
  ASSERT_EQ(reading->assumptions.size(), 1U);
  EXPECT_EQ(reading->assumptions[0].substr(0, 52),
            "the graph may as well be 15 cells a stage of |avg_po");
}

TEST(nasbench201, cells_that_leave_no_trace_are_said_to_be_assumed) {
  const auto skip = architecture("|none~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|");
  auto folded = graph::canonicalise(lower::nasbench201(skip, small));
  ASSERT_TRUE(folded);
  const auto reading = nasbench201(*folded);
  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->architectures, nasbench201_class(skip));
  EXPECT_EQ(reading->assumptions.size(), 1U);
}

/// The message for a lowered network that `change` has changed.
template <class Change>
std::string refusal(const Change& change) {
  Graph graph =
      lower::nasbench201(architecture(mixed), {.channels = {4, 8, 16}, .cells = {2, 2, 2}});
  for (std::size_t i = 0; i < graph.operation_count(); ++i)
    change(graph, graph.operation(static_cast<OperationId>(i)));
  const auto reading = nasbench201(graph);
  return reading ? "no error" : reading.error().message;
}

/// The message where the node at `location` becomes `name` with other attributes.
std::string refusal_of(std::string_view location, std::string name,
                       std::vector<graph::Attribute> attributes = {}) {
  return refusal([&](Graph&, Operation& op) {
    if (op.location != location) return;
    op.name = name;
    op.attributes = attributes;
  });
}

TEST(nasbench201, other_operations_are_named) {
  EXPECT_EQ(refusal_of("stage.1/cell.1/edge.0-1.relu", "Sigmoid"),
            "node 'stage.1/cell.1/edge.0-1.relu' (Sigmoid): an operation found that no network of "
            "NAS-Bench-201 has");
  EXPECT_EQ(refusal_of("head/relu", "Identity"),
            "node 'head/norm' (BatchNormalization): BatchNormalization found, expected the Relu "
            "before the mean over the plane");
  const std::vector<graph::Attribute> window = {{"kernel_shape", std::vector<std::int64_t>{3, 3}},
                                                {"pads", std::vector<std::int64_t>(4, 1)},
                                                {"count_include_pad", std::int64_t{1}}};
  EXPECT_EQ(refusal_of("stage.2/cell.1/edge.0-2", "AveragePool", window),
            "node 'stage.2/cell.1/edge.0-2' (AveragePool): AveragePool 3x3 found, expected an "
            "operation of a cell (Relu-Conv 1x1 or 3x3, AveragePool 3x3, Add, a factor of zero), a "
            "residual block or the stem");
}

TEST(nasbench201, a_cell_that_differs_is_named) {
  const std::string message = refusal([](Graph& graph, Operation& op) {
    // The second cell's pooling becomes a factor of zero.
    if (op.location != "stage.2/cell.2/edge.0-2") return;
    const ValueId zero =
        graph::add_constant(graph, {graph::ElementType::f32, {}, std::vector<double>{0.0}}, "zero");
    graph.body().operations.insert(graph.body().operations.begin(), graph.value(zero).producer);
    op.name = "Mul";
    op.attributes.clear();
    op.operands.push_back(zero);
  });
  EXPECT_NE(message.find("stage 2, from node 'stage.2/cell.1/edge.2-3.add' (Add) to node "
                         "'stage.2/cell.2/edge.2-3.add' (Add): the cell |"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("all cells of a NAS-Bench-201 network are the same"), std::string::npos);
}

TEST(nasbench201, what_is_no_cell_is_named) {
  const std::string message = refusal([](Graph& graph, Operation& op) {
    // x + (x + conv(..)): an input added to itself is not what six edges can give here.
    if (op.location == "stage.1/cell.1/edge.0-3.add" || op.name != "Add") return;
    if (op.location.find("cell.1/edge.2-3.add") != std::string::npos)
      op.operands[0] = op.operands[1];
    static_cast<void>(graph);
  });
  EXPECT_NE(message.find("stage 1, from"), std::string::npos) << message;
}

TEST(nasbench201, a_missing_residual_block_is_named) {
  Graph graph =
      lower::nasbench201(architecture(mixed), {.channels = {4, 4, 4}, .cells = {1, 1, 1}});
  // The second residual block becomes a cell's step: a sum of what went into it.
  ValueId before = ValueId::none;
  for (const OperationId id : graph.body().operations) {
    Operation& op = graph.operation(id);
    if (op.location == "stage.2/cell.1/edge.2-3.add") before = op.results[0];
    if (op.location == "reduction.2/add") op.operands = {before, before};
    for (const ValueId result : op.results)
      if (!op.is("Constant")) graph.value(result).type = {};
  }
  const auto reading = nasbench201(graph);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message,
            "node 'stem' (Conv): the stem found before stage 2 of 3, expected a residual block");
}

TEST(nasbench201, further_outputs_are_refused_but_for_the_features) {
  Graph graph = lower::nasbench201(architecture(mixed), small);
  for (const OperationId id : std::vector(graph.body().operations)) {
    const Operation& op = graph.operation(id);
    if (op.location == "head/flatten") graph.body().outputs.push_back(op.results[0]);
  }
  EXPECT_TRUE(nasbench201(graph));
  for (const OperationId id : std::vector(graph.body().operations)) {
    const Operation& op = graph.operation(id);
    if (op.location == "stem") graph.body().outputs.push_back(op.results[0]);
  }
  const auto reading = nasbench201(graph);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message,
            "output 'stem_output' found, expected the classifier's and its features alone");
}

TEST(nasbench201, graphs_without_anything_of_it_are_refused) {
  EXPECT_FALSE(nasbench201(Graph{}));
  const auto relu = graph::parse(R"("onnx.graph"() ({
^bb0(%0: tensor<4xf32>):
  %1 = "onnx.Relu"(%0) : (tensor<4xf32>) -> tensor<4xf32> loc("r")
  "onnx.return"(%1) : (tensor<4xf32>) -> ()
}) {inputs = ["x"], name = "", operator_sets = [], outputs = ["y"]} : () -> ())");
  ASSERT_TRUE(relu);
  const auto reading = nasbench201(*relu);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().message,
            "node 'r' (Relu): Relu found, expected a linear classifier (Gemm or MatMul)");
}

}  // namespace
}  // namespace hale::lift
