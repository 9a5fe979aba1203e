#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/elementwise.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace hale::graph {

/// Operands broadcast together from `first` on; the element is `element` or, where that is
/// undefined, the one of the operand `element_from`.
[[nodiscard]] inline Result<Types> broadcast_all(const OperationView& view, std::size_t first,
                                                 std::size_t element_from, ElementType element) {
  Type joined = type_or_none(view, first);
  for (std::size_t i = first + 1; i < view.operation.operands.size(); ++i) {
    const Type next = type_or_none(view, i);
    if (integer_of(view, "broadcast", 0) != 0) break;  // before version 7: the first one's shape
    HALE_TRY(joined, broadcast_types(view, joined, next));
  }
  joined.element =
      element == ElementType::undefined ? type_or_none(view, element_from).element : element;
  return one_result(std::move(joined));
}
template <std::size_t First, std::size_t ElementFrom, ElementType Element>
struct BroadcastAll {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return broadcast_all(view, First, ElementFrom, Element);
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
[[nodiscard]] inline std::optional<Contents> fold_each(
    const OperationView& view, std::optional<std::int64_t> (*function)(std::int64_t)) {
  const auto elements = view.integers(0);
  if (!elements) return std::nullopt;
  Contents out{{}, view.contents(0)->is_scalar};
  for (const std::int64_t each : *elements) {
    const auto result = function(each);
    if (!result) return std::nullopt;
    out.elements.push_back(Dim{*result});
  }
  return out;
}
template <std::optional<std::int64_t> (*Function)(std::int64_t)>
struct FoldedUnary : SameType {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    return fold_each(view, Function);
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
      return one_result(keeps ? Type{data.element, std::vector<Dim>(data.rank())}
                              : Type{data.element});
    if (axes->empty() && integer_of(view, "noop_with_empty_axes", 0) != 0) return one_result(data);
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
    return one_result(Type{data.element, std::move(dims)});
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
    if (!type.is_ranked()) return one_result(type);
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", 0), type.rank()));
    if (integer_of(view, "keepdims", 1) != 0)
      (*type.dims)[axis] = Dim{1};
    else
      type.dims->erase(type.dims->begin() + static_cast<std::ptrdiff_t>(axis));
    return one_result(std::move(type));
  }
};

/// A function of each element alone.
[[nodiscard]] constexpr Declaration pointwise(std::string_view name, std::string_view summary,
                                              std::string_view attributes = {}) {
  return {name, summary, Kind::activation, "X", "Y", rules<SameType>, attributes};
}
[[nodiscard]] constexpr Declaration compared(std::string_view name, std::string_view summary,
                                             const Rules& of) {
  return {name, summary, Kind::arithmetic, "A B", "C", of, "broadcast:integer axis:integer"};
}
[[nodiscard]] constexpr Declaration combined(std::string_view name, std::string_view summary,
                                             const Rules& of = rules<Variadic>) {
  return {name, summary, Kind::arithmetic, "data_0*", "result", of};
}
[[nodiscard]] constexpr Declaration reduced(std::string_view name, std::string_view summary,
                                            const Rules& of = rules<Reduce>) {
  return {name,
          summary,
          Kind::reduction,
          "data axes?",
          "reduced",
          of,
          "axes:integers keepdims:integer noop_with_empty_axes:integer"};
}
/// The place of the least or the largest along an axis.
[[nodiscard]] constexpr Declaration placed(std::string_view name, std::string_view summary) {
  return {name,
          summary,
          Kind::reduction,
          "data",
          "reduced",
          rules<ArgReduce>,
          "axis:integer keepdims:integer select_last_index:integer"};
}

inline constexpr auto pointwise_operations = std::to_array<Declaration>(
    {{"Abs", "the absolute value of each element", Kind::activation, "X", "Y",
      rules<FoldedUnary<SmallArithmetic::magnitude>>},
     pointwise("Acos", "the arc cosine"),
     pointwise("Acosh", "the inverse hyperbolic cosine"),
     pointwise("Asin", "the arc sine"),
     pointwise("Asinh", "the inverse hyperbolic sine"),
     pointwise("Atan", "the arc tangent"),
     pointwise("Atanh", "the inverse hyperbolic tangent"),
     pointwise("BitwiseNot", "each bit negated"),
     {"Ceil", "each element rounded up", Kind::activation, "X", "Y",
      rules<FoldedUnary<SmallArithmetic::itself>>},
     pointwise("Celu", "the continuous exponential linear unit", "alpha:float"),
     transcendental(pointwise("Cos", "the cosine")),
     pointwise("Cosh", "the hyperbolic cosine"),
     transcendental(pointwise("Elu", "the exponential linear unit", "alpha:float")),
     transcendental(pointwise("Erf", "the error function")),
     transcendental(pointwise("Exp", "the exponential")),
     {"Floor", "each element rounded down", Kind::activation, "X", "Y",
      rules<FoldedUnary<SmallArithmetic::itself>>},
     transcendental(
         pointwise("Gelu", "x times the normal distribution's function of x", "approximate:text")),
     pointwise("HardSigmoid", "a clipped line instead of Sigmoid", "alpha:float beta:float"),
     pointwise("HardSwish", "x times a clipped line"),
     {"Hardmax", "1 at the first largest along an axis, else 0", Kind::softmax, "X", "Y",
      rules<SameType>, "axis:integer"},
     pointwise("LeakyRelu", "Relu with a slope below zero", "alpha:float"),
     transcendental(pointwise("Log", "the natural logarithm")),
     transcendental(pointwise("Mish", "x tanh(log(1 + exp(x)))")),
     {"Neg", "each element negated", Kind::activation, "X", "Y",
      rules<FoldedUnary<SmallArithmetic::negated>>},
     {"Not", "each truth value negated", Kind::activation, "X", "Y",
      rules<FoldedUnary<SmallArithmetic::opposite>>},
     pointwise("Reciprocal", "1 / x"),
     {"Round", "each element rounded, halves to even", Kind::activation, "X", "Y",
      rules<FoldedUnary<SmallArithmetic::itself>>},
     pointwise("Selu", "the scaled exponential linear unit", "alpha:float gamma:float"),
     pointwise("Shrink", "elements near zero become zero", "bias:float lambd:float"),
     pointwise("Sign", "-1, 0 or 1"),
     transcendental(pointwise("Sin", "the sine")),
     pointwise("Sinh", "the hyperbolic sine"),
     transcendental(pointwise("Softplus", "log(1 + exp(x))")),
     pointwise("Softsign", "x / (1 + |x|)"),
     pointwise("Sqrt", "the square root"),
     transcendental(pointwise("Swish", "x times Sigmoid of alpha x", "alpha:float")),
     pointwise("Tan", "the tangent"),
     pointwise("ThresholdedRelu", "elements above a threshold, else 0", "alpha:float"),
     {"MeanVarianceNormalization", "mean 0 and variance 1 over axes", Kind::normalisation, "X", "Y",
      rules<SameType>, "axes:integers"},
     {"LRN", "each element divided by its neighbours across channels", Kind::normalisation, "X",
      "Y", rules<SameType>, "size:integer"},
     {"LpNormalization", "vectors along an axis of norm 1", Kind::normalisation, "X", "Y",
      rules<SameType>, "axis:integer p:integer"}});

