#include <gtest/gtest.h>

#include <hale/graph/passes.hpp>
#include <hale/lift/activation_memory.hpp>
#include <hale/lift/operation_kind.hpp>
#include <string>
#include <string_view>

#include "parsed.hpp"

namespace hale::lift {
namespace {

using workload::KernelKind;

TEST(activation_memory, is_what_is_alive_at_once) {
  graph::Graph graph = parsed(
      "%0: tensor<2x4xf32>, %1: tensor<1xf32>",
      R"(%6 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<4x8xf32>} : () -> tensor<4x8xf32>
  %2 = "onnx.MatMul"(%0, %6) : (tensor<2x4xf32>, tensor<4x8xf32>) -> tensor<*xf32> loc("wide")
  %3 = "onnx.Relu"(%2) : (tensor<*xf32>) -> tensor<*xf32> loc("twice")
  %4 = "onnx.Flatten"(%3) : (tensor<*xf32>) -> tensor<*xf32> loc("view"))",
      "%4, %0", "tensor<*xf32>, tensor<2x4xf32>");
  ASSERT_TRUE(graph::InferShapes::run(graph));
  const ActivationMemory memory = activation_memory(graph);
  EXPECT_EQ(memory.unknown, 0U);
  // The input that is an output, the product and its Relu; the view takes nothing.
  EXPECT_EQ(memory.peak_bytes, 4U * (8 + 16 + 16));
  EXPECT_EQ(graph.operation(memory.at).location, "twice");
}

TEST(activation_memory, of_a_body_is_freed_in_it_wherever_its_owner_stands) {
  const auto peak_behind = [](int operations) {
    std::string body;
    for (int i = 0; i < operations; ++i)
      body += concat("%", i + 20, " = \"onnx.Relu\"(%", i == 0 ? 0 : i + 19,
                     ") : (tensor<4xf32>) -> tensor<4xf32>\n");
    body += concat(R"(%2 = "onnx.If"(%1) ({
    %5 = "onnx.Relu"(%)",
                   operations + 19, R"() : (tensor<4xf32>) -> tensor<4xf32>
    %6 = "onnx.Relu"(%5) : (tensor<4xf32>) -> tensor<4xf32>
    %7 = "onnx.Relu"(%6) : (tensor<4xf32>) -> tensor<4xf32>
    "onnx.return"(%7) : (tensor<4xf32>) -> ()
  }, {
    "onnx.return"(%0) : (tensor<4xf32>) -> ()
  }) {region_names = ["then_branch", "else_branch"]} : (tensor<i1>) -> tensor<4xf32>)");
    graph::Graph graph = parsed("%0: tensor<4xf32>, %1: tensor<i1>", body, "%2", "tensor<4xf32>");
    EXPECT_TRUE(graph::InferShapes::run(graph));
    return activation_memory(graph).peak_bytes;
  };
  EXPECT_EQ(peak_behind(1), peak_behind(9));
}

TEST(operation_kind, of_a_convolution_with_a_channel_a_group_is_depthwise_in_either_layout) {
  const auto kind = [](std::string_view name, std::string_view domain, std::string_view type) {
    graph::Graph graph =
        parsed(concat("%0: ", type, ", %1: tensor<8x1x3x3xf32>"),
               concat("%2 = \"", domain, ".", name, "\"(%0, %1) {group = 8 : i64} : (", type,
                      ", tensor<8x1x3x3xf32>) -> tensor<*xf32>"),
               "%2");
    return kind_of(graph, graph.operation(graph.body().operations.front()));
  };
  EXPECT_EQ(kind("Conv", "onnx", "tensor<1x8x5x6xf32>"), KernelKind::depthwise_convolution);
  EXPECT_EQ(kind("NhwcConv", "com.microsoft", "tensor<1x5x6x8xf32>"),
            KernelKind::depthwise_convolution);
  EXPECT_EQ(kind("NhwcConv", "com.microsoft", "tensor<1x8x6x16xf32>"), KernelKind::convolution);
}

TEST(operation_kind, is_found_by_name_and_domain) {
  graph::Graph graph;
  EXPECT_EQ(kind_of(graph, {.name = "Softmax"}), KernelKind::softmax);
  EXPECT_EQ(kind_of(graph, {.domain = "com.microsoft", .name = "FastGelu"}),
            KernelKind::activation);
  EXPECT_EQ(kind_of(graph, {.domain = "com.example", .name = "Softmax"}), KernelKind::other);
  EXPECT_EQ(kind_of(graph, {.name = "softmax"}), KernelKind::other);
}

}  // namespace
}  // namespace hale::lift
