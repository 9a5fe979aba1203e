#include <gtest/gtest.h>

#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/graph/builder.hpp>
#include <hale/lift/read.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/inputs.hpp>
#include <hale/session/open_dimensions.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hale::session {
namespace {

using graph::Dim;
using graph::ElementType;

/// x: Nx3xSxS, and steps-first y: 10xNx8 of an LSTM.
graph::Graph two_inputs() {
  graph::Builder builder("two");
  const auto x = builder.input(
      "x", {ElementType::f32,
            std::vector{Dim{Dim::open, "N"}, Dim{3}, Dim{Dim::open, "S"}, Dim{Dim::open, "S"}}});
  const auto y =
      builder.input("y", {ElementType::f32, std::vector{Dim{10}, Dim{Dim::open, "N"}, Dim{8}}});
  const auto w = builder.weight("w", graph::tensor_type(ElementType::f32, {1, 16, 8}));
  const auto r = builder.weight("r", graph::tensor_type(ElementType::f32, {1, 16, 4}));
  builder.output(*builder.add("Relu", {x}), "a");
  builder.output(*builder.add("LSTM", {y, w, r}, {{"hidden_size", std::int64_t{4}}}), "b");
  return *std::move(builder).finish();
}

std::string message(const Result<>& result) { return result ? "" : result.error().message; }

TEST(Inputs, ShapesAndDimensionsAreReadFromWords) {
  const auto shape = parse_shape("x:1x3x32x32");
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->input, "x");
  EXPECT_EQ(shape->extents, (std::vector<std::int64_t>{1, 3, 32, 32}));
  EXPECT_EQ(parse_shape("1x3")->input, "");
  EXPECT_EQ(parse_shape("x:1x0")->extents, (std::vector<std::int64_t>{1, 0}));
  for (const char* word : {":1x3", "x:", "x:-1", "x:1x", "x:1xa", "x:99999999999", ""})
    EXPECT_FALSE(parse_shape(word)) << word;
  const auto dim = parse_dim("a=b=4");
  ASSERT_TRUE(dim);
  EXPECT_EQ(dim->first, "a=b");
  EXPECT_EQ(dim->second, 4);
  EXPECT_EQ(parse_dim("past=0")->second, 0);
  EXPECT_EQ(parse_dim("past + seq=7")->first, "past + seq");
  for (const char* word : {"=4", "a=", "a", "a=-1", ""}) EXPECT_FALSE(parse_dim(word)) << word;
}

TEST(Inputs, ABatchIsSetWhereEachInputHasIt) {
  graph::Graph graph = two_inputs();
  const BatchAxes axes = batch_axes(graph, {});
  EXPECT_TRUE(has_open_batch(graph, axes));
  EXPECT_EQ(batch_of(graph, axes), std::nullopt);
  ASSERT_EQ(message(apply({.batch = 4}, graph)), "");
  EXPECT_FALSE(has_open_batch(graph, axes));
  EXPECT_EQ(batch_of(graph, axes), 4);
  EXPECT_EQ(graph::describe(graph.value(graph.body().inputs[0]).type), "4x3xSxS");
  EXPECT_EQ(graph::describe(graph.value(graph.body().inputs[1]).type), "10x4x8");
  EXPECT_TRUE(is_open(graph));
  ASSERT_EQ(message(apply({.dims = {{"S", 32}}}, graph)), "");
  EXPECT_FALSE(is_open(graph));
  EXPECT_EQ(state({.batch = 4}, graph), "x:4x3x32x32;y:10x4x8");
}

