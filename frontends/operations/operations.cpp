#include <hale/graph/onnx_dialect.hpp>

namespace hale::graph {

const OperationInfo* find_operation(const Operation& operation) {
  return detail::find_in(operation_table, operation);
}

}  // namespace hale::graph
