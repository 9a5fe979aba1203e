#include <gtest/gtest.h>

#include <hale/session/batch.hpp>

#include "batch_graphs.hpp"

namespace hale::session {
namespace {

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

}  // namespace
}  // namespace hale::session
