#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/convolution.hpp>
#include <hale/graph/operations/declared.hpp>
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
    Type y{x.element, std::vector<Dim>{(*x.dims)[0], Dim{}}};
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
    return Types{std::move(y)};
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

/// A recurrent network of `Gates` matrices. Source: ONNX operators, RNN-14, GRU-14, LSTM-14.
template <std::int64_t Gates>
struct Recurrent {
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
    Type all{x.element, std::vector<Dim>{steps, directions, batch, hidden}};
    Type last{x.element, std::vector<Dim>{directions, batch, hidden}};
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

/// The sorted first elements along an axis: k an operand since version 10.
struct TopKRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (!type.is_ranked()) return Types{type, Type{ElementType::i64}};
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", -1), type.rank()));
    const auto k = view.has(1) ? view.integers(1)
                               : std::optional(std::vector{integer_of(view, "k", Dim::open)});
    (*type.dims)[axis] = k && k->size() == 1 && k->front() >= 0 ? Dim{k->front()} : Dim{};
    return Types{type, Type{ElementType::i64, type.dims}};
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
    if (!x.is_ranked()) return Types{x};
    HALE_TRY(const std::size_t axis, normalise_axis(view, integer_of(view, "axis", -1), x.rank()));
    Type statistic{element_type(integer_of(view, "stash_type", 1)), x.dims};
    for (std::size_t i = axis; i < x.rank(); ++i) (*statistic.dims)[i] = Dim{1};
    return Types{x, statistic, statistic};
  }
};

struct QuantizeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type{element_type(integer_of(view, "output_dtype", 2)), view.type(0).dims};
    if (view.has(2)) type.element = view.type(2).element;
    return Types{std::move(type)};
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

template <FixedString Name, FixedString Summary, std::int64_t Gates>
using RecurrentLayer =
    Declared<Name, Summary, Recurrent<Gates>,
             Slots<"X", "W!", "R!", "B?!", "sequence_lens?", "initial_h?", "initial_c?", "P?!">,
             Slots<"Y?", "Y_h?", "Y_c?">, Integer<"hidden_size">, Integer<"layout">,
             Text<"direction">>;

using LayerFamily = Family<
    Declared<"ConvTranspose", "each element spreads over a window", ConvTransposeRule,
             Slots<"X", "W!", "B?!">, Slots<"Y">, Integers<"kernel_shape">, Integers<"strides">,
             Integers<"dilations">, Integers<"pads">, Integers<"output_padding">,
             Integers<"output_shape">, Integer<"group">, Text<"auto_pad">>,
    Declared<"ConvInteger", "a convolution of integers", Like<Conv, ElementType::i32, 0, 0, 1>,
             Slots<"x", "w!", "x_zero?", "w_zero?">, Slots<"y">>,
    Declared<"QLinearConv", "a convolution of quantised numbers",
             Like<Conv, ElementType::undefined, 7, 0, 3>,
             Slots<"x", "x_scale", "x_zero", "w!", "w_scale", "w_zero", "y_scale", "y_zero", "B?!">,
             Slots<"y">>,
    Declared<"MatMulInteger", "a matrix product of integers", LikeMatMul<ElementType::i32>,
             Slots<"A", "B!", "a_zero?", "b_zero?">, Slots<"Y">>,
    Declared<"QLinearMatMul", "a matrix product of quantised numbers",
             Like<MatMul, ElementType::undefined, 7, 0, 3>,
             Slots<"a", "a_scale", "a_zero", "b!", "b_scale", "b_zero", "y_scale", "y_zero">,
             Slots<"y">>,
    Declared<"QuantizeLinear", "numbers as integers times a scale", QuantizeRule,
             Slots<"x", "y_scale", "y_zero?">, Slots<"y">, Integer<"axis">,
             Integer<"output_dtype">>,
    Declared<"DequantizeLinear", "integers times a scale", ShapeOf<0, 1>,
             Slots<"x", "x_scale", "x_zero?">, Slots<"y">, Integer<"axis">>,
    Declared<"DynamicQuantizeLinear", "numbers as integers, and the scale", DynamicQuantizeRule,
             Slots<"x">, Slots<"y", "y_scale", "y_zero">>,
    RecurrentLayer<"RNN", "a recurrent network", 1>,
    RecurrentLayer<"GRU", "a recurrent network with gated units", 3>,
    RecurrentLayer<"LSTM", "a recurrent network with memory cells", 4>,
    Declared<"TopK", "the largest or smallest along an axis", TopKRule, Slots<"X", "K?">,
             Slots<"Values", "Indices">, Integer<"axis">, Integer<"k">, Integer<"largest">>,
    Declared<"NegativeLogLikelihoodLoss", "the loss of classes", LossRule,
             Slots<"input", "target", "weight?">, Slots<"loss">, Text<"reduction">,
             Integer<"ignore_index">>,
    Declared<"SoftmaxCrossEntropyLoss", "the loss of classes before Softmax", LossRule,
             Slots<"scores", "labels", "weights?">, Slots<"output", "log_prob?">, Text<"reduction">,
             Integer<"ignore_index">>,
    Declared<"LayerNormalization", "the last axes of mean 0 and variance 1", LayerNormalizationRule,
             Slots<"X", "Scale!", "B?!">, Slots<"Y", "Mean?", "InvStdDev?">, Integer<"axis">,
             Integer<"stash_type">, Float<"epsilon">>,
    Declared<"RMSNormalization", "the last axes of mean square 1", SameType, Slots<"X", "scale!">,
             Slots<"Y">, Integer<"axis">, Integer<"stash_type">, Float<"epsilon">>,
    Declared<"InstanceNormalization", "each plane of mean 0 and variance 1", SameType,
             Slots<"input", "scale!", "B!">, Slots<"output">, Float<"epsilon">>,
    Declared<"GroupNormalization", "groups of channels of mean 0 and variance 1", SameType,
             Slots<"X", "scale!", "bias!">, Slots<"Y">, Integer<"num_groups">, Float<"epsilon">>,
    Declared<"Clip", "elements held between two bounds", SameType, Slots<"input", "min?", "max?">,
             Slots<"output">>>;

}  // namespace hale::graph
