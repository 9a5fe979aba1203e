#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/lift/operation_cost.hpp>
#include <hale/lift/operation_kind.hpp>
#include <limits>
#include <string>
#include <vector>

namespace hale::lift {

/// The most memory that computed values and inputs hold at once, in the graph's order.
struct ActivationMemory {
  std::uint64_t peak_bytes = 0;
  graph::OperationId at = graph::OperationId::none;  // during which
  std::size_t unknown = 0;                           // values whose size is not known
};

namespace detail::kernels {

/// Walks a graph in order with the values that are still needed; constants take no part.
class Liveness {
 public:
  explicit Liveness(const graph::Graph& graph) : graph_(graph) {}

  [[nodiscard]] ActivationMemory run() {
    walk(graph::Graph::body_id(), 0);
    return memory_;
  }

 private:
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  /// The value whose memory a view shares.
  [[nodiscard]] graph::ValueId root(graph::ValueId id) const {
    for (const graph::Operation* op = graph_.producer(id); op != nullptr && is_view(*op);
         op = graph_.producer(id))
      id = op->operands[0];
    return id;
  }
  [[nodiscard]] bool is_view(const graph::Operation& op) const {
    return !op.operands.empty() && op.operands[0] != graph::ValueId::none &&
           kind_of(graph_, op) == workload::KernelKind::view && !op.is("Shape") && !op.is("Size");
  }

  void touch(const std::vector<graph::ValueId>& values, std::size_t place) {
    last_use_.resize(graph_.value_count(), never);
    for (const graph::ValueId id : values) {
      if (id == graph::ValueId::none) continue;
      std::size_t& last = last_use_[index_of(root(id))];
      last = last == never ? place : std::max(last, place);
    }
  }
  /// What is made within a region is used there alone: how long, its own walk says.
  void forget(const std::vector<graph::ValueId>& values) {
    last_use_.resize(graph_.value_count(), never);
    for (const graph::ValueId id : values)
      if (id != graph::ValueId::none) last_use_[index_of(id)] = never;
  }
  void touch_all(graph::OperationId id, std::size_t place) {
    const graph::Operation& op = graph_.operation(id);
    touch(op.operands, place);
    for (const graph::NamedRegion& nested : op.regions) {
      for (const graph::OperationId inner : graph_.region(nested.region).operations)
        touch_all(inner, place);
      touch(graph_.region(nested.region).outputs, place);
    }
  }

  [[nodiscard]] std::uint64_t bytes(graph::ValueId id) {
    const auto known = graph::bytes_of(graph_.value(id).type);
    if (!known) ++memory_.unknown;
    return known.value_or(0);
  }

  struct Held {
    std::size_t last;
    std::uint64_t bytes;
  };

  void hold(graph::ValueId id, std::size_t place, std::vector<Held>& held, std::uint64_t& live) {
    if (id == graph::ValueId::none || root(id) != id) return;
    const std::size_t last = index_of(id) < last_use_.size() ? last_use_[index_of(id)] : never;
    const std::uint64_t size = bytes(id);
    held.push_back({last == never ? place : last, size});
    std::push_heap(held.begin(), held.end(), later);
    live = workload::saturating_sum(live, size);
  }
  [[nodiscard]] static bool later(const Held& a, const Held& b) { return a.last > b.last; }

  void walk(graph::RegionId region, std::uint64_t outside) {
    const graph::Region& walked = graph_.region(region);
    const std::size_t count = walked.operations.size();
    forget(walked.inputs);
    for (const graph::OperationId id : walked.operations) forget(graph_.operation(id).results);
    for (std::size_t place = 0; place < count; ++place) touch_all(walked.operations[place], place);
    touch(walked.outputs, count);
    std::vector<Held> held;  // a heap, the earliest last use in front
    std::uint64_t live = outside;
    for (const graph::ValueId input : walked.inputs) hold(input, 0, held, live);
    for (std::size_t place = 0; place < count; ++place) {
      const graph::OperationId id = walked.operations[place];
      const graph::Operation& op = graph_.operation(id);
      if (op.is("Constant")) continue;
      for (const graph::ValueId result : op.results) hold(result, place, held, live);
      if (live > memory_.peak_bytes) memory_.at = id;
      memory_.peak_bytes = std::max(memory_.peak_bytes, live);
      for (std::size_t i = 0; i < op.regions.size(); ++i)
        if (op.control.decision != graph::Decision::asked || op.control.taken == i)
          walk(op.regions[i].region, live);
      for (; !held.empty() && held.front().last <= place; held.pop_back()) {
        live -= std::min(live, held.front().bytes);
        std::pop_heap(held.begin(), held.end(), later);
      }
    }
  }

  const graph::Graph& graph_;
  ActivationMemory memory_;
  std::vector<std::size_t> last_use_;
};

}  // namespace detail::kernels

/// Pre: shapes are inferred. Views share the memory of what they show.
[[nodiscard]] inline ActivationMemory activation_memory(const graph::Graph& graph) {
  return detail::kernels::Liveness(graph).run();
}

}  // namespace hale::lift
