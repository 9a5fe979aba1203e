#include <gtest/gtest.h>

#include <algorithm>
#include <hale/graph/builder.hpp>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/inputs.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::session {
namespace {

using graph::Builder;
using graph::Dim;
using graph::ElementType;
using graph::Graph;
using graph::NewOperation;
using graph::ValueId;

/// Numbers are extents, words are symbols, "" is open without one.
struct Extent : Dim {
  Extent(int number) : Dim{number} {}                                     // NOLINT
  Extent(const char* name) : Dim{.extent = Dim::open, .symbol = name} {}  // NOLINT
};

graph::Type of(const std::vector<Extent>& extents, ElementType element = ElementType::f32) {
  return {element, std::vector<Dim>(extents.begin(), extents.end())};
}

/// The graph as an ONNX file has it: nothing is said of what is computed.
Graph as_read(Builder builder) {
  Graph graph = *std::move(builder).finish();
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const graph::Operation* producer = graph.producer(id);
    if (producer != nullptr && !producer->is("Constant")) graph.value(id).type = {};
  }
  return graph;
}

std::string message(const Result<>& result) { return result ? "" : result.error().message; }

/// "x:1 state:1": the axis of each input that has a batch; with a "?" behind one that is a guess.
std::string axes_text(const Graph& graph, const Inputs& inputs = {}) {
  std::string text;
  for (const BatchAxis& each : batch_axes(graph, inputs))
    text += concat(text.empty() ? "" : " ", graph.value(each.input).name, ":", each.axis,
                   each.source == BatchSource::guessed ? "?" : "");
  return text;
}

std::string shapes_text(const Graph& graph) {
  std::string text;
  for (const ValueId id : graph.body().inputs)
    text += concat(text.empty() ? "" : " ", graph::describe(graph.value(id).type));
  return text;
}

std::uint64_t macs_of(Graph graph) {
  EXPECT_TRUE(graph::InferShapes::run(graph));
  const graph::Count count = graph::macs(graph);
  EXPECT_TRUE(count.uncosted.empty());
  return count.total;
}

std::uint64_t parameters_of(Graph graph) {
  EXPECT_TRUE(graph::InferShapes::run(graph));
  return graph::parameters(graph).total;
}

ValueId recurrent(Builder& builder, const char* name, ValueId x, std::int64_t inputs,
                  std::int64_t gates, std::vector<graph::Attribute> attributes = {},
                  std::vector<ValueId> states = {}) {
  attributes.push_back({"hidden_size", std::int64_t{16}});
  std::vector<ValueId> operands = {
      x, builder.weight("w", graph::tensor_type(ElementType::f32, {1, gates * 16, inputs})),
      builder.weight("r", graph::tensor_type(ElementType::f32, {1, gates * 16, 16}))};
  if (!states.empty()) operands.resize(5, ValueId::none);
  operands.insert(operands.end(), states.begin(), states.end());
  return *builder.add(name, operands, attributes);
}

/// x: steps x batch x 8, multiplied by a matrix before an LSTM takes it.
Graph steps_first() {
  Builder builder("steps-first");
  const ValueId x = builder.input("x", of({30, 1, 8}));
  const ValueId w = builder.weight("in", graph::tensor_type(ElementType::f32, {8, 12}));
  builder.output(recurrent(builder, "LSTM", *builder.add("MatMul", {x, w}), 12, 4), "h");
  return as_read(std::move(builder));
}

/// ids: steps x batch token numbers, looked up for a GRU.
Graph steps_of_ids(const char* steps, const char* batch) {
  Builder builder("ids");
  const ValueId ids = builder.input("ids", of({steps, batch}, ElementType::i64));
  const ValueId table = builder.weight("table", graph::tensor_type(ElementType::f32, {500, 12}));
  builder.output(recurrent(builder, "GRU", *builder.add("Gather", {table, ids}), 12, 3), "h");
  return as_read(std::move(builder));
}

TEST(BatchAxes, AreFollowedToALayerThatTakesStepsFirst) {
  Graph graph = steps_first();
  EXPECT_EQ(axes_text(graph), "x:1");
  ASSERT_EQ(message(apply({.batch = 4}, graph)), "");
  EXPECT_EQ(shapes_text(graph), "30x4x8");
  EXPECT_EQ(macs_of(graph), 4U * 30 * (96 + 64 * 28));
}

