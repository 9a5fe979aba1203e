#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/fixed_string.hpp>
#include <hale/graph/operations/shape_rules.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hale::graph {

/// One attribute that may be left out, a base of the Attributes that a Schema makes.
template <FixedString Name, class Kind>
struct Named {
  static constexpr std::string_view name = Name.view();
  std::optional<Kind> value{};
};

template <FixedString Name>
struct Integer : Named<Name, std::int64_t> {};
template <FixedString Name>
struct Float : Named<Name, float> {};
template <FixedString Name>
struct Text : Named<Name, std::string> {};
template <FixedString Name>
struct Integers : Named<Name, std::vector<std::int64_t>> {};

/// The attributes of a family's members, all of which may be left out.
template <class... Each>
struct Schema {
  struct Attributes : Each... {};
  [[nodiscard]] static constexpr auto fields() {
    return hana::make_tuple(field(Each::name, &Each::value)...);
  }
};

namespace detail {

[[nodiscard]] constexpr Slot slot_of(std::string_view text) {
  Slot slot;
  for (; !text.empty(); text.remove_suffix(1)) {
    if (text.back() == '?')
      slot.arity = Arity::optional;
    else if (text.back() == '*')
      slot.arity = Arity::variadic;
    else if (text.back() == '!')
      slot.is_parameter = true;
    else
      break;
  }
  slot.name = text;
  return slot;
}

}  // namespace detail

/// Operands or results by name: "X?" may be left out, "X*" stands for any number, "X!" is learned.
template <FixedString... Texts>
struct Slots {
  [[nodiscard]] static constexpr std::array<Slot, sizeof...(Texts)> all() {
    return {detail::slot_of(Texts.view())...};
  }
};

/// A member of a family: its results follow from the family's rule, which reads attributes by name.
template <FixedString Name, FixedString Summary, class Rule, class Operands, class Results,
          class... Attributes_>
struct Declared : Schema<Attributes_...> {
  using Shared = Schema<Attributes_...>;
  using Attributes = typename Shared::Attributes;
  static constexpr std::string_view name = Name.view();
  static constexpr std::string_view summary = Summary.view();
  [[nodiscard]] static constexpr auto operands() { return Operands::all(); }
  [[nodiscard]] static constexpr auto results() { return Results::all(); }
  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes&) {
    return Rule::infer(view);
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view,
                                                        const Attributes&) {
    if constexpr (requires { Rule::evaluate(view); }) return Rule::evaluate(view);
    return std::nullopt;
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view,
                                                                  const Attributes&) {
    if constexpr (requires { Rule::multiply_adds(view); })
      return Rule::multiply_adds(view);
    else
      return 0;
  }
};

/// A declaration in a domain other than ONNX's own.
template <FixedString Domain, class Declaration>
struct InDomain : Declaration {
  static constexpr std::string_view domain = Domain.view();
};

/// The declarations of one header, for the table of all.
template <class... Declarations>
struct Family {};

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
/// What an operand says since it became one, or the attribute of the same meaning before; nothing
/// where the operand is not known.
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
    return Types{Type{Element, view.type(0).dims}};
  }
};

/// Nothing is said of the results beyond what the model states.
struct Unsaid {
  [[nodiscard]] static Result<Types> infer(const OperationView&) { return Types{}; }
};

/// A declaration's rule for an operation that has its operands at other places. The first result's
/// element is that of the operand `ElementFrom`, where there is one.
template <class Declaration, ElementType Element, std::size_t ElementFrom, std::size_t... Places>
struct Like {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Operation op = picked(view);
    const OperationView moved{view.graph, op, view.known};
    HALE_TRY(const auto attributes, read_attributes<Declaration>(moved));
    HALE_TRY(Types types, Declaration::infer(moved, attributes));
    if (types.empty()) return types;
    types[0].element = Element;
    if (Element == ElementType::undefined)
      types[0].element = type_or_none(view, ElementFrom).element;
    return types;
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Operation op = picked(view);
    const OperationView moved{view.graph, op, view.known};
    const auto attributes = read_attributes<Declaration>(moved);
    return attributes ? Declaration::multiply_adds(moved, *attributes) : std::nullopt;
  }

 private:
  [[nodiscard]] static Operation picked(const OperationView& view) {
    Operation op = view.operation;
    op.operands.clear();
    const auto& all = view.operation.operands;
    for (const std::size_t place : {Places...})
      op.operands.push_back(place < all.size() ? all[place] : ValueId::none);
    return op;
  }
};

}  // namespace hale::graph
