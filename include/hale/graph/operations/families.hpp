#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/elementwise.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace hale::graph {

/// Operands broadcast together from `First` on; the element is that of operand `First`, or a fixed
/// one.
template <std::size_t First, std::size_t ElementFrom, ElementType Element>
struct BroadcastAll {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type joined = type_or_none(view, First);
    for (std::size_t i = First + 1; i < view.operation.operands.size(); ++i) {
      const Type next = type_or_none(view, i);
      if (integer_of(view, "broadcast", 0) != 0) break;  // before version 7: the first one's shape
      HALE_TRY(joined, broadcast_types(view, joined, next));
    }
    joined.element = Element;
    if (Element == ElementType::undefined) joined.element = type_or_none(view, ElementFrom).element;
    return Types{std::move(joined)};
  }
};
using Variadic = BroadcastAll<0, 0, ElementType::undefined>;
using Comparison = BroadcastAll<0, 0, ElementType::boolean>;

/// A rule whose results are known where its two operands' small integers are.
template <class Rule, SmallArithmetic::Function Arithmetic>
struct Folded : Rule {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    return fold_pairs(view, Arithmetic);
  }
};

/// A function of each element, known where the operand's small integers are.
template <std::optional<std::int64_t> (*Arithmetic)(std::int64_t)>
struct FoldedUnary : SameType {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const auto elements = view.integers(0);
    if (!elements) return std::nullopt;
    Contents out{{}, view.contents(0)->is_scalar};
    for (const std::int64_t each : *elements) {
      const auto result = Arithmetic(each);
      if (!result) return std::nullopt;
      out.elements.push_back(Dim{*result});
    }
    return out;
  }
};

/// Elements of one operand or of the other: known where the condition is, symbols included.
struct WhereRule : BroadcastAll<0, 1, ElementType::undefined> {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const auto condition = view.integers(0);
    const Contents* a = view.contents(1);
    const Contents* b = view.contents(2);
    if (!condition || a == nullptr || b == nullptr) return std::nullopt;
    const std::size_t count = std::max({condition->size(), a->elements.size(), b->elements.size()});
    for (const std::size_t each : {condition->size(), a->elements.size(), b->elements.size()})
      if (each != count && each != 1) return std::nullopt;
    Contents out{{}, view.contents(0)->is_scalar && a->is_scalar && b->is_scalar};
    for (std::size_t i = 0; i < count; ++i) {
      const auto& from = (*condition)[condition->size() == 1 ? 0 : i] != 0 ? *a : *b;
      out.elements.push_back(from.elements[from.elements.size() == 1 ? 0 : i]);
    }
    return out;
  }
};

/// Some axes are reduced: named by an attribute, or by an operand since 13 (ReduceSum) or 18.
struct Reduce {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& data = view.type(0);
    const bool keeps = integer_of(view, "keepdims", 1) != 0;
    const auto axes = integers_of(view, 1, "axes");
    if (!data.is_ranked()) return unranked(data.element);
    if (!axes)
      return Types{keeps ? Type{data.element, std::vector<Dim>(data.rank())} : Type{data.element}};
    if (axes->empty() && integer_of(view, "noop_with_empty_axes", 0) != 0) return Types{data};
    std::vector<bool> reduced(data.rank(), axes->empty());
    for (const std::int64_t axis : *axes) {
      HALE_TRY(const std::size_t index, normalise_axis(view, axis, data.rank()));
      reduced[index] = true;
    }
    std::vector<Dim> dims;
    for (std::size_t i = 0; i < data.rank(); ++i)
      if (!reduced[i])
        dims.push_back((*data.dims)[i]);
      else if (keeps)
        dims.push_back(Dim{1});
    return Types{Type{data.element, std::move(dims)}};
  }
};

/// The product of all known elements, as models compute how many there are.
struct ReduceToProduct : Reduce {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const auto elements = view.integers(0);
    if (!elements) return std::nullopt;
    std::optional<std::int64_t> product = 1;
    for (const std::int64_t each : *elements)
      if (product) product = checked_product(*product, each);
    if (!product) return std::nullopt;
    return Contents{{Dim{*product}}, integer_of(view, "keepdims", 1) == 0};
  }
};

/// The place of the least or the largest element along an axis.
struct ArgReduce {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type{ElementType::i64, view.type(0).dims};
    if (!type.is_ranked()) return Types{type};
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", 0), type.rank()));
    if (integer_of(view, "keepdims", 1) != 0)
      (*type.dims)[axis] = Dim{1};
    else
      type.dims->erase(type.dims->begin() + static_cast<std::ptrdiff_t>(axis));
    return Types{std::move(type)};
  }
};

