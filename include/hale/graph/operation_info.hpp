#pragma once

#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <hale/graph/operations/shape_rules.hpp>
#include <optional>
#include <span>
#include <string_view>

namespace hale::graph {

/// What a table of attributes says of one of them.
struct AttributeSummary {
  std::string_view name;
  std::string_view kind;  // "an integer"
  bool is_required = false;
};

/// A declared operation without its type, as the passes, the verifier and the documentation see it.
struct OperationInfo {
  std::string_view domain;  // empty: ONNX's own
  std::string_view name;
  std::string_view summary;
  std::span<const Slot> operands;
  std::span<const Slot> results;
  std::span<const AttributeSummary> attributes;
  Result<> (*check_attributes)(const OperationView&);
  Result<Types> (*infer)(const OperationView&);
  std::optional<Contents> (*evaluate)(const OperationView&);
  std::optional<std::uint64_t> (*multiply_adds)(const OperationView&);
};

/// The declaration of an operation; null where there is none. Cost: O(log n).
///
/// The table behind it takes a compiler some 20 s. Where HALE_OPERATIONS is defined it is compiled
/// once, in the library hale-operations; otherwise it is part of every unit that asks.
[[nodiscard]] const OperationInfo* find_operation(const Operation& operation);

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