TEST(BatchAxes, AreThoseThatAreNamed) {
  Graph graph = steps_of_ids("steps", "batch");
  ASSERT_EQ(message(apply({.dims = {{"steps", 30}}, .batch = 4}, graph)), "");
  EXPECT_EQ(shapes_text(graph), "30x4");
  EXPECT_EQ(macs_of(graph), 4U * 30 * 48 * 28);
  Graph closed = steps_of_ids("steps", "batch");
  const BatchAxes axes = batch_axes(closed, {});
  ASSERT_EQ(message(apply({.dims = {{"steps", 30}}}, closed)), "");
  EXPECT_EQ(batch_of(closed, axes), std::nullopt);
  ASSERT_TRUE(close_batch(closed, axes, 1));
  EXPECT_EQ(shapes_text(closed), "30x1");
  EXPECT_EQ(batch_of(closed, axes), 1);
  EXPECT_EQ(macs_of(closed), 30U * 48 * 28);
}

TEST(BatchAxes, WithoutANameAreFollowedThroughALookUp) {
  EXPECT_EQ(axes_text(steps_of_ids("T", "M")), "ids:1");
  EXPECT_EQ(axes_text(steps_of_ids("", "")), "ids:1");
}

TEST(BatchAxes, HaveNamesInCapitalsOrNot) {
  for (const char* name : {"batch", "Batch_Size", "N", "n", "B", "bs", "unk_batch_0"})
    EXPECT_EQ(axes_text([&] {
                Builder builder("one");
                const ValueId x = builder.input("x", of({"time", name, 8}));
                builder.output(*builder.add("Relu", {x}), "y");
                return as_read(std::move(builder));
              }()),
              "x:1")
        << name;
}

TEST(BatchAxes, AreNotTheLettersOfMatricesNorANameThatStandsTwice) {
  const auto axes = [](const std::vector<Extent>& a, const std::vector<Extent>& b) {
    Builder builder("letters");
    builder.output(*builder.add("Relu", {builder.input("a", of(a))}), "y");
    builder.output(*builder.add("Relu", {builder.input("b", of(b))}), "z");
    return axes_text(as_read(std::move(builder)));
  };
  EXPECT_EQ(axes({"M", "K"}, {"K", "N"}), "a:0? b:0?");
  EXPECT_EQ(axes({3, 2, "N", "N"}, {3, 2}), "a:0? b:0?");
  EXPECT_EQ(axes({"T", "N"}, {1, 2}), "a:1 b:0?");
}

TEST(BatchAxes, ThatAreNamedForSureLeaveOtherNamesAlone) {
  Builder builder("places");
  const ValueId ids = builder.input("ids", of({"batch", "sequence", 8}));
  const ValueId places = builder.input("places", of({"sequence", 8}));
  const ValueId boxes = builder.input("boxes", of({"N", 4}));
  builder.output(*builder.add("Add", {ids, places}), "y");
  builder.output(*builder.add("Relu", {boxes}), "z");
  Graph graph = as_read(std::move(builder));
  EXPECT_EQ(axes_text(graph), "ids:0");
  ASSERT_EQ(message(apply({.batch = 2}, graph)), "");
  EXPECT_EQ(shapes_text(graph), "2xsequencex8 sequencex8 Nx4");
}

TEST(BatchAxes, AreFollowedThroughTransposesAndViews) {
  Builder builder("turned");
  const ValueId x = builder.input("x", of({5, 30, 4, 2}));
  const ValueId flat = *builder.add("Reshape", {x, builder.integers({0, 0, 8})});
  const ValueId turned =
      *builder.add("Transpose", {flat}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}});
  builder.output(recurrent(builder, "LSTM", turned, 8, 4), "y");
  EXPECT_EQ(axes_text(as_read(std::move(builder))), "x:0");

  Builder first("batch-first");
  const ValueId z = first.input("z", of({5, 30, 8}));
  const ValueId state = first.input("state", of({5, 1, 16}));
  first.output(recurrent(first, "GRU", z, 8, 3, {{"layout", std::int64_t{1}}}, {state}), "y");
  EXPECT_EQ(axes_text(as_read(std::move(first))), "z:0 state:0");
}

