#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/attention.hpp>
#include <hale/graph/operations/layers.hpp>
#include <hale/graph/operations/linear.hpp>
#include <hale/graph/operations/planes.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace hale::graph {

// What ONNX Runtime adds to ONNX: operations fused and quantised by its own passes.
// Source: ONNX Runtime, docs/ContribOperators.md.

/// A matrix product whose operands may be transposed in their last two axes.
struct FusedMatMulRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type a = view.type(0);
    Type b = view.type(1);
    if (!a.is_ranked() || !b.is_ranked() || a.rank() < 2 || b.rank() < 2)
      return unranked(a.element);
    if (integer_of(view, "transA", 0) != 0) transpose(a);
    if (integer_of(view, "transB", 0) != 0) transpose(b);
    const Dim rows = (*a.dims)[a.rank() - 2];
    const Dim columns = b.dims->back();
    if (a.dims->back().is_static() && (*b.dims)[b.rank() - 2].is_static() &&
        a.dims->back() != (*b.dims)[b.rank() - 2])
      return view.fail("operands ", describe(a), " and ", describe(b),
                       " found, expected inner extents that are equal");
    a.dims->resize(a.rank() - 2);
    b.dims->resize(b.rank() - 2);
    HALE_TRY(Type y, broadcast_types(view, a, b));
    if (y.dims) {
      y.dims->push_back(rows);
      y.dims->push_back(columns);
    }
    return Types{std::move(y)};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Type& a = view.type(0);
    const bool is_turned = integer_of(view, "transA", 0) != 0;
    if (!a.is_ranked() || a.rank() < 2) return std::nullopt;
    const auto outputs = element_count(view.graph.value(view.operation.results[0]).type);
    const Dim depth = (*a.dims)[a.rank() - (is_turned ? 2 : 1)];
    const auto products = outputs ? product_of(Dim{*outputs}, depth) : std::nullopt;
    return products ? std::optional(static_cast<std::uint64_t>(*products)) : std::nullopt;
  }

 private:
  static void transpose(Type& type) {
    std::swap((*type.dims)[type.rank() - 1], (*type.dims)[type.rank() - 2]);
  }
};

/// A product with a weight of few bits an element, (N, blocks, bytes): K and N are attributes.
struct MatMulBitsRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type y = view.type(0);
    if (!y.is_ranked() || y.rank() == 0) return unranked(y.element);
    y.dims->back() = extent_of(view, "N");
    return Types{std::move(y)};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const auto inputs = element_count(view.type(0));
    if (!inputs) return std::nullopt;
    const auto products = product_of(Dim{*inputs}, extent_of(view, "N"));
    return products ? std::optional(static_cast<std::uint64_t>(*products)) : std::nullopt;
  }
};

/// A convolution of (batch, plane, channels) by a weight (outputs, inputs of a group, kernel).
struct NhwcConvRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const Type& w = view.type(1);
    if (!x.is_ranked() || !w.is_ranked() || w.rank() != x.rank()) return unranked(x.element);
    Window window{integers_of(view, "kernel_shape"), integers_of(view, "strides"),
                  integers_of(view, "dilations"), integers_of(view, "pads")};
    if (window.kernel.empty())
      for (std::size_t i = 2; i < w.rank(); ++i) {
        if (!(*w.dims)[i].is_static()) return unranked(x.element);
        window.kernel.push_back((*w.dims)[i].extent);
      }
    HALE_TRY(window, checked_window(view, std::move(window), x.rank(),
                                    text_of(view, "auto_pad", "NOTSET")));
    std::vector<Dim> dims{(*x.dims)[0]};
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
      HALE_TRY(Dim places, slide(view, window, i, (*x.dims)[i + 1]));
      dims.push_back(std::move(places));
    }
    dims.push_back((*w.dims)[0]);
    return Types{Type{x.element, std::move(dims)}};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return Conv::multiply_adds(view, {});
  }
};

/// Two quantised operands, each with scale and zero, broadcast.
struct QuantisedBinaryRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    HALE_TRY(Type both, broadcast_types(view, view.type(0), view.type(3)));
    return Types{std::move(both)};
  }
};

/// Quantised operands joined along an axis: the result's scale and zero, then three an operand.
struct QuantisedConcatRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type joined = type_or_none(view, 2);
    if (!joined.is_ranked()) return unranked(joined.element);
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", 0), joined.rank()));
    for (std::size_t i = 5; i < view.operation.operands.size(); i += 3)
      (*joined.dims)[axis] = dim_sum((*joined.dims)[axis], dim_of(type_or_none(view, i), axis));
    return Types{std::move(joined)};
  }
};

