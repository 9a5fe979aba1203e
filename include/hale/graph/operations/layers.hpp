#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/convolution.hpp>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/families.hpp>
#include <hale/graph/operations/linear.hpp>
#include <hale/graph/operations/movement.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hale::graph {

/// A convolution's transpose: each element spreads over a window. Source: ConvTranspose-11.
struct ConvTransposeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const Type& w = view.type(1);
    if (!x.is_ranked() || !w.is_ranked()) return unranked(x.element);
    if (x.rank() < 3 || w.rank() != x.rank())
      return view.fail("operands ", describe(x), " and ", describe(w),
                       " found, expected the same rank of at least 3");
    const std::int64_t group = integer_of(view, "group", 1);
    const Dim& per_group = (*w.dims)[1];
    Type y = ranked(x.element, {(*x.dims)[0], Dim{}});
    if (per_group.is_static())
      (*y.dims)[1] = Dim{checked_product(per_group.extent, group).value_or(Dim::open)};
    HALE_TRY(const Window window, window_of(view, w));
    const std::vector<std::int64_t> extra = integers_of(view, "output_padding");
    const std::vector<std::int64_t> wanted = integers_of(view, "output_shape");
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
      const std::size_t skipped = wanted.size() == x.rank() ? 2 : 0;
      if (i + skipped < wanted.size())
        y.dims->push_back(Dim{wanted[i + skipped]});
      else
        y.dims->push_back(spread(window, i, (*x.dims)[i + 2], i < extra.size() ? extra[i] : 0));
      if (y.dims->back().extent < Dim::open)
        return view.fail("axis ", i + 2, " would have ", y.dims->back().extent,
                         " elements, expected 0 or more");
    }
    return one_result(std::move(y));
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const auto inputs = element_count(view.type(0));
    const auto weights = element_count(view.type(1));
    if (!inputs || !weights || view.type(1).rank() == 0) return std::nullopt;
    const std::int64_t channels = view.type(1).dims->front().extent;
    if (channels == 0) return std::nullopt;
    const auto products = checked_product(*inputs, *weights / channels);
    return products ? std::optional(static_cast<std::uint64_t>(*products)) : std::nullopt;
  }

 private:
  [[nodiscard]] static Result<Window> window_of(const OperationView& view, const Type& w) {
    Window window{integers_of(view, "kernel_shape"), integers_of(view, "strides"),
                  integers_of(view, "dilations"), integers_of(view, "pads")};
    if (window.kernel.empty())
      for (std::size_t i = 2; i < w.rank(); ++i) {
        if (!(*w.dims)[i].is_static()) return view.fail("kernel_shape is missing, expected it");
        window.kernel.push_back((*w.dims)[i].extent);
      }
    return checked_window(view, std::move(window), w.rank(), text_of(view, "auto_pad", "NOTSET"));
  }
  [[nodiscard]] static Dim spread(const Window& window, std::size_t axis, const Dim& input,
                                  std::int64_t extra) {
    if (!input.is_static()) return Dim{};
    const std::size_t spatial = window.kernel.size();
    const auto reach = checked_product(window.kernel[axis] - 1, window.dilations[axis]);
    const auto steps = checked_product(input.extent - 1, window.strides[axis]);
    if (!reach || !steps) return Dim{};
    if (window.same_padding)
      return Dim{checked_product(input.extent, window.strides[axis]).value_or(Dim::open)};
    const auto sum = checked_sum(*steps, *reach + 1 + extra);
    if (!sum) return Dim{};
    return Dim{*sum - window.pads[axis] - window.pads[axis + spatial]};
  }
};

/// A recurrent network. Source: ONNX operators, RNN-14, GRU-14, LSTM-14.
struct RecurrentRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const Type& r = view.type(2);
    if (!x.is_ranked() || !r.is_ranked()) return Types(3, Type{x.element});
    if (x.rank() != 3 || r.rank() != 3)
      return view.fail("operands ", describe(x), " and ", describe(r),
                       " found, expected three axes each");
    const Dim& directions = (*r.dims)[0];
    const Dim& hidden = (*r.dims)[2];
    const bool batch_first = integer_of(view, "layout", 0) != 0;
    const Dim& steps = (*x.dims)[batch_first ? 1 : 0];
    const Dim& batch = (*x.dims)[batch_first ? 0 : 1];
    Type all = ranked(x.element, {steps, directions, batch, hidden});
    Type last = ranked(x.element, {directions, batch, hidden});
    if (batch_first) {
      all.dims = std::vector<Dim>{batch, steps, directions, hidden};
      last.dims = std::vector<Dim>{batch, directions, hidden};
    }
    return Types{std::move(all), last, last};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Type& x = view.type(0);
    const auto w = element_count(view.type(1));
    const auto r = element_count(view.type(2));
    if (!x.is_static() || x.rank() != 3 || !w || !r) return std::nullopt;
    const auto steps = checked_product((*x.dims)[0].extent, (*x.dims)[1].extent);
    const auto weights = checked_sum(*w, *r);
    const auto products = steps && weights ? checked_product(*steps, *weights) : std::nullopt;
    return products ? std::optional(static_cast<std::uint64_t>(*products)) : std::nullopt;
  }
};

/// A loss: one number, or with reduction "none" one for each target; then log_prob, if wanted.
struct LossRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const ElementType element = view.type(0).element;
    Type loss = tensor_type(element, {});
    if (text_of(view, "reduction", "mean") == "none") loss = Type{element, view.type(1).dims};
    return Types{std::move(loss), view.type(0)};
  }
};

