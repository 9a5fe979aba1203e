#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/contents.hpp>
#include <hale/graph/diagnostics.hpp>
#include <hale/graph/ir.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace hale::graph {

/// What is known of each value's contents, by its index; shorter than the values where not.
using KnownContents = std::vector<std::optional<Contents>>;

/// One operation of a graph, as its declaration reads it.
struct OperationView {
  const Graph& graph;
  const Operation& operation;
  const KnownContents* known = nullptr;
  std::size_t result = 0;  // whose contents are asked for

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
  /// What is known of an operand's contents; null where nothing is.
  [[nodiscard]] const Contents* contents(std::size_t index) const {
    if (known == nullptr || !has(index)) return nullptr;
    const std::size_t value = index_of(operation.operands[index]);
    return value < known->size() && (*known)[value] ? &*(*known)[value] : nullptr;
  }
  /// An operand's contents where every element is an integer.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::size_t index) const {
    const Contents* found = contents(index);
    return found == nullptr ? std::nullopt : found->integers();
  }
  /// An operand's contents as extents; those that are not known are open.
  [[nodiscard]] std::optional<std::vector<Dim>> dims(std::size_t index) const {
    const Contents* found = contents(index);
    if (found == nullptr) return std::nullopt;
    std::vector<Dim> extents;
    for (const Number& each : found->elements) extents.push_back(dim_of(each));
    return extents;
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

/// One attribute that a declaration reads or checks.
struct AttributeSummary {
  std::string_view name;
  std::string_view kind;  // one of attribute_kind_names
  bool is_required = false;
};

/// Errors: an attribute of another kind than declared, or a required one that is absent.
[[nodiscard]] inline Result<> check_attributes(const OperationView& view,
                                               std::span<const AttributeSummary> declared) {
  for (const AttributeSummary& each : declared) {
    const AttributeValue* found = view.operation.attribute(each.name);
    if (found == nullptr) {
      if (each.is_required)
        return view.fail("attribute '", each.name, "' is missing, expected ", each.kind);
    } else if (attribute_kind_names[found->index()] != each.kind) {
      return view.fail("attribute '", each.name, "' is ", attribute_kind_names[found->index()],
                       ", expected ", each.kind);
    }
  }
  return {};
}

/// How an operation multiplies, where it is one product of matrices or a stack of them.
enum class Form : std::uint8_t {
  none,
  convolution,
  transposed_convolution,
  stacks,    // of matrices, as numpy's matmul
  matrices,  // two, either of them transposed or not
  rows,      // the last axis by a weight
  recurrent,
};

/// The types of an operation's results, as infer() returns them.
using Types = std::vector<Type>;

/// The functions that say what an operation makes of its operands, and the attributes that they
/// read as a struct.
///
/// Each function has attributes only of the kinds that are declared.
struct Rules {
  Result<Types> (*infer)(const OperationView&) = nullptr;  // the types of the results
  /// The contents of the result that is asked for, if they are known; null: they never are.
  std::optional<Contents> (*evaluate)(const OperationView&) = nullptr;
  /// The products of one run; nothing where a shape is open. Null: there are none.
  std::optional<std::uint64_t> (*multiply_adds)(const OperationView&) = nullptr;
  /// How many numbers the weight in a slot holds, where several are packed into one element. Null:
  /// none are.
  std::optional<std::uint64_t> (*packed)(const OperationView&, std::size_t slot) = nullptr;
  /// How many elements of an operand one run reads; nothing: all. Null: all of every one.
  std::optional<std::uint64_t> (*elements_read)(const OperationView&, std::size_t slot) = nullptr;
  std::span<const AttributeSummary> attributes{};
};

}  // namespace hale::graph
