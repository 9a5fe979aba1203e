#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/rewrite.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

namespace detail {

/// Puts the bodies of called functions in place of the calls, region by region.
class CallInliner {
 public:
  explicit CallInliner(Graph& graph) : graph_(graph) {}

  void run() {
    inline_region(Graph::body_id());
    graph_.body().outputs = std::move(outputs_);
  }

 private:
  void inline_region(RegionId id) {
    const std::vector<OperationId> before = std::move(graph_.region(id).operations);
    std::vector<OperationId> after;
    after.reserve(before.size());
    for (const OperationId each : before) {
      resolve(graph_.operation(each).operands);
      if (is_call(graph_.operation(each))) {
        put_body(each, after);
        continue;
      }
      for (const NamedRegion& nested : std::vector(graph_.operation(each).regions))
        inline_region(nested.region);
      after.push_back(each);
    }
    graph_.region(id).operations = std::move(after);
    std::vector<ValueId> outputs = graph_.region(id).outputs;
    const std::vector<ValueId> stated = outputs;
    resolve(outputs);
    if (id == Graph::body_id()) {
      name_outputs(stated, outputs);
      outputs_ = std::move(outputs);
    } else {
      graph_.region(id).outputs = std::move(outputs);
    }
  }

  void put_body(OperationId call, std::vector<OperationId>& after) {
    const Operation op = graph_.operation(call);
    const RegionId body = op.regions.front().region;
    const std::vector<ValueId> inputs = graph_.region(body).inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      replace(inputs[i], i < op.operands.size() ? op.operands[i] : ValueId::none);
    const std::vector<ValueId> outputs = graph_.region(body).outputs;
    inline_region(body);
    for (const OperationId each : graph_.region(body).operations) {
      Operation& inner = graph_.operation(each);
      if (!op.location.empty() && !inner.location.empty())
        inner.location = concat(op.location, "/", inner.location);
    }
    splice(graph_, op, body, after, [&](std::size_t i, ValueId result, ValueId resolved) {
      give(result, outputs[i], resolved, inputs, after);
    });
  }

  /// The result of a call is what its body gives. What passes through the body, or is given twice,
  /// goes through an Identity, so that a region's outputs are produced within it.
  void give(ValueId result, ValueId output, ValueId resolved, const std::vector<ValueId>& inputs,
            std::vector<OperationId>& after) {
    const bool passes_through = std::find(inputs.begin(), inputs.end(), output) != inputs.end();
    const bool is_given = index_of(resolved) < given_.size() && given_[index_of(resolved)];
    if (passes_through || is_given) {
      after.push_back(add_identity(graph_, resolved, result));
      return;
    }
    if (given_.size() <= index_of(resolved)) given_.resize(index_of(resolved) + 1, false);
    given_[index_of(resolved)] = true;
    Type& type = graph_.value(resolved).type;
    type = refined(std::move(type), graph_.value(result).type);
    replace(result, resolved);
  }

  /// An output of the graph keeps its name.
  void name_outputs(const std::vector<ValueId>& stated, const std::vector<ValueId>& outputs) {
    for (std::size_t i = 0; i < stated.size(); ++i)
      if (stated[i] != outputs[i] && outputs[i] != ValueId::none)
        graph_.value(outputs[i]).name = graph_.value(stated[i]).name;
  }

  void replace(ValueId from, ValueId to) {
    if (from == ValueId::none) return;
    if (replaced_.size() <= index_of(from)) replaced_.resize(index_of(from) + 1);
    replaced_[index_of(from)] = to;
  }
  void resolve(std::vector<ValueId>& values) const {
    for (ValueId& id : values)
      while (id != ValueId::none && index_of(id) < replaced_.size() && replaced_[index_of(id)])
        id = *replaced_[index_of(id)];
  }

  Graph& graph_;
  std::vector<std::optional<ValueId>> replaced_{};  // by value
  std::vector<bool> given_{};                       // by value: already the result of a call
  std::vector<ValueId> outputs_{};
};

}  // namespace detail

/// call of a function of the model -> the operations of its body
struct InlineCalls {
  static constexpr std::string_view name = "inline-calls";
  static constexpr std::string_view summary =
      "puts the bodies of functions in place of their calls";

  /// Cost: O(operations).
  [[nodiscard]] static Result<> run(Graph& graph) {
    detail::CallInliner(graph).run();
    return {};
  }
};

}  // namespace hale::graph
