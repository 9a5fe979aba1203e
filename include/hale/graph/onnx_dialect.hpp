#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/operations/attention.hpp>
#include <hale/graph/operations/classical.hpp>
#include <hale/graph/operations/contributed.hpp>
#include <hale/graph/operations/convolution.hpp>
#include <hale/graph/operations/einsum.hpp>
#include <hale/graph/operations/elementwise.hpp>
#include <hale/graph/operations/families.hpp>
#include <hale/graph/operations/filling.hpp>
#include <hale/graph/operations/layers.hpp>
#include <hale/graph/operations/linear.hpp>
#include <hale/graph/operations/movement.hpp>
#include <hale/graph/operations/others.hpp>
#include <hale/graph/operations/packed.hpp>
#include <hale/graph/operations/planes.hpp>
#include <hale/graph/operations/pooling.hpp>
#include <hale/graph/operations/scattered.hpp>
#include <hale/graph/operations/selection.hpp>
#include <hale/graph/operations/sequences.hpp>
#include <hale/graph/operations/shape.hpp>
#include <hale/graph/operations/signal.hpp>
#include <hale/graph/operations/transformers.hpp>
#include <span>
#include <string_view>

namespace hale::graph {

namespace detail {

/// The rows of all headers behind one another.
template <std::size_t... Counts>
[[nodiscard]] constexpr auto joined(const std::array<Declaration, Counts>&... families) {
  std::array<Declaration, (Counts + ...)> all{};
  auto next = all.begin();
  ((next = std::copy(families.begin(), families.end(), next)), ...);
  return all;
}

inline constexpr auto declarations = joined(
    elementwise_operations, pointwise_operations, comparison_operations, combination_operations,
    reduction_operations, convolution_operations, linear_operations, pooling_operations,
    shape_operations, movement_operations, filling_operations, layer_operations, other_operations,
    einsum_operations, training_operations, attention_operations, contributed_attention_operations,
    sequence_operations, selection_operations, scattered_operations, plane_operations,
    signal_operations, fused_operations, quantised_operations, packed_operations,
    transformer_operations, classical_operations, named_operations);

// What the texts of all rows say, in arrays that the table's rows are parts of.

[[nodiscard]] constexpr Slot slot_of(std::string_view word) {
  Slot slot;
  for (; !word.empty(); word.remove_suffix(1)) {
    if (word.back() == '?')
      slot.arity = Arity::optional;
    else if (word.back() == '*')
      slot.arity = Arity::variadic;
    else if (word.back() == '!')
      slot.is_parameter = true;
    else
      break;
  }
  slot.name = word;
  return slot;
}

[[nodiscard]] constexpr AttributeSummary attribute_of_word(std::string_view word) {
  constexpr std::array<std::string_view, 9> kinds = {
      "integer", "float", "text", "tensor", "integers", "floats", "texts", "other", "type"};
  const std::size_t colon = word.find(':');
  const auto kind = std::find(kinds.begin(), kinds.end(), word.substr(colon + 1));
  return {word.substr(0, colon),
          attribute_kind_names.at(static_cast<std::size_t>(kind - kinds.begin()))};
}

template <class Visit>
constexpr void for_each_word(std::string_view words, Visit&& visit) {
  while (!words.empty()) {
    const std::size_t length = std::min(words.find(' '), words.size());
    visit(words.substr(0, length));
    words.remove_prefix(std::min(length + 1, words.size()));
  }
}

[[nodiscard]] constexpr std::size_t count_words(std::string_view words) {
  return words.empty() ? 0
                       : 1 + static_cast<std::size_t>(std::count(words.begin(), words.end(), ' '));
}

struct Counts {
  std::size_t slots = 0;
  std::size_t attributes = 0;
};

inline constexpr Counts counts = [] {
  Counts found;
  for (const Declaration& each : declarations) {
    found.slots += count_words(each.operands) + count_words(each.results);
    found.attributes += count_words(each.attributes);
  }
  return found;
}();

inline constexpr auto all_slots = [] {
  std::array<Slot, counts.slots> slots{};
  auto next = slots.begin();
  const auto add = [&next](std::string_view word) { *next++ = slot_of(word); };
  for (const Declaration& each : declarations) {
    for_each_word(each.operands, add);
    for_each_word(each.results, add);
  }
  return slots;
}();

inline constexpr auto all_attributes = [] {
  std::array<AttributeSummary, counts.attributes> attributes{};
  auto next = attributes.begin();
  for (const Declaration& each : declarations)
    for_each_word(each.attributes,
                  [&next](std::string_view word) { *next++ = attribute_of_word(word); });
  return attributes;
}();

[[nodiscard]] constexpr OperationFacts facts_of(const Declaration& from) {
  return {from.name, from.kind, from.form, from.right, from.is_transcendental};
}

/// By name, and then by domain.
[[nodiscard]] constexpr bool comes_before(const OperationInfo& a, const OperationInfo& b) {
  return a.name != b.name ? a.name < b.name : a.domain < b.domain;
}

[[nodiscard]] constexpr bool is_declared(const Declaration& each) {
  return each.rules.infer != nullptr;
}
[[nodiscard]] constexpr bool is_known_by_name(const Declaration& each) {
  return each.domain.empty() || each.domain == domains::microsoft;
}

// Beside the table of what is declared, one of facts alone: who asks for these does not compile
// rules.

inline constexpr auto facts_by_name = [] {
  std::array<OperationFacts, static_cast<std::size_t>(std::count_if(
                                 declarations.begin(), declarations.end(), is_known_by_name))>
      facts{};
  auto next = facts.begin();
  for (const Declaration& each : declarations)
    if (is_known_by_name(each)) *next++ = facts_of(each);
  std::sort(facts.begin(), facts.end(),
            [](const OperationFacts& a, const OperationFacts& b) { return a.name < b.name; });
  return facts;
}();

}  // namespace detail

/// Every declared operation; whatever else a model holds is carried by its name.
inline constexpr auto operation_table = [] {
  std::array<OperationInfo,
             static_cast<std::size_t>(std::count_if(
                 detail::declarations.begin(), detail::declarations.end(), detail::is_declared))>
      table{};
  auto next = table.begin();
  const Slot* slots = detail::all_slots.data();
  const AttributeSummary* attributes = detail::all_attributes.data();
  const auto taken = [](auto*& from, std::string_view words) {
    const std::size_t count = detail::count_words(words);
    from += count;
    return std::span(from - count, count);
  };
  for (const Declaration& from : detail::declarations) {
    if (!detail::is_declared(from)) continue;
    OperationInfo& to = *next++;
    static_cast<OperationFacts&>(to) = detail::facts_of(from);
    to.domain = from.domain;
    to.summary = from.summary;
    to.picks = from.picks;
    to.operands = taken(slots, from.operands);
    to.results = taken(slots, from.results);
    to.attributes = taken(attributes, from.attributes);
    if (!from.rules.attributes.empty()) to.attributes = from.rules.attributes;
    to.rules = from.rules;
  }
  std::sort(table.begin(), table.end(), detail::comes_before);
  return table;
}();

namespace detail {

/// The first row of a sorted table with a name; null where there is none.
/// Where each name of a sorted table stands first, by the name's hash.
template <std::size_t Rows>
class NameIndex {
 public:
  template <class Row>
  consteval explicit NameIndex(const std::array<Row, Rows>& sorted) {
    slots_.fill(none);
    for (std::size_t row = Rows; row-- > 0;) {
      std::size_t slot = hash(sorted[row].name) % size;
      while (slots_[slot] != none && sorted[slots_[slot]].name != sorted[row].name)
        slot = (slot + 1) % size;
      slots_[slot] = static_cast<std::uint16_t>(row);
    }
  }

