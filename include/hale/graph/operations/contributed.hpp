#pragma once

#include <array>
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
    return one_result(std::move(y));
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
    return one_result(Type{x.element, std::move(dims)});
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return Conv::multiply_adds(view, {});
  }
};

/// Two quantised operands, each with scale and zero, broadcast.
struct QuantisedBinaryRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    HALE_TRY(Type both, broadcast_types(view, view.type(0), view.type(3)));
    return one_result(std::move(both));
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
    return one_result(std::move(joined));
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

inline constexpr std::string_view fused_attributes =
    "kernel_shape:integers strides:integers dilations:integers pads:integers group:integer "
    "auto_pad:text activation:text";
/// X, its scale and zero, then the result's.
inline constexpr std::string_view quantised_operand =
    "X X_scale X_zero_point? Y_scale Y_zero_point?";
inline constexpr std::string_view quantised_pair =
    "A A_scale A_zero_point? B B_scale B_zero_point? C_scale C_zero_point?";

inline constexpr auto fused_operations = in_domain(
    domains::microsoft,
    std::to_array<Declaration>(
        {multiplies(Form::convolution,
                    {"FusedConv", "a convolution, a sum and an activation", Kind::convolution,
                     "X W! B?! Z?", "Y", rules<Like<Conv, ElementType::undefined, 0, 0, 1>>,
                     fused_attributes}),
         multiplies(Form::convolution,
                    {"NhwcFusedConv", "the same with channels last", Kind::convolution,
                     "X W! B?! Z?", "Y", rules<NhwcConvRule>, fused_attributes}),
         multiplies(Form::convolution,
                    {"NhwcConv", "a convolution with channels last", Kind::convolution, "X W! B?!",
                     "Y", rules<NhwcConvRule>, fused_attributes}),
         {"NhwcMaxPool", "MaxPool with channels last", Kind::pooling, "x", "y",
          rules<WindowRule<true>>,
          "kernel_shape:integers strides:integers dilations:integers "
          "pads:integers ceil_mode:integer auto_pad:text"},
         multiplies(Form::matrices,
                    {"FusedGemm", "a matrix product, a sum and an activation", Kind::matrix_product,
                     "A B! C?!", "Y", rules<Like<Gemm, ElementType::undefined, 0, 0, 1, 2>>,
                     "transA:integer transB:integer activation:text"}),
         multiplies(Form::stacks, {"FusedMatMul", "a product of matrices, transposed or not",
                                   Kind::matrix_product, "A B", "Y", rules<FusedMatMulRule>,
                                   "alpha:float transA:integer transB:integer"}),
         multiplies(Form::stacks, {"TransposeMatMul", "FusedMatMul by its former name",
                                   Kind::matrix_product, "A B", "Y", rules<FusedMatMulRule>,
                                   "alpha:float transA:integer transB:integer"}),
         transcendental({"Gelu", "as in ai.onnx", Kind::activation, "X", "Y", rules<SameType>}),
         transcendental({"QuickGelu", "x times Sigmoid of alpha x", Kind::activation, "X", "Y",
                         rules<SameType>, "alpha:float"}),
         transcendental({"FastGelu", "Gelu approximated, with a bias", Kind::activation, "X bias?!",
                         "Y", rules<SameType>}),
         transcendental(
             {"BiasGelu", "Gelu of a sum", Kind::activation, "A B!", "C", rules<SameType>}),
         {"BiasAdd", "a bias and a sum", Kind::arithmetic, "X bias! skip", "Y", rules<SameType>},
         {"BiasSoftmax", "Softmax of a sum", Kind::softmax, "data bias", "output", rules<SameType>,
          "axis:integer"},
         {"SkipLayerNormalization", "LayerNormalization of a sum", Kind::normalisation,
          "input skip gamma! beta?! bias?!", "output mean? inv_std_var? input_skip_bias_sum?",
          rules<SkipNormalizationRule>, "epsilon:float"},
         {"SkipSimplifiedLayerNormalization", "RMSNormalization of a sum", Kind::normalisation,
          "input skip gamma! bias?!", "output mean? inv_std_var? input_skip_bias_sum?",
          rules<SkipNormalizationRule>, "epsilon:float"},
         {"GroupNorm", "GroupNormalization, with an activation", Kind::normalisation,
          "X gamma! beta!", "Y", rules<SameType>,
          "groups:integer activation:integer channels_last:integer"},
         {"BifurcationDetector", "how far a guess of tokens holds", Kind::other,
          "src_tokens cur_tokens prev_suffix_match_idx pred_tokens?", "tokens suffix_match_idx",
          rules<Unsaid>}}));

