#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/attribute.hpp>
#include <hale/graph/stable_vector.hpp>
#include <hale/graph/type.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// Handles are indices into the Graph that gave them out.
enum class ValueId : std::uint32_t { none = 0xffffffff };
enum class OperationId : std::uint32_t { none = 0xffffffff };
enum class RegionId : std::uint32_t { none = 0xffffffff };

template <class Id>
[[nodiscard]] constexpr std::size_t index_of(Id id) {
  return static_cast<std::size_t>(id);
}

struct Value {
  Type type{};
  std::string name{};                        // the ONNX tensor's; may be empty
  OperationId producer = OperationId::none;  // none: an input of a region
};

/// A region that an operation owns: a branch of If, the body of Loop or Scan.
struct NamedRegion {
  std::string name;
  RegionId region = RegionId::none;
};

/// Who says which branch of an If is taken: its condition, the user, or nobody, so that the
/// costlier one is assumed.
enum class Decision : std::uint8_t { none, known, asked, assumed };

/// How the regions of If, Loop and Scan run, as the pass infer-shapes finds it.
struct Control {
  Decision decision = Decision::none;
  std::size_t taken = 0;                 // If: the branch, by its place in the regions
  std::optional<std::uint64_t> trips{};  // Loop, Scan: how often the body runs
  bool may_end_earlier = false;          // Loop: where its condition says so
};

/// One operation. An operand that is left out is ValueId::none.
struct Operation {
  std::string domain{};  // empty: ONNX's own
  std::string name{};    // "Conv"
  std::vector<ValueId> operands{};
  std::vector<ValueId> results{};
  std::vector<Attribute> attributes{};
  std::vector<NamedRegion> regions{};
  std::string location{};  // the ONNX node's name
  Control control{};

  [[nodiscard]] const AttributeValue* attribute(std::string_view attribute_name) const {
    for (const Attribute& candidate : attributes)
      if (candidate.name == attribute_name) return &candidate.value;
    return nullptr;
  }
  [[nodiscard]] bool is(std::string_view onnx_name) const {
    return domain.empty() && name == onnx_name;
  }
};

/// A list of operations, each after those whose results it takes, with inputs and outputs.
struct Region {
  std::vector<ValueId> inputs{};
  std::vector<ValueId> outputs{};
  std::vector<OperationId> operations{};
};

struct OperatorSet {
  std::string domain;
  std::int64_t version = 0;
  friend bool operator==(const OperatorSet&, const OperatorSet&) = default;
};

/// An ONNX model as hale sees it: operations over typed values, without the weights' numbers.
///
/// Initialisers are operations named Constant. Operations and values that a pass takes out of their
/// region stay in storage, so that handles stay valid.
class Graph {
 public:
  std::string name{};
  std::vector<OperatorSet> operator_sets{};

  Graph() { regions_.push_back({}); }

  [[nodiscard]] static constexpr RegionId body_id() { return RegionId{0}; }
  [[nodiscard]] Region& body() { return regions_.front(); }
  [[nodiscard]] const Region& body() const { return regions_.front(); }

  [[nodiscard]] Value& value(ValueId id) { return values_[checked(id, values_)]; }
  [[nodiscard]] const Value& value(ValueId id) const { return values_[checked(id, values_)]; }
  [[nodiscard]] Operation& operation(OperationId id) {
    return operations_[checked(id, operations_)];
  }
  [[nodiscard]] const Operation& operation(OperationId id) const {
    return operations_[checked(id, operations_)];
  }
  [[nodiscard]] Region& region(RegionId id) { return regions_[checked(id, regions_)]; }
  [[nodiscard]] const Region& region(RegionId id) const { return regions_[checked(id, regions_)]; }

  [[nodiscard]] std::size_t value_count() const { return values_.size(); }
  [[nodiscard]] std::size_t operation_count() const { return operations_.size(); }

  ValueId add_value(Type type, std::string value_name = {}) {
    values_.push_back({std::move(type), std::move(value_name), OperationId::none});
    return static_cast<ValueId>(values_.size() - 1);
  }
  RegionId add_region() {
    regions_.push_back({});
    return static_cast<RegionId>(regions_.size() - 1);
  }
  /// Stores an operation, which then produces its results, and leaves its place in a region open.
  OperationId add_operation(Operation added) {
    const auto id = static_cast<OperationId>(operations_.size());
    for (const ValueId result : added.results)
      if (result != ValueId::none) value(result).producer = id;
    operations_.push_back(std::move(added));
    return id;
  }
  /// Stores an operation at the end of a region.
  OperationId append(RegionId owner, Operation added) {
    const OperationId id = add_operation(std::move(added));
    region(owner).operations.push_back(id);
    return id;
  }

  /// The operation that produces a value; null for inputs and for ValueId::none.
  [[nodiscard]] const Operation* producer(ValueId id) const {
    if (id == ValueId::none || value(id).producer == OperationId::none) return nullptr;
    return &operation(value(id).producer);
  }
  /// The tensor of a value that a Constant produces; else null.
  [[nodiscard]] const Tensor* constant(ValueId id) const {
    const Operation* source = producer(id);
    if (source == nullptr || !source->is("Constant")) return nullptr;
    const AttributeValue* found = source->attribute("value");
    return found == nullptr ? nullptr : std::get_if<Tensor>(found);
  }
  /// "node 'conv_3' (Conv)", or by its first result where the node has no name.
  [[nodiscard]] std::string location_of(OperationId id) const { return location_of(operation(id)); }
  [[nodiscard]] std::string location_of(const Operation& op) const {
    if (!op.location.empty()) return concat("node '", op.location, "' (", op.name, ")");
    for (const ValueId result : op.results)
      if (result != ValueId::none && !value(result).name.empty())
        return concat("node of '", value(result).name, "' (", op.name, ")");
    return concat("a node without a name (", op.name, ")");
  }

 private:
  template <class Id, class Storage>
  static std::size_t checked(Id id, const Storage& storage) {
    HALE_ASSERT(index_of(id) < storage.size());
    static_cast<void>(storage);
    return index_of(id);
  }

  // References into these stay valid while more is added.
  StableVector<Value> values_;
  StableVector<Operation> operations_;
  StableVector<Region> regions_;
};

/// Calls `visit(OperationId)` for each operation of a region in order, those of its operations'
/// regions before the operation itself.
template <class Visit>
void for_each_operation(const Graph& graph, RegionId region, Visit&& visit) {
  for (const OperationId id : graph.region(region).operations) {
    for (const NamedRegion& nested : graph.operation(id).regions)
      for_each_operation(graph, nested.region, visit);
    visit(id);
  }
}

/// A Constant that holds `tensor`; the value it produces. The operation has no place in a region.
[[nodiscard]] inline ValueId add_constant(Graph& graph, Tensor tensor, std::string name = {}) {
  const ValueId result = graph.add_value(tensor.type(), name);
  Operation constant{.name = "Constant", .results = {result}, .location = std::move(name)};
  constant.attributes.push_back({"value", std::move(tensor)});
  graph.add_operation(std::move(constant));
  return result;
}

}  // namespace hale::graph
