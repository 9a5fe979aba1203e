#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/attributes.hpp>
#include <hale/graph/operations/shape_rules.hpp>
#include <hale/workload/kernel.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hale::graph {

using Kind = workload::KernelKind;

namespace domains {
inline constexpr std::string_view microsoft = "com.microsoft";
inline constexpr std::string_view classical = "ai.onnx.ml";
inline constexpr std::string_view training = "ai.onnx.preview.training";
}  // namespace domains

/// An operation, declared once: a row of a table in one of the headers of this folder.
///
/// Operands and results are names between spaces: "X?" may be left out, "X*" stands for any number,
/// "X!" is learned. Attributes are "axis:integer", of the kinds integer, float, text, tensor,
/// integers and type; those that the rules read as a struct stand there alone.
struct Declaration {
  std::string_view name{};
  std::string_view summary{};
  Kind kind = Kind::other;  // what a kernel does that is built around it
  std::string_view operands{};
  std::string_view results{};
  Rules rules{};
  std::string_view attributes{};
  std::string_view domain{};  // empty: ONNX's own
  Form form = Form::none;
  std::uint8_t right = 1;          // the operand that is the right factor; the left is the first
  bool is_transcendental = false;  // a function such as exp of each element
  bool picks = false;              // it reads no more of the first operand than it writes
};

template <std::size_t Count>
[[nodiscard]] constexpr std::array<Declaration, Count> in_domain(
    std::string_view domain, std::array<Declaration, Count> rows) {
  for (Declaration& row : rows) row.domain = domain;
  return rows;
}
[[nodiscard]] constexpr Declaration transcendental(Declaration declared) {
  declared.is_transcendental = true;
  return declared;
}
[[nodiscard]] constexpr Declaration picks(Declaration declared) {
  declared.picks = true;
  return declared;
}
[[nodiscard]] constexpr Declaration multiplies(Form form, Declaration declared,
                                               std::uint8_t right = 1) {
  declared.form = form;
  declared.right = right;
  return declared;
}

/// An attribute of the kind, or nothing where it is absent.
template <class Kind>
[[nodiscard]] const Kind* attribute_of(const OperationView& view, std::string_view name) {
  const AttributeValue* found = view.operation.attribute(name);
  return found == nullptr ? nullptr : std::get_if<Kind>(found);
}
[[nodiscard]] inline std::int64_t integer_of(const OperationView& view, std::string_view name,
                                             std::int64_t absent) {
  const auto* found = attribute_of<std::int64_t>(view, name);
  return found == nullptr ? absent : *found;
}
[[nodiscard]] inline std::vector<std::int64_t> integers_of(const OperationView& view,
                                                           std::string_view name) {
  const auto* found = attribute_of<std::vector<std::int64_t>>(view, name);
  return found == nullptr ? std::vector<std::int64_t>{} : *found;
}
[[nodiscard]] inline std::string text_of(const OperationView& view, std::string_view name,
                                         std::string_view absent) {
  const auto* found = attribute_of<std::string>(view, name);
  return found == nullptr ? std::string(absent) : *found;
}
/// An extent that an attribute says; open where it says none.
[[nodiscard]] inline Dim extent_of(const OperationView& view, std::string_view name,
                                   std::int64_t absent = Dim::open) {
  return Dim{std::max(integer_of(view, name, absent), Dim::open)};
}
/// The integers of an operand or, in versions that have none, of the attribute that it replaced;
/// nothing where the operand is not known.
[[nodiscard]] inline std::optional<std::vector<std::int64_t>> integers_of(const OperationView& view,
                                                                          std::size_t operand,
                                                                          std::string_view name) {
  return view.has(operand) ? view.integers(operand) : std::optional(integers_of(view, name));
}

/// An operand's type, or one of which nothing is known where it is left out.
[[nodiscard]] inline Type type_or_none(const OperationView& view, std::size_t operand) {
  return view.has(operand) ? view.type(operand) : Type{};
}

/// The element and the extents of an operand.
struct SameType {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) { return same_type(view); }
};

/// The operand's extents with another element.
template <ElementType Element>
struct SameShape {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(Type{Element, view.type(0).dims});
  }
};

/// Nothing is said of the results beyond what the model states.
struct Unsaid {
  [[nodiscard]] static Result<Types> infer(const OperationView&) { return Types{}; }
};

/// An operation with the operands of another, at the places that are listed.
[[nodiscard]] inline Operation moved_operands(const Operation& operation,
                                              std::span<const std::size_t> places) {
  Operation moved = operation;
  moved.operands.clear();
  for (const std::size_t place : places)
    moved.operands.push_back(place < operation.operands.size() ? operation.operands[place]
                                                               : ValueId::none);
  return moved;
}

/// The types by other rules, of operands at other places; the first result's element is `element`
/// or, where that is undefined, the one of the operand `element_from`.
[[nodiscard]] inline Result<Types> infer_like(const OperationView& view, const Rules& rules,
                                              std::span<const std::size_t> places,
                                              ElementType element, std::size_t element_from) {
  const Operation operation = moved_operands(view.operation, places);
  const OperationView moved{view.graph, operation, view.known};
  HALE_CHECK(check_attributes(moved, rules.attributes));
  HALE_TRY(Types types, rules.infer(moved));
  if (types.empty()) return types;
  types[0].element =
      element == ElementType::undefined ? type_or_none(view, element_from).element : element;
  return types;
}
[[nodiscard]] inline std::optional<std::uint64_t> multiply_adds_like(
    const OperationView& view, const Rules& rules, std::span<const std::size_t> places) {
  const Operation operation = moved_operands(view.operation, places);
  const OperationView moved{view.graph, operation, view.known};
  if (!check_attributes(moved, rules.attributes)) return std::nullopt;
  return rules.multiply_adds(moved);
}

/// A rule for an operation that has its operands at other places. The first result's element is
/// that of the operand `ElementFrom`, where there is one.
template <OperationRule Rule, ElementType Element, std::size_t ElementFrom, std::size_t... Places>
struct Like {
  static constexpr std::array<std::size_t, sizeof...(Places)> places = {Places...};
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return infer_like(view, rules<Rule>, places, Element, ElementFrom);
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return multiply_adds_like(view, rules<Rule>, places);
  }
};

}  // namespace hale::graph
