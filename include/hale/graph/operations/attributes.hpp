#pragma once

#include <array>
#include <boost/hana/accessors.hpp>
#include <boost/hana/define_struct.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/unpack.hpp>
#include <concepts>
#include <cstdint>
#include <hale/core/fixed_string.hpp>
#include <hale/graph/operation.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace hale::graph {

namespace hana = boost::hana;

// The members of a struct of attributes: named as the attribute, of its kind, and with what ONNX
// assumes where it is left out. BOOST_HANA_DEFINE_STRUCT lists them once:
//
//   struct Attributes {
//     BOOST_HANA_DEFINE_STRUCT(Attributes, (Required<Integers>, kernel_shape), (Integer<1>, group),
//                              (Text<"NOTSET">, auto_pad));
//   };

struct AnyInteger {
  std::int64_t value = 0;
  constexpr operator std::int64_t() const { return value; }  // implicit: it is a number
};
template <std::int64_t Absent = 0>
struct Integer : AnyInteger {
  constexpr Integer() : AnyInteger{Absent} {}
};
struct AnyFloat {
  float value = 0;
};
template <int Absent = 0>
struct Float : AnyFloat {
  constexpr Float() : AnyFloat{static_cast<float>(Absent)} {}
};
template <FixedString Absent>
struct Text : std::string {
  Text() : std::string(Absent.view()) {}
};
using Integers = std::vector<std::int64_t>;
using MaybeInteger = std::optional<std::int64_t>;

/// An attribute that must be there.
template <class Member>
struct Required : Member {};

namespace detail {

template <class Member>
inline constexpr bool is_required = false;
template <class Member>
inline constexpr bool is_required<Required<Member>> = true;

[[nodiscard]] constexpr std::size_t kind_index(const AnyInteger*) { return 0; }
[[nodiscard]] constexpr std::size_t kind_index(const MaybeInteger*) { return 0; }
[[nodiscard]] constexpr std::size_t kind_index(const AnyFloat*) { return 1; }
[[nodiscard]] constexpr std::size_t kind_index(const std::string*) { return 2; }
[[nodiscard]] constexpr std::size_t kind_index(const Tensor*) { return 3; }
[[nodiscard]] constexpr std::size_t kind_index(const Integers*) { return 4; }

// An attribute's value as a member; one that is left out changes nothing.
inline void take(const AttributeValue* from, AnyInteger& to) {
  if (const auto* value = std::get_if<std::int64_t>(from)) to.value = *value;
}
inline void take(const AttributeValue* from, MaybeInteger& to) {
  if (const auto* value = std::get_if<std::int64_t>(from)) to = *value;
}
inline void take(const AttributeValue* from, AnyFloat& to) {
  if (const auto* value = std::get_if<float>(from)) to.value = *value;
}
inline void take(const AttributeValue* from, std::string& to) {
  if (const auto* value = std::get_if<std::string>(from)) to = *value;
}
inline void take(const AttributeValue* from, Tensor& to) {
  if (const auto* value = std::get_if<Tensor>(from)) to = *value;
}
inline void take(const AttributeValue* from, Integers& to) {
  if (const auto* value = std::get_if<Integers>(from)) to = *value;
}

template <class Attributes, class Accessor>
[[nodiscard]] constexpr AttributeSummary summary_of(Accessor accessor) {
  using Member = std::remove_cvref_t<decltype(hana::second(accessor)(std::declval<Attributes&>()))>;
  return {hana::first(accessor).c_str(),
          attribute_kind_names[kind_index(static_cast<const Member*>(nullptr))],
          is_required<Member>};
}

/// What the members of a struct of attributes say.
template <class Attributes>
inline constexpr auto reflected = hana::unpack(hana::accessors<Attributes>(), [](auto... each) {
  return std::array<AttributeSummary, sizeof...(each)>{summary_of<Attributes>(each)...};
});

/// Pre: the attributes are of the kinds that are declared.
template <class Rule>
[[nodiscard]] typename Rule::Attributes taken(const OperationView& view) {
  typename Rule::Attributes attributes{};
  hana::unpack(hana::accessors<typename Rule::Attributes>(), [&](auto... each) {
    (take(view.operation.attribute(hana::first(each).c_str()), hana::second(each)(attributes)),
     ...);
  });
  return attributes;
}

}  // namespace detail

/// A rule that reads attributes as a struct.
template <class Rule>
concept ReadsAttributes = requires {
  typename Rule::Attributes;
};

/// The attributes of an operation as its rule's struct.
///
/// Errors: an attribute of another kind than declared, or a required one that is absent.
template <ReadsAttributes Rule>
[[nodiscard]] Result<typename Rule::Attributes> read_attributes(const OperationView& view) {
  HALE_CHECK(check_attributes(view, detail::reflected<typename Rule::Attributes>));
  return detail::taken<Rule>(view);
}

/// What an operation makes of its operands: a type with
///   infer(view)          the types of the results; checks what it reads
/// and where they mean something
///   evaluate(view)       the contents of the result that is asked for, if they are known
///   multiply_adds(view)  the products of one run; nothing where a shape is open
///   packed(view, slot)   how many numbers a weight of few bits holds
///   elements_read(view, slot)  how many elements of an operand one run reads; nothing: all.
/// Each takes the attributes too where the rule has a struct of them, called Attributes.
template <class Rule>
concept OperationRule = requires(const OperationView& view) {
  { Rule::infer(view) } -> std::same_as<Result<Types>>;
}
|| requires(const OperationView& view, const typename Rule::Attributes& attributes) {
  { Rule::infer(view, attributes) } -> std::same_as<Result<Types>>;
};

namespace detail {

template <OperationRule Rule>
[[nodiscard]] constexpr Rules plain_rules() {
  Rules rules{.infer = &Rule::infer};
  if constexpr (requires { &Rule::evaluate; }) rules.evaluate = &Rule::evaluate;
  if constexpr (requires { &Rule::multiply_adds; }) rules.multiply_adds = &Rule::multiply_adds;
  if constexpr (requires { &Rule::packed; }) rules.packed = &Rule::packed;
  if constexpr (requires { &Rule::elements_read; }) rules.elements_read = &Rule::elements_read;
  return rules;
}

template <OperationRule Rule>
[[nodiscard]] constexpr Rules reading_rules() {
  Rules rules{
      .infer = [](const OperationView& view) { return Rule::infer(view, taken<Rule>(view)); },
      .attributes = reflected<typename Rule::Attributes>};
  if constexpr (requires { &Rule::evaluate; })
    rules.evaluate = [](const OperationView& view) {
      return Rule::evaluate(view, taken<Rule>(view));
    };
  if constexpr (requires { &Rule::multiply_adds; })
    rules.multiply_adds = [](const OperationView& view) {
      return Rule::multiply_adds(view, taken<Rule>(view));
    };
  return rules;
}

template <OperationRule Rule>
[[nodiscard]] constexpr Rules rules_of() {
  if constexpr (ReadsAttributes<Rule>)
    return reading_rules<Rule>();
  else
    return plain_rules<Rule>();
}

}  // namespace detail

/// The functions of a rule, as declarations name them.
template <OperationRule Rule>
inline constexpr Rules rules = detail::rules_of<Rule>();

}  // namespace hale::graph