inline constexpr auto comparison_operations = std::to_array<Declaration>(
    {compared("And", "whether both are true",
              rules<Folded<Comparison, SmallArithmetic::holds<std::logical_and<>>>>),
     compared("Equal", "whether two elements are equal",
              rules<Folded<Comparison, SmallArithmetic::holds<std::equal_to<>>>>),
     compared("Greater", "whether the first is larger",
              rules<Folded<Comparison, SmallArithmetic::holds<std::greater<>>>>),
     compared("GreaterOrEqual", "whether the first is no smaller",
              rules<Folded<Comparison, SmallArithmetic::holds<std::greater_equal<>>>>),
     compared("Less", "whether the first is smaller",
              rules<Folded<Comparison, SmallArithmetic::holds<std::less<>>>>),
     compared("LessOrEqual", "whether the first is no larger",
              rules<Folded<Comparison, SmallArithmetic::holds<std::less_equal<>>>>),
     compared("Or", "whether either is true",
              rules<Folded<Comparison, SmallArithmetic::holds<std::logical_or<>>>>),
     compared("Xor", "whether just one is true",
              rules<Folded<Comparison, SmallArithmetic::holds<std::not_equal_to<>>>>),
     {"IsNaN", "whether an element is no number", Kind::activation, "X", "Y",
      rules<SameShape<ElementType::boolean>>},
     {"IsInf", "whether an element is infinite", Kind::activation, "X", "Y",
      rules<SameShape<ElementType::boolean>>, "detect_negative:integer detect_positive:integer"}});

inline constexpr auto combination_operations = std::to_array<Declaration>(
    {combined("Max", "the largest of the operands' elements",
              rules<Folded<Variadic, SmallArithmetic::larger>>),
     combined("Mean", "the mean of the operands' elements"),
     combined("Min", "the smallest of the operands' elements",
              rules<Folded<Variadic, SmallArithmetic::smaller>>),
     combined("Sum", "the sum of the operands' elements"),
     {"BitShift", "bits moved left or right", Kind::arithmetic, "X Y", "Z", rules<Variadic>,
      "direction:text"},
     {"BitwiseAnd", "bits that both have", Kind::arithmetic, "A B", "C", rules<Variadic>},
     {"BitwiseOr", "bits that either has", Kind::arithmetic, "A B", "C", rules<Variadic>},
     {"BitwiseXor", "bits that just one has", Kind::arithmetic, "A B", "C", rules<Variadic>},
     {"Mod", "the remainder of a division", Kind::arithmetic, "A B", "C",
      rules<Folded<Variadic, SmallArithmetic::remainder>>, "fmod:integer"},
     transcendental({"Pow", "a power", Kind::arithmetic, "X Y", "Z", rules<Variadic>,
                     "broadcast:integer axis:integer"}),
     {"PRelu", "Relu with learned slopes below zero", Kind::activation, "X slope!", "Y",
      rules<SameType>},
     {"Where", "elements of one or of the other", Kind::arithmetic, "condition X Y", "output",
      rules<WhereRule>}});

inline constexpr auto reduction_operations = std::to_array<Declaration>(
    {reduced("ReduceL1", "the sum of magnitudes over some axes"),
     reduced("ReduceL2", "the Euclidean norm over some axes"),
     reduced("ReduceLogSum", "the logarithm of the sum over some axes"),
     reduced("ReduceLogSumExp", "the logarithm of the sum of exponentials over some axes"),
     reduced("ReduceMax", "the largest over some axes"),
     reduced("ReduceMean", "the mean over some axes"),
     reduced("ReduceMin", "the smallest over some axes"),
     reduced("ReduceProd", "the product over some axes", rules<ReduceToProduct>),
     reduced("ReduceSum", "the sum over some axes"),
     reduced("ReduceSumSquare", "the sum of squares over some axes"),
     placed("ArgMax", "where the largest stands along an axis"),
     placed("ArgMin", "where the smallest stands along an axis")});

}  // namespace hale::graph
