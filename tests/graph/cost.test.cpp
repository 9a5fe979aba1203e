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

TEST(parameters, inputs_that_are_factors_of_products_are_none) {
  const Graph graph =
      parsed("%0: tensor<2x3xf32>, %1: tensor<3x5xf32>, %2: tensor<5x7xf32>, %3: tensor<7xf32>",
             R"(%4 = "onnx.MatMul"(%0, %1) : (tensor<2x3xf32>, tensor<3x5xf32>) -> tensor<2x5xf32>
%5 = "onnx.Gemm"(%4, %2, %3) : (tensor<2x5xf32>, tensor<5x7xf32>, tensor<7xf32>) -> tensor<2x7xf32>
%6 = "onnx.Einsum"(%5, %2) {equation = "ij,kj->ik"} : (tensor<2x7xf32>, tensor<5x7xf32>) -> tensor<2x5xf32>
%7 = "com.microsoft.FusedMatMul"(%6, %2) : (tensor<2x5xf32>, tensor<5x7xf32>) -> tensor<2x7xf32>)");
  EXPECT_EQ(parameters(graph).total, 0U);
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

TEST(parameters, of_quantised_weights_count_however_they_are_given) {
  const Graph graph = parsed(
      "%0: tensor<1x3x8x8xui8>",
      R"(%1 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<4x3x3x3xi8>} : () -> tensor<4x3x3x3xi8>
%2 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<4xi32>} : () -> tensor<4xi32>
%3 = "onnx.Constant"() {value = dense<5.0e-01> : tensor<f32>} : () -> tensor<f32>
%4 = "onnx.Constant"() {value = dense<0> : tensor<ui8>} : () -> tensor<ui8>
%5 = "onnx.Constant"() {value = dense<0> : tensor<i8>} : () -> tensor<i8>
%6 = "onnx.QLinearConv"(%0, %3, %4, %1, %3, %5, %3, %4, %2) : (tensor<1x3x8x8xui8>, tensor<f32>, tensor<ui8>, tensor<4x3x3x3xi8>, tensor<f32>, tensor<i8>, tensor<f32>, tensor<ui8>, tensor<4xi32>) -> tensor<1x4x6x6xui8>
%7 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<2x4x3x3xi8>} : () -> tensor<2x4x3x3xi8>
%8 = "onnx.DequantizeLinear"(%6, %3, %4) : (tensor<1x4x6x6xui8>, tensor<f32>, tensor<ui8>) -> tensor<1x4x6x6xf32>
%9 = "onnx.DequantizeLinear"(%7, %3, %5) : (tensor<2x4x3x3xi8>, tensor<f32>, tensor<i8>) -> tensor<2x4x3x3xf32>
%10 = "onnx.Conv"(%8, %9) : (tensor<1x4x6x6xf32>, tensor<2x4x3x3xf32>) -> tensor<1x2x4x4xf32>)");
  EXPECT_EQ(parameters(graph).total, 4U * 27 + 4 + 2 * 36);
}

TEST(parameters, what_a_body_is_given_is_none) {
  const Graph graph = parsed("%0: tensor<4x4xf32>, %1: tensor<i64>, %2: tensor<i1>",
                             R"(%3 = "onnx.Loop"(%1, %2, %0) ({
  ^bb0(%4: tensor<i64>, %5: tensor<i1>, %6: tensor<4x4xf32>):
    %7 = "onnx.MatMul"(%0, %6) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    "onnx.return"(%5, %7) : (tensor<i1>, tensor<4x4xf32>) -> ()
  }) {region_names = ["body"]} : (tensor<i64>, tensor<i1>, tensor<4x4xf32>) -> tensor<4x4xf32>)");
  EXPECT_EQ(parameters(graph).total, 0U);
}

OperationCost cost_of_first(std::string_view inputs, std::string_view body) {
  const Graph graph = parsed(inputs, body);
  return cost_of(graph, graph.body().operations.front());
}

