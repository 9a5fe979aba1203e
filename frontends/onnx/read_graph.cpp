#include "read_graph.hpp"

#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "functions.hpp"
#include "order.hpp"
#include "read_attribute.hpp"
#include "read_tensor.hpp"
#include "read_type.hpp"

namespace hale::onnx_frontend {

namespace {

using graph::Graph;
using graph::RegionId;
using graph::ValueId;

/// The names that a region sees: its own, and those of the regions around it.
struct Scope {
  const Scope* outer = nullptr;
  std::unordered_map<std::string_view, ValueId> names{};

  [[nodiscard]] std::optional<ValueId> find(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer)
      if (const auto found = scope->names.find(name); found != scope->names.end())
        return found->second;
    return std::nullopt;
  }
};

struct Call;

/// Where nodes are read: what they see, in which call of a function, how deep.
struct Context {
  Scope& scope;
  const Call* call = nullptr;  // null: in no function
  std::size_t depth = 0;
  bool is_copy = false;  // of nodes that stand once in the file, and perhaps often in the graph
};

/// The call of a function that is being read: what its attributes stand for, and where from.
struct Call {
  const Function& function;
  const Context& from;
  const onnx::NodeProto& node;

  [[nodiscard]] bool is_within(const Function& other) const {
    for (const Call* call = this; call != nullptr; call = call->from.call)
      if (&call->function == &other) return true;
    return false;
  }
};

/// An attribute, and where the names in its graphs are to be looked up.
struct Resolved {
  const onnx::AttributeProto* proto = nullptr;  // null: left out
  const Context* context = nullptr;
};

/// Errors: a reference outside of any function.
[[nodiscard]] Result<Resolved> resolved(const onnx::AttributeProto& proto, const Context& context) {
  if (proto.ref_attr_name().empty()) return Resolved{&proto, &context};
  if (context.call == nullptr)
    return fail(concat("a reference to attribute '", proto.ref_attr_name(),
                       "' of a function found, expected it in functions only"));
  for (const auto& given : context.call->node.attribute())
    if (given.name() == proto.ref_attr_name()) return resolved(given, context.call->from);
  const auto& defaults = context.call->function.defaults;
  const auto otherwise = defaults.find(proto.ref_attr_name());
  return otherwise == defaults.end() ? Resolved{} : Resolved{&otherwise->second, &context};
}

/// Reads a model's nodes in the file's order, or sorted, which takes longer.
class GraphReader {
 public:
  explicit GraphReader(bool sorts) : sorts_(sorts) {}

  /// Whether what went wrong is a name that nothing before it had defined.
  [[nodiscard]] bool is_name_missing() const { return is_name_missing_; }
  [[nodiscard]] Result<Graph> run(const onnx::ModelProto& model) {
    HALE_TRY(functions_, Functions::of(model));
    for (const auto& set : model.opset_import()) add_operator_set(set);
    for (const auto& function : model.functions())
      for (const auto& set : function.opset_import()) add_operator_set(set);
    graph_.name = model.graph().name();
    Scope scope;
    HALE_CHECK(region(model.graph(), Graph::body_id(), {scope}));
    return std::move(graph_);
  }

 private:
  static constexpr std::size_t max_depth = 32;
  static constexpr std::size_t max_copied = std::size_t{1} << 17;
  static constexpr std::size_t max_copied_bytes = std::size_t{1} << 26;
  using Types = std::unordered_map<std::string_view, const onnx::TypeProto*>;

  /// The version that the model says; a function's where the model says none.
  void add_operator_set(const onnx::OperatorSetIdProto& proto) {
    std::string domain = known_domain(proto.domain());
    if (domains_.insert(domain).second)
      graph_.operator_sets.push_back({std::move(domain), proto.version()});
  }

  [[nodiscard]] static Result<> check_depth(std::size_t depth) {
    if (depth <= max_depth) return {};
    return fail(concat("graphs nested more than ", max_depth, " deep found, expected fewer"));
  }