template <FixedString Name, FixedString Summary, class... Attributes>
using Pointwise = Declared<Name, Summary, SameType, Slots<"X">, Slots<"Y">, Attributes...>;
template <FixedString Name, FixedString Summary,
          std::optional<std::int64_t> (*Arithmetic)(std::int64_t)>
using FoldedPointwise = Declared<Name, Summary, FoldedUnary<Arithmetic>, Slots<"X">, Slots<"Y">>;
template <FixedString Name, FixedString Summary, class Rule = Comparison>
using Compared = Declared<Name, Summary, Rule, Slots<"A", "B">, Slots<"C">, Integer<"broadcast">,
                          Integer<"axis">>;
template <FixedString Name, FixedString Summary, class Rule = Variadic>
using Combined = Declared<Name, Summary, Rule, Slots<"data_0*">, Slots<"result">>;
template <FixedString Name, FixedString Summary, class Rule = Reduce>
using Reduced = Declared<Name, Summary, Rule, Slots<"data", "axes?">, Slots<"reduced">,
                         Integers<"axes">, Integer<"keepdims">, Integer<"noop_with_empty_axes">>;
template <FixedString Name, FixedString Summary>
using ArgReduced = Declared<Name, Summary, ArgReduce, Slots<"data">, Slots<"reduced">,
                            Integer<"axis">, Integer<"keepdims">, Integer<"select_last_index">>;

using PointwiseFamily = Family<
    FoldedPointwise<"Abs", "the absolute value of each element", SmallArithmetic::magnitude>,
    Pointwise<"Acos", "the arc cosine">, Pointwise<"Acosh", "the inverse hyperbolic cosine">,
    Pointwise<"Asin", "the arc sine">, Pointwise<"Asinh", "the inverse hyperbolic sine">,
    Pointwise<"Atan", "the arc tangent">, Pointwise<"Atanh", "the inverse hyperbolic tangent">,
    Pointwise<"BitwiseNot", "each bit negated">,
    FoldedPointwise<"Ceil", "each element rounded up", SmallArithmetic::itself>,
    Pointwise<"Celu", "the continuous exponential linear unit", Float<"alpha">>,
    Pointwise<"Cos", "the cosine">, Pointwise<"Cosh", "the hyperbolic cosine">,
    Pointwise<"Elu", "the exponential linear unit", Float<"alpha">>,
    Pointwise<"Erf", "the error function">, Pointwise<"Exp", "the exponential">,
    FoldedPointwise<"Floor", "each element rounded down", SmallArithmetic::itself>,
    Pointwise<"Gelu", "x times the normal distribution's function of x", Text<"approximate">>,
    Pointwise<"HardSigmoid", "a clipped line instead of Sigmoid", Float<"alpha">, Float<"beta">>,
    Pointwise<"HardSwish", "x times a clipped line">,
    Pointwise<"Hardmax", "1 at the first largest along an axis, else 0", Integer<"axis">>,
    Pointwise<"LeakyRelu", "Relu with a slope below zero", Float<"alpha">>,
    Pointwise<"Log", "the natural logarithm">, Pointwise<"Mish", "x tanh(log(1 + exp(x)))">,
    FoldedPointwise<"Neg", "each element negated", SmallArithmetic::negated>,
    FoldedPointwise<"Not", "each truth value negated", SmallArithmetic::opposite>,
    Pointwise<"Reciprocal", "1 / x">,
    FoldedPointwise<"Round", "each element rounded, halves to even", SmallArithmetic::itself>,
    Pointwise<"Selu", "the scaled exponential linear unit", Float<"alpha">, Float<"gamma">>,
    Pointwise<"Shrink", "elements near zero become zero", Float<"bias">, Float<"lambd">>,
    Pointwise<"Sign", "-1, 0 or 1">, Pointwise<"Sin", "the sine">,
    Pointwise<"Sinh", "the hyperbolic sine">, Pointwise<"Softplus", "log(1 + exp(x))">,
    Pointwise<"Softsign", "x / (1 + |x|)">, Pointwise<"Sqrt", "the square root">,
    Pointwise<"Swish", "x times Sigmoid of alpha x", Float<"alpha">>,
    Pointwise<"Tan", "the tangent">,
    Pointwise<"ThresholdedRelu", "elements above a threshold, else 0", Float<"alpha">>,
    Pointwise<"MeanVarianceNormalization", "mean 0 and variance 1 over axes", Integers<"axes">>,
    Pointwise<"LRN", "each element divided by its neighbours across channels", Integer<"size">>,
    Pointwise<"LpNormalization", "vectors along an axis of norm 1", Integer<"axis">, Integer<"p">>>;