TEST(Inputs, WhatTheGraphDoesNotHaveIsRefused) {
  graph::Graph graph = two_inputs();
  EXPECT_EQ(message(apply({.shapes = {{"z", {1}}}}, graph)),
            "shape: no input 'z'; there are: 'x', 'y'");
  EXPECT_EQ(message(apply({.shapes = {{"x", {1, 3}}}}, graph)),
            "shape: input 'x' has 4 dimensions, found 2");
  EXPECT_EQ(message(apply({.shapes = {{"", {1, 3}}}}, graph)),
            "shape: found one without an input's name, expected one of: 'x', 'y'");
  EXPECT_EQ(message(apply({.dims = {{"T", 4}}}, graph)),
            "dim: no open dimension 'T'; there are: 'N', 'S'; give dim N=N dim S=N");
  EXPECT_EQ(message(apply({.batch = 0}, graph)), "batch: found 0, expected one in [1, 2147483647]");
  EXPECT_EQ(message(apply({.shapes = {{"x", {2, -3, 8, 8}}}}, graph)),
            "shape of input 'x': found the extent -3, expected one in [0, 2147483647]");
  EXPECT_EQ(message(apply({.dims = {{"S", -1}}}, graph)),
            "dim 'S': found the extent -1, expected one in [0, 2147483647]");
  EXPECT_EQ(message(apply({.shapes = {{"x", {2, 3, 8, 8}}}, .batch = 4}, graph)),
            "batch 4: shape gives input 'x' a batch of 2");
  const InputWords options{.shape = "--shape", .dim = "--dim", .batch = "--batch"};
  EXPECT_EQ(message(apply({.shapes = {{"x", {2, 3, 8, 8}}}, .batch = 4, .words = options}, graph)),
            "--batch 4: --shape gives input 'x' a batch of 2");
  EXPECT_EQ(message(apply({.dims = {{"T", 4}}, .words = options}, graph)),
            "--dim: no open dimension 'T'; there are: 'N', 'S'; give --dim N=N --dim S=N");
}

/// A step of a decoder with a cache: y = softmax(q k + mask) v.
graph::Graph decoder() {
  graph::Builder builder("decoder");
  const auto input = [&](const char* name, std::vector<Dim> dims) {
    return builder.input(name, {ElementType::f32, std::move(dims)});
  };
  const Dim batch{Dim::open, "B"};
  const Dim steps{Dim::open, "seq"};
  const Dim all{Dim::open, "past + seq"};
  const auto q = input("q", {batch, Dim{8}, steps, Dim{64}});
  const auto k = input("k", {batch, Dim{8}, Dim{64}, all});
  const auto v = input("v", {batch, Dim{8}, all, Dim{64}});
  const auto mask = input("mask", {batch, Dim{1}, steps, all});
  const auto scores = *builder.add("MatMul", {q, k});
  const auto shares = *builder.add("Softmax", {*builder.add("Add", {scores, mask})});
  builder.output(*builder.add("MatMul", {shares, v}), "y");
  return *std::move(builder).finish();
}

/// An input's shape; with the multiply-adds of the graph.
std::string shape_of(const graph::Graph& graph, std::size_t input) {
  return graph::describe(graph.value(graph.body().inputs[input]).type);
}
std::uint64_t macs_of(const graph::Graph& graph) { return lift::read(graph)->cost.macs; }

TEST(Inputs, ExpressionsFollowFromTheirNames) {
  graph::Graph graph = decoder();
  ASSERT_EQ(message(apply({.dims = {{"B", 1}, {"past", 96}, {"seq", 32}}}, graph)), "");
  EXPECT_EQ(shape_of(graph, 3), "1x1x32x128");
  EXPECT_EQ(macs_of(graph), 2U * 8 * 32 * 64 * 128);
  graph::Graph whole = decoder();
  ASSERT_EQ(message(apply({.dims = {{"past + seq", 128}}}, whole)), "");
  EXPECT_EQ(shape_of(whole, 3), "Bx1xseqx128");
  graph::Graph without_blanks = decoder();
  ASSERT_EQ(message(apply({.dims = {{"past+seq", 128}, {"seq", 32}}}, without_blanks)), "");
  EXPECT_EQ(shape_of(without_blanks, 3), "Bx1x32x128");
  graph::Graph by_shape = decoder();
  ASSERT_EQ(message(apply({.shapes = {{"q", {2, 8, 32, 64}}}, .dims = {{"past", 0}}}, by_shape)),
            "");
  EXPECT_EQ(shape_of(by_shape, 3), "2x1x32x32");
  graph::Graph by_batch = decoder();
  ASSERT_EQ(message(apply({.dims = {{"past", 1}, {"seq", 1}}, .batch = 3}, by_batch)), "");
  EXPECT_EQ(shape_of(by_batch, 0), "3x8x1x64");
}

