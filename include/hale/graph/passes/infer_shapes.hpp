#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/graph/control.hpp>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/pass.hpp>
#include <hale/graph/passes/region_types.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

namespace detail {

/// Walks a graph once, and the bodies of Loop and Scan again until what they carry from trip to
/// trip keeps its type.
class Inference {
 public:
  explicit Inference(Graph& graph)
      : graph_(graph), known_(graph.value_count()), effort_(8 * graph.value_count() + 1000) {}

  [[nodiscard]] Result<KnownContents> run() {
    HALE_CHECK(region(Graph::body_id()));
    return std::move(known_);
  }

 private:
  [[nodiscard]] Result<> region(RegionId id) {
    for (const OperationId each : graph_.region(id).operations) {
      const Operation& op = graph_.operation(each);
      HALE_CHECK(operation(op));
      if (op.regions.empty()) continue;
      const bool repeats = op.is("Loop") || op.is("Scan");
      HALE_CHECK(op.is("If") ? branches(each) : repeats ? trips(each) : bodies(op));
    }
    return {};
  }

  [[nodiscard]] Result<> operation(const Operation& op) {
    const OperationInfo* info = find_operation(op);
    if (info == nullptr || !has_operands(op, *info)) return {};
    HALE_TRY(Types types, info->infer(OperationView{graph_, op, &known_}));
    for (const Type& type : types)
      if (type.rank() > max_rank)
        return fail_at(graph_, op, "a result of ", type.rank(), " axes found, expected at most ",
                       max_rank);
    set_types(graph_, op.results, std::move(types));
    for (std::size_t i = 0; i < op.results.size(); ++i)
      if (op.results[i] != ValueId::none)
        known_[index_of(op.results[i])] = info->evaluate(OperationView{graph_, op, &known_, i});
    return {};
  }

  /// The bodies of called functions and of SequenceMap, once each.
  [[nodiscard]] Result<> bodies(const Operation& op) {
    for (const NamedRegion& nested : op.regions) {
      const std::vector<ValueId>& inputs = graph_.region(nested.region).inputs;
      if (op.is("SequenceMap")) enter_sequence_map(graph_, op, inputs);
      for (std::size_t i = 0; is_call(op) && i < inputs.size() && i < op.operands.size(); ++i) {
        if (inputs[i] == ValueId::none || op.operands[i] == ValueId::none) continue;
        set_types(graph_, {inputs[i]}, {graph_.value(op.operands[i]).type});
        known_[index_of(inputs[i])] = known_[index_of(op.operands[i])];
      }
      HALE_CHECK(region(nested.region));
    }
    if (!op.is("SequenceMap") && !is_call(op)) return {};
    const std::vector<ValueId>& outputs = graph_.region(op.regions.front().region).outputs;
    for (std::size_t i = 0; i < op.results.size() && i < outputs.size(); ++i) {
      if (outputs[i] == ValueId::none) continue;
      Type type = graph_.value(outputs[i]).type;
      if (op.is("SequenceMap")) type = container_of("sequence", std::move(type));
      set_types(graph_, {op.results[i]}, {std::move(type)});
    }
    return {};
  }

  /// The one truth value or integer that an operand holds, if it is known.
  [[nodiscard]] std::optional<std::int64_t> integer(const Operation& op,
                                                    std::size_t operand) const {
    const auto found = OperationView{graph_, op, &known_}.integers(operand);
    return found && found->size() == 1 ? std::optional(found->front()) : std::nullopt;
  }

  /// Decides which branch of an If is taken. What its condition rules out may not fit.
  [[nodiscard]] Result<> branches(OperationId id) {
    const Operation& op = graph_.operation(id);
    Control control = op.control;
    if (control.decision != Decision::asked) {
      control = {};
      const auto condition = integer(op, 0);
      const std::size_t branch = condition ? find_branch(op, *condition != 0) : op.regions.size();
      if (branch < op.regions.size()) control = {Decision::known, branch};
    }
    for (std::size_t i = 0; i < op.regions.size(); ++i) {
      const bool is_needed = control.decision == Decision::none || control.taken == i;
      const Result<> done = region(op.regions[i].region);
      if (!done && is_needed) return done;
    }
    if (control.decision == Decision::none) control = {Decision::assumed, costliest(op)};
    graph_.operation(id).control = control;
    leave_branch(op);
    return {};
  }