TEST(BatchAxes, AreFollowedThroughAShapeThatIsComputed) {
  Builder builder("computed");
  const ValueId x = builder.input("x", of({"", "", 4, 2}));
  const ValueId shape = *builder.add("Shape", {x});
  const ValueId steps = *builder.add("Gather", {shape, builder.integers({0})});
  const ValueId batch = *builder.add("Gather", {shape, builder.integers({1})});
  const ValueId target =
      *builder.add("Concat", {steps, batch, builder.integers({8})}, {{"axis", std::int64_t{0}}});
  builder.output(recurrent(builder, "RNN", *builder.add("Reshape", {x, target}), 8, 1), "y");
  EXPECT_EQ(axes_text(as_read(std::move(builder))), "x:1");
}

// A dilated convolution as TensorFlow writes it: the batch becomes N times 2 times 2.

ValueId padded(Builder& builder, ValueId x, std::vector<std::int64_t> pads) {
  return *builder.add("Pad", {x, builder.integers(std::move(pads))});
}
ValueId turned(Builder& builder, ValueId x, std::vector<std::int64_t> order) {
  return *builder.add("Transpose", {x}, {{"perm", std::move(order)}});
}
ValueId convolved(Builder& builder, ValueId x) {
  const ValueId w = builder.weight("w", graph::tensor_type(ElementType::f32, {32, 1, 3, 3}));
  return *builder.add("Conv", {x, w}, {{"group", std::int64_t{32}}});
}

TEST(BatchAxes, AreFollowedThroughBlocksThatBecomeBatch) {
  Builder builder("blocks");
  const ValueId x = builder.input("x", of({"unk__1", 32, 33, 33}));
  const ValueId parts = *builder.add("Reshape", {padded(builder, x, {0, 0, 2, 2, 0, 0, 3, 3}),
                                                 builder.integers({-1, 32, 19, 2, 19, 2})});
  const ValueId blocks = *builder.add(
      "Reshape", {turned(builder, parts, {3, 5, 0, 1, 2, 4}), builder.integers({-1, 32, 19, 19})});
  builder.output(convolved(builder, blocks), "y");
  EXPECT_EQ(axes_text(as_read(std::move(builder))), "x:0");

  Builder last("channels-last");
  const ValueId z = last.input("z", of({"unk__1", 33, 33, 32}));
  const ValueId split = *last.add("Reshape", {padded(last, z, {0, 2, 2, 0, 0, 3, 3, 0}),
                                              last.integers({-1, 19, 2, 19, 2, 32})});
  const ValueId merged = *last.add(
      "Reshape", {turned(last, split, {2, 4, 0, 1, 3, 5}), last.integers({-1, 19, 19, 32})});
  last.output(convolved(last, turned(last, merged, {0, 3, 1, 2})), "y");
  EXPECT_EQ(axes_text(as_read(std::move(last))), "z:0");
}

TEST(BatchAxes, AreFollowedThroughBlocksOfTurnedTensors) {
  Builder builder("turned-blocks");
  const ValueId x = builder.input("x", of({"unk__1", 32, 32, 32}));
  const ValueId deep = *builder.add("SpaceToDepth", {turned(builder, x, {3, 0, 1, 2})},
                                    {{"blocksize", std::int64_t{2}}});
  const ValueId y = convolved(builder, turned(builder, deep, {1, 0, 2, 3}));
  builder.output(y, "y");
  EXPECT_EQ(axes_text(as_read(std::move(builder))), "x:0");
}

