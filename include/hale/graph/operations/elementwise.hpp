#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/arithmetic.hpp>
#include <hale/graph/operations/declared.hpp>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hale::graph {

/// The value itself.
struct IdentityRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) { return same_type(view); }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* contents = view.contents(0);
    return contents == nullptr ? std::nullopt : std::optional(*contents);
  }
};

/// A function of two numbers.
using PairFunction = Number (*)(const Number&, const Number&);

/// The elements of all operands, taken together one operand after the other, with broadcasting.
[[nodiscard]] inline std::optional<Contents> fold_together(const OperationView& view,
                                                           PairFunction function) {
  std::optional<Contents> folded;
  for (std::size_t i = 0; i < view.operation.operands.size(); ++i) {
    const Contents* next = view.contents(i);
    if (next == nullptr) return std::nullopt;
    if (!folded) {
      folded = *next;
      continue;
    }
    const auto extents = broadcast_extents(folded->extents, next->extents);
    if (!extents) return std::nullopt;
    const auto left = broadcast_to(*folded, *extents);
    const auto right = broadcast_to(*next, *extents);
    if (!left || !right) return std::nullopt;
    folded = Contents{*extents, {}};
    for (std::size_t e = 0; e < left->elements.size(); ++e)
      folded->elements.push_back(function(left->elements[e], right->elements[e]));
  }
  return folded;
}

/// A function of each element of the first operand.
template <class Function>
[[nodiscard]] std::optional<Contents> fold_each(const OperationView& view,
                                                const Function& function) {
  const Contents* data = view.contents(0);
  if (data == nullptr) return std::nullopt;
  Contents out{data->extents, {}};
  for (const Number& each : data->elements) out.elements.push_back(function(each));
  return out;
}

/// A function of each element, known where the operand's small tensor is.
template <Number (*Function)(const Number&)>
struct FoldedUnary : SameType {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    return fold_each(view, Function);
  }
};

/// The quotient, of integers where the operands are.
[[nodiscard]] inline std::optional<Contents> fold_quotient(const OperationView& view) {
  return fold_together(
      view, is_integer(view.type(0).element)
                ? [](const Number& a, const Number& b) { return arithmetic::divide(a, b, true); }
                : [](const Number& a, const Number& b) { return arithmetic::divide(a, b, false); });
}

/// Two operands, broadcast. Source: ONNX operators, Add-14 and its like.
struct BroadcastRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) { return broadcast(view); }
};
template <PairFunction Function>
struct BinaryRule : BroadcastRule {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    return fold_together(view, Function);
  }
};
struct DivideRule : BroadcastRule {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    return fold_quotient(view);
  }
};

/// Elements in another number format.
struct Cast {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Required<Integer<>>, to), (Integer<1>, saturate));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    Type type = view.type(0);
    type.element = element_type(a.to);
    return one_result(std::move(type));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes& a) {
    const ElementType to = element_type(a.to);
    return fold_each(view, [to](const Number& each) { return arithmetic::cast(each, to); });
  }
};

/// Exponentials divided by their sum along an axis. Source: ONNX operators, Softmax-13.
struct Softmax {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Integer<-1>, axis));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    if (view.type(0).is_ranked() && view.type(0).rank() > 0)
      HALE_CHECK(normalise_axis(view, a.axis, view.type(0).rank()));
    return same_type(view);
  }
};

/// Regularisation that does nothing at inference. Source: ONNX operators, Dropout-13.
struct DropoutRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Types types{view.type(0)};
    if (view.operation.results.size() > 1)
      types.push_back(Type{ElementType::boolean, view.type(0).dims});
    return types;
  }
};