  [[nodiscard]] std::size_t costliest(const Operation& op) const {
    std::size_t best = 0;
    auto most = weight_of(graph_, op.regions[0].region);
    for (std::size_t i = 1; i < op.regions.size(); ++i) {
      const auto weight = weight_of(graph_, op.regions[i].region);
      if (weight <= most) continue;
      most = weight;
      best = i;
    }
    return best;
  }

  /// Gives an If's results the types of the taken branch; its contents too, unless it is assumed.
  void leave_branch(const Operation& op) {
    const std::vector<ValueId>& outputs =
        graph_.region(op.regions[op.control.taken].region).outputs;
    for (std::size_t i = 0; i < op.results.size() && i < outputs.size(); ++i) {
      if (outputs[i] == ValueId::none || op.results[i] == ValueId::none) continue;
      set_types(graph_, {op.results[i]}, {graph_.value(outputs[i]).type});
      if (op.control.decision != Decision::assumed)
        known_[index_of(op.results[i])] = known_[index_of(outputs[i])];
    }
  }

  /// A Loop or a Scan: finds how often it runs, and the types of what it gives.
  [[nodiscard]] Result<> trips(OperationId id) {
    const Operation& op = graph_.operation(id);
    const Carried carried = Carried::of(graph_, op);
    Entry entry = entry_of(graph_, op, carried);
    const Types initial = entry.states;
    HALE_CHECK(settle(op, carried, entry));
    Control control;
    const Dim count = op.is("Loop") ? count_loop(op, control) : count_scan(entry, carried, control);
    graph_.operation(id).control = control;
    leave_trips(op, carried, entry, initial, count);
    return {};
  }

  /// Infers a body with states as they begin, then with what trips change of them open, at last
  /// with nothing known of their extents.
  [[nodiscard]] Result<> settle(const Operation& op, const Carried& carried, Entry& entry) {
    const RegionId body = op.regions.front().region;
    const TypesOfRegion before(graph_, body);
    for (int attempt = 0; attempt < 2 && effort_ >= before.size(); ++attempt) {
      effort_ -= before.size();
      enter(op, carried, entry);
      if (!region(body)) break;
      bool is_settled = true;
      for (std::size_t i = 0; i < carried.states; ++i) {
        const Type after = type_at(graph_, graph_.region(body).outputs, carried.output + i);
        if (widen(entry.states[i], after)) is_settled = false;
      }
      if (is_settled) return {};
      before.restore(graph_);
    }
    before.restore(graph_);
    for (Type& state : entry.states)
      if (state.is_tensor()) state.dims.reset();
    enter(op, carried, entry);
    return region(body);
  }

  void enter(const Operation& op, const Carried& carried, const Entry& entry) {
    const std::vector<ValueId>& inputs = graph_.region(op.regions.front().region).inputs;
    for (const ValueId each : inputs)
      if (each != ValueId::none) known_[index_of(each)].reset();
    const auto give = [&](std::size_t place, Type type) {
      if (place < inputs.size()) set_types(graph_, {inputs[place]}, {std::move(type)});
    };
    for (std::size_t i = 0; op.is("Loop") && i < 2 && i < inputs.size(); ++i)
      if (!type_at(graph_, inputs, i).is_ranked())
        give(i, tensor_type(i == 0 ? ElementType::i64 : ElementType::boolean, {}));
    if (op.is("Loop") && inputs.size() > 1 && inputs[1] != ValueId::none)
      known_[index_of(inputs[1])] =  // else there is no trip
          Contents{std::vector<std::int64_t>(type_at(graph_, inputs, 1).rank(), 1),
                   {std::int64_t{1}}};
    for (std::size_t i = 0; i < carried.states; ++i) give(carried.input + i, entry.states[i]);
    for (std::size_t i = 0; i < carried.scanned; ++i)
      give(carried.input + carried.states + i, entry.slices[i]);
  }