TEST(cost_of, convolution) {
  const OperationCost cost = cost_of_first(
      "%0: tensor<2x4x8x8xf32>, %1: tensor<6x2x3x3xf32>",
      R"(%2 = "onnx.Conv"(%0, %1) {group = 2 : i64, pads = array<i64: 1, 1, 1, 1>} : (tensor<2x4x8x8xf32>, tensor<6x2x3x3xf32>) -> tensor<2x6x8x8xf32>)");
  EXPECT_EQ(cost.macs, 13824U);
  EXPECT_EQ(cost.bytes_read, 4U * (512 + 108));
  EXPECT_EQ(cost.bytes_written, 4U * 768);
  EXPECT_EQ(cost.parameters, 108U);
  EXPECT_EQ(cost.gemm, (GemmForm{2, 128, 3, 18}));
}

TEST(cost_of, transposed_convolution) {
  const OperationCost cost = cost_of_first(
      "%0: tensor<1x4x5x5xf32>, %1: tensor<4x3x2x2xf32>",
      R"(%2 = "onnx.ConvTranspose"(%0, %1) {group = 2 : i64, strides = array<i64: 2, 2>} : (tensor<1x4x5x5xf32>, tensor<4x3x2x2xf32>) -> tensor<1x6x10x10xf32>)");
  EXPECT_EQ(cost.macs, 1200U);  // 25 places, 4 channels, 3 outputs of a group, 4 of the kernel
  EXPECT_EQ(cost.gemm, (GemmForm{2, 25, 12, 2}));
}

TEST(cost_of, products_of_matrices) {
  const auto of = [](std::string_view line) {
    return cost_of_first(
        "%0: tensor<2x3x4x5xf32>, %1: tensor<2x3x5x7xf32>, %2: tensor<5x7xf32>, "
        "%3: tensor<6x5xf32>, %4: tensor<2x3x5x4xf32>",
        line);
  };
  const auto stack = of(
      R"(%5 = "onnx.MatMul"(%0, %1) : (tensor<2x3x4x5xf32>, tensor<2x3x5x7xf32>) -> tensor<2x3x4x7xf32>)");
  EXPECT_EQ(stack.macs, 840U);
  EXPECT_EQ(stack.gemm, (GemmForm{6, 4, 7, 5}));
  const auto matrix = of(
      R"(%5 = "onnx.MatMul"(%0, %2) : (tensor<2x3x4x5xf32>, tensor<5x7xf32>) -> tensor<2x3x4x7xf32>)");
  EXPECT_EQ(matrix.gemm, (GemmForm{1, 24, 7, 5}));
  const auto gemm =
      of(R"(%5 = "onnx.Gemm"(%3, %2) : (tensor<6x5xf32>, tensor<5x7xf32>) -> tensor<6x7xf32>)");
  EXPECT_EQ(gemm.macs, 210U);
  EXPECT_EQ(gemm.gemm, (GemmForm{1, 6, 7, 5}));
  const auto fused = of(
      R"(%5 = "com.microsoft.FusedMatMul"(%4, %1) {transA = 1 : i64} : (tensor<2x3x5x4xf32>, tensor<2x3x5x7xf32>) -> tensor<2x3x4x7xf32>)");
  EXPECT_EQ(fused.macs, 840U);
  EXPECT_EQ(fused.gemm, (GemmForm{6, 4, 7, 5}));
}

TEST(cost_of, quantised_product_reads_bytes) {
  const OperationCost cost = cost_of_first(
      "%0: tensor<4x5xui8>, %1: tensor<5x7xui8>",
      R"(%2 = "onnx.MatMulInteger"(%0, %1) : (tensor<4x5xui8>, tensor<5x7xui8>) -> tensor<4x7xi32>)");
  EXPECT_EQ(cost.macs, 140U);
  EXPECT_EQ(cost.bytes_read, 55U);
  EXPECT_EQ(cost.bytes_written, 112U);
}

