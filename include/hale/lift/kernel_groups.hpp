#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/rewrite.hpp>
#include <hale/lift/operation_cost.hpp>
#include <hale/lift/operation_kind.hpp>
#include <hale/workload/fusion_rules.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lift::detail::kernels {

/// Operations that one kernel runs, each after the first taking the result of the one before it.
struct KernelGroup {
  workload::KernelKind kind = workload::KernelKind::other;
  std::vector<graph::OperationId> operations{};
  graph::ValueId tail = graph::ValueId::none;  // its only result; none: it has several, or none
  bool holds_softmax = false;                  // an attention whose second product is to come
};

/// What runs next in a region: a group, or the regions of an operation.
struct RegionStep {
  KernelGroup group{};
  graph::OperationId owner = graph::OperationId::none;
};

/// Decides which operations of a graph make one kernel.
class KernelGroups {
 public:
  KernelGroups(const graph::Graph& graph, const workload::FusionRules& rules)
      : graph_(graph),
        rules_(rules),
        uses_(graph::count_uses(graph)),
        takers_(graph.value_count(), graph::OperationId::none),
        is_constant_(graph.value_count(), false),
        step_of_(graph.value_count(), no_step) {
    graph::for_each_operation(graph, graph::Graph::body_id(), [this](graph::OperationId id) {
      for (const graph::ValueId each : graph_.operation(id).operands)
        if (each != graph::ValueId::none) takers_[index_of(each)] = id;
    });
  }

  /// The groups of a region in an order in which they can run.
  ///
  /// To be called for a region after those that hold it: what is constant outside is so inside.
  [[nodiscard]] std::vector<RegionStep> of_region(graph::RegionId region) {
    std::vector<RegionStep> steps;
    std::vector<std::size_t> last;  // the place of each step's last operation
    const std::vector<graph::OperationId>& operations = graph_.region(region).operations;
    for (std::size_t place = 0; place < operations.size(); ++place) {
      const graph::OperationId id = operations[place];
      if (is_folded(id)) continue;
      if (is_free(id)) {
        ++views_;
        continue;
      }
      const std::size_t step = step_for(id, steps);
      last.resize(steps.size());
      last[step] = place;
    }
    return in_order(std::move(steps), last);
  }

  /// How many operations of the regions so far move nothing.
  [[nodiscard]] std::uint64_t views() const { return views_; }

  [[nodiscard]] bool is_constant(graph::ValueId id) const { return is_constant_[index_of(id)]; }

  /// The value whose elements this one shows in another shape.
  [[nodiscard]] graph::ValueId source(graph::ValueId id) const {
    for (const graph::Operation* producer = graph_.producer(id);
         producer != nullptr && is_free(graph_.value(id).producer) &&
         producer->operands[0] != graph::ValueId::none;
         producer = graph_.producer(id))
      id = producer->operands[0];
    return id;
  }

 private:
  static constexpr std::size_t no_step = static_cast<std::size_t>(-1);
  using KernelKind = workload::KernelKind;

  [[nodiscard]] bool is_free(graph::OperationId id) const {
    const graph::Operation& op = graph_.operation(id);
    if (op.operands.empty() || !op.regions.empty()) return false;
    const KernelKind kind = kind_of(graph_, op);
    return kind == KernelKind::view ||
           (kind == KernelKind::transpose && rules_.transposes_are_free);
  }

  /// Constants, and what follows from them alone without products.
  [[nodiscard]] bool is_folded(graph::OperationId id) {
    const graph::Operation& op = graph_.operation(id);
    bool folded = op.is("Constant");
    if (!folded && !op.operands.empty() && op.regions.empty() && macs_of(graph_, id) == 0U &&
        kind_of(graph_, op) != KernelKind::other)
      folded = std::all_of(op.operands.begin(), op.operands.end(), [this](graph::ValueId each) {
        return each == graph::ValueId::none || is_constant(each);
      });
    if (folded)
      for (const graph::ValueId result : op.results)
        if (result != graph::ValueId::none) is_constant_[index_of(result)] = true;
    return folded;
  }

  /// Puts an operation into a step, of its own or of an operand's.
  [[nodiscard]] std::size_t step_for(graph::OperationId id, std::vector<RegionStep>& steps) {
    const graph::Operation& op = graph_.operation(id);
    std::size_t step = op.regions.empty() ? joined_step(id, steps) : no_step;
    if (step == no_step) {
      step = steps.size();
      steps.push_back({});
      steps[step].group.kind = kind_in_group(op);
      if (!op.regions.empty()) steps[step].owner = id;
    } else {
      advance(steps[step].group, op);
    }
    KernelGroup& group = steps[step].group;
    group.operations.push_back(id);
    group.tail = op.results.size() == 1 ? op.results[0] : graph::ValueId::none;
    if (group.tail != graph::ValueId::none) step_of_[index_of(group.tail)] = step;
    return step;
  }