  /// Errors: calls of functions that come to more than they may.
  [[nodiscard]] Result<> copies(std::size_t values, std::size_t bytes) {
    copied_ += values;
    copied_bytes_ += bytes;
    if (copied_ > max_copied)
      return fail(concat("calls of functions that stand for more than ", max_copied,
                         " nodes found, expected fewer"));
    if (copied_bytes_ > max_copied_bytes)
      return fail(concat("calls of functions that stand for more than ", max_copied_bytes,
                         " bytes found, expected fewer"));
    return {};
  }

  [[nodiscard]] Result<> region(const onnx::GraphProto& proto, RegionId id,
                                const Context& context) {
    HALE_CHECK(check_depth(context.depth));
    const auto names = static_cast<std::size_t>(proto.initializer_size()) +
                       static_cast<std::size_t>(proto.node_size());
    context.scope.names.reserve(names);
    Types types;
    types.reserve(static_cast<std::size_t>(proto.value_info_size()) +
                  static_cast<std::size_t>(proto.output_size()));
    for (const auto& info : proto.value_info()) types.emplace(info.name(), &info.type());
    for (const auto& info : proto.output()) types.emplace(info.name(), &info.type());
    for (const auto& tensor : proto.initializer())
      HALE_CHECK(initializer(tensor.name(), read_tensor(tensor), id, context.scope));
    for (const auto& tensor : proto.sparse_initializer())
      HALE_CHECK(initializer(tensor.values().name(), read_tensor(tensor), id, context.scope));
    HALE_CHECK(inputs(proto, id, context.scope));
    HALE_CHECK(nodes(proto.node(), id, context, types));
    for (const auto& output : proto.output())
      HALE_CHECK(add_output(id, output.name(), context.scope));
    return {};
  }

  [[nodiscard]] Result<> add_output(RegionId id, const std::string& name, const Scope& scope) {
    const auto found = scope.find(name);
    is_name_missing_ = !found;
    if (!found || *found == ValueId::none)
      return fail(concat("output '", name, "' is produced by no node, expected one that does"));
    graph_.region(id).outputs.push_back(*found);
    return {};
  }

  [[nodiscard]] Result<ValueId> define(Scope& scope, const std::string& name, graph::Type type) {
    const ValueId id = graph_.add_value(std::move(type), name);
    if (!scope.names.emplace(name, id).second)
      return fail(concat("value '", name, "' is defined twice, expected once"));
    return id;
  }

  /// An initialiser is a Constant, even where an input of the same name could take its place:
  /// before IR version 4 every initialiser was listed as an input too.
  [[nodiscard]] Result<> initializer(const std::string& name, Result<graph::Tensor> read,
                                     RegionId id, Scope& scope) {
    if (name.empty()) return fail("an initializer without a name found, expected one");
    HALE_TRY(graph::Tensor tensor, std::move(read));
    if (redefined(scope, name, tensor)) return {};
    HALE_TRY(const ValueId value, define(scope, name, tensor.type()));
    graph::Operation op{.name = "Constant", .results = {value}, .location = name};
    op.attributes.push_back({"value", std::move(tensor)});
    graph_.append(id, std::move(op));
    return {};
  }

  /// Whether a constant of this name is there already: then the later one is what it holds, as ONNX
  /// Runtime has it.
  [[nodiscard]] bool redefined(const Scope& scope, const std::string& name,
                               const graph::Tensor& tensor) {
    const auto found = scope.names.find(name);
    if (found == scope.names.end() || graph_.constant(found->second) == nullptr) return false;
    graph::Value& value = graph_.value(found->second);
    graph_.operation(value.producer).attributes = {{"value", tensor}};
    value.type = tensor.type();
    return true;
  }

  [[nodiscard]] Result<> inputs(const onnx::GraphProto& proto, RegionId id, Scope& scope) {
    for (const auto& input : proto.input()) {
      if (input.name().empty()) return fail("an input without a name found, expected one");
      if (const auto found = scope.names.find(input.name());
          found != scope.names.end() && graph_.constant(found->second) != nullptr)
        continue;
      auto type = read_type(input.type());
      if (!type) return fail_in(concat("input '", input.name(), "'"), type.error());
      HALE_TRY(const ValueId value, define(scope, input.name(), *std::move(type)));
      graph_.region(id).inputs.push_back(value);
    }
    return {};
  }

