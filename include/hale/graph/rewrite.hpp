#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hale::graph {

/// How often each value is taken as an operand or an output, by its index.
[[nodiscard]] inline std::vector<std::size_t> count_uses(const Graph& graph) {
  std::vector<std::size_t> uses(graph.value_count(), 0);
  const auto take = [&uses](const std::vector<ValueId>& values) {
    for (const ValueId id : values)
      if (id != ValueId::none) ++uses[index_of(id)];
  };
  for_each_operation(graph, Graph::body_id(), [&](OperationId id) {
    take(graph.operation(id).operands);
    for (const NamedRegion& nested : graph.operation(id).regions)
      take(graph.region(nested.region).outputs);
  });
  take(graph.body().outputs);
  return uses;
}

/// An Identity, which is in no region yet, that gives a value as another one.
[[nodiscard]] inline OperationId add_identity(Graph& graph, ValueId from, ValueId to,
                                              std::string location = {}) {
  return graph.add_operation(
      {.name = "Identity", .operands = {from}, .results = {to}, .location = std::move(location)});
}

/// Puts the operations of a region behind others, in the place of the operation that owns it, and
/// calls `give(i, result, output)` for each result of the owner and what the region gives for it.
template <class Give>
void splice(const Graph& graph, const Operation& owner, RegionId id, std::vector<OperationId>& into,
            const Give& give) {
  const Region& region = graph.region(id);
  into.insert(into.end(), region.operations.begin(), region.operations.end());
  for (std::size_t i = 0; i < owner.results.size() && i < region.outputs.size(); ++i)
    if (owner.results[i] != ValueId::none && region.outputs[i] != ValueId::none)
      give(i, owner.results[i], region.outputs[i]);
}

/// Walks a graph once in order and lets values be replaced by others on the way.
///
/// Operations whose results nothing takes any more stay: the pass remove-dead-code is for them.
class Rewriter {
 public:
  explicit Rewriter(Graph& graph) : graph_(graph) {
    for (const ValueId id : graph.body().outputs) mark(body_outputs_, id);
    for_each_operation(graph, Graph::body_id(), [&](OperationId id) {
      for (const NamedRegion& nested : graph_.operation(id).regions)
        for (const ValueId output : graph_.region(nested.region).outputs)
          mark(nested_outputs_, output);
    });
  }

  /// Calls `visit(OperationId)`, which returns a Result<>, for each operation, with its operands
  /// replaced already, after those of its regions. The first error ends the walk.
  template <class Visit>
  [[nodiscard]] Result<> walk(Visit&& visit) {
    return walk(Graph::body_id(), visit);
  }

  /// Puts `to` in place of `from` in the operation that is visited and in all that come after it.
  ///
  /// An output of a nested region stays as it is, since it must be produced inside; an output of
  /// the graph gives its name to what replaces it, and stays where that has a name of its own to
  /// keep: an input, or another output.
  void replace(ValueId from, ValueId to) {
    if (is_marked(nested_outputs_, from)) return;
    if (is_marked(body_outputs_, from)) {
      if (graph_.producer(to) == nullptr || is_marked(body_outputs_, to)) return;
      graph_.value(to).name = graph_.value(from).name;
      mark(body_outputs_, to);
    }
    if (replaced_.size() <= index_of(from)) replaced_.resize(graph_.value_count(), ValueId::none);
    replaced_[index_of(from)] = to;
  }

  /// A Constant before the operation that is visited.
  [[nodiscard]] ValueId insert_constant(Tensor tensor, std::string name = {}) {
    const ValueId result = add_constant(graph_, std::move(tensor), std::move(name));
    inserted_.push_back(graph_.value(result).producer);
    return result;
  }

  /// Any operation before the one that is visited.
  void insert(Operation operation) {
    inserted_.push_back(graph_.add_operation(std::move(operation)));
  }

 private:
  static void mark(std::vector<bool>& marks, ValueId id) {
    if (marks.size() <= index_of(id)) marks.resize(index_of(id) + 1, false);
    marks[index_of(id)] = true;
  }
  [[nodiscard]] static bool is_marked(const std::vector<bool>& marks, ValueId id) {
    return index_of(id) < marks.size() && marks[index_of(id)];
  }
  void resolve(std::vector<ValueId>& values) const {
    for (ValueId& id : values)
      while (index_of(id) < replaced_.size() && replaced_[index_of(id)] != ValueId::none)
        id = replaced_[index_of(id)];
  }

  template <class Visit>
  [[nodiscard]] Result<> walk(RegionId owner, Visit& visit) {
    const std::vector<OperationId> before = std::move(graph_.region(owner).operations);
    std::vector<OperationId> after;
    after.reserve(before.size());
    Result<> status;
    for (const OperationId id : before) {
      if (status) {
        for (const NamedRegion& nested : std::vector(graph_.operation(id).regions))
          if (status) status = walk(nested.region, visit);
        resolve(graph_.operation(id).operands);
        inserted_.clear();
        if (status) status = visit(id);
        after.insert(after.end(), inserted_.begin(), inserted_.end());
      }
      after.push_back(id);
    }
    graph_.region(owner).operations = std::move(after);
    resolve(graph_.region(owner).outputs);
    return status;
  }

  Graph& graph_;
  std::vector<bool> body_outputs_;
  std::vector<bool> nested_outputs_;
  std::vector<ValueId> replaced_;
  std::vector<OperationId> inserted_;
};

}  // namespace hale::graph
