#include <gtest/gtest.h>

#include <hale/session/batch.hpp>

#include "batch_graphs.hpp"

namespace hale::session {
namespace {

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
