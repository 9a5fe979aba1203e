#include <gtest/gtest.h>

#include <hale/graph/builder.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/inputs.hpp>
#include <string>
#include <utility>

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
  for (const char* word : {":1x3", "x:", "x:0", "x:1x", "x:1xa", "x:99999999999", ""})
    EXPECT_FALSE(parse_shape(word)) << word;
  const auto dim = parse_dim("a=b=4");
  ASSERT_TRUE(dim);
  EXPECT_EQ(dim->first, "a=b");
  EXPECT_EQ(dim->second, 4);
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
            "dim: no open dimension 'T'; there are: 'N', 'S', 'S', 'N'");
  EXPECT_EQ(message(apply({.batch = 0}, graph)), "batch: found 0, expected one in [1, 2147483647]");
  EXPECT_EQ(message(apply({.shapes = {{"x", {2, -3, 8, 8}}}}, graph)),
            "shape of input 'x': found the extent -3, expected one in [1, 2147483647]");
  EXPECT_EQ(message(apply({.dims = {{"S", 0}}}, graph)),
            "dim 'S': found the extent 0, expected one in [1, 2147483647]");
  EXPECT_EQ(message(apply({.shapes = {{"x", {2, 3, 8, 8}}}, .batch = 4}, graph)),
            "batch 4: shape gives input 'x' a batch of 2");
  const InputWords options{.shape = "--shape", .dim = "--dim", .batch = "--batch"};
  EXPECT_EQ(message(apply({.shapes = {{"x", {2, 3, 8, 8}}}, .batch = 4, .words = options}, graph)),
            "--batch 4: --shape gives input 'x' a batch of 2");
  EXPECT_EQ(message(apply({.dims = {{"T", 4}}, .words = options}, graph)),
            "--dim: no open dimension 'T'; there are: 'N', 'S', 'S', 'N'");
}

}  // namespace
}  // namespace hale::session