/// Normalisation over the axes from `axis` on; the statistics keep them with one element each.
struct LayerNormalizationRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    if (!x.is_ranked()) return one_result(x);
    HALE_TRY(const std::size_t axis, normalise_axis(view, integer_of(view, "axis", -1), x.rank()));
    Type statistic{element_type(integer_of(view, "stash_type", 1)), x.dims};
    for (std::size_t i = axis; i < x.rank(); ++i) (*statistic.dims)[i] = Dim{1};
    return Types{x, statistic, statistic};
  }
};

/// The element that `output_dtype` names, or the one that there is without it.
[[nodiscard]] inline ElementType output_element(const OperationView& view, ElementType absent) {
  const std::int64_t stated = integer_of(view, "output_dtype", 0);
  return stated == 0 ? absent : element_type(stated);
}
struct QuantizeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type{output_element(view, ElementType::u8), view.type(0).dims};
    if (view.has(2)) type.element = view.type(2).element;
    return one_result(std::move(type));
  }
};
/// Since version 23 the result need not have the scale's element.
struct DequantizeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(Type{output_element(view, view.type(1).element), view.type(0).dims});
  }
};

struct DynamicQuantizeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return Types{Type{ElementType::u8, view.type(0).dims}, tensor_type(ElementType::f32, {}),
                 tensor_type(ElementType::u8, {})};
  }
};

template <ElementType Element>
using LikeMatMul = Like<MatMul, Element, 0, 0, 1>;

[[nodiscard]] constexpr Declaration recurrent(std::string_view name, std::string_view summary) {
  return {name,
          summary,
          Kind::recurrent,
          "X W! R! B?! sequence_lens? initial_h? initial_c? P?!",
          "Y? Y_h? Y_c?",
          rules<RecurrentRule>,
          "hidden_size:integer layout:integer direction:text"};
}

inline constexpr auto layer_operations = std::to_array<Declaration>(
    {multiplies(Form::transposed_convolution,
                {"ConvTranspose", "each element spreads over a window", Kind::convolution,
                 "X W! B?!", "Y", rules<ConvTransposeRule>,
                 "kernel_shape:integers strides:integers dilations:integers pads:integers "
                 "output_padding:integers output_shape:integers group:integer auto_pad:text"}),
     multiplies(Form::convolution,
                {"ConvInteger", "a convolution of integers", Kind::convolution,
                 "x w! x_zero? w_zero?", "y", rules<Like<Conv, ElementType::i32, 0, 0, 1>>}),
     multiplies(Form::convolution,
                {"QLinearConv", "a convolution of quantised numbers", Kind::convolution,
                 "x x_scale x_zero w! w_scale w_zero y_scale y_zero B?!", "y",
                 rules<Like<Conv, ElementType::undefined, 7, 0, 3>>},
                3),
     multiplies(Form::stacks,
                {"MatMulInteger", "a matrix product of integers", Kind::matrix_product,
                 "A B! a_zero? b_zero?", "Y", rules<LikeMatMul<ElementType::i32>>}),
     multiplies(Form::stacks,
                {"QLinearMatMul", "a matrix product of quantised numbers", Kind::matrix_product,
                 "a a_scale a_zero b! b_scale b_zero y_scale y_zero", "y",
                 rules<Like<MatMul, ElementType::undefined, 7, 0, 3>>},
                3),
     {"QuantizeLinear", "numbers as integers times a scale", Kind::quantisation,
      "x y_scale y_zero?", "y", rules<QuantizeRule>, "axis:integer output_dtype:integer"},
     {"DequantizeLinear", "integers times a scale", Kind::quantisation, "x x_scale x_zero?", "y",
      rules<DequantizeRule>, "axis:integer output_dtype:integer"},
     {"DynamicQuantizeLinear", "numbers as integers, and the scale", Kind::quantisation, "x",
      "y y_scale y_zero", rules<DynamicQuantizeRule>},
     multiplies(Form::recurrent, recurrent("RNN", "a recurrent network")),
     multiplies(Form::recurrent, recurrent("GRU", "a recurrent network with gated units")),
     multiplies(Form::recurrent, recurrent("LSTM", "a recurrent network with memory cells")),
     {"NegativeLogLikelihoodLoss", "the loss of classes", Kind::other, "input target weight?",
      "loss", rules<LossRule>, "reduction:text ignore_index:integer"},
     {"SoftmaxCrossEntropyLoss", "the loss of classes before Softmax", Kind::other,
      "scores labels weights?", "output log_prob?", rules<LossRule>,
      "reduction:text ignore_index:integer"},
     {"LayerNormalization", "the last axes of mean 0 and variance 1", Kind::normalisation,
      "X Scale! B?!", "Y Mean? InvStdDev?", rules<LayerNormalizationRule>,
      "axis:integer stash_type:integer epsilon:float"},
     {"RMSNormalization", "the last axes of mean square 1", Kind::normalisation, "X scale!", "Y",
      rules<SameType>, "axis:integer stash_type:integer epsilon:float"},
     {"InstanceNormalization", "each plane of mean 0 and variance 1", Kind::normalisation,
      "input scale! B!", "output", rules<SameType>, "epsilon:float"},
     {"GroupNormalization", "groups of channels of mean 0 and variance 1", Kind::normalisation,
      "X scale! bias!", "Y", rules<SameType>, "num_groups:integer epsilon:float"},
     {"Clip", "elements held between two bounds", Kind::activation, "input min? max?", "output",
      rules<ClipRule>},
     {"SimplifiedLayerNormalization", "RMSNormalization by ONNX Runtime's name",
      Kind::normalisation, "X scale!", "Y inv_std_var?", rules<SameType>,
      "axis:integer epsilon:float stash_type:integer"}});

}  // namespace hale::graph