/// A product of quantised operands plus a bias; a number where no result's scale is given.
struct QuantisedGemmRule {
  using Product = Like<Gemm, ElementType::undefined, 0, 0, 3>;
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    HALE_TRY(Types types, Product::infer(view));
    if (!types.empty() && !view.has(7)) types[0].element = ElementType::f32;
    return types;
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return Product::multiply_adds(view);
  }
};

/// The sum normalised, two figures of each row, and the sum itself.
struct SkipNormalizationRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    Type figure{ElementType::f32, x.dims};
    if (figure.is_ranked() && figure.rank() > 0) figure.dims->back() = Dim{1};
    return Types{x, figure, figure, x};
  }
};

template <FixedString Name, FixedString Summary, class... Attributes>
using ContributedUnary =
    Contributed<Declared<Name, Summary, SameType, Slots<"X">, Slots<"Y">, Attributes...>>;
/// X, its scale and zero, then the result's.
template <FixedString Name, FixedString Summary, class Rule = SameType, class... Attributes>
using QuantisedUnary =
    Contributed<Declared<Name, Summary, Rule,
                         Slots<"X", "X_scale", "X_zero_point?", "Y_scale", "Y_zero_point?">,
                         Slots<"Y">, Attributes...>>;
template <FixedString Name, FixedString Summary>
using QuantisedBinary = Contributed<Declared<Name, Summary, QuantisedBinaryRule,
                                             Slots<"A", "A_scale", "A_zero_point?", "B", "B_scale",
                                                   "B_zero_point?", "C_scale", "C_zero_point?">,
                                             Slots<"C">>>;
template <FixedString Name, FixedString Summary, class Rule, class Operands>
using FusedConvolution =
    Contributed<Declared<Name, Summary, Rule, Operands, Slots<"Y">, Integers<"kernel_shape">,
                         Integers<"strides">, Integers<"dilations">, Integers<"pads">,
                         Integer<"group">, Text<"auto_pad">, Text<"activation">>>;
template <FixedString Name, FixedString Summary, class Operands, class Results>
using SkipNormalization = Contributed<
    Declared<Name, Summary, SkipNormalizationRule, Operands, Results, Float<"epsilon">>>;

using FusedFamily = Family<
    FusedConvolution<"FusedConv", "a convolution, a sum and an activation",
                     Like<Conv, ElementType::undefined, 0, 0, 1>, Slots<"X", "W!", "B?!", "Z?">>,
    FusedConvolution<"NhwcFusedConv", "the same with channels last", NhwcConvRule,
                     Slots<"X", "W!", "B?!", "Z?">>,
    FusedConvolution<"NhwcConv", "a convolution with channels last", NhwcConvRule,
                     Slots<"X", "W!", "B?!">>,
    Contributed<
        Declared<"NhwcMaxPool", "MaxPool with channels last", WindowRule<true>, Slots<"x">,
                 Slots<"y">, Integers<"kernel_shape">, Integers<"strides">, Integers<"dilations">,
                 Integers<"pads">, Integer<"ceil_mode">, Text<"auto_pad">>>,
    Contributed<Declared<"FusedGemm", "a matrix product, a sum and an activation",
                         Like<Gemm, ElementType::undefined, 0, 0, 1, 2>, Slots<"A", "B!", "C?!">,
                         Slots<"Y">, Integer<"transA">, Integer<"transB">, Text<"activation">>>,
    Contributed<Declared<"FusedMatMul", "a product of matrices, transposed or not", FusedMatMulRule,
                         Slots<"A", "B">, Slots<"Y">, Float<"alpha">, Integer<"transA">,
                         Integer<"transB">>>,
    Contributed<Declared<"TransposeMatMul", "FusedMatMul by its former name", FusedMatMulRule,
                         Slots<"A", "B">, Slots<"Y">, Float<"alpha">, Integer<"transA">,
                         Integer<"transB">>>,
    Contributed<Declared<"MatMulNBits", "a product with a weight of few bits", MatMulBitsRule,
                         Slots<"A", "B!", "scales", "zero_points?", "g_idx?", "bias?!">, Slots<"Y">,
                         Integer<"K">, Integer<"N">, Integer<"bits">, Integer<"block_size">>>,
    ContributedUnary<"Gelu", "as in ai.onnx">,
    ContributedUnary<"QuickGelu", "x times Sigmoid of alpha x", Float<"alpha">>,
    Contributed<Declared<"FastGelu", "Gelu approximated, with a bias", SameType,
                         Slots<"X", "bias?!">, Slots<"Y">>>,
    Contributed<Declared<"BiasGelu", "Gelu of a sum", SameType, Slots<"A", "B!">, Slots<"C">>>,
    Contributed<
        Declared<"BiasAdd", "a bias and a sum", SameType, Slots<"X", "bias!", "skip">, Slots<"Y">>>,
    Contributed<Declared<"BiasSoftmax", "Softmax of a sum", SameType, Slots<"data", "bias">,
                         Slots<"output">, Integer<"axis">>>,
    SkipNormalization<"SkipLayerNormalization", "LayerNormalization of a sum",
                      Slots<"input", "skip", "gamma!", "beta?!", "bias?!">,
                      Slots<"output", "mean?", "inv_std_var?", "input_skip_bias_sum?">>,
    SkipNormalization<"SkipSimplifiedLayerNormalization", "RMSNormalization of a sum",
                      Slots<"input", "skip", "gamma!", "bias?!">,
                      Slots<"output", "mean?", "inv_std_var?", "input_skip_bias_sum?">>,
    Declared<"SimplifiedLayerNormalization", "RMSNormalization by ONNX Runtime's name", SameType,
             Slots<"X", "scale!">, Slots<"Y", "inv_std_var?">, Integer<"axis">, Float<"epsilon">,
             Integer<"stash_type">>,
    Contributed<Declared<"GroupNorm", "GroupNormalization, with an activation", SameType,
                         Slots<"X", "gamma!", "beta!">, Slots<"Y">, Integer<"groups">,
                         Integer<"activation">, Integer<"channels_last">>>,
    Contributed<Declared<"BifurcationDetector", "how far a guess of tokens holds", Unsaid,
                         Slots<"src_tokens", "cur_tokens", "prev_suffix_match_idx", "pred_tokens?">,
                         Slots<"tokens", "suffix_match_idx">>>>;

