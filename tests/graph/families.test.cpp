#include <gtest/gtest.h>

#include <hale/core/text.hpp>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/passes/verify.hpp>
#include <hale/graph/text.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace hale::graph {
namespace {

/// An operation with the types of its operands ("-" for one that is left out), and by hand what its
/// results are and, where there are products, how many.
struct Case {
  std::string_view name;
  std::vector<std::string_view> operands;
  std::string_view attributes;
  std::vector<std::string_view> results;
  std::uint64_t macs = 0;
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += concat(text.empty() ? "" : ", ", part);
  return text;
}

/// One operation between the graph's inputs and outputs.
Result<Graph> graph_of(const Case& one) {
  std::vector<std::string> inputs, names, operands, types, results, outputs, open;
  for (std::size_t i = 0; i < one.operands.size(); ++i) {
    if (one.operands[i] == "-") {
      operands.emplace_back("%none");
      types.emplace_back("none");
      continue;
    }
    const std::string type = concat("tensor<", one.operands[i], ">");
    operands.push_back(concat("%a", i));
    types.push_back(type);
    inputs.push_back(concat("%a", i, ": ", type));
    names.push_back(concat("\"a", i, "\""));
  }
  for (std::size_t i = 0; i < one.results.size(); ++i) {
    results.push_back(concat("%y", i));
    outputs.push_back(concat("\"y", i, "\""));
    open.push_back("tensor<*xf32>");
  }
  return parse(concat("\"onnx.graph\"() ({\n^bb0(", joined(inputs),
                      "):\n  %none = \"onnx.NoValue\"() : () -> none\n  ", joined(results), " = \"",
                      one.name, "\"(", joined(operands), ") {", one.attributes, "} : (",
                      joined(types), ") -> (", joined(open), ")\n  \"onnx.return\"(",
                      joined(results), ") : (", joined(open), ") -> ()\n}) {inputs = [",
                      joined(names), "], name = \"\", operator_sets = [], outputs = [",
                      joined(outputs), "]} : () -> ()\n"));
}

class Families : public testing::TestWithParam<Case> {};

TEST_P(Families, infers_what_the_standard_says) {
  auto graph = graph_of(GetParam());
  ASSERT_TRUE(graph) << graph.error().message;
  const auto status = InferShapes::run(*graph);
  ASSERT_TRUE(status) << status.error().message;
  std::vector<std::string> found;
  for (const ValueId output : graph->body().outputs) {
    const Type& type = graph->value(output).type;
    found.push_back(concat(name_of(type.element), " ", describe(type)));
  }
  std::vector<std::string> expected(GetParam().results.begin(), GetParam().results.end());
  EXPECT_EQ(found, expected);
  const auto total = macs(*graph);
  EXPECT_EQ(total.total, GetParam().macs);
  EXPECT_TRUE(total.uncosted.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Newest, Families,
    testing::Values(
        Case{"onnx.Attention",
             {"2x8x16x64xf32", "2x4x20x64xf32", "2x4x20x32xf32"},
             "",
             {"f32 2x8x16x32", "f32 2x4x20x64", "f32 2x4x20x32", "f32 2x8x16x20"},
             std::uint64_t{2 * 8 * 16 * 20} * (64 + 32)},
        Case{"onnx.Attention",
             {"2x16x512xf16", "2x20x256xf16", "2x20x128xf16"},
             "kv_num_heads = 4 : i64, q_num_heads = 8 : i64",
             {"f16 2x16x256"},
             std::uint64_t{2 * 8 * 16 * 20} * (64 + 32)},
        Case{"onnx.RotaryEmbedding",
             {"2x8x16x64xf32", "50x32xf32", "50x32xf32"},
             "",
             {"f32 2x8x16x64"}},
        Case{"onnx.RMSNormalization", {"2x16x64xf16", "64xf16"}, "", {"f16 2x16x64"}},
        Case{"onnx.GroupNormalization",
             {"2x16x8x8xf32", "16xf32", "16xf32"},
             "num_groups = 4 : i64",
             {"f32 2x16x8x8"}},
        Case{"onnx.TensorScatter", {"2x4x32x8xf32", "2x4x1x8xf32", "2xi64"}, "", {"f32 2x4x32x8"}},
        Case{"onnx.QuantizeLinear",
             {"2x8xf32", "2x2xf32"},
             "block_size = 4 : i64, output_dtype = 23 : i64, precision = 1 : i64",
             {"!onnx.f4e2m1 2x8"}},
        Case{"onnx.QuantizeLinear", {"2x8xf32", "f32"}, "output_dtype = 0 : i64", {"ui8 2x8"}},
        Case{"onnx.DequantizeLinear",
             {"2x8xi4", "2x2x!onnx.f8e8m0"},
             "block_size = 4 : i64, output_dtype = 16 : i64",
             {"bf16 2x8"}},
        Case{"onnx.Cast", {"3x4xf32"}, "round_mode = \"up\", to = 24 : i64", {"!onnx.f8e8m0 3x4"}},
        Case{"onnx.Swish", {"3x4xbf16"}, "alpha = 1.0 : f32", {"bf16 3x4"}},
        Case{"onnx.DeformConv",
             {"1x4x6x6xf32", "8x4x3x3xf32", "1x18x4x4xf32"},
             "",
             {"f32 1x8x4x4"},
             8 * 4 * 4 * 4 * 9},
        Case{"onnx.LpPool",
             {"1x3x8x8xf32"},
             "kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>",
             {"f32 1x3x4x4"}},
        Case{"onnx.BitCast", {"3x4xf32"}, "to = 6 : i64", {"i32 3x4"}},
        Case{"onnx.StringSplit", {"3x!onnx.string"}, "", {"!onnx.string 3x?", "i64 3"}}));

INSTANTIATE_TEST_SUITE_P(
    Contributed, Families,
    testing::Values(Case{"com.microsoft.FusedConv",
                         {"1x3x8x8xf32", "4x3x3x3xf32", "4xf32", "1x4x8x8xf32"},
                         "activation = \"Relu\", pads = array<i64: 1, 1, 1, 1>",
                         {"f32 1x4x8x8"},
                         4 * 8 * 8 * 3 * 9},
                    Case{"com.microsoft.NhwcConv",
                         {"1x8x8x3xf32", "4x3x3x3xf32"},
                         "",
                         {"f32 1x6x6x4"},
                         4 * 6 * 6 * 3 * 9},
                    Case{"com.microsoft.NhwcMaxPool",
                         {"1x8x8x3xi8"},
                         "kernel_shape = array<i64: 2, 2>",
                         {"i8 1x7x7x3"}},
                    Case{"com.microsoft.FusedGemm",
                         {"4x5xf32", "6x5xf32", "6xf32"},
                         "activation = \"Relu\", transB = 1 : i64",
                         {"f32 4x6"},
                         4 * 5 * 6},
                    Case{"com.microsoft.FusedMatMul",
                         {"2x7x5x4xf32", "2x1x6x5xf32"},
                         "transA = 1 : i64, transB = 1 : i64",
                         {"f32 2x7x4x6"},
                         2 * 7 * 4 * 5 * 6},
                    Case{"com.microsoft.MatMulNBits",
                         {"2x3x64xf16", "32x2x16xui8", "64xf16"},
                         "K = 64 : i64, N = 32 : i64, bits = 4 : i64, block_size = 32 : i64",
                         {"f16 2x3x32"},
                         2 * 3 * 64 * 32},
                    Case{"com.microsoft.Attention",
                         {"2x16x48xf32", "48x96xf32", "96xf32"},
                         "num_heads = 4 : i64",
                         {"f32 2x16x32"},
                         2 * 16 * 48 * 96 + 2 * 4 * 16 * 16 * 16},
                    Case{"com.microsoft.QAttention",
                         {"2x16x48xui8", "48x96xi8", "96xf32", "f32", "f32"},
                         "num_heads = 4 : i64",
                         {"f32 2x16x32"},
                         2 * 16 * 48 * 96 + 2 * 4 * 16 * 16 * 16},
                    Case{"com.microsoft.MultiHeadAttention",
                         {"2x16x32xf32", "2x20x32xf32", "2x20x64xf32"},
                         "num_heads = 4 : i64",
                         {"f32 2x16x64", "f32 2x4x20x8", "f32 2x4x20x16"},
                         2 * 4 * 16 * 20 * (8 + 16)},
                    Case{"com.microsoft.MultiHeadAttention",
                         {"2x16x4x3x8xf32"},
                         "num_heads = 4 : i64",
                         {"f32 2x16x32"},
                         2 * 4 * 16 * 16 * 16},
                    Case{"com.microsoft.GroupQueryAttention",
                         {"1x1x64xf16", "1x1x16xf16", "1x1x16xf16", "1x2x31x8xf16", "1x2x31x8xf16",
                          "1xi32", "i32"},
                         "kv_num_heads = 2 : i64, num_heads = 8 : i64",
                         {"f16 1x1x64", "f16 1x2x32x8", "f16 1x2x32x8"},
                         8 * 32 * 16},
                    Case{"com.microsoft.EmbedLayerNormalization",
                         {"2x7xi32", "2x7xi32", "100x32xf32", "50x32xf32", "2x32xf32", "32xf32",
                          "32xf32"},
                         "",
                         {"f32 2x7x32", "i32 2", "f32 2x7x32"}},
                    Case{"com.microsoft.SkipLayerNormalization",
                         {"2x7x32xf32", "2x7x32xf32", "32xf32"},
                         "",
                         {"f32 2x7x32", "f32 2x7x1", "f32 2x7x1", "f32 2x7x32"}},
                    Case{"com.microsoft.BiasGelu", {"2x7x32xf32", "32xf32"}, "", {"f32 2x7x32"}},
                    Case{"com.microsoft.QLinearAdd",
                         {"2x3xi8", "f32", "i8", "4x1x3xi8", "f32", "i8", "f32"},
                         "",
                         {"i8 4x2x3"}},
                    Case{"com.microsoft.QLinearConcat",
                         {"f32", "ui8", "2x3xui8", "f32", "ui8", "2x5xui8", "f32", "ui8"},
                         "axis = 1 : i64",
                         {"ui8 2x8"}},
                    Case{"com.microsoft.QLinearGlobalAveragePool",
                         {"1x8x8x3xui8", "f32", "ui8", "f32", "ui8"},
                         "channels_last = 1 : i64",
                         {"ui8 1x1x1x3"}},
                    Case{"com.microsoft.QGemm",
                         {"4x5xi8", "f32", "i8", "5x6xi8", "f32", "i8", "6xi32"},
                         "",
                         {"f32 4x6"},
                         4 * 5 * 6},
                    Case{"com.microsoft.DynamicQuantizeMatMul",
                         {"2x4x5xf32", "5x6xi8", "f32"},
                         "",
                         {"f32 2x4x6"},
                         2 * 4 * 5 * 6}));

INSTANTIATE_TEST_SUITE_P(
    Classical, Families,
    testing::Values(
        Case{"ai.onnx.ml.LinearClassifier",
             {"3x4xf32"},
             "classlabels_ints = array<i64: 0, 1, 2>",
             {"i64 3", "f32 3x3"}},
        Case{"ai.onnx.ml.LinearRegressor",
             {"5x4xf32"},
             "targets = 2 : i64, coefficients = array<f32: 1, 2, 3, 4, 5, 6, 7, 8>",
             {"f32 5x2"},
             40},
        Case{"ai.onnx.ml.TreeEnsembleRegressor", {"5x4xf32"}, "n_targets = 2 : i64", {"f32 5x2"}},
        Case{"ai.onnx.ml.OneHotEncoder", {"5xi64"}, "cats_int64s = array<i64: 7, 8>", {"f32 5x2"}},
        Case{"ai.onnx.ml.ArrayFeatureExtractor", {"5x4xf32", "3xi64"}, "", {"f32 5x3"}},
        Case{"ai.onnx.ml.Scaler", {"5x4xi64"}, "", {"f32 5x4"}}));

INSTANTIATE_TEST_SUITE_P(
    Einsum, Families,
    testing::Values(
        Case{"onnx.Einsum", {"2x3xf32", "3x4xf32"}, "equation = \"ij,jk->ik\"", {"f32 2x4"}, 24},
        // One head of keys for all queries, by the ellipsis' broadcasting.
        Case{"onnx.Einsum",
             {"2x4x10x16xf32", "2x1x12x16xf32"},
             "equation = \"...qd,...kd->...qk\"",
             {"f32 2x4x10x12"},
             2 * 4 * 10 * 12 * 16},
        Case{"onnx.Einsum",
             {"5x2x3xf32", "3x7xf32"},
             "equation = \"... i j, j k -> ... i k\"",
             {"f32 5x2x7"},
             5 * 2 * 3 * 7},
        Case{"onnx.Einsum", {"4x3x3xf32"}, "equation = \"...ii->...i\"", {"f32 4x3"}},
        Case{"onnx.Einsum", {"4x3x5xf32"}, "equation = \"b...->...b\"", {"f32 3x5x4"}},
        Case{"onnx.Einsum", {"2x3xf32", "3x4xf32"}, "equation = \"ij,jk\"", {"f32 2x4"}, 24},
        Case{"onnx.Einsum", {"2x1xf32", "2x6xf32"}, "equation = \"bi,bi->b\"", {"f32 2"}, 12}));

INSTANTIATE_TEST_SUITE_P(
    FewBits, Families,
    testing::Values(
        Case{"com.microsoft.MatMulBnb4",
             {"1x4x256xf32", "65536xui8", "2048xf32"},
             "K = 256 : i64, N = 512 : i64, block_size = 64 : i64, quant_type = 1 : i64",
             {"f32 1x4x512"},
             4 * 256 * 512},
        Case{"com.microsoft.MatMulNBitsMlp",
             {"2x64xf16", "-", "-", "96x2x16xui8", "192xf16", "-", "96x2x16xui8", "192xf16"},
             "K = 64 : i64, N = 96 : i64, bits = 4 : i64",
             {"f16 2x96"},
             2 * 2 * 64 * 96},
        Case{"com.microsoft.MatMulNBitsQkv",
             {"2x64xf16", "-", "64xf16", "64x2x16xui8", "128xf16", "-", "16x2x16xui8", "32xf16",
              "-", "16x2x16xui8", "32xf16"},
             "K = 64 : i64, Nq = 64 : i64, Nkv = 16 : i64, bits = 4 : i64",
             {"f16 2x64", "f16 2x16", "f16 2x16"},
             2 * 64 * (64 + 2 * 16)},
        Case{"com.microsoft.MatMulBlockQuantizedFp4Weight",
             {"3x64xf16", "32x32xui8", "32x4xui8", "f32"},
             "",
             {"f16 3x32"},
             3 * 64 * 32},
        Case{"com.microsoft.GatherBlockQuantized",
             {"1000x32xui8", "1x7xi64", "1000x2xf16"},
             "bits = 4 : i64, gather_axis = 0 : i64",
             {"f16 1x7x64"}},
        Case{"com.microsoft.GatherBlockQuantized",
             {"1000x64xi4", "1x7xi64", "1000x2xf16"},
             "gather_axis = 0 : i64",
             {"f16 1x7x64"}},
        Case{"com.microsoft.MoE",
             {"1x4x128xf32", "4x8xf32", "8x256x128xf32", "-", "8x128x256xf32"},
             "k = 2 : i64",
             {"f32 1x4x128"},
             4 * 2 * (128 * 256 + 256 * 128)},
        Case{"com.microsoft.MoE",
             {"4x128xf32", "4x8xf32", "8x256x128xf32", "-", "8x128x256xf32", "-", "8x256x128xf32"},
             "k = 1 : i64",
             {"f32 4x128"},
             4 * 3 * 128 * 256},
        Case{"com.microsoft.QMoE",
             {"1x4x128xf16", "4x8xf16", "8x256x64xui8", "8x256xf16", "-", "8x128x128xui8",
              "8x128xf16"},
             "k = 2 : i64, expert_weight_bits = 4 : i64",
             {"f16 1x4x128"},
             4 * 2 * (128 * 256 + 256 * 128)}));

INSTANTIATE_TEST_SUITE_P(
    Transformers, Families,
    testing::Values(
        Case{"com.microsoft.BiasSplitGelu", {"2x16x64xf16", "64xf16"}, "", {"f16 2x16x32"}},
        Case{"com.microsoft.SkipGroupNorm",
             {"2x8x8x32xf16", "32xf32", "32xf32", "2x8x8x32xf16"},
             "groups = 8 : i64, activation = 1 : i64",
             {"f16 2x8x8x32", "f16 2x8x8x32"}},
        Case{"com.microsoft.PackedAttention",
             {"20x64xf16", "64x192xf16", "192xf16", "2x16xi32", "3xi32"},
             "num_heads = 4 : i64",
             {"f16 20x64"},
             20 * (64 * 192 + 16 * 2 * 64)},
        Case{"com.microsoft.PackedMultiHeadAttention",
             {"20x4x3x16xf16", "-", "-", "-", "2x16xi32", "3xi32"},
             "num_heads = 4 : i64",
             {"f16 20x64"},
             20 * 16 * 2 * 64},
        Case{"com.microsoft.DecoderMaskedMultiHeadAttention",
             {"2x1x64xf16", "2x1x64xf16", "2x1x64xf16", "-", "-", "2x4x31x16xf16", "2x4x31x16xf16"},
             "num_heads = 4 : i64",
             {"f16 2x1x64", "f16 2x4x32x16", "f16 2x4x32x16"},
             2 * 4 * 1 * 32 * (16 + 16)},
        Case{"com.microsoft.LinearAttention",
             {"2x5x64xf32", "2x5x32xf32", "2x5x48xf32"},
             "q_num_heads = 4 : i64, kv_num_heads = 2 : i64, update_rule = \"gated\"",
             {"f32 2x5x96", "f32 2x2x16x24"},
             2 * 5 * 4 * 16 * 24 * 2},
        Case{"com.microsoft.LongformerAttention",
             {"1x64x32xf32", "32x96xf32", "96xf32", "1x64xf32", "32x96xf32", "96xf32", "1x64xi32"},
             "num_heads = 4 : i64, window = 8 : i64",
             {"f32 1x64x32"},
             64 * (32 * 96 + 2 * 16 * 32)},
        Case{"com.microsoft.RestorePadding", {"20x64xf16", "2x16xi32"}, "", {"f16 2x16x64"}},
        Case{"com.microsoft.DynamicQuantizeLSTM",
             {"10x3x28xf32", "2x28x128xui8", "2x32x128xui8", "2x256xf32", "-", "-", "-", "-",
              "2xf32", "2xui8", "2xf32", "2xui8"},
             "hidden_size = 32 : i64, direction = \"bidirectional\"",
             {"f32 10x2x3x32", "f32 2x3x32", "f32 2x3x32"},
             10 * 3 * 2 * 128 * (28 + 32)},
        Case{"com.microsoft.GroupQueryAttention",
             {"1x1x1024xf16", "1x1x256xf16", "1x1x256xf16", "1x4x511x64xi8", "1x4x511x64xi8",
              "1xi32", "i32"},
             "num_heads = 16 : i64, kv_num_heads = 4 : i64",
             {"f16 1x1x1024", "i8 1x4x512x64", "i8 1x4x512x64"},
             2 * 16 * 512 * 64},
        Case{"com.microsoft.CDist", {"5x8xf32", "7x8xf32"}, "", {"f32 5x7"}, 5 * 7 * 8}));

}  // namespace
}  // namespace hale::graph
