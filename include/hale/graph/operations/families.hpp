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

/// A rule whose results are known where its operands' small tensors are.
template <class Rule, PairFunction Function>
struct Folded : Rule {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    return fold_together(view, Function);
  }
};

/// The mean of the operands.
struct MeanRule : Variadic {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    auto sum = fold_together(view, arithmetic::add);
    const auto count = static_cast<double>(view.operation.operands.size());
    if (sum)
      for (Number& each : sum->elements) each = arithmetic::divide(each, count, false);
    return sum;
  }
};

/// Bits moved to the left, or to the right.
struct BitShiftRule : Variadic {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const bool is_left = text_of(view, "direction", "") == "LEFT";
    return fold_together(view, is_left ? arithmetic::shift_left : arithmetic::shift_right);
  }
};

/// Each element within two limits: operands since version 11, attributes before.
struct ClipRule : SameType {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const auto low = limit(view, 1, "min");
    const auto high = limit(view, 2, "max");
    if (!low || !high) return std::nullopt;
    return fold_each(view, [&](const Number& each) {
      const Number above = *low ? arithmetic::larger(each, **low) : each;
      return *high ? arithmetic::smaller(above, **high) : above;
    });
  }

 private:
  using Limit = std::optional<Number>;
  /// Nothing where the operand is not known; an empty Limit where there is no limit.
  [[nodiscard]] static std::optional<Limit> limit(const OperationView& view, std::size_t operand,
                                                  std::string_view attribute) {
    if (const auto* stated = attribute_of<float>(view, attribute))
      return Limit(static_cast<double>(*stated));
    if (!view.has(operand)) return Limit();
    const Contents* found = view.contents(operand);
    if (found == nullptr || found->elements.size() != 1) return std::nullopt;
    return Limit(found->elements.front());
  }
};