using QuantisedFamily = Family<
    Contributed<Declared<"QuantizeLinear", "as in ai.onnx", QuantizeRule,
                         Slots<"x", "y_scale", "y_zero?">, Slots<"y">, Integer<"axis">>>,
    Contributed<Declared<"DequantizeLinear", "as in ai.onnx", ShapeOf<0, 1>,
                         Slots<"x", "x_scale", "x_zero?">, Slots<"y">, Integer<"axis">>>,
    QuantisedBinary<"QLinearAdd", "a sum of quantised numbers">,
    QuantisedBinary<"QLinearMul", "a product of quantised numbers">,
    QuantisedUnary<"QLinearSigmoid", "Sigmoid of quantised numbers">,
    QuantisedUnary<"QLinearLeakyRelu", "LeakyRelu of quantised numbers">,
    QuantisedUnary<"QLinearSoftmax", "Softmax of quantised numbers">,
    QuantisedUnary<"QLinearAveragePool", "AveragePool of quantised numbers", WindowRule<>,
                   Integers<"kernel_shape">, Integers<"strides">, Integers<"pads">,
                   Integer<"ceil_mode">, Text<"auto_pad">>,
    QuantisedUnary<"QLinearGlobalAveragePool", "GlobalAveragePool of quantised numbers",
                   WholePlaneRule, Integer<"channels_last">>,
    Contributed<
        Declared<"QLinearConcat", "quantised operands joined along an axis", QuantisedConcatRule,
                 Slots<"Y_scale", "Y_zero_point", "inputs*">, Slots<"Y">, Integer<"axis">>>,
    FusedConvolution<
        "QLinearConv", "a convolution of quantised numbers",
        Like<Conv, ElementType::undefined, 7, 0, 3>,
        Slots<"x", "x_scale", "x_zero", "w!", "w_scale", "w_zero", "y_scale", "y_zero", "B?!">>,
    Contributed<Declared<"QGemm", "a matrix product of quantised numbers", QuantisedGemmRule,
                         Slots<"A", "a_scale", "a_zero_point", "B!", "b_scale", "b_zero_point",
                               "C?!", "y_scale?", "y_zero_point?">,
                         Slots<"Y">, Float<"alpha">, Integer<"transA">, Integer<"transB">>>,
    Contributed<Declared<"DynamicQuantizeMatMul", "a product with a quantised weight",
                         LikeMatMul<ElementType::f32>,
                         Slots<"A", "B!", "b_scale", "b_zero_point?", "bias?!">, Slots<"Y">>>,
    Contributed<Declared<
        "MatMulIntegerToFloat", "a product of integers, scaled", LikeMatMul<ElementType::f32>,
        Slots<"A", "B!", "a_scale", "b_scale", "a_zero_point?", "b_zero_point?", "bias?!">,
        Slots<"Y">>>>;

}  // namespace hale::graph