  [[nodiscard]] Result<> nodes(const Nodes& protos, RegionId id, const Context& context,
                               const Types& types) {
    std::vector<const onnx::NodeProto*> order = in_file_order(protos);
    if (sorts_) {
      HALE_TRY(order, in_order(protos));
    }
    for (const onnx::NodeProto* each : order) {
      if (context.is_copy) HALE_CHECK(copies(1, each->ByteSizeLong()));
      if (auto status = node(*each, id, context, types); !status)
        return fail_in(where(*each), status.error());
    }
    return {};
  }

  [[nodiscard]] Result<> node(const onnx::NodeProto& proto, RegionId id, const Context& context,
                              const Types& types) {
    graph::Operation op{
        .domain = known_domain(proto.domain()), .name = proto.op_type(), .location = proto.name()};
    if (op.name.empty()) return fail("a node without an operator found, expected its name");
    for (const std::string& input : proto.input()) {
      const auto found = input.empty() ? std::optional(ValueId::none) : context.scope.find(input);
      is_name_missing_ = !found;
      if (!found)
        return fail(concat("input '", input,
                           "' found, which nothing produces; expected an input of the graph, an "
                           "initializer or an output of a node"));
      op.operands.push_back(*found);
    }
    const Function* function = functions_.find(proto);
    HALE_CHECK(attributes(proto, op, context, function != nullptr));
    if (function != nullptr) HALE_CHECK(call(proto, *function, op, context));
    if (const graph::Tensor* tensor = constant_of(op);
        tensor != nullptr && proto.output_size() == 1 &&
        redefined(context.scope, proto.output(0), *tensor))
      return {};
    HALE_CHECK(results(proto, op, context.scope, types));
    graph_.append(id, std::move(op));
    return {};
  }

  [[nodiscard]] static const graph::Tensor* constant_of(const graph::Operation& op) {
    const graph::AttributeValue* value = op.is("Constant") ? op.attribute("value") : nullptr;
    return value == nullptr ? nullptr : std::get_if<graph::Tensor>(value);
  }
  [[nodiscard]] Result<> results(const onnx::NodeProto& proto, graph::Operation& op, Scope& scope,
                                 const Types& types) {
    for (const std::string& output : proto.output()) {
      if (output.empty()) {
        op.results.push_back(ValueId::none);
        continue;
      }
      graph::Type stated;
      if (const auto type = types.find(output); type != types.end()) {
        HALE_TRY(stated, read_type(*type->second));
      }
      HALE_TRY(const ValueId result, define(scope, output, std::move(stated)));
      op.results.push_back(result);
    }
    return {};
  }

  /// The body of a function as a region, with an input for each operand, left out or not.
  [[nodiscard]] Result<> call(const onnx::NodeProto& node, const Function& function,
                              graph::Operation& op, const Context& context) {
    const onnx::FunctionProto& proto = *function.proto;
    if (context.call != nullptr && context.call->is_within(function))
      return fail(concat("function '", proto.name(), "' found, which calls itself, expected none"));
    if (node.input_size() > proto.input_size() || node.output_size() > proto.output_size())
      return fail(concat(node.input_size(), " inputs and ", node.output_size(),
                         " outputs found, expected at most the ", proto.input_size(), " and ",
                         proto.output_size(), " of function '", proto.name(), "'"));
    const RegionId id = graph_.add_region();
    op.regions.push_back({"body", id});
    Scope scope;
    const Call made{function, context, node};
    const Context inside{scope, &made, context.depth + 1, true};
    HALE_CHECK(check_depth(inside.depth));
    HALE_CHECK(copies(static_cast<std::size_t>(proto.input_size()), size_of_inputs(proto)));
    for (int i = 0; i < proto.input_size(); ++i)
      HALE_CHECK(parameter(proto.input(i), i, op, inside));
    HALE_CHECK(nodes(proto.node(), id, inside, {}));
    for (const std::string& output : proto.output()) HALE_CHECK(add_output(id, output, scope));
    return {};
  }
  [[nodiscard]] static std::size_t size_of_inputs(const onnx::FunctionProto& proto) {
    std::size_t bytes = 0;
    for (const std::string& input : proto.input()) bytes += input.size();
    return bytes;
  }
  [[nodiscard]] Result<> parameter(const std::string& name, int position, graph::Operation& op,
                                   const Context& inside) {
    const auto place = static_cast<std::size_t>(position);
    const ValueId operand = place < op.operands.size() ? op.operands[place] : ValueId::none;
    graph::Type type = operand == ValueId::none ? graph::Type{} : graph_.value(operand).type;
    HALE_TRY(const ValueId value, define(inside.scope, name, std::move(type)));
    // Inside, what is left out is not there; its input keeps the others in their places.
    if (operand == ValueId::none) inside.scope.names[name] = ValueId::none;
    if (place < op.operands.size())
      graph_.region(op.regions.front().region).inputs.push_back(value);
    return {};
  }