inline constexpr auto quantised_operations = in_domain(
    domains::microsoft,
    std::to_array<Declaration>(
        {{"QuantizeLinear", "as in ai.onnx", Kind::quantisation, "x y_scale y_zero?", "y",
          rules<QuantizeRule>, "axis:integer"},
         {"DequantizeLinear", "as in ai.onnx", Kind::quantisation, "x x_scale x_zero?", "y",
          rules<ShapeOf<0, 1>>, "axis:integer"},
         {"QLinearAdd", "a sum of quantised numbers", Kind::arithmetic, quantised_pair, "C",
          rules<QuantisedBinaryRule>},
         {"QLinearMul", "a product of quantised numbers", Kind::arithmetic, quantised_pair, "C",
          rules<QuantisedBinaryRule>},
         {"QLinearSigmoid", "Sigmoid of quantised numbers", Kind::activation, quantised_operand,
          "Y", rules<SameType>},
         {"QLinearLeakyRelu", "LeakyRelu of quantised numbers", Kind::activation, quantised_operand,
          "Y", rules<SameType>},
         {"QLinearSoftmax", "Softmax of quantised numbers", Kind::softmax, quantised_operand, "Y",
          rules<SameType>},
         {"QLinearAveragePool", "AveragePool of quantised numbers", Kind::pooling,
          quantised_operand, "Y", rules<WindowRule<>>,
          "kernel_shape:integers strides:integers pads:integers ceil_mode:integer auto_pad:text"},
         {"QLinearGlobalAveragePool", "GlobalAveragePool of quantised numbers", Kind::pooling,
          quantised_operand, "Y", rules<WholePlaneRule>, "channels_last:integer"},
         {"QLinearConcat", "quantised operands joined along an axis", Kind::movement,
          "Y_scale Y_zero_point inputs*", "Y", rules<QuantisedConcatRule>, "axis:integer"},
         multiplies(Form::convolution,
                    {"QLinearConv", "a convolution of quantised numbers", Kind::convolution,
                     "x x_scale x_zero w! w_scale w_zero y_scale y_zero B?!", "Y",
                     rules<Like<Conv, ElementType::undefined, 7, 0, 3>>, fused_attributes},
                    3),
         multiplies(Form::matrices,
                    {"QGemm", "a matrix product of quantised numbers", Kind::matrix_product,
                     "A a_scale a_zero_point B! b_scale b_zero_point C?! y_scale? y_zero_point?",
                     "Y", rules<QuantisedGemmRule>, "alpha:float transA:integer transB:integer"},
                    3),
         multiplies(Form::stacks, {"DynamicQuantizeMatMul", "a product with a quantised weight",
                                   Kind::matrix_product, "A B! b_scale b_zero_point? bias?!", "Y",
                                   rules<LikeMatMul<ElementType::f32>>}),
         multiplies(Form::stacks,
                    {"MatMulIntegerToFloat", "a product of integers, scaled", Kind::matrix_product,
                     "A B! a_scale b_scale a_zero_point? b_zero_point? bias?!", "Y",
                     rules<LikeMatMul<ElementType::f32>>})}));

/// Known by name alone: what they do, not of which shape.
inline constexpr auto named_operations = in_domain(
    domains::microsoft,
    std::to_array<Declaration>(
        {{.name = "ConstantFill", .kind = Kind::movement},
         multiplies(Form::transposed_convolution,
                    {.name = "ConvTransposeWithDynamicPads", .kind = Kind::convolution})}));

}  // namespace hale::graph
