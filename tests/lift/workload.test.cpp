#include <gtest/gtest.h>

#include <hale/graph/cost.hpp>
#include <hale/graph/text.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lift/workload.hpp>
#include <hale/workload/kernel_terms.hpp>
#include <hale/workload/text.hpp>
#include <string>
#include <vector>

#include "parsed.hpp"

namespace hale::lift {
namespace {

using workload::KernelKind;

/// "Conv+Relu MaxPool": the fused operations of each kernel.
std::string fused(const workload::Workload& work) {
  std::string text;
  for (const workload::Kernel& kernel : work.kernels) {
    if (!text.empty()) text += ' ';
    for (std::size_t i = 0; i < kernel.operations.size(); ++i)
      text += concat(i == 0 ? "" : "+", kernel.operations[i]);
  }
  return text;
}

workload::Workload made(const graph::Graph& graph, std::string_view rules) {
  const auto work = workload(graph, *workload::fusion_rules(rules));
  EXPECT_TRUE(work) << work.error().message;
  return work ? *work : workload::Workload{};
}

constexpr std::string_view block_inputs =
    "%0: tensor<1x4x8x8xf32>, %1: tensor<4x4x3x3xf32>, %2: tensor<4xf32>, %3: tensor<4xf32>, "
    "%4: tensor<4xf32>, %5: tensor<4xf32>";
constexpr std::string_view block = R"(
  %6 = "onnx.Conv"(%0, %1) {pads = array<i64: 1, 1, 1, 1>} : (tensor<1x4x8x8xf32>, tensor<4x4x3x3xf32>) -> tensor<*xf32>
  %7 = "onnx.BatchNormalization"(%6, %2, %3, %4, %5) : (tensor<*xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<*xf32>
  %8 = "onnx.Add"(%7, %0) : (tensor<*xf32>, tensor<1x4x8x8xf32>) -> tensor<*xf32>
  %9 = "onnx.Relu"(%8) : (tensor<*xf32>) -> tensor<*xf32>
  %10 = "onnx.Flatten"(%9) : (tensor<*xf32>) -> tensor<*xf32>
  %11 = "onnx.Sigmoid"(%10) : (tensor<*xf32>) -> tensor<*xf32>)";

TEST(workload, fuses_as_its_rules_say) {
  const graph::Graph graph = parsed(block_inputs, block, "%11");
  EXPECT_EQ(fused(made(graph, "none")), "Conv BatchNormalization Add Relu Sigmoid");
  EXPECT_EQ(fused(made(graph, "onnxruntime-basic")), "Conv Add Relu Sigmoid");
  EXPECT_EQ(fused(made(graph, "onnxruntime-extended")), "Conv+Add+Relu+Sigmoid");
  EXPECT_EQ(fused(made(graph, "aggressive")), "Conv+Add+Relu+Sigmoid");
  workload::FusionRules short_ones;
  short_ones.longest = 2;
  const auto work = workload(graph, short_ones);
  ASSERT_TRUE(work);
  EXPECT_EQ(fused(*work), "Conv+Add Relu Sigmoid");
}

TEST(workload, a_kernel_reads_and_writes_only_what_lies_outside_it) {
  const workload::Workload work = made(parsed(block_inputs, block, "%11"), "onnxruntime-extended");
  ASSERT_EQ(work.kernels.size(), 1U);
  const workload::Kernel& kernel = work.kernels[0];
  EXPECT_EQ(kernel.kind, KernelKind::convolution);
  EXPECT_EQ(kernel.element, "f32");
  EXPECT_EQ(kernel.macs, 4U * 64 * 36);
  EXPECT_EQ(kernel.bytes_read, 4U * (256 + 144 + 4));
  EXPECT_EQ(kernel.weight_bytes, 4U * (144 + 4));
  EXPECT_EQ(kernel.bytes_written, 4U * 256);
  EXPECT_EQ(kernel.outputs, 256U);
  EXPECT_EQ(kernel.gemm, (workload::Gemm{1, 64, 4, 36}));
  EXPECT_EQ(kernel.window, (workload::Window{{3, 3}, {1, 1}, {1, 1}, 1}));
  EXPECT_TRUE(work.uncovered.empty());
  EXPECT_TRUE(work.assumptions.empty());
}

TEST(workload, a_depthwise_convolution_keeps_its_dilations) {
  const workload::Workload work =
      made(parsed("%0: tensor<1x8x20x20xf32>, %1: tensor<8x1x3x3xf32>", R"(
  %2 = "onnx.Conv"(%0, %1) {dilations = array<i64: 2, 4>, group = 8 : i64, pads = array<i64: 2, 4, 2, 4>} : (tensor<1x8x20x20xf32>, tensor<8x1x3x3xf32>) -> tensor<*xf32>)",
                  "%2"),
           "onnxruntime-extended");
  ASSERT_EQ(work.kernels.size(), 1U);
  const workload::Kernel& kernel = work.kernels[0];
  EXPECT_EQ(kernel.macs, 8U * 400 * 9);
  EXPECT_EQ(kernel.window, (workload::Window{{3, 3}, {1, 1}, {2, 4}, 8}));
  const std::string text = workload::print(work);
  EXPECT_NE(text.find(" window=3x3 strides=1x1 dilations=2x4 group=8 "), std::string::npos) << text;
  const auto read = workload::parse(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->kernels[0].window, kernel.window);
}

TEST(workload, what_several_take_stays_outside) {
  const graph::Graph graph = parsed(
      "%0: tensor<1x4x8x8xf32>, %1: tensor<4x4x1x1xf32>",
      R"(%2 = "onnx.Conv"(%0, %1) : (tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) -> tensor<*xf32>
  %3 = "onnx.Relu"(%2) : (tensor<*xf32>) -> tensor<*xf32>
  %4 = "onnx.Tanh"(%2) : (tensor<*xf32>) -> tensor<*xf32>)",
      "%3, %4");
  EXPECT_EQ(fused(made(graph, "aggressive")), "Conv Relu Tanh");
  const graph::Graph output = parsed(
      "%0: tensor<1x4x8x8xf32>, %1: tensor<4x4x1x1xf32>",
      R"(%2 = "onnx.Conv"(%0, %1) : (tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) -> tensor<*xf32>
  %3 = "onnx.Relu"(%2) : (tensor<*xf32>) -> tensor<*xf32>)",
      "%2, %3");
  EXPECT_EQ(fused(made(output, "aggressive")), "Conv Relu");
}

