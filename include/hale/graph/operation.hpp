#pragma once

#include <array>
#include <boost/hana/for_each.hpp>
#include <boost/hana/tuple.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/diagnostics.hpp>
#include <hale/graph/ir.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace hale::graph {

namespace hana = boost::hana;

/// The elements of a small integer tensor that decides a shape, row by row, each perhaps only a
/// symbol: of a scalar, a vector or a matrix.
struct Contents {
  std::vector<Dim> elements;
  bool is_scalar = false;
  std::size_t columns = 0;  // of a matrix; 0 of all else

  [[nodiscard]] bool is_matrix() const { return columns != 0; }
};

/// What is known of each value's contents, by its index; shorter than the values where not.
using KnownContents = std::vector<std::optional<Contents>>;

/// One operation of a graph, as its declaration reads it.
struct OperationView {
  const Graph& graph;
  const Operation& operation;
  const KnownContents* known = nullptr;

  [[nodiscard]] bool has(std::size_t index) const {
    return index < operation.operands.size() && operation.operands[index] != ValueId::none;
  }
  /// Pre: has(index).
  [[nodiscard]] const Type& type(std::size_t index) const {
    HALE_ASSERT(has(index));
    return graph.value(operation.operands[index]).type;
  }
  [[nodiscard]] const Tensor* constant(std::size_t index) const {
    return has(index) ? graph.constant(operation.operands[index]) : nullptr;
  }
  /// What is known of an operand's contents, a matrix perhaps; null where nothing is.
  [[nodiscard]] const Contents* any_contents(std::size_t index) const {
    if (known == nullptr || !has(index)) return nullptr;
    const std::size_t value = index_of(operation.operands[index]);
    return value < known->size() && (*known)[value] ? &*(*known)[value] : nullptr;
  }
  /// What is known of the contents of a scalar or a vector; null where nothing is.
  [[nodiscard]] const Contents* contents(std::size_t index) const {
    const Contents* found = any_contents(index);
    return found == nullptr || found->is_matrix() ? nullptr : found;
  }
  /// A scalar's or a vector's contents where every element is a number.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::size_t index) const {
    const Contents* found = contents(index);
    if (found == nullptr) return std::nullopt;
    std::vector<std::int64_t> numbers;
    for (const Dim& element : found->elements) {
      if (!element.symbol.empty()) return std::nullopt;
      numbers.push_back(element.extent);
    }
    return numbers;
  }
  template <class... Parts>
  [[nodiscard]] tl::unexpected<Error> fail(const Parts&... parts) const {
    return fail_at(graph, operation, parts...);
  }
};

enum class Arity : std::uint8_t { required, optional, variadic };

/// An operand or a result of a declared operation. A parameter is learned: parameters() counts it.
struct Slot {
  std::string_view name;
  Arity arity = Arity::required;
  bool is_parameter = false;
};

/// One attribute: its name, and the member of the declaration's Attributes that holds it.
///
/// The member's initial value is what ONNX assumes where the attribute is left out.
template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::*member;
  bool is_required = false;
};

template <class Owner, class Member>
[[nodiscard]] constexpr Field<Owner, Member> field(std::string_view name, Member Owner::*member) {
  return {name, member, false};
}

template <class Owner, class Member>
[[nodiscard]] constexpr Field<Owner, Member> required_field(std::string_view name,
                                                            Member Owner::*member) {
  return {name, member, true};
}

namespace detail {

template <class Member>
struct AttributeKind {
  using Type = Member;
};
template <class Member>
struct AttributeKind<std::optional<Member>> {
  using Type = Member;
};

template <class Member>
using attribute_kind_t = typename AttributeKind<Member>::Type;

template <class Kind, class... Alternatives>
[[nodiscard]] consteval std::size_t place_among(const std::variant<Alternatives...>*) {
  std::size_t place = 0;
  static_cast<void>(((!std::is_same_v<Kind, Alternatives> && ++place > 0) && ...));
  return place;
}

/// The place of a type among the alternatives of AttributeValue.
template <class Kind>
inline constexpr std::size_t kind_index = place_among<Kind>(static_cast<AttributeValue*>(nullptr));

}  // namespace detail

/// The attributes of an operation as its declaration's struct.
///
/// Errors: an attribute of another kind than declared, or a required one that is absent.
template <class Declaration>
[[nodiscard]] Result<typename Declaration::Attributes> read_attributes(const OperationView& view) {
  typename Declaration::Attributes attributes{};
  Result<> status;
  hana::for_each(Declaration::fields(), [&](const auto& declared) {
    if (!status) return;
    auto& member = attributes.*declared.member;
    using Kind = detail::attribute_kind_t<std::remove_reference_t<decltype(member)>>;
    const AttributeValue* found = view.operation.attribute(declared.name);
    if (found == nullptr) {
      if (declared.is_required)
        status = view.fail("attribute '", declared.name, "' is missing, expected ",
                           attribute_kind_names[detail::kind_index<Kind>]);
    } else if (const Kind* value = std::get_if<Kind>(found)) {
      member = *value;
    } else {
      status =
          view.fail("attribute '", declared.name, "' is ", attribute_kind_names[found->index()],
                    ", expected ", attribute_kind_names[detail::kind_index<Kind>]);
    }
  });
  if (!status) return tl::unexpected<Error>(std::move(status).error());
  return attributes;
}

/// An operation of ONNX, declared once: a type with
///   name, summary, operands(), results(), Attributes, fields(),
///   infer(view, attributes)          the types of the results; checks what it reads
/// and where they mean something
///   evaluate(view, attributes)       the contents of the only result, if they are known
///   multiply_adds(view, attributes)  the products of one run; nothing where a shape is open.
template <class D>
concept OperationDeclaration = requires(const OperationView& view,
                                        const typename D::Attributes& a) {
  { D::name } -> std::convertible_to<std::string_view>;
  { D::summary } -> std::convertible_to<std::string_view>;
  { D::infer(view, a) } -> std::same_as<Result<std::vector<Type>>>;
  D::operands();
  D::results();
  D::fields();
};

/// Base of declarations without attributes.
struct WithoutAttributes {
  struct Attributes {};
  [[nodiscard]] static constexpr auto fields() { return hana::make_tuple(); }
};

/// Base of declarations with one result.
struct OneResult {
  [[nodiscard]] static constexpr auto results() { return std::array{Slot{"Y"}}; }
};

}  // namespace hale::graph