/// Padding around a tensor. Source: ONNX operators, Pad-13 (pads an operand) and -2 (an attribute).
struct Pad {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Text<"constant">, mode), (Integers, pads),
                             (Float<>, value));
  };
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& data = view.type(0);
    const auto pads = pads_of(view, a);
    if (!data.is_ranked()) return unranked(data.element);
    const auto axes = padded_axes(view, data.rank());
    if (!pads || !axes) return one_result(Type{data.element, std::vector<Dim>(data.rank())});
    if (pads->size() != 2 * axes->size())
      return view.fail("pads has ", pads->size(), " entries, expected ", 2 * axes->size());
    Type padded = data;
    std::vector<bool> taken(data.rank(), false);
    for (std::size_t i = 0; i < axes->size(); ++i) {
      HALE_TRY(const std::size_t axis, normalise_axis(view, (*axes)[i], data.rank()));
      if (taken[axis]) return view.fail("axes names axis ", axis, " twice, expected once");
      taken[axis] = true;
      Dim& dim = (*padded.dims)[axis];
      const Number& before = (*pads)[i];
      const Number& after = (*pads)[i + axes->size()];
      const bool is_static = dim.is_static() && is_integer(before) && is_integer(after);
      Dim extent = dim_of(arithmetic::add(number_of(dim), arithmetic::add(before, after)));
      if (is_static && !extent.is_static())
        return view.fail("pads takes axis ", axis, " of ", dim.extent,
                         " elements out of range, expected at least none left");
      dim = std::move(extent);
    }
    return one_result(std::move(padded));
  }

 private:
  /// How many elements each axis gets before it, then behind it.
  [[nodiscard]] static std::optional<std::vector<Number>> pads_of(const OperationView& view,
                                                                  const Attributes& a) {
    if (!view.has(1)) return std::vector<Number>(a.pads.begin(), a.pads.end());
    const Contents* found = view.contents(1);
    return found == nullptr ? std::nullopt : std::optional(found->elements);
  }
  [[nodiscard]] static bool is_integer(const Number& number) {
    return std::holds_alternative<std::int64_t>(number);
  }
  /// The axes that the pads are of: all but where the operand says which.
  [[nodiscard]] static std::optional<std::vector<std::int64_t>> padded_axes(
      const OperationView& view, std::size_t rank) {
    if (view.has(3)) return view.integers(3);
    std::vector<std::int64_t> all(rank);
    std::iota(all.begin(), all.end(), std::int64_t{0});
    return all;
  }
};

inline constexpr auto elementwise_operations = std::to_array<Declaration>(
    {{"Add", "the sum of two elements", Kind::arithmetic, "A B", "C",
      rules<BinaryRule<arithmetic::add>>},
     {"Sub", "the difference of two elements", Kind::arithmetic, "A B", "C",
      rules<BinaryRule<arithmetic::subtract>>},
     {"Mul", "the product of two elements", Kind::arithmetic, "A B", "C",
      rules<BinaryRule<arithmetic::multiply>>},
     {"Div", "the quotient of two elements", Kind::arithmetic, "A B", "C", rules<DivideRule>},
     {"Relu", "the larger of each element and zero", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::at_least_zero>>},
     transcendental({"Sigmoid", "1 / (1 + exp(-x)) of each element", Kind::activation, "X", "Y",
                     rules<SameType>}),
     transcendental({"Tanh", "the hyperbolic tangent of each element", Kind::activation, "X", "Y",
                     rules<SameType>}),
     {"Identity", "the operand itself", Kind::view, "X", "Y", rules<IdentityRule>},
     {"Cast", "the elements in another number format", Kind::activation, "X", "Y", rules<Cast>},
     {"Softmax", "exponentials divided by their sum along an axis", Kind::softmax, "X", "Y",
      rules<Softmax>},
     {"LogSoftmax", "the logarithm of Softmax", Kind::softmax, "X", "Y", rules<Softmax>},
     {"Dropout", "the operand itself, except in training", Kind::view, "data ratio? training_mode?",
      "output mask?", rules<DropoutRule>, "ratio:float seed:integer"},
     {"Pad", "elements are put around a tensor", Kind::movement, "data pads? constant_value? axes?",
      "Y", rules<Pad>}});

}  // namespace hale::graph