TEST(Inputs, ExpressionsStayWhereANameIsOpen) {
  graph::Graph graph = decoder();
  ASSERT_EQ(message(apply({.dims = {{"seq", 32}}}, graph)), "");
  EXPECT_EQ(shape_of(graph, 3), "Bx1x32xpast + seq");
  ASSERT_EQ(message(apply({.dims = {{"past", 4}}}, graph)), "");
  EXPECT_EQ(shape_of(graph, 3), "Bx1x32xpast + seq");
}

TEST(Inputs, ExtentsThatContradictEachOtherAreRefused) {
  graph::Graph graph = decoder();
  EXPECT_EQ(message(apply({.dims = {{"past", 96}, {"past + seq", 100}, {"seq", 32}}}, graph)),
            "dim: 'past + seq' is given as 100, but it is 128 by past=96, seq=32");
  EXPECT_EQ(message(apply({.dims = {{"past + seq", 100}, {"past+seq", 101}}}, graph)),
            "dim: 'past + seq' is given as 101 and as 100");
  EXPECT_EQ(message(apply({.shapes = {{"q", {2, 8, 32, 64}}}, .dims = {{"seq", 33}}}, graph)),
            "dim: 'seq' is given as 33 and by shape as 32");
  graph::Graph same = decoder();
  EXPECT_EQ(message(apply({.shapes = {{"q", {2, 8, 32, 64}}}, .dims = {{"seq", 32}}}, same)), "");
  EXPECT_EQ(message(apply({.dims = {{"past", 96}, {"past + seq", 97}, {"seq", 1}}}, same)), "");
}

TEST(Inputs, ANameThatIsNotThereIsToldFromItsNearest) {
  graph::Graph graph = decoder();
  const InputWords words{.shape = "--shape", .dim = "--dim", .batch = "--batch"};
  const auto refusal = [&](const char* name) {
    return message(apply({.dims = {{name, 3}}, .words = words}, graph));
  };
  const std::string rest =
      "; there are: 'B', 'seq', 'past'; give --dim B=N --dim seq=N --dim past=N";
  EXPECT_EQ(refusal("nope"), "--dim: no open dimension 'nope'" + rest);
  EXPECT_EQ(refusal("sequence"), "--dim: no open dimension 'sequence'; did you mean 'seq'?" + rest);
  EXPECT_EQ(refusal("SEQ"), "--dim: no open dimension 'SEQ'; did you mean 'seq'?" + rest);
  EXPECT_EQ(refusal("batch"), "--dim: no open dimension 'batch'; did you mean 'B'?" + rest);
}

TEST(Inputs, HostileNamesAreReadInTimeAndNotRepeated) {
  std::string sum = "x";
  for (int i = 0; i < 20000; ++i) sum += concat(" + x", i);
  graph::Builder builder("hostile");
  const auto x = builder.input(
      "x",
      {ElementType::f32, std::vector{Dim{Dim::open, sum}, Dim{Dim::open, std::string(1 << 20, '(')},
                                     Dim{Dim::open, std::string(1 << 20, 'x')}}});
  builder.output(*builder.add("Relu", {x}), "y");
  graph::Graph graph = *std::move(builder).finish();
  const std::string refusal = message(apply({.dims = {{"x20001", 3}}}, graph));
  EXPECT_TRUE(refusal.starts_with("dim: no open dimension 'x20001'; did you mean 'x2000'?"))
      << refusal.substr(0, 200);
  EXPECT_LT(refusal.size(), 10000U);
  EXPECT_EQ(message(apply({.dims = {{std::string(1 << 20, 'x'), 3}}}, graph)), "");
}