  /// Exporters write the largest number for "until the condition ends it".
  [[nodiscard]] Dim count_loop(const Operation& op, Control& control) const {
    constexpr std::int64_t unbounded = (std::int64_t{1} << 31) - 1;
    const std::vector<ValueId>& outputs = graph_.region(op.regions.front().region).outputs;
    const auto after = outputs.empty() || outputs[0] == ValueId::none
                           ? std::nullopt
                           : known_[index_of(outputs[0])];
    const auto next = after ? after->integers() : std::nullopt;
    const bool goes_on = next && next->size() == 1 && next->front() != 0;
    const bool ends = next && next->size() == 1 && next->front() == 0;
    const OperationView view{graph_, op, &known_};
    const Contents* limit = view.contents(0);
    Dim count =
        limit == nullptr || limit->elements.size() != 1 ? Dim{} : dim_of(limit->elements[0]);
    if (const auto most = integer(op, 0); most && *most < 0) count = Dim{0};
    if (ends && (!view.has(0) || (count.is_static() && count.extent > 0))) count = Dim{1};
    if (integer(op, 1) == 0) count = Dim{0};
    if (!goes_on && count.is_static() && count.extent >= unbounded) count = Dim{};
    if (!count.is_static()) return goes_on ? count : Dim{};
    control.trips = static_cast<std::uint64_t>(count.extent);
    control.may_end_earlier = !next && count.extent > 1;
    return count;
  }

  /// A body of a Scan of opset 8 runs for each element of the batch too.
  [[nodiscard]] static Dim count_scan(const Entry& entry, const Carried& carried,
                                      Control& control) {
    if (entry.trips.is_static() && (!carried.has_batch || entry.batch.is_static()))
      control.trips = workload::saturating_product(
          static_cast<std::uint64_t>(entry.trips.extent),
          carried.has_batch ? static_cast<std::uint64_t>(entry.batch.extent) : 1);
    return entry.trips;
  }

  /// States are what the last trip makes of them, or what they were where there is none; what is
  /// stacked has an element a trip.
  void leave_trips(const Operation& op, const Carried& carried, const Entry& entry,
                   const Types& initial, const Dim& count) {
    const std::vector<ValueId>& outputs = graph_.region(op.regions.front().region).outputs;
    for (std::size_t i = 0; i < op.results.size() && i + carried.output < outputs.size(); ++i) {
      if (op.results[i] == ValueId::none) continue;
      Type type = type_at(graph_, outputs, i + carried.output);
      const bool is_state = i < carried.states;
      if (is_state && count.is_static() && count.extent == 0) {
        type = initial[i];
        known_[index_of(op.results[i])] = known_of(op.operands[carried.operand + i]);
      } else if (is_state && !count.is_static() && type.is_tensor()) {
        type = either(type, initial[i]);
      } else if (!is_state) {
        const std::int64_t axis = axis_in(op, "scan_output_axes", i - carried.states);
        type = put_in(std::move(type), carried.has_batch ? 0 : axis, count);
      }
      if (carried.has_batch) type = put_in(std::move(type), 0, entry.batch);
      set_types(graph_, {op.results[i]}, {std::move(type)});
    }
  }

  [[nodiscard]] std::optional<Contents> known_of(ValueId id) const {
    return id == ValueId::none ? std::nullopt : known_[index_of(id)];
  }

  Graph& graph_;
  KnownContents known_;
  std::size_t effort_;  // how many values may be inferred on trial, so that nesting stays cheap
};

[[nodiscard]] inline Result<KnownContents> infer_graph(Graph& graph) {
  return Inference(graph).run();
}

/// Gives every value of declared operations its type, and says what is known of small contents.
[[nodiscard]] Result<KnownContents> propagate(Graph& graph);

#ifndef HALE_OPERATIONS
inline Result<KnownContents> propagate(Graph& graph) { return infer_graph(graph); }
#endif

}  // namespace detail

/// Types follow from the operands'. Errors: shapes that do not fit their operation.
struct InferShapes {
  static constexpr std::string_view name = "infer-shapes";
  static constexpr std::string_view summary = "gives every value its element type and extents";

  [[nodiscard]] static Result<> run(Graph& graph) {
    HALE_CHECK(detail::propagate(graph));
    return {};
  }
};

}  // namespace hale::graph