using ComparisonFamily = Family<
    Compared<"And", "whether both are true",
             Folded<Comparison, SmallArithmetic::holds<std::logical_and<>>>>,
    Compared<"Equal", "whether two elements are equal",
             Folded<Comparison, SmallArithmetic::holds<std::equal_to<>>>>,
    Compared<"Greater", "whether the first is larger",
             Folded<Comparison, SmallArithmetic::holds<std::greater<>>>>,
    Compared<"GreaterOrEqual", "whether the first is no smaller",
             Folded<Comparison, SmallArithmetic::holds<std::greater_equal<>>>>,
    Compared<"Less", "whether the first is smaller",
             Folded<Comparison, SmallArithmetic::holds<std::less<>>>>,
    Compared<"LessOrEqual", "whether the first is no larger",
             Folded<Comparison, SmallArithmetic::holds<std::less_equal<>>>>,
    Compared<"Or", "whether either is true",
             Folded<Comparison, SmallArithmetic::holds<std::logical_or<>>>>,
    Compared<"Xor", "whether just one is true",
             Folded<Comparison, SmallArithmetic::holds<std::not_equal_to<>>>>,
    Declared<"IsNaN", "whether an element is no number", SameShape<ElementType::boolean>,
             Slots<"X">, Slots<"Y">>,
    Declared<"IsInf", "whether an element is infinite", SameShape<ElementType::boolean>, Slots<"X">,
             Slots<"Y">, Integer<"detect_negative">, Integer<"detect_positive">>>;

using CombinationFamily = Family<
    Combined<"Max", "the largest of the operands' elements",
             Folded<Variadic, SmallArithmetic::larger>>,
    Combined<"Mean", "the mean of the operands' elements">,
    Combined<"Min", "the smallest of the operands' elements",
             Folded<Variadic, SmallArithmetic::smaller>>,
    Combined<"Sum", "the sum of the operands' elements">,
    Declared<"BitShift", "bits moved left or right", Variadic, Slots<"X", "Y">, Slots<"Z">,
             Text<"direction">>,
    Declared<"BitwiseAnd", "bits that both have", Variadic, Slots<"A", "B">, Slots<"C">>,
    Declared<"BitwiseOr", "bits that either has", Variadic, Slots<"A", "B">, Slots<"C">>,
    Declared<"BitwiseXor", "bits that just one has", Variadic, Slots<"A", "B">, Slots<"C">>,
    Declared<"Mod", "the remainder of a division", Folded<Variadic, SmallArithmetic::remainder>,
             Slots<"A", "B">, Slots<"C">, Integer<"fmod">>,
    Declared<"Pow", "a power", Variadic, Slots<"X", "Y">, Slots<"Z">, Integer<"broadcast">,
             Integer<"axis">>,
    Declared<"PRelu", "Relu with learned slopes below zero", SameType, Slots<"X", "slope!">,
             Slots<"Y">>,
    Declared<"Where", "elements of one or of the other", WhereRule, Slots<"condition", "X", "Y">,
             Slots<"output">>>;

using ReductionFamily =
    Family<Reduced<"ReduceL1", "the sum of magnitudes over some axes">,
           Reduced<"ReduceL2", "the Euclidean norm over some axes">,
           Reduced<"ReduceLogSum", "the logarithm of the sum over some axes">,
           Reduced<"ReduceLogSumExp", "the logarithm of the sum of exponentials over some axes">,
           Reduced<"ReduceMax", "the largest over some axes">,
           Reduced<"ReduceMean", "the mean over some axes">,
           Reduced<"ReduceMin", "the smallest over some axes">,
           Reduced<"ReduceProd", "the product over some axes", ReduceToProduct>,
           Reduced<"ReduceSum", "the sum over some axes">,
           Reduced<"ReduceSumSquare", "the sum of squares over some axes">,
           ArgReduced<"ArgMax", "where the largest stands along an axis">,
           ArgReduced<"ArgMin", "where the smallest stands along an axis">>;

}  // namespace hale::graph