TEST(cost_of, attention_and_einsum_are_no_single_product_a_recurrent_layer_is_one_a_step) {
  const OperationCost attention = cost_of_first(
      "%0: tensor<1x2x3x4xf32>, %1: tensor<1x2x5x4xf32>, %2: tensor<1x2x5x6xf32>",
      R"(%3 = "onnx.Attention"(%0, %1, %2) : (tensor<1x2x3x4xf32>, tensor<1x2x5x4xf32>, tensor<1x2x5x6xf32>) -> tensor<1x2x3x6xf32>)");
  EXPECT_EQ(attention.macs, 2U * 3 * 5 * (4 + 6));
  EXPECT_FALSE(attention.gemm);
  const OperationCost recurrent = cost_of_first(
      "%0: tensor<7x2x3xf32>, %1: tensor<1x16x3xf32>, %2: tensor<1x16x4xf32>",
      R"(%3 = "onnx.LSTM"(%0, %1, %2) {hidden_size = 4 : i64} : (tensor<7x2x3xf32>, tensor<1x16x3xf32>, tensor<1x16x4xf32>) -> tensor<7x1x2x4xf32>)");
  EXPECT_EQ(recurrent.macs, 14U * 16 * (3 + 4));
  EXPECT_EQ(recurrent.gemm, (GemmForm{7, 2, 16, 3 + 4}));
  const OperationCost einsum = cost_of_first(
      "%0: tensor<2x3x4xf32>, %1: tensor<2x5x4xf32>",
      R"(%2 = "onnx.Einsum"(%0, %1) {equation = "bij,bkj->bik"} : (tensor<2x3x4xf32>, tensor<2x5x4xf32>) -> tensor<2x3x5xf32>)");
  EXPECT_EQ(einsum.macs, 2U * 3 * 4 * 5);
}

TEST(cost_of, bytes_are_those_that_move) {
  const auto of = [](std::string_view line) {
    return cost_of_first("%0: tensor<100x8xf32>, %1: tensor<3xi64>, %2: tensor<2xi64>", line);
  };
  const auto gather =
      of(R"(%3 = "onnx.Gather"(%0, %1) : (tensor<100x8xf32>, tensor<3xi64>) -> tensor<3x8xf32>)");
  EXPECT_EQ(gather.bytes_read, 96U + 24U);
  EXPECT_EQ(gather.bytes_written, 96U);
  const auto view = of(
      R"(%3 = "onnx.Reshape"(%0, %2) : (tensor<100x8xf32>, tensor<2xi64>) -> tensor<8x100xf32>)");
  EXPECT_EQ(view.bytes_read, 0U);
  EXPECT_EQ(view.bytes_written, 0U);
  const auto square = of(
      R"(%3 = "onnx.Mul"(%0, %0) : (tensor<100x8xf32>, tensor<100x8xf32>) -> tensor<100x8xf32>)");
  EXPECT_EQ(square.bytes_read, 3200U);
}

TEST(cost_of, tables_are_read_where_tokens_pick_rows) {
  const auto read = [](std::string_view inputs, std::string_view line) {
    return cost_of_first(inputs, line).bytes_read;
  };
  // 2 x 16 tokens: x, places, and a row of 32 cosines and of 32 sines each.
  EXPECT_EQ(
      read(
          "%0: tensor<2x8x16x64xf32>, %1: tensor<2x16xi64>, %2: tensor<4096x32xf32>, "
          "%3: tensor<4096x32xf32>",
          R"(%4 = "com.microsoft.RotaryEmbedding"(%0, %1, %2, %3) : (tensor<2x8x16x64xf32>, tensor<2x16xi64>, tensor<4096x32xf32>, tensor<4096x32xf32>) -> tensor<2x8x16x64xf32>)"),
      4U * 16384 + 8 * 32 + 2 * 4 * 32 * 32);
  EXPECT_EQ(
      read(
          "%0: tensor<2x16x512xf32>, %1: tensor<4096x32xf32>, %2: tensor<4096x32xf32>, "
          "%3: tensor<2x16xi64>",
          R"(%4 = "onnx.RotaryEmbedding"(%0, %1, %2, %3) {num_heads = 8 : i64} : (tensor<2x16x512xf32>, tensor<4096x32xf32>, tensor<4096x32xf32>, tensor<2x16xi64>) -> tensor<2x16x512xf32>)"),
      4U * 16384 + 8 * 32 + 2 * 4 * 32 * 32);
  // No more than there is: 3 places for 32 tokens.
  EXPECT_EQ(
      read(
          "%0: tensor<2x16x512xf32>, %1: tensor<3x32xf32>, %2: tensor<3x32xf32>, "
          "%3: tensor<2x16xi64>",
          R"(%4 = "onnx.RotaryEmbedding"(%0, %1, %2, %3) {num_heads = 8 : i64} : (tensor<2x16x512xf32>, tensor<3x32xf32>, tensor<3x32xf32>, tensor<2x16xi64>) -> tensor<2x16x512xf32>)"),
      4U * 16384 + 8 * 32 + 2 * 4 * 3 * 32);
  // 3 rows of 64 bytes, of 4 scales, of 2 bytes of zero points.
  EXPECT_EQ(
      read(
          "%0: tensor<1000x64xui8>, %1: tensor<3xi64>, %2: tensor<1000x4xf32>, "
          "%3: tensor<1000x2xui8>",
          R"(%4 = "com.microsoft.GatherBlockQuantized"(%0, %1, %2, %3) {bits = 4 : i64, block_size = 32 : i64, gather_axis = 0 : i64, quantize_axis = 1 : i64} : (tensor<1000x64xui8>, tensor<3xi64>, tensor<1000x4xf32>, tensor<1000x2xui8>) -> tensor<3x128xf32>)"),
      3U * 64 + 3 * 8 + 3 * 16 + 3 * 2);
}

