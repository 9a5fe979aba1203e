#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/passes/verify.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// An operation as a Builder takes it: ONNX's own where the domain is empty.
struct NewOperation {
  std::string name;                 // "Conv"
  std::vector<ValueId> operands{};  // ValueId::none: left out
  std::vector<Attribute> attributes{};
  std::vector<NamedRegion> regions{};  // of Builder::region()
  std::size_t results = 1;
  std::string domain{};
  std::string location{};     // what messages and tables call it
  std::vector<Type> types{};  // of the results; of declared operations they follow
};

/// Makes a Graph operation by operation, for those whose graphs are not ONNX files.
///
/// Values have a type from the operation on that makes them; what does not fit is refused there.
///   Builder builder("mlp");
///   const ValueId x = builder.input("x", tensor_type(ElementType::f32, {1, 784}));
///   HALE_TRY(const ValueId y, builder.add("Relu", {x}));
///   builder.output(y, "y");
///   HALE_TRY(Graph graph, std::move(builder).finish());
class Builder {
 public:
  explicit Builder(std::string name = {}) { graph_.name = std::move(name); }

  /// An input of the graph, or of the region that is open.
  ValueId input(std::string name, Type type) {
    for (const Dim& dim : type.dims.value_or(std::vector<Dim>{}))
      if (dim.extent < Dim::open)
        refuse(concat("input '", name, "' is ", describe(type), ", expected extents from 0 on"));
    const ValueId id = graph_.add_value(std::move(type), std::move(name));
    open_region().inputs.push_back(id);
    return id;
  }

  /// What is known of a value by now. Pre: the value is one of this graph.
  [[nodiscard]] const Type& type(ValueId id) const { return graph_.value(id).type; }

  /// Weights: only their type, since no cost depends on their numbers.
  ValueId weight(std::string name, const Type& type) {
    Tensor tensor{.element = type.element};
    if (!type.is_static())
      refuse(
          concat("weight '", name, "' is ", describe(type), ", expected extents that are known"));
    for (const Dim& dim : type.dims.value_or(std::vector<Dim>{}))
      tensor.dims.push_back(std::max<std::int64_t>(dim.extent, 0));
    return constant(std::move(tensor), std::move(name));
  }

  /// A constant whose elements matter, such as the shape that a Reshape takes.
  ValueId constant(Tensor tensor, std::string name = {}) {
    for (const std::int64_t extent : tensor.dims)
      if (extent < 0)
        refuse(concat("constant '", name, "' has the extent ", extent, ", expected at least 0"));
    const ValueId id = add_constant(graph_, std::move(tensor), std::move(name));
    open_region().operations.push_back(graph_.value(id).producer);
    known_.resize(graph_.value_count());
    if (const OperationInfo* info = find_operation(*graph_.producer(id)))
      known_[index_of(id)] = info->evaluate(OperationView{graph_, *graph_.producer(id), &known_});
    return id;
  }
  ValueId integers(std::vector<std::int64_t> elements) {
    const auto count = static_cast<std::int64_t>(elements.size());
    return constant({ElementType::i64, {count}, std::move(elements)});
  }

  /// An operation of one result.
  ///
  /// Errors: operands or attributes that its declaration refuses, and shapes that do not fit.
  Result<ValueId> add(std::string name, std::vector<ValueId> operands,
                      std::vector<Attribute> attributes = {}, std::string location = {}) {
    HALE_TRY(const std::vector<ValueId> results,
             add(NewOperation{.name = std::move(name),
                              .operands = std::move(operands),
                              .attributes = std::move(attributes),
                              .location = std::move(location)}));
    return results.front();
  }

