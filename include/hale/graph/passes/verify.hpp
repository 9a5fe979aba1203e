#pragma once

#include <cstddef>
#include <hale/graph/diagnostics.hpp>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/pass.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace hale::graph {

/// Each value is produced once and before it is used; each declared operation has the operands,
/// results and kinds of attributes that its declaration names.
struct Verify {
  static constexpr std::string_view name = "verify";
  static constexpr std::string_view summary = "refuses what no ONNX model may be";

  [[nodiscard]] static Result<> run(Graph& graph) {
    std::vector<bool> defined(graph.value_count(), false);
    return region(graph, Graph::body_id(), defined);
  }

  /// What the declaration of one operation refuses of it.
  [[nodiscard]] static Result<> declaration(const Graph& graph, const Operation& op) {
    const OperationInfo* info = find_operation(op);
    if (info == nullptr) return {};
    HALE_CHECK(slots(graph, op, op.operands, info->operands, "operand"));
    HALE_CHECK(slots(graph, op, op.results, info->results, "result"));
    return check_attributes(OperationView{graph, op}, info->attributes);
  }

 private:
  [[nodiscard]] static Result<> region(const Graph& graph, RegionId id,
                                       std::vector<bool>& defined) {
    for (const ValueId input : graph.region(id).inputs) defined[index_of(input)] = true;
    for (const OperationId each : graph.region(id).operations) {
      const Operation& op = graph.operation(each);
      for (const ValueId operand : op.operands)
        if (operand != ValueId::none && !defined[index_of(operand)])
          return fail_at(graph, op, "operand '", graph.value(operand).name,
                         "' found before its definition, expected it after");
      for (const NamedRegion& nested : op.regions)
        HALE_CHECK(region(graph, nested.region, defined));
      HALE_CHECK(declaration(graph, op));
      for (const ValueId result : op.results) {
        if (result == ValueId::none) continue;
        if (defined[index_of(result)])
          return fail_at(graph, op, "result '", graph.value(result).name,
                         "' is defined already, expected a new one");
        defined[index_of(result)] = true;
      }
    }
    for (const ValueId output : graph.region(id).outputs)
      if (!defined[index_of(output)])
        return fail(concat("output '", graph.value(output).name,
                           "' is not defined, expected an operation that produces it"));
    return {};
  }

  [[nodiscard]] static Result<> slots(const Graph& graph, const Operation& op,
                                      const std::vector<ValueId>& found,
                                      std::span<const Slot> expected, std::string_view kind) {
    const bool is_variadic = !expected.empty() && expected.back().arity == Arity::variadic;
    if (found.size() > expected.size() && !is_variadic)
      return fail_at(graph, op, found.size(), " ", kind, "s found, expected at most ",
                     expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (expected[i].arity == Arity::optional) continue;
      if (expected[i].arity == Arity::variadic && i > 0) continue;
      if (i >= found.size() || found[i] == ValueId::none)
        return fail_at(graph, op, kind, " ", expected[i].name, " is missing, expected it");
    }
    return {};
  }
};

}  // namespace hale::graph