constexpr std::string_view attention = R"(
  %4 = "onnx.MatMul"(%0, %1) : (tensor<2x3x5x8xf32>, tensor<2x3x8x7xf32>) -> tensor<*xf32>
  %5 = "onnx.Constant"() {value = dense<2.5> : tensor<f32>} : () -> tensor<f32>
  %6 = "onnx.Mul"(%4, %5) : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
  %7 = "onnx.Add"(%6, %3) : (tensor<*xf32>, tensor<5x7xf32>) -> tensor<*xf32>
  %8 = "onnx.Softmax"(%7) {axis = 3 : i64} : (tensor<*xf32>) -> tensor<*xf32>
  %9 = "onnx.MatMul"(%8, %2) : (tensor<*xf32>, tensor<2x3x7x8xf32>) -> tensor<*xf32>)";
constexpr std::string_view attention_inputs =
    "%0: tensor<2x3x5x8xf32>, %1: tensor<2x3x8x7xf32>, %2: tensor<2x3x7x8xf32>, "
    "%3: tensor<5x7xf32>";

TEST(workload, both_products_of_an_attention_are_one_kernel) {
  const graph::Graph graph = parsed(attention_inputs, attention, "%9");
  const workload::Workload work = made(graph, "onnxruntime-extended");
  ASSERT_EQ(fused(work), "MatMul+Mul+Add+Softmax+MatMul");
  EXPECT_EQ(work.kernels[0].kind, KernelKind::attention);
  EXPECT_EQ(work.kernels[0].macs, 2U * (2 * 3 * 5 * 8 * 7));
  EXPECT_EQ(work.kernels[0].bytes_read, 4U * (240 + 336 + 336 + 35 + 1));
  EXPECT_EQ(work.kernels[0].gemm, std::nullopt);
  const workload::Workload apart = made(graph, "onnxruntime-basic");
  EXPECT_EQ(fused(apart), "MatMul+Mul Add Softmax MatMul");
  EXPECT_EQ(apart.kernels[0].gemm, (workload::Gemm{6, 5, 7, 8}));
  EXPECT_EQ(fused(made(parsed(attention_inputs, attention, "%8"), "onnxruntime-extended")),
            "MatMul+Mul+Add Softmax");
}