TEST(Inputs, NamesAreWrittenAsAShellTakesThem) {
  graph::Builder builder("names");
  const auto x = builder.input(
      "x", {ElementType::f32, std::vector{Dim{Dim::open, "sequence length"}, Dim{}, Dim{3}}});
  const auto y =
      builder.input("y 2", {ElementType::f32, std::vector{Dim{Dim::open, "it's"}, Dim{}, Dim{3}}});
  builder.output(*builder.add("Relu", {x}), "a");
  builder.output(*builder.add("Relu", {y}), "b");
  const graph::Graph graph = *std::move(builder).finish();
  EXPECT_EQ(closing_words(graph, {}),
            "dim 'sequence length=N' dim 'it'\\''s=N' shape x:NxNx3 shape 'y 2:NxNx3'");
}

TEST(Inputs, AnEmptyCacheCostsNothing) {
  graph::Builder builder("cache");
  const auto past = builder.input(
      "past",
      {ElementType::f32, std::vector{Dim{1}, Dim{16}, Dim{Dim::open, "past_len"}, Dim{128}}});
  const auto k = builder.input("k", graph::tensor_type(ElementType::f32, {1, 16, 1, 128}));
  const auto q = builder.input("q", graph::tensor_type(ElementType::f32, {1, 16, 1, 128}));
  const auto all = *builder.add("Concat", {past, k}, {{"axis", std::int64_t{2}}});
  const auto turned =
      *builder.add("Transpose", {all}, {{"perm", std::vector<std::int64_t>{0, 1, 3, 2}}});
  const auto shares = *builder.add("Softmax", {*builder.add("MatMul", {q, turned})});
  builder.output(*builder.add("MatMul", {shares, all}), "y");
  builder.output(all, "kk");
  graph::Graph graph = *std::move(builder).finish();
  ASSERT_EQ(message(apply({.dims = {{"past_len", 0}}}, graph)), "");
  const auto reading = lift::read(graph);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->cost.macs, 4096U);
  EXPECT_EQ(graph::describe(reading->graph.value(reading->graph.body().outputs[1]).type),
            "1x16x1x128");
  EXPECT_TRUE(reading->uncovered().empty());
}

TEST(Inputs, WhatTheFileSaysOfComputedValuesFollows) {
  graph::Builder builder("computed");
  const Dim n{Dim::open, "N"};
  const auto x = builder.input("x", {ElementType::f32, std::vector{n, Dim{4}}});
  const graph::Type stated{ElementType::f32, std::vector{Dim{Dim::open, "2 * N"}, Dim{5}}};
  const auto y =
      builder
          .add(graph::NewOperation{
              .name = "Mystery", .operands = {x}, .domain = "com.example", .types = {stated}})
          ->front();
  builder.output(y, "y");
  graph::Graph graph = *std::move(builder).finish();
  graph::Graph larger = graph;
  ASSERT_EQ(message(apply({.dims = {{"N", 3}}}, graph)), "");
  EXPECT_EQ(graph::describe(graph.value(y).type), "6x5");
  ASSERT_EQ(message(apply({.shapes = {{"x", {3, 8}}}}, larger)), "");
  EXPECT_EQ(graph::describe(larger.value(y).type), "?") << "the 5 may come of the 4";
}

TEST(Inputs, AnExtentThatNoModelHasIsRefused) {
  graph::Builder builder("product");
  const auto x =
      builder.input("x", {ElementType::f32, std::vector{Dim{Dim::open, "a * b"}, Dim{4}}});
  builder.output(*builder.add("Relu", {x}), "y");
  graph::Graph graph = *std::move(builder).finish();
  EXPECT_EQ(message(apply({.dims = {{"a", 1 << 30}, {"b", 1 << 30}}}, graph)),
            "dimension 'a * b': found the extent 1152921504606846976, expected one in [0, "
            "2147483647]");
}

}  // namespace
}  // namespace hale::session