/// Elements of one operand or of the other: known where the condition is, symbols included.
struct WhereRule : BroadcastAll<0, 1, ElementType::undefined> {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    std::vector<std::int64_t> extents;
    for (std::size_t i = 0; i < 3; ++i) {
      if (view.contents(i) == nullptr) return std::nullopt;
      auto both = broadcast_extents(extents, view.contents(i)->extents);
      if (!both) return std::nullopt;
      extents = *std::move(both);
    }
    auto condition = broadcast_to(*view.contents(0), extents);
    const auto a = broadcast_to(*view.contents(1), extents);
    const auto b = broadcast_to(*view.contents(2), extents);
    if (!condition || !a || !b) return std::nullopt;
    for (std::size_t i = 0; i < condition->elements.size(); ++i) {
      Number& each = condition->elements[i];
      const auto* truth = std::get_if<std::int64_t>(&each);
      const bool is_either = truth == nullptr && a->elements[i] != b->elements[i];
      each = is_either                         ? Number()
             : truth == nullptr || *truth != 0 ? a->elements[i]
                                               : b->elements[i];
    }
    return condition;
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

/// Elements of a small tensor taken together along the axes that are reduced, in their order.
template <PairFunction Function>
struct FoldedReduce : Reduce {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    const auto axes = integers_of(view, 1, "axes");
    auto extents = extents_of_result(view);
    if (data == nullptr || !axes || !extents || data->elements.empty()) return std::nullopt;
    if (axes->empty() && integer_of(view, "noop_with_empty_axes", 0) != 0) return *data;
    std::vector<bool> is_reduced(data->rank(), axes->empty());
    for (const std::int64_t axis : *axes)
      if (const auto place = normalise_axis(view, axis, data->rank())) is_reduced[*place] = true;
    Contents out{*std::move(extents), {}};
    std::vector<std::optional<Number>> folded(small_count(out.extents).value_or(0));
    for (std::size_t i = 0; i < data->elements.size(); ++i) {
      std::size_t place = 0;
      for (std::size_t axis = 0; axis < data->rank(); ++axis)
        if (!is_reduced[axis])
          place = place * data->extent(axis) + i / data->stride(axis) % data->extent(axis);
      if (place >= folded.size()) return std::nullopt;
      std::optional<Number>& each = folded[place];
      each = each ? Function(*each, data->elements[i]) : data->elements[i];
    }
    for (std::optional<Number>& each : folded) out.elements.push_back(each.value_or(Number{}));
    return out;
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
template <bool Largest>
struct FoldedArgReduce : ArgReduce {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    auto extents = extents_of_result(view);
    if (data == nullptr || !extents || data->rank() == 0 || !data->is_known()) return std::nullopt;
    const auto axis = normalise_axis(view, integer_of(view, "axis", 0), data->rank());
    if (!axis) return std::nullopt;
    const bool takes_last = integer_of(view, "select_last_index", 0) != 0;
    const std::size_t inner = data->stride(*axis);
    const std::size_t size = data->extent(*axis);
    Contents out{*std::move(extents), {}};
    const std::size_t rows = size == 0 ? 0 : data->elements.size() / size;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t first = row / inner * inner * size + row % inner;
      std::size_t best = 0;
      for (std::size_t i = 1; i < size; ++i) {
        const Number& found = data->elements[first + i * inner];
        const Number& held = data->elements[first + best * inner];
        const Number wins = Largest ? arithmetic::holds<std::greater<>>(found, held)
                                    : arithmetic::holds<std::less<>>(found, held);
        if (!is_known(wins)) return std::nullopt;
        if (wins == Number(std::int64_t{1}) || (takes_last && found == held)) best = i;
      }
      out.elements.emplace_back(static_cast<std::int64_t>(best));
    }
    return small_count(out.extents) == out.elements.size() ? std::optional(out) : std::nullopt;
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
[[nodiscard]] constexpr Declaration placed(std::string_view name, std::string_view summary,
                                           const Rules& of) {
  return {name,
          summary,
          Kind::reduction,
          "data",
          "reduced",
          of,
          "axis:integer keepdims:integer select_last_index:integer"};
}

inline constexpr auto pointwise_operations = std::to_array<Declaration>(
    {{"Abs", "the absolute value of each element", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::magnitude>>},
     pointwise("Acos", "the arc cosine"),
     pointwise("Acosh", "the inverse hyperbolic cosine"),
     pointwise("Asin", "the arc sine"),
     pointwise("Asinh", "the inverse hyperbolic sine"),
     pointwise("Atan", "the arc tangent"),
     pointwise("Atanh", "the inverse hyperbolic tangent"),
     pointwise("BitwiseNot", "each bit negated"),
     {"Ceil", "each element rounded up", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::ceil>>},
     pointwise("Celu", "the continuous exponential linear unit", "alpha:float"),
     transcendental(pointwise("Cos", "the cosine")),
     pointwise("Cosh", "the hyperbolic cosine"),
     transcendental(pointwise("Elu", "the exponential linear unit", "alpha:float")),
     transcendental(pointwise("Erf", "the error function")),
     transcendental({"Exp", "the exponential", Kind::activation, "X", "Y",
                     rules<FoldedUnary<arithmetic::exponential>>}),
     {"Floor", "each element rounded down", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::floor>>},
     transcendental(
         pointwise("Gelu", "x times the normal distribution's function of x", "approximate:text")),
     pointwise("HardSigmoid", "a clipped line instead of Sigmoid", "alpha:float beta:float"),
     pointwise("HardSwish", "x times a clipped line"),
     {"Hardmax", "1 at the first largest along an axis, else 0", Kind::softmax, "X", "Y",
      rules<SameType>, "axis:integer"},
     pointwise("LeakyRelu", "Relu with a slope below zero", "alpha:float"),
     transcendental({"Log", "the natural logarithm", Kind::activation, "X", "Y",
                     rules<FoldedUnary<arithmetic::logarithm>>}),
     transcendental(pointwise("Mish", "x tanh(log(1 + exp(x)))")),
     {"Neg", "each element negated", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::negate>>},
     {"Not", "each truth value negated", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::opposite>>},
     {"Reciprocal", "1 / x", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::reciprocal>>},
     {"Round", "each element rounded, halves to even", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::round>>},
     pointwise("Selu", "the scaled exponential linear unit", "alpha:float gamma:float"),
     pointwise("Shrink", "elements near zero become zero", "bias:float lambd:float"),
     {"Sign", "-1, 0 or 1", Kind::activation, "X", "Y", rules<FoldedUnary<arithmetic::sign>>},
     transcendental(pointwise("Sin", "the sine")),
     pointwise("Sinh", "the hyperbolic sine"),
     transcendental(pointwise("Softplus", "log(1 + exp(x))")),
     pointwise("Softsign", "x / (1 + |x|)"),
     {"Sqrt", "the square root", Kind::activation, "X", "Y",
      rules<FoldedUnary<arithmetic::square_root>>},
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
              rules<Folded<Comparison, arithmetic::holds<std::logical_and<>>>>),
     compared("Equal", "whether two elements are equal",
              rules<Folded<Comparison, arithmetic::holds<std::equal_to<>>>>),
     compared("Greater", "whether the first is larger",
              rules<Folded<Comparison, arithmetic::holds<std::greater<>>>>),
     compared("GreaterOrEqual", "whether the first is no smaller",
              rules<Folded<Comparison, arithmetic::holds<std::greater_equal<>>>>),
     compared("Less", "whether the first is smaller",
              rules<Folded<Comparison, arithmetic::holds<std::less<>>>>),
     compared("LessOrEqual", "whether the first is no larger",
              rules<Folded<Comparison, arithmetic::holds<std::less_equal<>>>>),
     compared("Or", "whether either is true",
              rules<Folded<Comparison, arithmetic::holds<std::logical_or<>>>>),
     compared("Xor", "whether just one is true",
              rules<Folded<Comparison, arithmetic::holds<std::not_equal_to<>>>>),
     {"IsNaN", "whether an element is no number", Kind::activation, "X", "Y",
      rules<SameShape<ElementType::boolean>>},
     {"IsInf", "whether an element is infinite", Kind::activation, "X", "Y",
      rules<SameShape<ElementType::boolean>>, "detect_negative:integer detect_positive:integer"}});

inline constexpr auto combination_operations = std::to_array<Declaration>(
    {combined("Max", "the largest of the operands' elements",
              rules<Folded<Variadic, arithmetic::larger>>),
     combined("Mean", "the mean of the operands' elements", rules<MeanRule>),
     combined("Min", "the smallest of the operands' elements",
              rules<Folded<Variadic, arithmetic::smaller>>),
     combined("Sum", "the sum of the operands' elements", rules<Folded<Variadic, arithmetic::add>>),
     {"BitShift", "bits moved left or right", Kind::arithmetic, "X Y", "Z", rules<BitShiftRule>,
      "direction:text"},
     {"BitwiseAnd", "bits that both have", Kind::arithmetic, "A B", "C", rules<Variadic>},
     {"BitwiseOr", "bits that either has", Kind::arithmetic, "A B", "C", rules<Variadic>},
     {"BitwiseXor", "bits that just one has", Kind::arithmetic, "A B", "C", rules<Variadic>},
     {"Mod", "the remainder of a division", Kind::arithmetic, "A B", "C",
      rules<Folded<Variadic, arithmetic::modulo>>, "fmod:integer"},
     transcendental({"Pow", "a power", Kind::arithmetic, "X Y", "Z",
                     rules<Folded<Variadic, arithmetic::raise>>, "broadcast:integer axis:integer"}),
     {"PRelu", "Relu with learned slopes below zero", Kind::activation, "X slope!", "Y",
      rules<SameType>},
     {"Where", "elements of one or of the other", Kind::arithmetic, "condition X Y", "output",
      rules<WhereRule>}});

inline constexpr auto reduction_operations = std::to_array<Declaration>(
    {reduced("ReduceL1", "the sum of magnitudes over some axes"),
     reduced("ReduceL2", "the Euclidean norm over some axes"),
     reduced("ReduceLogSum", "the logarithm of the sum over some axes"),
     reduced("ReduceLogSumExp", "the logarithm of the sum of exponentials over some axes"),
     reduced("ReduceMax", "the largest over some axes", rules<FoldedReduce<arithmetic::larger>>),
     reduced("ReduceMean", "the mean over some axes"),
     reduced("ReduceMin", "the smallest over some axes", rules<FoldedReduce<arithmetic::smaller>>),
     reduced("ReduceProd", "the product over some axes", rules<FoldedReduce<arithmetic::multiply>>),
     reduced("ReduceSum", "the sum over some axes", rules<FoldedReduce<arithmetic::add>>),
     reduced("ReduceSumSquare", "the sum of squares over some axes"),
     placed("ArgMax", "where the largest stands along an axis", rules<FoldedArgReduce<true>>),
     placed("ArgMin", "where the smallest stands along an axis", rules<FoldedArgReduce<false>>)});

}  // namespace hale::graph