TEST(workload, macs_are_those_of_the_graph_whatever_the_rules) {
  for (const auto& graph :
       {parsed(block_inputs, block, "%11"), parsed(attention_inputs, attention, "%9")}) {
    const auto canonical = graph::canonicalise(graph);
    ASSERT_TRUE(canonical);
    for (const workload::FusionRules& rules : workload::fusion_presets)
      EXPECT_EQ(totals(made(graph, rules.name)).macs, graph::macs(*canonical).total) << rules.name;
  }
}

TEST(workload, a_factor_of_zero_is_computed_unless_the_rules_fold_it) {
  const graph::Graph graph = parsed("%0: tensor<1x4xf32>", R"(
  %1 = "onnx.Constant"() {value = dense<0.0> : tensor<f32>} : () -> tensor<f32>
  %2 = "onnx.Relu"(%0) : (tensor<1x4xf32>) -> tensor<*xf32>
  %3 = "onnx.Mul"(%2, %1) : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
  %4 = "onnx.Add"(%0, %3) : (tensor<1x4xf32>, tensor<*xf32>) -> tensor<*xf32>)",
                                    "%4");
  EXPECT_EQ(fused(made(graph, "none")), "Relu Mul Add");
  EXPECT_EQ(fused(made(graph, "aggressive")), "Add");
}

TEST(workload, has_what_the_model_takes_in_and_gives_and_its_views) {
  const workload::Workload work = made(parsed(block_inputs, block, "%11"), "none");
  EXPECT_EQ(work.input_bytes, 4U * (256 + 4 + 4));  // running statistics are no parameters
  EXPECT_EQ(work.output_bytes, 4U * 256);
  EXPECT_EQ(work.views, 1U);
}

TEST(workload, reads_the_factors_of_a_product_as_inputs_and_the_weights_of_a_convolution_as_such) {
  const graph::Graph graph = parsed(
      "%0: tensor<1x3x4x4xf32>, %1: tensor<2x3x1x1xf32>, %2: tensor<1x2x4x5xf32>",
      R"(%3 = "onnx.Conv"(%0, %1) : (tensor<1x3x4x4xf32>, tensor<2x3x1x1xf32>) -> tensor<*xf32>
  %4 = "onnx.MatMul"(%3, %2) : (tensor<*xf32>, tensor<1x2x4x5xf32>) -> tensor<*xf32>)",
      "%4");
  const workload::Workload work = made(graph, "none");
  ASSERT_EQ(fused(work), "Conv MatMul");
  EXPECT_EQ(work.input_bytes, 4U * (48 + 40));
  EXPECT_EQ(work.kernels[0].weight_bytes, 4U * 6);
  EXPECT_EQ(work.kernels[1].weight_bytes, 0U);
}

TEST(workload, what_cannot_be_costed_is_named) {
  const graph::Graph graph = parsed(
      "%0: tensor<?x3xf32, {dims = [\"N\", \"\"]}>, %1: tensor<3x5xf32>, %2: tensor<2x3xf32>",
      R"(%3 = "onnx.MatMul"(%0, %1) : (tensor<?x3xf32, {dims = ["N", ""]}>, tensor<3x5xf32>) -> tensor<*xf32>
  %4 = "onnx.Relu"(%0) : (tensor<?x3xf32, {dims = ["N", ""]}>) -> tensor<*xf32> loc("open")
  %5 = "com.example.Thing"(%2) : (tensor<2x3xf32>) -> tensor<*xf32> loc("unknown"))",
      "%3, %4, %5");
  const workload::Workload work = made(graph, "none");
  EXPECT_TRUE(work.kernels.empty());
  ASSERT_EQ(work.uncovered.size(), 3U);
  EXPECT_EQ(work.uncovered[0].reason, "the sizes of what it multiplies are not fixed");
  EXPECT_EQ(work.uncovered[1],
            (workload::Uncovered{"Relu", "open", "the size of '' (Nx3 of f32) is not known"}));
  EXPECT_EQ(work.uncovered[2], (workload::Uncovered{"com.example.Thing", "unknown",
                                                    "hale does not know this operation"}));
}

TEST(workload, what_the_cheaper_branch_leaves_open_is_named_too) {
  const graph::Graph graph = parsed("%0: tensor<2x3xf32>, %1: tensor<i1>",
                                    R"(%2 = "onnx.If"(%1) ({
    %3 = "com.example.Thing"(%0) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    "onnx.return"(%3) : (tensor<2x3xf32>) -> ()
  }, {
    %4 = "onnx.Relu"(%0) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    %5 = "onnx.Relu"(%4) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    "onnx.return"(%5) : (tensor<2x3xf32>) -> ()
  }) {region_names = ["then_branch", "else_branch"]} : (tensor<i1>) -> tensor<*xf32>)",
                                    "%2");
  const workload::Workload work = made(graph, "none");
  ASSERT_EQ(work.uncovered.size(), 1U);
  EXPECT_EQ(work.uncovered[0].operation, "com.example.Thing");
  EXPECT_EQ(work.assumptions.size(), 1U);
}

