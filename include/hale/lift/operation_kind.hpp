#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <hale/graph/cost.hpp>
#include <hale/workload/kernel.hpp>
#include <optional>
#include <string_view>

namespace hale::lift {

namespace detail::kernels {

using workload::KernelKind;

/// The operations of one kind, by name, of ONNX and of com.microsoft alike.
struct KindNames {
  KernelKind kind;
  std::string_view names;  // between spaces
};

inline constexpr std::array<KindNames, 14> names_by_kind = {{
    {KernelKind::convolution,
     "Conv ConvTranspose ConvInteger QLinearConv DeformConv FusedConv NhwcConv NhwcFusedConv "
     "ConvTransposeWithDynamicPads"},
    {KernelKind::matrix_product,
     "MatMul Gemm MatMulInteger QLinearMatMul Einsum FusedMatMul FusedGemm MatMulNBits QGemm "
     "MatMulIntegerToFloat DynamicQuantizeMatMul TransposeMatMul"},
    {KernelKind::attention,
     "Attention MultiHeadAttention QAttention GroupQueryAttention PackedAttention "
     "DecoderMaskedMultiHeadAttention"},
    {KernelKind::recurrent, "RNN LSTM GRU DynamicQuantizeLSTM"},
    {KernelKind::normalisation,
     "BatchNormalization InstanceNormalization LayerNormalization GroupNormalization LRN "
     "RMSNormalization SimplifiedLayerNormalization LpNormalization MeanVarianceNormalization "
     "SkipLayerNormalization SkipSimplifiedLayerNormalization EmbedLayerNormalization GroupNorm"},
    {KernelKind::softmax, "Softmax LogSoftmax Hardmax BiasSoftmax QLinearSoftmax"},
    {KernelKind::pooling,
     "AveragePool MaxPool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool MaxRoiPool RoiAlign "
     "MaxUnpool QLinearAveragePool QLinearGlobalAveragePool NhwcMaxPool"},
    {KernelKind::reduction,
     "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd "
     "ReduceSum ReduceSumSquare ArgMax ArgMin CumSum CumProd TopK"},
    {KernelKind::activation,
     "Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast CastLike Ceil Celu Clip Cos Cosh Elu "
     "Erf Exp Floor Gelu HardSigmoid HardSwish IsInf IsNaN LeakyRelu Log Mish Neg Not PRelu "
     "Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan "
     "Tanh ThresholdedRelu FastGelu BiasGelu QuickGelu QLinearLeakyRelu QLinearSigmoid "
     "RotaryEmbedding"},
    {KernelKind::arithmetic,
     "Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less "
     "LessOrEqual Max Mean Min Mod Mul Or Pow Sub Sum Where Xor QLinearAdd QLinearMul BiasAdd"},
    {KernelKind::movement,
     "Concat Compress DepthToSpace Expand EyeLike Gather GatherElements GatherND Pad Resize "
     "ReverseSequence Scatter ScatterElements ScatterND Slice SpaceToDepth Split Tile Trilu "
     "Upsample OneHot Range ConstantOfShape TensorScatter CenterCropPad QLinearConcat Unique "
     "NonZero Col2Im GridSample ConstantFill"},
    {KernelKind::transpose, "Transpose"},
    {KernelKind::view, graph::view_names},
    {KernelKind::quantisation, "QuantizeLinear DequantizeLinear DynamicQuantizeLinear"},
}};

struct NamedKind {
  std::string_view name{};
  KernelKind kind = KernelKind::other;
};

template <class Visit>
constexpr void for_each_named_kind(Visit&& visit) {
  for (const KindNames& entry : names_by_kind)
    for (std::string_view rest = entry.names; !rest.empty();) {
      const std::size_t length = std::min(rest.find(' '), rest.size());
      visit(NamedKind{rest.substr(0, length), entry.kind});
      rest.remove_prefix(std::min(length + 1, rest.size()));
    }
}

[[nodiscard]] consteval std::size_t named_kind_count() {
  std::size_t count = 0;
  for_each_named_kind([&count](const NamedKind&) { ++count; });
  return count;
}

/// The names collapsed into one table, sorted.
inline constexpr auto kind_table = [] {
  std::array<NamedKind, named_kind_count()> table{};
  std::size_t i = 0;
  for_each_named_kind([&](const NamedKind& each) { table[i++] = each; });
  std::sort(table.begin(), table.end(),
            [](const NamedKind& a, const NamedKind& b) { return a.name < b.name; });
  return table;
}();

[[nodiscard]] inline bool is_depthwise(const graph::Graph& graph, const graph::Operation& op) {
  const auto* attribute = op.attribute("group");
  const auto* group = attribute == nullptr ? nullptr : std::get_if<std::int64_t>(attribute);
  if (group == nullptr || *group < 2 || op.operands.empty()) return false;
  if (op.operands[0] == graph::ValueId::none) return false;
  const graph::Type& x = graph.value(op.operands[0]).type;
  if (x.rank() < 2) return false;
  const bool is_channels_last = op.name.starts_with("Nhwc");
  return (*x.dims)[is_channels_last ? x.rank() - 1 : 1].extent == *group;
}

}  // namespace detail::kernels

/// What an operation does, by its name; `other` for those that hale does not know. Cost: O(log n).
[[nodiscard]] inline workload::KernelKind kind_of(const graph::Graph& graph,
                                                  const graph::Operation& op) {
  using workload::KernelKind;
  if (!op.domain.empty() && op.domain != "com.microsoft") return KernelKind::other;
  const std::string_view name = op.name;
  const auto* found = std::lower_bound(
      detail::kernels::kind_table.begin(), detail::kernels::kind_table.end(), name,
      [](const detail::kernels::NamedKind& each, std::string_view key) { return each.name < key; });
  if (found == detail::kernels::kind_table.end() || found->name != name) return KernelKind::other;
  if (found->kind == KernelKind::convolution && detail::kernels::is_depthwise(graph, op))
    return KernelKind::depthwise_convolution;
  return found->kind;
}

}  // namespace hale::lift