TEST(cost_of, a_mixture_reads_the_experts_that_tokens_may_choose) {
  const auto read = [](int tokens) {
    const std::string x = concat("tensor<", tokens, "x8xf32>");
    const std::string router = concat("tensor<", tokens, "x16xf32>");
    const std::string types =
        concat(x, ", ", router, ", tensor<16x32x8xf32>, tensor<16x32xf32>, tensor<16x8x32xf32>");
    return cost_of_first(
               concat("%0: ", x, ", %1: ", router,
                      ", %2: tensor<16x32x8xf32>, %3: tensor<16x32xf32>, %4: tensor<16x8x32xf32>"),
               concat("%5 = \"com.microsoft.MoE\"(%0, %1, %2, %3, %4) {k = 2 : i64} : (", types,
                      ") -> ", x))
        .bytes_read;
  };
  constexpr std::uint64_t expert = 4 * (256 + 32 + 256);
  EXPECT_EQ(read(1), 4U * 24 + 2 * expert);
  EXPECT_EQ(read(3), 3U * 4 * 24 + 6 * expert);
  EXPECT_EQ(read(100), 100U * 4 * 24 + 16 * expert);
}

TEST(cost_of, a_convolution_of_no_rows_is_nothing) {
  const OperationCost cost = cost_of_first(
      "%0: tensor<1x32x0x5xf32>, %1: tensor<16x32x1x1xf32>",
      R"(%2 = "onnx.Conv"(%0, %1) : (tensor<1x32x0x5xf32>, tensor<16x32x1x1xf32>) -> tensor<1x16x0x5xf32>)");
  EXPECT_EQ(cost.macs, 0U);
  EXPECT_EQ(cost.bytes_written, 0U);
  EXPECT_EQ(cost.parameters, 512U);
}

TEST(cost_of, nothing_where_it_is_not_known) {
  const OperationCost open = cost_of_first(
      "%0: tensor<?x3xf32, {dims = [\"N\", \"\"]}>, %1: tensor<3x5xf32>",
      R"(%2 = "onnx.MatMul"(%0, %1) : (tensor<?x3xf32, {dims = ["N", ""]}>, tensor<3x5xf32>) -> tensor<?x5xf32, {dims = ["N", ""]}>)");
  EXPECT_FALSE(open.macs || open.bytes_read || open.bytes_written || open.gemm);
  const OperationCost unknown = cost_of_first(
      "%0: tensor<3x5xf32>", R"(%1 = "com.example.Mix"(%0) : (tensor<3x5xf32>) -> tensor<2xf32>)");
  EXPECT_FALSE(unknown.macs);
  EXPECT_EQ(unknown.bytes_read, 60U);
  EXPECT_EQ(unknown.bytes_written, 8U);
}

}  // namespace
}  // namespace hale::graph