TEST(workload, is_covered_by_what_is_costed_alone) {
  std::string body;
  for (int i = 0; i < 4; ++i)
    body += concat("%", i + 1, " = \"", i < 3 ? "com.example.Thing" : "onnx.Relu", "\"(%", i,
                   ") : (tensor<2x3xf32>) -> tensor<2x3xf32> loc(\"", i, "\")\n");
  const graph::Graph graph = parsed("%0: tensor<2x3xf32>", body, "%4", "tensor<2x3xf32>");
  EXPECT_DOUBLE_EQ(workload::covered_share(made(graph, "none")), 0.25);
}

TEST(workload, of_products_has_the_form_that_their_spelling_has) {
  const auto terms = [](std::string_view line) {
    const graph::Graph graph =
        parsed("%0: tensor<1x24x24x32xf32>, %1: tensor<32x32x3x3xf32>", line, "%2");
    const workload::Workload work = made(graph, "none");
    return workload::terms_of(work, work);
  };
  constexpr std::string_view types =
      "(%0, %1) : (tensor<1x24x24x32xf32>, tensor<32x32x3x3xf32>) -> tensor<*xf32>";
  EXPECT_EQ(terms(concat("%2 = \"com.microsoft.NhwcFusedConv\"", types)),
            terms(concat("%2 = \"com.microsoft.NhwcConv\"", types)));
}

TEST(workload, of_products_without_a_form_has_no_terms_of_it) {
  const graph::Graph graph = parsed(
      "%0: tensor<64x48xf32>",
      R"(%1 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<48x32xf32>} : () -> tensor<48x32xf32>
  %2 = "onnx.Einsum"(%0, %1) {equation = "ij,jk->ik"} : (tensor<64x48xf32>, tensor<48x32xf32>) -> tensor<*xf32>)",
      "%2");
  const workload::Workload work = made(graph, "none");
  const workload::Terms terms = workload::terms_of(work, work);
  EXPECT_EQ(terms[workload::Term::product_macs], 64.0 * 48 * 32);
  EXPECT_EQ(terms[workload::Term::product_rows], 0.0);
  EXPECT_EQ(terms[workload::Term::vector_macs], 0.0);
}

TEST(workload, of_integers_multiplies_integers_whatever_their_sums_are) {
  const graph::Graph graph = parsed(
      "%0: tensor<64x48xui8>, %1: tensor<48x32xi8>",
      R"(%2 = "onnx.MatMulInteger"(%0, %1) : (tensor<64x48xui8>, tensor<48x32xi8>) -> tensor<*xi32>)",
      "%2", "tensor<*xi32>");
  const workload::Workload work = made(graph, "none");
  EXPECT_EQ(work.kernels.at(0).element_bits, 8U);
  EXPECT_EQ(workload::terms_of(work, work)[workload::Term::integer_product_macs], 64.0 * 48 * 32);
}

TEST(workload, counts_what_is_transcendental_by_the_declarations_of_its_operations) {
  const graph::Graph graph =
      parsed("%0: tensor<2x3xf32>",
             R"(%1 = "com.microsoft.FastGelu"(%0) : (tensor<2x3xf32>) -> tensor<*xf32>
  %2 = "onnx.Relu"(%1) : (tensor<*xf32>) -> tensor<*xf32>
  %3 = "onnx.Tanh"(%2) : (tensor<*xf32>) -> tensor<*xf32>)",
             "%3");
  const workload::Workload work = made(graph, "none");
  ASSERT_EQ(fused(work), "com.microsoft.FastGelu Relu Tanh");
  EXPECT_EQ(work.kernels[0].origin.transcendental, 1U);
  EXPECT_EQ(work.kernels[1].origin.transcendental, 0U);
  EXPECT_EQ(workload::terms_of(work, work)[workload::Term::transcendentals], 2.0 * 6);
  const auto read = workload::parse(workload::print(work));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(transcendental_operations(read->kernels[0]), 1U);
  EXPECT_EQ(transcendental_operations(read->kernels[1]), 0U);
}