TEST(BatchAxes, AreFollowedThroughBlocksWhoseShapesAreComputed) {
  Builder builder("computed-blocks");
  const ValueId x = builder.input("x", of({"", 32, "", ""}));
  const ValueId shape = *builder.add("Shape", {x});
  const auto part = [&](std::int64_t from, std::int64_t to) {
    return *builder.add("Slice", {shape, builder.integers({from}), builder.integers({to})});
  };
  const ValueId two = builder.integers({2});
  const std::vector<graph::Attribute> first = {{"axis", std::int64_t{0}}};
  const ValueId height = *builder.add("Div", {part(2, 3), two});
  const ValueId width = *builder.add("Div", {part(3, 4), two});
  const ValueId parts = *builder.add("Concat", {part(0, 2), height, two, width, two}, first);
  const ValueId batch = *builder.add("Mul", {part(0, 1), builder.integers({4})});
  const ValueId whole = *builder.add("Concat", {batch, part(1, 2), height, width}, first);
  const ValueId split = *builder.add("Reshape", {x, parts});
  const ValueId blocks =
      *builder.add("Reshape", {turned(builder, split, {3, 5, 0, 1, 2, 4}), whole});
  builder.output(convolved(builder, blocks), "y");
  EXPECT_EQ(axes_text(as_read(std::move(builder))), "x:0");
}

TEST(BatchAxes, AreNotThoseOfSeveralAxesMadeOne) {
  Builder builder("frames");
  const ValueId x = builder.input("x", of({"", "", 32, 9, 9}));
  const ValueId frames = *builder.add("Reshape", {x, builder.integers({-1, 32, 9, 9})});
  builder.output(convolved(builder, frames), "y");
  EXPECT_EQ(axes_text(as_read(std::move(builder))), "x:0?");
}

TEST(BatchAxes, OfStatesAreBehindTheDirections) {
  Builder builder("states");
  const ValueId x = builder.input("x", of({"T", "M", 8}));
  const ValueId h = builder.input("h", of({1, 1, 16}));
  builder.output(recurrent(builder, "GRU", x, 8, 3, {}, {h}), "y");
  Graph graph = as_read(std::move(builder));
  EXPECT_EQ(axes_text(graph), "x:1 h:1");
  ASSERT_EQ(message(apply({.dims = {{"T", 10}}, .batch = 4}, graph)), "");
  EXPECT_EQ(shapes_text(graph), "10x4x8 1x4x16");
}

