#include <gtest/gtest.h>

#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <string>

namespace hale::graph {
namespace {

Graph parsed(std::string_view inputs, std::string_view body) {
  auto graph = parse(concat("\"onnx.graph\"() ({\n^bb0(", inputs, "):\n", body,
                            "\n  \"onnx.return\"() : () -> ()\n}) {} : () -> ()"));
  EXPECT_TRUE(graph) << graph.error().message;
  return graph ? *std::move(graph) : Graph{};
}

TEST(macs, counts_convolutions_and_matrix_products) {
  const Graph graph = parsed(
      "%0: tensor<2x4x8x8xf32>, %1: tensor<6x2x3x3xf32>, %2: tensor<2x384xf32>, "
      "%3: tensor<384x10xf32>",
      R"(%4 = "onnx.Conv"(%0, %1) {group = 2 : i64, pads = array<i64: 1, 1, 1, 1>} : (tensor<2x4x8x8xf32>, tensor<6x2x3x3xf32>) -> tensor<2x6x8x8xf32>
%5 = "onnx.Relu"(%4) : (tensor<2x6x8x8xf32>) -> tensor<2x6x8x8xf32>
%6 = "onnx.Gemm"(%2, %3) : (tensor<2x384xf32>, tensor<384x10xf32>) -> tensor<2x10xf32>
%7 = "onnx.MatMul"(%2, %3) : (tensor<2x384xf32>, tensor<384x10xf32>) -> tensor<2x10xf32>)");
  const Count count = macs(graph);
  EXPECT_EQ(count.total, 2U * 6 * 64 * 2 * 9 + 2 * (2U * 10 * 384));
  EXPECT_EQ(count.operations, 4U);
  EXPECT_TRUE(count.uncosted.empty());
}

TEST(macs, what_nobody_can_count_is_listed) {
  const Graph graph = parsed(
      "%0: tensor<?x3xf32, {dims = [\"N\", \"\"]}>, %1: tensor<3x5xf32>",
      R"(%2 = "onnx.MatMul"(%0, %1) : (tensor<?x3xf32, {dims = ["N", ""]}>, tensor<3x5xf32>) -> tensor<?x5xf32, {dims = ["N", ""]}>
%3 = "com.example.Attention"(%2) : (tensor<?x5xf32, {dims = ["N", ""]}>) -> tensor<1xf32>)");
  const Count count = macs(graph);
  EXPECT_EQ(count.total, 0U);
  ASSERT_EQ(count.uncosted.size(), 2U);
  EXPECT_EQ(graph.operation(count.uncosted[1]).name, "Attention");
}

TEST(macs, overflow_is_uncosted) {
  const Graph graph = parsed(
      "%0: tensor<4294967296x4294967296xf32>, %1: tensor<4294967296x2xf32>",
      R"(%2 = "onnx.MatMul"(%0, %1) : (tensor<4294967296x4294967296xf32>, tensor<4294967296x2xf32>) -> tensor<4294967296x2xf32>)");
  EXPECT_EQ(macs(graph).uncosted.size(), 1U);
}

TEST(parameters, statistics_and_scalars_are_none_and_shared_ones_count_once) {
  const Graph graph = parsed(
      "%0: tensor<1x3x8x8xf32>",
      R"(%1 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<3x3x3x3xf32>} : () -> tensor<3x3x3x3xf32>
%2 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<3xf32>} : () -> tensor<3xf32>
%3 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<3xf32>} : () -> tensor<3xf32>
%4 = "onnx.Constant"() {value = dense<0.0e+00> : tensor<f32>} : () -> tensor<f32>
%5 = "onnx.Constant"() {value = dense<[1, -1]> : tensor<2xi64>} : () -> tensor<2xi64>
%6 = "onnx.Conv"(%0, %1) : (tensor<1x3x8x8xf32>, tensor<3x3x3x3xf32>) -> tensor<1x3x6x6xf32>
%7 = "onnx.Conv"(%6, %1) : (tensor<1x3x6x6xf32>, tensor<3x3x3x3xf32>) -> tensor<1x3x4x4xf32>
%8 = "onnx.BatchNormalization"(%7, %2, %2, %3, %3) : (tensor<1x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<1x3x4x4xf32>
%9 = "onnx.Mul"(%8, %4) : (tensor<1x3x4x4xf32>, tensor<f32>) -> tensor<1x3x4x4xf32>
%10 = "onnx.Reshape"(%9, %5) : (tensor<1x3x4x4xf32>, tensor<2xi64>) -> tensor<1x48xf32>)");
  const Count count = parameters(graph);
  EXPECT_EQ(count.total, 81U + 3U);
  EXPECT_EQ(count.operations, 5U);
}

TEST(parameters, inputs_in_the_place_of_weights_count) {
  const Graph graph = parsed(
      "%0: tensor<1x3x8x8xf32>, %1: tensor<3x3x3x3xf32>",
      R"(%2 = "onnx.Conv"(%0, %1) : (tensor<1x3x8x8xf32>, tensor<3x3x3x3xf32>) -> tensor<1x3x6x6xf32>)");
  EXPECT_EQ(parameters(graph).total, 81U);
}

TEST(parameters, weights_that_the_graph_fills_in_itself_count) {
  const Graph graph =
      parsed("%0: tensor<1x3x8x8xf32>",
             R"(%1 = "onnx.Constant"() {value = dense<3> : tensor<4xi64>} : () -> tensor<4xi64>
%2 = "onnx.ConstantOfShape"(%1) : (tensor<4xi64>) -> tensor<3x3x3x3xf32>
%3 = "onnx.Conv"(%0, %2) : (tensor<1x3x8x8xf32>, tensor<3x3x3x3xf32>) -> tensor<1x3x6x6xf32>
%4 = "onnx.Add"(%3, %2) : (tensor<1x3x6x6xf32>, tensor<3x3x3x3xf32>) -> tensor<*xf32>)");
  EXPECT_EQ(parameters(graph).total, 81U);
}

}  // namespace
}  // namespace hale::graph