  /// The first row of this name in the table that the index was made of; null where there is none.
  template <class Row>
  [[nodiscard]] constexpr const Row* find(const std::array<Row, Rows>& sorted,
                                          std::string_view name) const {
    for (std::size_t slot = hash(name) % size; slots_[slot] != none; slot = (slot + 1) % size)
      if (sorted[slots_[slot]].name == name) return &sorted[slots_[slot]];
    return nullptr;
  }

 private:
  static constexpr std::size_t size = std::bit_ceil(4 * Rows);
  static constexpr std::uint16_t none = 0xffff;
  static_assert(Rows < none);

  [[nodiscard]] static constexpr std::size_t hash(std::string_view name) {
    std::uint32_t sum = 0;
    for (const char letter : name) sum = sum * 31 + static_cast<unsigned char>(letter);
    return sum ^ sum >> 15U;
  }

  std::array<std::uint16_t, size> slots_{};
};

inline constexpr NameIndex<operation_table.size()> operation_index(operation_table);
inline constexpr NameIndex<facts_by_name.size()> facts_index(facts_by_name);

[[nodiscard]] inline const OperationInfo* find_declared(const Operation& operation) {
  const OperationInfo* end = operation_table.data() + operation_table.size();
  for (const OperationInfo* each = operation_index.find(operation_table, operation.name);
       each != nullptr && each != end && each->name == operation.name; ++each)
    if (each->domain == operation.domain) return each;
  return nullptr;
}

[[nodiscard]] inline const OperationFacts* find_facts(std::string_view name) {
  return facts_index.find(facts_by_name, name);
}

}  // namespace detail

#ifndef HALE_OPERATIONS
inline const OperationInfo* find_operation(const Operation& operation) {
  return detail::find_declared(operation);
}
inline const OperationFacts* find_by_name(std::string_view name) {
  return detail::find_facts(name);
}
#endif

}  // namespace hale::graph