/// A user is compared with items, which are an input too.
Graph user_and_items() {
  Builder builder("items");
  const ValueId user = builder.input("user", of({1, 10, 64}));
  const ValueId item = builder.input("item", of({1, 50, 64}));
  const ValueId w = builder.weight("w", graph::tensor_type(ElementType::f32, {64, 64}));
  const ValueId turned =
      *builder.add("Transpose", {item}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  const ValueId fits = *builder.add("MatMul", {*builder.add("MatMul", {user, w}), turned});
  builder.output(*builder.add("MatMul", {*builder.add("Softmax", {fits}), item}), "y");
  return as_read(std::move(builder));
}

TEST(SetBatch, ChangesBothFactorsOfAProduct) {
  Graph graph = user_and_items();
  const BatchAxes axes = batch_axes(graph, {});
  const Inputs said{.batch = 8};
  ASSERT_EQ(message(apply(said, graph)), "");
  EXPECT_EQ(shapes_text(graph), "8x10x64 8x50x64");
  EXPECT_EQ(macs_of(graph), 8U * (10 * 64 * 64 + 2 * 10 * 50 * 64));
  EXPECT_EQ(parameters_of(graph), 64U * 64);
  EXPECT_EQ(batch_assumptions(graph, axes, said),
            std::vector<std::string>{
                "batch: taken as axis 0 of inputs 'user', 'item', which is a guess: batch_axis "
                "user=AXIS says which it is"});
}

TEST(SetBatch, LeavesAnAxisThatIsSummedOver) {
  Builder builder("matrices");
  const ValueId x = builder.input("x", of({1, 16}));
  const ValueId w = builder.input("w", of({16, 8}));
  const ValueId v = builder.input("v", of({4, 8}));
  const ValueId y = *builder.add("MatMul", {x, w});
  builder.output(*builder.add("Gemm", {y, v}, {{"transB", std::int64_t{1}}}), "y");
  Graph graph = as_read(std::move(builder));
  EXPECT_EQ(axes_text(graph), "x:0? v:0?");
  ASSERT_EQ(message(apply({.batch = 3}, graph)), "");
  EXPECT_EQ(shapes_text(graph), "3x16 16x8 4x8");
  EXPECT_EQ(parameters_of(graph), 0U);
}

TEST(SetBatch, OfASquareOfTheLength) {
  Builder builder("square");
  const ValueId x = builder.input("x", of({"b", "s", 256}));
  const auto by = [&](const char* name) {
    const ValueId w = builder.weight(name, graph::tensor_type(ElementType::f32, {256, 256}));
    return *builder.add("MatMul", {x, w});
  };
  const ValueId keys =
      *builder.add("Transpose", {by("k")}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  const ValueId fits = *builder.add("MatMul", {by("q"), keys});
  builder.output(*builder.add("MatMul", {*builder.add("Softmax", {fits}), x}), "y");
  Graph graph = as_read(std::move(builder));
  ASSERT_EQ(message(apply({.dims = {{"s", 4096}}, .batch = 1}, graph)), "");
  EXPECT_EQ(shapes_text(graph), "1x4096x256");
  EXPECT_EQ(macs_of(graph), 9126805504U);
  EXPECT_EQ(parameters_of(graph), 131072U);
}

TEST(SetBatch, RefusesInputsOfSeveralFixedBatches) {
  Builder builder("two");
  const ValueId w = builder.weight("w", graph::tensor_type(ElementType::f32, {4, 3, 3, 3}));
  const ValueId x = builder.input("x", of({1, 3, 8, 8}));
  const ValueId z = builder.input("z", of({2, 3, 8, 8}));
  builder.output(*builder.add("Conv", {x, w}), "a");
  builder.output(*builder.add("Conv", {z, w}), "b");
  Graph graph = as_read(std::move(builder));
  EXPECT_EQ(message(apply({.batch = 4}, graph)),
            "batch 4: input 'x' has a batch of 1, input 'z' one of 2: give shape for each, or "
            "batch_axis where it is another axis");
  EXPECT_EQ(message(apply({.shapes = {{"z", {1, 3, 8, 8}}}, .batch = 4}, graph)),
            "batch 4: shape gives input 'z' a batch of 1");
  EXPECT_EQ(
      message(apply({.shapes = {{"x", {4, 3, 8, 8}}, {"z", {4, 3, 8, 8}}}, .batch = 4}, graph)),
      "");
}

TEST(SetBatch, SaysWhichInputsItLeaves) {
  Builder builder("anchors");
  const ValueId w = builder.weight("w", graph::tensor_type(ElementType::f32, {4, 3, 3, 3}));
  const ValueId x = builder.input("x", of({1, 3, 8, 8}));
  const ValueId anchors = builder.input("anchors", of({100, 4}));
  builder.output(*builder.add("Conv", {x, w}), "a");
  builder.output(*builder.add("Relu", {anchors}), "b");
  Graph graph = as_read(std::move(builder));
  const BatchAxes axes = batch_axes(graph, {});
  const Inputs said{.batch = 8};
  ASSERT_EQ(message(apply(said, graph)), "");
  EXPECT_EQ(shapes_text(graph), "8x3x8x8 100x4");
  EXPECT_EQ(batch_assumptions(graph, axes, said),
            std::vector<std::string>{"batch: not changed in input 'anchors', as its axis is not "
                                     "known: batch_axis anchors=AXIS says which it is"});
}

TEST(SetBatch, IsRefusedWhereNoAxisMayBeIt) {
  Builder builder("one-sequence");
  const ValueId x = builder.input("x", of({30, 8}));
  const ValueId axes = builder.integers({1});
  builder.output(recurrent(builder, "GRU", *builder.add("Unsqueeze", {x, axes}), 8, 3), "y");
  Graph graph = as_read(std::move(builder));
  EXPECT_EQ(axes_text(graph), "");
  EXPECT_EQ(message(apply({.batch = 4}, graph)),
            "batch 4: which axis of input 'x' is the batch is not known: give batch_axis x=AXIS");
}

TEST(BatchAxes, AreGuessedAsTheFirstAndThenSaid) {
  Builder builder("guess");
  const ValueId x = builder.input("x", of({"T", "M", 8}));
  builder.output(*builder.add("Relu", {x}), "y");
  const Graph read = as_read(std::move(builder));
  EXPECT_EQ(axes_text(read), "x:0?");
  EXPECT_EQ(batch_assumptions(read, batch_axes(read, {}), {}),
            std::vector<std::string>{"batch: taken as axis 0 of input 'x', which is a guess: "
                                     "batch_axis x=AXIS says which it is"});
  const Inputs said{.batch = 4, .batch_axes = {{"x", 1}}};
  EXPECT_EQ(axes_text(read, said), "x:1");
  Graph graph = read;
  ASSERT_EQ(message(apply(said, graph)), "");
  EXPECT_EQ(shapes_text(graph), "Tx4x8");
  EXPECT_TRUE(batch_assumptions(graph, batch_axes(read, said), said).empty());
}

TEST(BatchAxes, ThatAreSaidOverruleWhatIsFollowed) {
  Graph graph = steps_first();
  ASSERT_EQ(message(apply({.batch = 4, .batch_axes = {{"x", 0}}}, graph)), "");
  EXPECT_EQ(shapes_text(graph), "4x1x8");
}

TEST(BatchAxes, OfUnknownInputsAndBeyondTheRankAreRefused) {
  Graph graph = user_and_items();
  const InputWords words{.batch_axis = "--batch-axis"};
  EXPECT_EQ(message(apply({.batch_axes = {{"z", 1}}, .words = words}, graph)),
            "--batch-axis: no input 'z'; there are: 'user', 'item'");
  EXPECT_EQ(message(apply({.batch_axes = {{"item", 3}}, .words = words}, graph)),
            "--batch-axis: input 'item' is 1x50x64, found the axis 3, expected one in [0, 2]");
  EXPECT_EQ(parse_batch_axis("a=b=1"), std::pair(std::string("a=b"), std::size_t{1}));
  for (const char* word : {"x", "=1", "x=", "x=-1", "x=a", "x=1.5"})
    EXPECT_FALSE(parse_batch_axis(word)) << word;
}

TEST(DataInputs, AreTheFactorsOfAttention) {
  Builder builder("cache");
  const std::vector<ValueId> operands = {builder.input("q", of({"B", "S", 1024})),
                                         builder.input("k", of({"B", "S", 256})),
                                         builder.input("v", of({"B", "S", 256})),
                                         builder.input("past_k", of({"B", 4, "P", 64})),
                                         builder.input("past_v", of({"B", 4, "P", 64})),
                                         builder.input("lengths", of({"B"}, ElementType::i32)),
                                         builder.input("total", of({1}, ElementType::i32))};
  const auto made = builder.add(
      {.name = "GroupQueryAttention",
       .operands = operands,
       .attributes = {{"num_heads", std::int64_t{16}}, {"kv_num_heads", std::int64_t{4}}},
       .results = 3,
       .domain = "com.microsoft"});
  ASSERT_TRUE(made);
  builder.output(made->front(), "o");
  Graph graph = as_read(std::move(builder));
  EXPECT_EQ(data_inputs(graph).size(), 7U);
  ASSERT_EQ(message(apply({.dims = {{"S", 1}, {"P", 511}}, .batch = 2}, graph)), "");
  EXPECT_EQ(shapes_text(graph), "2x1x1024 2x1x256 2x1x256 2x4x511x64 2x4x511x64 2 1");
  EXPECT_EQ(parameters_of(graph), 0U);
  EXPECT_EQ(macs_of(graph), 2U * 2 * 16 * 512 * 64);
}

TEST(DataInputs, AreTheFactorsOfAProductAndNotTheWeightsOfAConvolution) {
  Builder builder("cross");
  const ValueId x = builder.input("x", of({2, 3, 8, 8}));
  const ValueId kernel = builder.input("kernel", of({4, 3, 3, 3}));
  const ValueId scale = builder.input("scale", of({6}));
  const ValueId keys = builder.input("keys", of({2, 4, 6, 5}));
  const ValueId c = *builder.add("Conv", {x, kernel});
  const ValueId y = *builder.add("LayerNormalization", {c, scale});
  builder.output(*builder.add("MatMul", {y, keys}), "y");
  const Graph graph = as_read(std::move(builder));
  EXPECT_EQ(data_inputs(graph), (std::vector<ValueId>{x, keys}));
  EXPECT_EQ(axes_text(graph), "x:0 keys:0");
  EXPECT_EQ(parameters_of(graph), 4U * 3 * 3 * 3 + 6);
}

}  // namespace
}  // namespace hale::session
