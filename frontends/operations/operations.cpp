#include <hale/graph/onnx_dialect.hpp>

namespace hale::graph {

const OperationInfo* find_operation(const Operation& operation) {
  return detail::find_declared(operation);
}

const OperationFacts* find_by_name(std::string_view name) { return detail::find_facts(name); }

}  // namespace hale::graph
