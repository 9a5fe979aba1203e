#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/operations/sequences.hpp>
#include <optional>
#include <utility>
#include <vector>

/// The types of what goes into the regions of operations and comes out of them.
namespace hale::graph::detail {

/// Nothing is known, not even that it is a tensor.
[[nodiscard]] inline bool is_unknown(const Type& type) { return type == Type{}; }

/// What inference says of a type, and where that is open, what the model had said before.
[[nodiscard]] inline Type refined(Type inferred, Type stated) {
  if (!inferred.is_tensor()) return inferred;
  if (!stated.is_tensor()) return is_unknown(inferred) ? stated : inferred;
  if (inferred.element == ElementType::undefined) inferred.element = stated.element;
  if (!inferred.dims) {
    inferred.dims = std::move(stated.dims);
  } else if (stated.dims && stated.dims->size() == inferred.dims->size()) {
    for (std::size_t i = 0; i < inferred.dims->size(); ++i) {
      Dim& dim = (*inferred.dims)[i];
      if (!dim.is_static() && dim.symbol.empty()) dim = std::move((*stated.dims)[i]);
    }
  }
  return inferred;
}

inline void set_types(Graph& graph, const std::vector<ValueId>& values, Types types) {
  for (std::size_t i = 0; i < values.size() && i < types.size(); ++i) {
    if (values[i] == ValueId::none) continue;
    Type& type = graph.value(values[i]).type;
    type = refined(std::move(types[i]), std::move(type));
  }
}

/// The type at a place of a list of values; nothing is known of what is not there.
[[nodiscard]] inline Type type_at(const Graph& graph, const std::vector<ValueId>& values,
                                  std::size_t place) {
  if (place >= values.size() || values[place] == ValueId::none) return {};
  return graph.value(values[place]).type;
}

/// Whether an operation is a call of a function of the model, whose body it then owns.
[[nodiscard]] inline bool is_call(const Operation& op) {
  return !op.domain.empty() && op.regions.size() == 1 && op.regions.front().name == "body" &&
         find_operation(op) == nullptr;
}

/// The region of SequenceMap sees one tensor of each sequence.
inline void enter_sequence_map(Graph& graph, const Operation& op,
                               const std::vector<ValueId>& inputs) {
  for (std::size_t i = 0; i < inputs.size() && i < op.operands.size(); ++i) {
    if (op.operands[i] == ValueId::none || inputs[i] == ValueId::none) continue;
    const Type& type = graph.value(op.operands[i]).type;
    set_types(graph, {inputs[i]}, {type.is_tensor() ? type : inside_of(type)});
  }
}

/// Which of the operands of a Loop or a Scan its body carries from trip to trip, and which of them
/// it takes a slice of.
struct Carried {
  std::size_t operand = 0;  // the first state's
  std::size_t input = 0;    // its place in the body's inputs
  std::size_t output = 0;   // and in the body's outputs
  std::size_t states = 0;
  std::size_t scanned = 0;  // operands behind the states that slices are taken of
  bool has_batch = false;   // a Scan of opset 8 runs its body for each element of a batch

