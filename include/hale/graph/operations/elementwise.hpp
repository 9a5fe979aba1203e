#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <hale/graph/operations/declared.hpp>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

namespace hale::graph {

/// The value itself.
struct IdentityRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) { return same_type(view); }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* contents = view.any_contents(0);
    return contents == nullptr ? std::nullopt : std::optional(*contents);
  }
};

/// Arithmetic on small integers that decide shapes; nothing where 64 bits do not hold the result.
struct SmallArithmetic {
  using Function = std::optional<std::int64_t> (*)(std::int64_t, std::int64_t);

  static std::optional<std::int64_t> sum(std::int64_t a, std::int64_t b) {
    return checked_sum(a, b);
  }
  static std::optional<std::int64_t> difference(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    if (__builtin_sub_overflow(a, b, &result)) return std::nullopt;
    return result;
  }
  static std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) {
    return checked_product(a, b);
  }
  static std::optional<std::int64_t> quotient(std::int64_t a, std::int64_t b) {
    if (b == 0 || b == -1) return b == 0 ? std::nullopt : difference(0, a);
    return a / b;
  }
  /// Of the sign of b, as ONNX has it for integers.
  static std::optional<std::int64_t> remainder(std::int64_t a, std::int64_t b) {
    if (b == 0 || b == -1) return b == 0 ? std::nullopt : std::optional<std::int64_t>(0);
    const std::int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  static std::optional<std::int64_t> smaller(std::int64_t a, std::int64_t b) {
    return std::min(a, b);
  }
  static std::optional<std::int64_t> larger(std::int64_t a, std::int64_t b) {
    return std::max(a, b);
  }
  template <class Compare>
  static std::optional<std::int64_t> holds(std::int64_t a, std::int64_t b) {
    return Compare{}(a, b) ? 1 : 0;
  }
  static std::optional<std::int64_t> negated(std::int64_t a) { return difference(0, a); }
  static std::optional<std::int64_t> magnitude(std::int64_t a) {
    return a < 0 ? difference(0, a) : a;
  }
  static std::optional<std::int64_t> opposite(std::int64_t a) { return a == 0 ? 1 : 0; }
  static std::optional<std::int64_t> itself(std::int64_t a) { return a; }
};

/// The elements of two operands, where they are known, taken together with broadcasting.
[[nodiscard]] inline std::optional<Contents> fold_pairs(const OperationView& view,
                                                        SmallArithmetic::Function function) {
  if (!view.has(0) || !view.has(1) || view.operation.operands.size() > 2) return std::nullopt;
  const auto a = view.integers(0);
  const auto b = view.integers(1);
  if (!a || !b || a->empty() || b->empty()) return std::nullopt;
  if (a->size() != b->size() && a->size() != 1 && b->size() != 1) return std::nullopt;
  Contents out{{}, view.contents(0)->is_scalar && view.contents(1)->is_scalar};
  for (std::size_t i = 0; i < std::max(a->size(), b->size()); ++i) {
    const auto result = function((*a)[a->size() == 1 ? 0 : i], (*b)[b->size() == 1 ? 0 : i]);
    if (!result) return std::nullopt;
    out.elements.push_back(Dim{*result});
  }
  return out;
}

/// Two operands, broadcast. Source: ONNX operators, Add-14 and its like.
struct BroadcastRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) { return broadcast(view); }
};
template <SmallArithmetic::Function Arithmetic>
struct BinaryRule : BroadcastRule {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    return fold_pairs(view, Arithmetic);
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
    const Contents* contents = view.any_contents(0);
    const ElementType to = element_type(a.to);
    const auto fits = [to](const Dim& each) {
      return to == ElementType::i64 ||
             (to == ElementType::i32 && each.extent == static_cast<std::int32_t>(each.extent));
    };
    if (contents == nullptr ||
        !std::all_of(contents->elements.begin(), contents->elements.end(), fits))
      return std::nullopt;
    return *contents;
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
    const auto pads = view.has(1) ? view.integers(1) : std::optional(a.pads);
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
      const auto around = checked_sum((*pads)[i], (*pads)[i + axes->size()]);
      if (around == 0) continue;
      const auto extent =
          around && dim.is_static() ? checked_sum(dim.extent, *around) : std::optional(Dim::open);
      if (!extent || (dim.is_static() && *extent < 0))
        return view.fail("pads takes axis ", axis, " of ", dim.extent,
                         " elements out of range, expected at least none left");
      dim = Dim{*extent};
    }
    return one_result(std::move(padded));
  }

 private:
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
      rules<BinaryRule<SmallArithmetic::sum>>},
     {"Sub", "the difference of two elements", Kind::arithmetic, "A B", "C",
      rules<BinaryRule<SmallArithmetic::difference>>},
     {"Mul", "the product of two elements", Kind::arithmetic, "A B", "C",
      rules<BinaryRule<SmallArithmetic::product>>},
     {"Div", "the quotient of two elements", Kind::arithmetic, "A B", "C",
      rules<BinaryRule<SmallArithmetic::quotient>>},
     {"Relu", "the larger of each element and zero", Kind::activation, "X", "Y", rules<SameType>},
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
