#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/operation.hpp>
#include <hale/workload/kernel.hpp>
#include <optional>
#include <span>
#include <string_view>

namespace hale::graph {

/// What is known of an operation by its name alone, of ONNX and of com.microsoft alike.
struct OperationFacts {
  std::string_view name{};
  workload::KernelKind kind = workload::KernelKind::other;  // of a kernel that is built around it
  Form form = Form::none;
  std::uint8_t right = 1;          // the operand that is the right factor; the left is the first
  bool is_transcendental = false;  // a function such as exp of each element
};

/// A declared operation, as the passes, the verifier, the costs and the documentation see it.
struct OperationInfo : OperationFacts {
  std::string_view domain{};  // empty: ONNX's own
  std::string_view summary{};
  bool picks = false;  // it reads no more of the first operand than it writes
  std::span<const Slot> operands{};
  std::span<const Slot> results{};
  std::span<const AttributeSummary> attributes{};
  Rules rules{};

  /// The types of the results. Errors: attributes of another kind than declared; as the rule says.
  [[nodiscard]] Result<Types> infer(const OperationView& view) const {
    HALE_CHECK(check_attributes(view, attributes));
    return rules.infer(view);
  }
  /// The contents of the result that is asked for, if they are known. Pre: infer() had no error.
  [[nodiscard]] std::optional<Contents> evaluate(const OperationView& view) const {
    return rules.evaluate == nullptr ? std::nullopt : rules.evaluate(view);
  }
  /// The products of one run; nothing where they are not known.
  [[nodiscard]] std::optional<std::uint64_t> multiply_adds(const OperationView& view) const {
    if (rules.multiply_adds == nullptr) return 0;
    return check_attributes(view, attributes) ? rules.multiply_adds(view) : std::nullopt;
  }
};

/// The declaration of an operation; null where there is none. Cost: O(1), a hash of its name.
///
/// The table behind it takes a compiler seconds. Where HALE_OPERATIONS is defined it is compiled
/// once, in the library hale-operations; otherwise it is part of every unit that asks.
[[nodiscard]] const OperationInfo* find_operation(const Operation& operation);

/// What is known of the operations of a name; null where nothing is. Cost: O(1).
[[nodiscard]] const OperationFacts* find_by_name(std::string_view name);

/// The same of an operation; null for those of other domains than ONNX's and com.microsoft.
[[nodiscard]] inline const OperationFacts* find_known(const Operation& operation) {
  const bool may_be = operation.domain.empty() || operation.domain == "com.microsoft";
  return may_be ? find_by_name(operation.name) : nullptr;
}

/// The kind of the kernel that an operation becomes; `other` for those that hale does not know.
[[nodiscard]] inline workload::KernelKind kind_of(const Operation& operation) {
  const OperationFacts* facts = find_known(operation);
  return facts == nullptr ? workload::KernelKind::other : facts->kind;
}

/// Whether every operand that is required is there, as Verify demands.
[[nodiscard]] inline bool has_operands(const Operation& op, const OperationInfo& info) {
  for (std::size_t i = 0; i < info.operands.size(); ++i) {
    if (info.operands[i].arity == Arity::optional) continue;
    if (info.operands[i].arity == Arity::variadic && i > 0) continue;
    if (i >= op.operands.size() || op.operands[i] == ValueId::none) return false;
  }
  return true;
}

}  // namespace hale::graph

#ifndef HALE_OPERATIONS
#include <hale/graph/onnx_dialect.hpp>
#endif