  /// Any operation; its results. Errors: as above, and handles of another graph.
  Result<std::vector<ValueId>> add(NewOperation added) {
    HALE_CHECK(check_handles(added));
    Operation op{.domain = std::move(added.domain),
                 .name = std::move(added.name),
                 .operands = std::move(added.operands),
                 .attributes = std::move(added.attributes),
                 .regions = std::move(added.regions),
                 .location = std::move(added.location)};
    added.types.resize(added.results);
    for (Type& type : added.types) op.results.push_back(graph_.add_value(std::move(type)));
    HALE_CHECK(Verify::declaration(graph_, op));
    HALE_CHECK(infer(op));
    for (const NamedRegion& nested : op.regions) std::erase(closed_, nested.region);
    std::vector<ValueId> results = op.results;
    graph_.append(open_, std::move(op));
    return results;
  }

  /// Opens a region, into which everything goes until close(): a branch of If, a loop's body.
  RegionId open() {
    const RegionId id = graph_.add_region();
    enclosing_.push_back(open_);
    open_ = id;
    return id;
  }
  /// Ends the region that was opened last. Errors: none is open.
  [[nodiscard]] Result<> close() {
    if (enclosing_.empty()) return fail("close() found no open region, expected one");
    closed_.push_back(open_);
    open_ = enclosing_.back();
    enclosing_.pop_back();
    return {};
  }

  /// Makes a value an output of the graph, or of the region that is open.
  void output(ValueId id, std::string name = {}) {
    if (!is_known(id))
      return refuse(concat("output '", name, "' found, expected a value of this graph"));
    if (!name.empty()) graph_.value(id).name = std::move(name);
    open_region().outputs.push_back(id);
  }

  /// The graph. Errors: the first thing that was refused; a region left open; no output; and what
  /// the pass verify refuses.
  [[nodiscard]] Result<Graph> finish() && {
    if (!refused_.empty()) return fail(refused_);
    if (!enclosing_.empty()) return fail("a region is still open, expected close()");
    if (!closed_.empty()) return fail("a region was closed, expected an operation that takes it");
    if (graph_.body().outputs.empty()) return fail("no output found, expected at least one");
    HALE_CHECK(Verify::run(graph_));
    return std::move(graph_);
  }

 private:
  [[nodiscard]] Region& open_region() { return graph_.region(open_); }
  [[nodiscard]] bool is_known(ValueId id) const { return index_of(id) < graph_.value_count(); }
  void refuse(std::string message) {
    if (refused_.empty()) refused_ = std::move(message);
  }

  [[nodiscard]] Result<> check_handles(const NewOperation& added) const {
    for (std::size_t i = 0; i < added.operands.size(); ++i)
      if (added.operands[i] != ValueId::none && !is_known(added.operands[i]))
        return fail(concat("operation ", added.name, ": operand ", i,
                           " found, expected a value of this graph"));
    for (const NamedRegion& nested : added.regions)
      if (std::find(closed_.begin(), closed_.end(), nested.region) == closed_.end())
        return fail(concat("operation ", added.name, ": region '", nested.name,
                           "' found, expected one that was closed and not given away yet"));
    return {};
  }

  /// Gives the results of a declared operation their types.
  [[nodiscard]] Result<> infer(const Operation& op) {
    const OperationInfo* info = find_operation(op);
    if (info == nullptr) return {};
    HALE_TRY(Types types, info->infer(OperationView{graph_, op, &known_}));
    for (std::size_t i = 0; i < op.results.size() && i < types.size(); ++i) {
      Type& type = graph_.value(op.results[i]).type;
      type = detail::refined(std::move(types[i]), std::move(type));
    }
    known_.resize(graph_.value_count());
    for (std::size_t i = 0; i < op.results.size(); ++i)
      known_[index_of(op.results[i])] = info->evaluate(OperationView{graph_, op, &known_, i});
    return {};
  }

  Graph graph_;
  RegionId open_ = Graph::body_id();
  std::vector<RegionId> enclosing_;
  std::vector<RegionId> closed_;  // and not yet an operation's
  KnownContents known_;
  std::string refused_;
};

}  // namespace hale::graph