  [[nodiscard]] Result<> attributes(const onnx::NodeProto& node, graph::Operation& op,
                                    const Context& context, bool is_call) {
    std::unordered_set<std::string_view> names;
    for (const auto& proto : node.attribute()) {
      if (proto.name().empty()) return fail("an attribute without a name found, expected one");
      if (!names.insert(proto.name()).second)
        return fail(concat("attribute '", proto.name(), "' is given twice, expected once"));
      if (auto status = attribute(proto, op, context, is_call); !status)
        return fail_in(concat("attribute '", proto.name(), "'"), status.error());
    }
    return {};
  }

  [[nodiscard]] Result<> attribute(const onnx::AttributeProto& proto, graph::Operation& op,
                                   const Context& context, bool is_call) {
    HALE_TRY(const Resolved source, resolved(proto, context));
    if (source.proto == nullptr) return {};
    HALE_TRY(const auto kind, kind_of(*source.proto));
    if (kind == onnx::AttributeProto::GRAPH || kind == onnx::AttributeProto::GRAPHS) {
      // The graphs that a call gives stand in the function's body.
      if (is_call) return {};
      if (kind == onnx::AttributeProto::GRAPH)
        return nested(source.proto->g(), proto.name(), op, context, *source.context);
      for (const auto& each : source.proto->graphs())
        HALE_CHECK(nested(each, proto.name(), op, context, *source.context));
      return {};
    }
    HALE_TRY(graph::AttributeValue value, read_attribute(*source.proto));
    if (!op.is("Constant")) {
      op.attributes.push_back({proto.name(), std::move(value)});
      return {};
    }
    graph::Attribute constant = as_constant(proto.name(), std::move(value));
    if (op.attribute(constant.name) != nullptr) return fail("a second value found, expected one");
    op.attributes.push_back(std::move(constant));
    return {};
  }

  /// A graph that belongs to a node at `place` and sees the names of where it is `written`.
  [[nodiscard]] Result<> nested(const onnx::GraphProto& proto, const std::string& name,
                                graph::Operation& op, const Context& place,
                                const Context& written) {
    const RegionId id = graph_.add_region();
    op.regions.push_back({name, id});
    Scope scope{&written.scope};
    return region(proto, id, {scope, written.call, place.depth + 1, place.is_copy});
  }

  Functions functions_;
  Graph graph_;
  std::size_t copied_ = 0;
  std::size_t copied_bytes_ = 0;
  std::unordered_set<std::string> domains_;  // of the operator sets
  bool sorts_;
  bool is_name_missing_ = false;
};

}  // namespace

Result<Graph> read_graph(const onnx::ModelProto& model) {
  GraphReader reader(false);
  Result<Graph> read = reader.run(model);
  // ONNX wants each node after those whose outputs it takes; not every exporter keeps to it.
  if (!read && reader.is_name_missing()) read = GraphReader(true).run(model);
  return read;
}

}  // namespace hale::onnx_frontend