  /// An arithmetic operation of constants and one computed operand is an activation.
  [[nodiscard]] KernelKind kind_in_group(const graph::Operation& op) const {
    const KernelKind kind = kind_of(graph_, op);
    return kind == KernelKind::arithmetic && computed_operands(op) < 2 ? KernelKind::activation
                                                                       : kind;
  }

  [[nodiscard]] std::size_t computed_operands(const graph::Operation& op) const {
    return static_cast<std::size_t>(
        std::count_if(op.operands.begin(), op.operands.end(), [this](graph::ValueId each) {
          return each != graph::ValueId::none && !is_constant(each);
        }));
  }

  void advance(KernelGroup& group, const graph::Operation& op) const {
    const KernelKind kind = kind_of(graph_, op);
    if (kind == KernelKind::matrix_product) {
      group.kind = KernelKind::attention;
      group.holds_softmax = false;
    } else if (kind == KernelKind::softmax && group.kind == KernelKind::matrix_product) {
      group.holds_softmax = true;
    }
  }

  /// The latest step that an operation may join; products before others.
  [[nodiscard]] std::size_t joined_step(graph::OperationId id,
                                        const std::vector<RegionStep>& steps) {
    const graph::Operation& op = graph_.operation(id);
    std::size_t best = no_step;
    for (std::size_t slot = 0; slot < op.operands.size(); ++slot) {
      const std::size_t step = sole_step(op.operands[slot], steps);
      if (step == no_step || !may_join(steps[step].group, op, slot)) continue;
      const auto rank = [&steps](std::size_t each) {
        return std::pair(workload::has_products(steps[each].group.kind), each);
      };
      if (best == no_step || rank(step) > rank(best)) best = step;
    }
    return best;
  }

  /// The step whose tail an operand is, perhaps in another shape, that nothing else takes.
  [[nodiscard]] std::size_t sole_step(graph::ValueId id,
                                      const std::vector<RegionStep>& steps) const {
    while (id != graph::ValueId::none && uses_[index_of(id)] == 1) {
      const std::size_t step = step_of_[index_of(id)];
      if (step != no_step)
        return step < steps.size() && steps[step].group.tail == id ? step : no_step;
      const graph::OperationId producer = graph_.value(id).producer;
      if (producer == graph::OperationId::none || !is_free(producer)) break;
      id = graph_.operation(producer).operands[0];
    }
    return no_step;
  }

  [[nodiscard]] bool may_join(const KernelGroup& group, const graph::Operation& op,
                              std::size_t slot) const {
    if (group.holds_softmax) return op.is("MatMul") && slot == 0;
    if (group.operations.size() >= rules_.longest) return false;
    const KernelKind kind = kind_in_group(op);
    if (begins_attention(group, op)) return true;
    if (!rules_.allows(group.kind, kind)) return false;
    return kind != KernelKind::arithmetic || rules_.residual_adds;
  }

  /// Whether this is the Softmax between the two products of an attention.
  [[nodiscard]] bool begins_attention(const KernelGroup& group, const graph::Operation& op) const {
    if (!rules_.fuses_attention || !op.is("Softmax") || op.results.size() != 1) return false;
    if (group.kind != KernelKind::matrix_product || group.operations.size() + 2 > rules_.longest)
      return false;
    const graph::Operation& first = graph_.operation(group.operations.front());
    if (!first.is("MatMul") || computed_operands(first) != 2) return false;
    graph::ValueId id = op.results[0];
    while (uses_[index_of(id)] == 1 && takers_[index_of(id)] != graph::OperationId::none) {
      const graph::OperationId taker = takers_[index_of(id)];
      const graph::Operation& next = graph_.operation(taker);
      if (next.is("MatMul")) return next.operands[0] == id && next.operands[1] != id;
      if (!is_free(taker) || next.operands[0] != id) return false;
      id = next.results[0];
    }
    return false;
  }

  [[nodiscard]] static std::vector<RegionStep> in_order(std::vector<RegionStep> steps,
                                                        const std::vector<std::size_t>& last) {
    std::vector<std::size_t> order(steps.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&last](std::size_t a, std::size_t b) { return last[a] < last[b]; });
    std::vector<RegionStep> sorted;
    sorted.reserve(steps.size());
    for (const std::size_t each : order) sorted.push_back(std::move(steps[each]));
    return sorted;
  }

  const graph::Graph& graph_;
  const workload::FusionRules& rules_;
  std::vector<std::size_t> uses_;
  std::vector<graph::OperationId> takers_;
  std::vector<bool> is_constant_;
  std::vector<std::size_t> step_of_;
  std::uint64_t views_ = 0;
};

}  // namespace hale::lift::detail::kernels
