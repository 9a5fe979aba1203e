#include "order.hpp"

#include <cstddef>
#include <functional>
#include <hale/core/text.hpp>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace hale::onnx_frontend {

namespace {

using Take = std::function<void(std::string_view)>;

/// Calls `take(name)` for each value that a node takes from around it, be it for its graphs.
void for_each_taken(const onnx::NodeProto& node, const Take& take) {
  for (const std::string& input : node.input()) take(input);
  const auto inside = [&take](const onnx::GraphProto& nested) {
    std::unordered_set<std::string_view> own;
    for (const auto& input : nested.input()) own.insert(input.name());
    for (const auto& tensor : nested.initializer()) own.insert(tensor.name());
    for (const auto& tensor : nested.sparse_initializer()) own.insert(tensor.values().name());
    for (const auto& each : nested.node()) own.insert(each.output().begin(), each.output().end());
    const Take take_outer = [&](std::string_view name) {
      if (!own.contains(name)) take(name);
    };
    for (const auto& each : nested.node()) for_each_taken(each, take_outer);
    for (const auto& output : nested.output()) take_outer(output.name());
  };
  for (const auto& attribute : node.attribute()) {
    if (attribute.has_g()) inside(attribute.g());
    for (const auto& nested : attribute.graphs()) inside(nested);
  }
}

/// Which nodes wait for which, by their places in the file.
class Dependencies {
 public:
  explicit Dependencies(const Nodes& nodes) : nodes_(nodes) {
    producers_.reserve(size());
    for (std::size_t i = 0; i < size(); ++i)
      for (const std::string& output : node(i).output())
        if (!output.empty()) producers_.emplace(output, i);
  }

  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(nodes_.size()); }
  [[nodiscard]] const onnx::NodeProto& node(std::size_t i) const {
    return nodes_[static_cast<int>(i)];
  }
  /// Calls `visit(producer)` for each value that node `i` takes from another of these.
  template <class Visit>
  void for_each(std::size_t i, const Visit& visit) const {
    for_each_taken(node(i), [&](std::string_view taken) {
      if (const auto producer = producers_.find(taken); producer != producers_.end())
        visit(producer->second);
    });
  }

 private:
  const Nodes& nodes_;
  std::unordered_map<std::string_view, std::size_t> producers_;
};

/// Of the nodes that wait for none the first in the file comes next.
[[nodiscard]] Result<std::vector<const onnx::NodeProto*>> sorted(const Dependencies& nodes) {
  const std::size_t count = nodes.size();
  std::vector<std::size_t> waits(count, 0);
  std::vector<std::vector<std::size_t>> waiting(count);
  for (std::size_t i = 0; i < count; ++i)
    nodes.for_each(i, [&](std::size_t producer) {
      ++waits[i];
      waiting[producer].push_back(i);
    });
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < count; ++i)
    if (waits[i] == 0) ready.push(i);
  std::vector<const onnx::NodeProto*> order;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    order.push_back(&nodes.node(next));
    for (const std::size_t i : waiting[next])
      if (--waits[i] == 0) ready.push(i);
  }
  for (std::size_t i = 0; i < count; ++i)
    if (waits[i] != 0)
      return fail(concat(where(nodes.node(i)),
                         ": a cycle found that it lies on or comes after, expected none"));
  return order;
}

}  // namespace

std::string where(const onnx::NodeProto& node) {
  if (!node.name().empty()) return concat("node '", node.name(), "' (", node.op_type(), ")");
  const std::string output = node.output_size() > 0 ? node.output(0) : std::string();
  return concat("node of '", output, "' (", node.op_type(), ")");
}

std::vector<const onnx::NodeProto*> in_file_order(const Nodes& nodes) {
  std::vector<const onnx::NodeProto*> order;
  order.reserve(static_cast<std::size_t>(nodes.size()));
  for (const onnx::NodeProto& node : nodes) order.push_back(&node);
  return order;
}

Result<std::vector<const onnx::NodeProto*>> in_order(const Nodes& nodes) {
  return sorted(Dependencies(nodes));
}

}  // namespace hale::onnx_frontend
