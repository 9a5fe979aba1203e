#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <hale/core/fixed_string.hpp>
#include <hale/graph/operations/shape_rules.hpp>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

namespace hale::graph {

/// A function of each element alone, without attributes.
template <FixedString Name, FixedString Summary>
struct Unary : WithoutAttributes, OneResult {
  static constexpr std::string_view name = Name.view();
  static constexpr std::string_view summary = Summary.view();
  [[nodiscard]] static constexpr auto operands() { return std::array{Slot{"X"}}; }
  [[nodiscard]] static Result<Types> infer(const OperationView& view,
                                           const WithoutAttributes::Attributes&) {
    return same_type(view);
  }
};

using Relu = Unary<"Relu", "the larger of each element and zero">;
using Sigmoid = Unary<"Sigmoid", "1 / (1 + exp(-x)) of each element">;
using Tanh = Unary<"Tanh", "the hyperbolic tangent of each element">;

/// The value itself.
struct Identity : Unary<"Identity", "the operand itself"> {
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes&) {
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

/// A function of two elements, with broadcasting. Source: ONNX operators, Add-14 and its like.
template <FixedString Name, FixedString Summary, SmallArithmetic::Function Arithmetic>
struct Binary : WithoutAttributes {
  static constexpr std::string_view name = Name.view();
  static constexpr std::string_view summary = Summary.view();
  [[nodiscard]] static constexpr auto operands() { return std::array{Slot{"A"}, Slot{"B"}}; }
  [[nodiscard]] static constexpr auto results() { return std::array{Slot{"C"}}; }
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes&) {
    return broadcast(view);
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes&) {
    return fold_pairs(view, Arithmetic);
  }
};

using Add = Binary<"Add", "the sum of two elements", SmallArithmetic::sum>;
using Sub = Binary<"Sub", "the difference of two elements", SmallArithmetic::difference>;
using Mul = Binary<"Mul", "the product of two elements", SmallArithmetic::product>;
using Div = Binary<"Div", "the quotient of two elements", SmallArithmetic::quotient>;

/// Elements in another number format.
struct Cast : OneResult {
  static constexpr std::string_view name = "Cast";
  static constexpr std::string_view summary = "the elements in another number format";
  [[nodiscard]] static constexpr auto operands() { return std::array{Slot{"X"}}; }
  struct Attributes {
    std::int64_t to = 0;
    std::int64_t saturate = 1;
  };
  [[nodiscard]] static constexpr auto fields() {
    return hana::make_tuple(required_field("to", &Attributes::to),
                            field("saturate", &Attributes::saturate));
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    Type type = view.type(0);
    type.element = element_type(a.to);
    return Types{std::move(type)};
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
template <FixedString Name, FixedString Summary>
struct AlongAxis : OneResult {
  static constexpr std::string_view name = Name.view();
  static constexpr std::string_view summary = Summary.view();
  [[nodiscard]] static constexpr auto operands() { return std::array{Slot{"X"}}; }
  struct Attributes {
    std::int64_t axis = -1;
  };
  [[nodiscard]] static constexpr auto fields() {
    return hana::make_tuple(field("axis", &Attributes::axis));
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    if (view.type(0).is_ranked() && view.type(0).rank() > 0)
      HALE_CHECK(normalise_axis(view, a.axis, view.type(0).rank()));
    return same_type(view);
  }
};

using Softmax = AlongAxis<"Softmax", "exponentials divided by their sum along an axis">;
using LogSoftmax = AlongAxis<"LogSoftmax", "the logarithm of Softmax">;

/// Regularisation that does nothing at inference. Source: ONNX operators, Dropout-13.
struct Dropout {
  static constexpr std::string_view name = "Dropout";
  static constexpr std::string_view summary = "the operand itself, except in training";
  [[nodiscard]] static constexpr auto operands() {
    return std::array{Slot{"data"}, Slot{"ratio", Arity::optional},
                      Slot{"training_mode", Arity::optional}};
  }
  [[nodiscard]] static constexpr auto results() {
    return std::array{Slot{"output"}, Slot{"mask", Arity::optional}};
  }
  struct Attributes {
    float ratio = 0.5F;
    std::int64_t seed = 0;
  };
  [[nodiscard]] static constexpr auto fields() {
    return hana::make_tuple(field("ratio", &Attributes::ratio), field("seed", &Attributes::seed));
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes&) {
    Types types{view.type(0)};
    if (view.operation.results.size() > 1)
      types.push_back(Type{ElementType::boolean, view.type(0).dims});
    return types;
  }
};

/// Padding around a tensor. Source: ONNX operators, Pad-13 (pads an operand) and -2 (an attribute).
struct Pad : OneResult {
  static constexpr std::string_view name = "Pad";
  static constexpr std::string_view summary = "elements are put around a tensor";
  [[nodiscard]] static constexpr auto operands() {
    return std::array{Slot{"data"}, Slot{"pads", Arity::optional},
                      Slot{"constant_value", Arity::optional}, Slot{"axes", Arity::optional}};
  }
  struct Attributes {
    std::string mode = "constant";
    std::vector<std::int64_t> pads{};
    float value = 0;
  };
  [[nodiscard]] static constexpr auto fields() {
    return hana::make_tuple(field("mode", &Attributes::mode), field("pads", &Attributes::pads),
                            field("value", &Attributes::value));
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& data = view.type(0);
    const auto pads = view.has(1) ? view.integers(1) : std::optional(a.pads);
    if (!data.is_ranked()) return unranked(data.element);
    const auto axes = padded_axes(view, data.rank());
    if (!pads || !axes) return Types{Type{data.element, std::vector<Dim>(data.rank())}};
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
    return Types{std::move(padded)};
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

}  // namespace hale::graph