TEST(workload, what_constants_decide_is_folded_and_counts_as_weight) {
  const graph::Graph graph = parsed(
      "%0: tensor<2x3xf32>",
      R"(%1 = "onnx.Constant"() {value = dense_resource<__elided__> : tensor<3xf32>} : () -> tensor<3xf32>
  %2 = "onnx.Sigmoid"(%1) : (tensor<3xf32>) -> tensor<*xf32>
  %3 = "onnx.Mul"(%0, %2) : (tensor<2x3xf32>, tensor<*xf32>) -> tensor<*xf32>)",
      "%3");
  const workload::Workload work = made(graph, "none");
  ASSERT_EQ(fused(work), "Mul");
  EXPECT_EQ(work.kernels[0].kind, KernelKind::activation);
  EXPECT_EQ(work.kernels[0].weight_bytes, 12U);
}

TEST(workload, regions_cost_a_branch_or_their_trips) {
  graph::Graph graph =
      parsed("%0: tensor<2x3xf32>, %1: tensor<3x3xf32>, %2: tensor<i1>",
             R"(%3 = "onnx.Constant"() {value = dense<4> : tensor<i64>} : () -> tensor<i64>
  %4 = "onnx.If"(%2) ({
    %5 = "onnx.Relu"(%0) : (tensor<2x3xf32>) -> tensor<2x3xf32>
    "onnx.return"(%5) : (tensor<2x3xf32>) -> ()
  }, {
    %6 = "onnx.MatMul"(%0, %1) : (tensor<2x3xf32>, tensor<3x3xf32>) -> tensor<2x3xf32>
    "onnx.return"(%6) : (tensor<2x3xf32>) -> ()
  }) {region_names = ["then_branch", "else_branch"]} : (tensor<i1>) -> tensor<2x3xf32> loc("if")
  %7 = "onnx.Loop"(%3, %2, %4) ({
  ^bb0(%8: tensor<i64>, %9: tensor<i1>, %10: tensor<2x3xf32>):
    %11 = "onnx.MatMul"(%10, %1) : (tensor<2x3xf32>, tensor<3x3xf32>) -> tensor<2x3xf32>
    "onnx.return"(%9, %11) : (tensor<i1>, tensor<2x3xf32>) -> ()
  }) {region_names = ["body"]} : (tensor<i64>, tensor<i1>, tensor<2x3xf32>) -> tensor<*xf32> loc("loop"))",
             "%7");
  const workload::Workload work = made(graph, "none");
  ASSERT_EQ(fused(work), "MatMul MatMul");
  EXPECT_EQ(work.kernels[0].runs, 1U);
  EXPECT_EQ(work.kernels[1].runs, 4U);
  EXPECT_EQ(totals(work).macs, 5U * 18);
  EXPECT_EQ(work.assumptions,
            (std::vector<std::string>{"node 'if' (If): takes its costlier branch, else_branch",
                                      "node 'loop' (Loop): its body runs 4 times"}));
}

TEST(workload, reads_back_from_its_text) {
  const workload::Workload work = made(parsed(block_inputs, block, "%11"), "none");
  EXPECT_EQ(workload::parse(workload::print(work)), work);
}

TEST(workload, refuses_what_the_passes_refuse) {
  const auto work = workload(parsed(
      "%0: tensor<2x3xf32>, %1: tensor<2x5xf32>",
      R"(%2 = "onnx.MatMul"(%0, %1) : (tensor<2x3xf32>, tensor<2x5xf32>) -> tensor<*xf32> loc("bad"))",
      "%2"));
  ASSERT_FALSE(work);
  EXPECT_NE(work.error().message.find("node 'bad'"), std::string::npos);
}

TEST(workload, spelled_out_activations_are_one_operation) {
  const graph::Graph graph =
      parsed("%0: tensor<2x3xf32>, %1: tensor<3x5xf32>",
             R"(%2 = "onnx.MatMul"(%0, %1) : (tensor<2x3xf32>, tensor<3x5xf32>) -> tensor<*xf32>
  %3 = "onnx.Sigmoid"(%2) : (tensor<*xf32>) -> tensor<*xf32>
  %4 = "onnx.Mul"(%2, %3) : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>)",
             "%4");
  EXPECT_EQ(fused(made(graph, "onnxruntime-extended")), "MatMul+Swish");
  EXPECT_EQ(fused(made(graph, "none")), "MatMul Sigmoid Mul");
}

}  // namespace
}  // namespace hale::lift