  [[nodiscard]] static Carried of(const Graph& graph, const Operation& op) {
    Carried carried;
    const std::size_t operands = op.operands.size();
    if (op.is("Loop")) {
      carried.operand = carried.input = 2;
      carried.output = 1;
      carried.states = operands > 2 ? operands - 2 : 0;
      return carried;
    }
    const std::size_t inputs = graph.region(op.regions.front().region).inputs.size();
    carried.has_batch = inputs + 1 == operands;
    carried.operand = carried.has_batch ? 1 : 0;
    const std::int64_t count = integer_of(OperationView{graph, op}, "num_scan_inputs", 0);
    const std::size_t rest = operands - std::min(operands, carried.operand);
    carried.scanned = std::min(rest, static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
    carried.states = rest - carried.scanned;
    return carried;
  }
};

/// An entry of an attribute that lists axes; 0 where it has none there.
[[nodiscard]] inline std::int64_t axis_in(const Operation& op, std::string_view name,
                                          std::size_t place) {
  const AttributeValue* found = op.attribute(name);
  const auto* list = found == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(found);
  return list == nullptr || place >= list->size() ? 0 : (*list)[place];
}

/// An axis counted from the front; nothing where a tensor of that rank has no such axis.
[[nodiscard]] inline std::optional<std::size_t> axis_of(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < 0) axis += count;
  if (axis < 0 || axis >= count) return std::nullopt;
  return static_cast<std::size_t>(axis);
}

/// Takes an axis out of a type, and returns its extent; open where it has none.
[[nodiscard]] inline Dim taken_out(Type& type, std::int64_t axis) {
  if (!type.is_ranked()) return {};
  const auto place = axis_of(axis, type.rank());
  if (!place) {
    type.dims.reset();
    return {};
  }
  const auto at = type.dims->begin() + static_cast<std::ptrdiff_t>(*place);
  Dim dim = std::move(*at);
  type.dims->erase(at);
  return dim;
}

/// Puts an axis into a type, counted in the rank that it then has.
[[nodiscard]] inline Type put_in(Type type, std::int64_t axis, Dim dim) {
  if (!type.is_ranked()) return type;
  const auto place = axis_of(axis, type.rank() + 1);
  if (!place) {
    type.dims.reset();
    return type;
  }
  type.dims->insert(type.dims->begin() + static_cast<std::ptrdiff_t>(*place), std::move(dim));
  return type;
}

/// What a body is given at first: states as they begin, slices of what is scanned.
struct Entry {
  Types states{};
  Types slices{};
  Dim batch{1};
  Dim trips{};  // of a Scan: the extent of what is scanned
};

[[nodiscard]] inline Entry entry_of(const Graph& graph, const Operation& op,
                                    const Carried& carried) {
  Entry entry;
  for (std::size_t i = 0; i < carried.states; ++i) {
    Type type = type_at(graph, op.operands, carried.operand + i);
    if (carried.has_batch) entry.batch = taken_out(type, 0);
    entry.states.push_back(std::move(type));
  }
  for (std::size_t i = 0; i < carried.scanned; ++i) {
    Type type = type_at(graph, op.operands, carried.operand + carried.states + i);
    if (carried.has_batch) entry.batch = taken_out(type, 0);
    const std::int64_t axis = carried.has_batch ? 0 : axis_in(op, "scan_input_axes", i);
    Dim extent = taken_out(type, axis);
    if (!entry.trips.is_static() && (extent.is_static() || entry.trips.symbol.empty()))
      entry.trips = std::move(extent);
    entry.slices.push_back(std::move(type));
  }
  return entry;
}

/// Opens those extents of a state that a trip changes, so that its type holds in every trip.
/// Returns whether there were any.
[[nodiscard]] inline bool widen(Type& state, const Type& after) {
  if (!state.is_tensor() || !state.dims) return false;
  if (!after.is_ranked() || after.rank() != state.rank()) {
    state.dims.reset();
    return true;
  }
  bool is_another = false;
  for (std::size_t i = 0; i < state.rank(); ++i) {
    Dim& dim = (*state.dims)[i];
    if (dim == (*after.dims)[i] || dim == Dim{}) continue;
    dim = Dim{};
    is_another = true;
  }
  return is_another;
}

/// The types of all values that are made in a region and in those within it.
class TypesOfRegion {
 public:
  TypesOfRegion(const Graph& graph, RegionId region) { add(graph, region); }

  [[nodiscard]] std::size_t size() const { return types_.size(); }
  void restore(Graph& graph) const {
    for (const auto& [id, type] : types_) graph.value(id).type = type;
  }

 private:
  void add(const Graph& graph, const std::vector<ValueId>& values) {
    for (const ValueId id : values)
      if (id != ValueId::none) types_.emplace_back(id, graph.value(id).type);
  }
  void add(const Graph& graph, RegionId region) {
    add(graph, graph.region(region).inputs);
    for (const OperationId id : graph.region(region).operations) {
      add(graph, graph.operation(id).results);
      for (const NamedRegion& nested : graph.operation(id).regions) add(graph, nested.region);
    }
  }

  std::vector<std::pair<ValueId, Type>> types_;
};

}  // namespace hale::graph::detail
