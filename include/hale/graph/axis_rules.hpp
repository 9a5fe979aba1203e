#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/operations/declared.hpp>
#include <span>
#include <string_view>

namespace hale::graph {

/// How an operation carries the axes of its operands to its results.
enum class Carry : std::uint8_t {
  nothing,
  same,       // those of the first operand, whatever becomes of their extents
  padded,     // the same, of which those that are padded have another extent
  blocks,     // SpaceToDepth and back
  pairs,      // operands broadcast, the last axes together
  rows,       // a product: all axes of the left but the last, stacks in pairs
  matrix,     // Gemm
  permuted,   // Transpose
  put_in,     // Unsqueeze
  taken_out,  // Squeeze, and reductions that keep no axis of one element
  picked,     // Gather: the indices' axes in the place of one
  stated,     // Reshape and Expand: a shape says the extents
  flat,       // Flatten
  leading,    // the first axis alone
  layer,      // a recurrent layer
  extents,    // Shape: the axes become elements
};

struct CarryRule {
  std::string_view name;
  Carry carry;
};

/// How operations carry axes where their kind does not say it, by name.
inline constexpr auto carry_rules =
    std::to_array<CarryRule>({{"Attention", Carry::same},
                              {"Concat", Carry::pairs},
                              {"ConstantOfShape", Carry::stated},
                              {"CumSum", Carry::same},
                              {"DepthToSpace", Carry::blocks},
                              {"Dropout", Carry::same},
                              {"EmbedLayerNormalization", Carry::leading},
                              {"Expand", Carry::stated},
                              {"Flatten", Carry::flat},
                              {"FusedGemm", Carry::matrix},
                              {"Gather", Carry::picked},
                              {"Gemm", Carry::matrix},
                              {"GroupQueryAttention", Carry::same},
                              {"Identity", Carry::same},
                              {"MaxRoiPool", Carry::nothing},
                              {"MultiHeadAttention", Carry::same},
                              {"Pad", Carry::padded},
                              {"QAttention", Carry::same},
                              {"Reshape", Carry::stated},
                              {"Resize", Carry::same},
                              {"ReverseSequence", Carry::same},
                              {"RoiAlign", Carry::nothing},
                              {"Shape", Carry::extents},
                              {"Slice", Carry::same},
                              {"SpaceToDepth", Carry::blocks},
                              {"Split", Carry::same},
                              {"Squeeze", Carry::taken_out},
                              {"Tile", Carry::same},
                              {"Transpose", Carry::permuted},
                              {"Trilu", Carry::same},
                              {"Unsqueeze", Carry::put_in},
                              {"Upsample", Carry::same}});

[[nodiscard]] inline Carry carry_of(const OperationFacts& facts) {
  const auto* const found = std::lower_bound(
      carry_rules.begin(), carry_rules.end(), facts.name,
      [](const CarryRule& rule, std::string_view name) { return rule.name < name; });
  if (found != carry_rules.end() && found->name == facts.name) return found->carry;
  if (facts.form == Form::stacks || facts.form == Form::rows) return Carry::rows;
  switch (facts.kind) {
    case workload::KernelKind::convolution:
    case workload::KernelKind::pooling:
      return Carry::leading;
    case workload::KernelKind::activation:
    case workload::KernelKind::softmax:
    case workload::KernelKind::quantisation:
      return Carry::same;
    case workload::KernelKind::normalisation:
    case workload::KernelKind::arithmetic:
      return Carry::pairs;
    case workload::KernelKind::recurrent:
      return Carry::layer;
    case workload::KernelKind::reduction:
      return facts.name.starts_with("Reduce") || facts.name.starts_with("Arg") ? Carry::taken_out
                                                                               : Carry::same;
    default:
      return Carry::nothing;
  }
}

/// An operation that knows which axis of its operands is the batch: `axis`, of the operands whose
/// bits are set in `slots`. With no_axis these operands have no batch.
struct BatchTaker {
  static constexpr std::size_t no_axis = max_rank;

  std::string_view domain;
  std::string_view name;
  std::uint32_t slots;
  std::size_t axis;
};

/// All but convolutions and poolings, whose batch is axis 0, and recurrent layers; by name.
inline constexpr auto batch_takers = std::to_array<BatchTaker>(
    {{"", "Attention", 0b111'0111, 0},
     {domains::microsoft, "Attention", 0b1, 0},
     {domains::microsoft, "Attention", 0b1'0000, 1},
     {"", "BatchNormalization", 0b1, 0},
     {"", "BatchNormalization", 0b1'1110, BatchTaker::no_axis},
     {domains::microsoft, "DecoderMaskedMultiHeadAttention", 0b110'0111, 0},
     {domains::microsoft, "EmbedLayerNormalization", 0b11, 0},
     {"", "GridSample", 0b11, 0},
     {domains::microsoft, "GroupNorm", 0b1, 0},
     {"", "GroupNormalization", 0b1, 0},
     {domains::microsoft, "GroupQueryAttention", 0b11'1111, 0},
     {"", "InstanceNormalization", 0b1, 0},
     {"", "LRN", 0b1, 0},
     {domains::microsoft, "MultiHeadAttention", 0b1101'0111, 0},
     {"", "NonMaxSuppression", 0b11, 0},
     {domains::microsoft, "QAttention", 0b1, 0},
     {domains::microsoft, "QAttention", 0b1'0000'0000, 1},
     {"", "RotaryEmbedding", 0b1, 0},
     {domains::microsoft, "RotaryEmbedding", 0b1, 0}});

[[nodiscard]] inline auto takers_named(std::string_view name) {
  const auto comes_before = [](const BatchTaker& taker, std::string_view other) {
    return taker.name < other;
  };
  const auto* const first =
      std::lower_bound(batch_takers.begin(), batch_takers.end(), name, comes_before);
  const auto* last = first;
  while (last != batch_takers.end() && last->name == name) ++last;
  return std::span(first, last);
}

}  // namespace hale::graph
