#include "read_graph.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <hale/core/text.hpp>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "read_tensor.hpp"

namespace hale::onnx_frontend {

namespace {

using graph::Graph;
using graph::RegionId;
using graph::ValueId;

[[nodiscard]] Result<graph::Type> read_type(const onnx::TypeProto& proto) {
  using Kind = onnx::TypeProto::ValueCase;
  switch (proto.value_case()) {
    case Kind::kTensorType:
      break;
    case Kind::kSequenceType:
      return graph::Type{.other = "sequence"};
    case Kind::kMapType:
      return graph::Type{.other = "map"};
    case Kind::kOptionalType:
      return graph::Type{.other = "optional"};
    case Kind::kSparseTensorType:
      return graph::Type{.other = "sparse_tensor"};
    case Kind::kOpaqueType:
      return graph::Type{.other = "opaque"};
    case Kind::VALUE_NOT_SET:
      return graph::Type{};
  }
  const onnx::TypeProto::Tensor& tensor = proto.tensor_type();
  graph::Type type{graph::element_type(tensor.elem_type())};
  if (!tensor.has_shape()) return type;
  type.dims.emplace();
  for (const auto& dim : tensor.shape().dim()) {
    if (dim.has_dim_value() && dim.dim_value() < -1)
      return fail(concat("extent ", dim.dim_value(), " found, expected none below 0"));
    // Exporters write -1, and a symbol without a name, for an extent that is open.
    if (dim.has_dim_value() && dim.dim_value() >= 0)
      type.dims->push_back(graph::Dim{dim.dim_value()});
    else
      type.dims->push_back(graph::Dim{graph::Dim::open, dim.dim_param()});
  }
  return type;
}

[[nodiscard]] std::string known_domain(const std::string& domain) {
  return domain == "ai.onnx" ? std::string() : domain;
}

/// The names that a region sees: its own, and those of the regions around it.
struct Scope {
  const Scope* outer = nullptr;
  std::map<std::string_view, ValueId> names{};

  [[nodiscard]] std::optional<ValueId> find(std::string_view name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->outer)
      if (const auto found = scope->names.find(name); found != scope->names.end())
        return found->second;
    return std::nullopt;
  }
};

class GraphReader {
 public:
  [[nodiscard]] Result<Graph> run(const onnx::ModelProto& model) {
    for (const auto& set : model.opset_import())
      graph_.operator_sets.push_back({known_domain(set.domain()), set.version()});
    graph_.name = model.graph().name();
    HALE_CHECK(region(model.graph(), Graph::body_id(), nullptr, 0));
    return std::move(graph_);
  }

 private:
  static constexpr std::size_t max_depth = 32;
  using Types = std::map<std::string_view, const onnx::TypeProto*>;

  [[nodiscard]] Result<> region(const onnx::GraphProto& proto, RegionId id, const Scope* outer,
                                std::size_t depth) {
    if (depth > max_depth)
      return fail(concat("graphs nested more than ", max_depth, " deep found, expected fewer"));
    Scope scope{outer};
    Types types;
    for (const auto& info : proto.value_info()) types.emplace(info.name(), &info.type());
    for (const auto& info : proto.output()) types.emplace(info.name(), &info.type());
    for (const auto& tensor : proto.initializer()) HALE_CHECK(initializer(tensor, id, scope));
    for (const auto& tensor : proto.sparse_initializer())
      HALE_CHECK(initializer(tensor.values(), id, scope));
    HALE_CHECK(inputs(proto, id, scope));
    HALE_CHECK(nodes(proto, id, scope, types, depth));
    for (const auto& output : proto.output()) {
      const auto found = scope.find(output.name());
      if (!found)
        return fail(
            concat("output '", output.name(), "' is produced by no node, expected one that does"));
      graph_.region(id).outputs.push_back(*found);
    }
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
  [[nodiscard]] Result<> initializer(const onnx::TensorProto& proto, RegionId id, Scope& scope) {
    if (proto.name().empty()) return fail("an initializer without a name found, expected one");
    HALE_TRY(graph::Tensor tensor, read_tensor(proto));
    HALE_TRY(const ValueId value, define(scope, proto.name(), tensor.type()));
    constant(id, value, std::move(tensor), proto.name());
    return {};
  }
  void constant(RegionId id, ValueId value, graph::Tensor tensor, std::string location) {
    graph::Operation op{.name = "Constant", .results = {value}, .location = std::move(location)};
    op.attributes.push_back({"value", std::move(tensor)});
    graph_.append(id, std::move(op));
  }

  [[nodiscard]] Result<> inputs(const onnx::GraphProto& proto, RegionId id, Scope& scope) {
    for (const auto& input : proto.input()) {
      if (input.name().empty()) return fail("an input without a name found, expected one");
      if (scope.names.contains(input.name())) continue;
      auto type = read_type(input.type());
      if (!type) return fail_in(concat("input '", input.name(), "'"), type.error());
      HALE_TRY(const ValueId value, define(scope, input.name(), *std::move(type)));
      graph_.region(id).inputs.push_back(value);
    }
    return {};
  }

  [[nodiscard]] Result<> nodes(const onnx::GraphProto& proto, RegionId id, Scope& scope,
                               const Types& types, std::size_t depth) {
    HALE_TRY(const std::vector<const onnx::NodeProto*> order, sorted(proto));
    for (const onnx::NodeProto* each : order) {
      const onnx::NodeProto& node = *each;
      graph::Operation op{
          .domain = known_domain(node.domain()), .name = node.op_type(), .location = node.name()};
      // The textual form ends the domain at the last dot.
      if (op.name.empty() || op.name.find('.') != std::string::npos)
        return fail(concat("node '", node.name(), "': operator '", op.name,
                           "' found, expected a name without dots"));
      for (const std::string& input : node.input()) {
        const auto found = input.empty() ? std::optional(ValueId::none) : scope.find(input);
        if (!found)
          return fail(concat(where(node), ": input '", input,
                             "' found, which nothing produces; expected an input of the graph, an "
                             "initializer or an output of a node"));
        op.operands.push_back(*found);
      }
      if (auto status = attributes(node, op, scope, depth); !status)
        return fail_in(where(node), status.error());
      for (const std::string& output : node.output()) {
        auto result =
            output.empty() ? Result<ValueId>(ValueId::none) : define(scope, output, graph::Type{});
        if (!result) return fail_in(where(node), result.error());
        if (const auto type = types.find(output); !output.empty() && type != types.end()) {
          auto read = read_type(*type->second);
          if (!read) return fail_in(where(node), read.error());
          graph_.value(*result).type = *std::move(read);
        }
        op.results.push_back(*result);
      }
      graph_.append(id, std::move(op));
    }
    return {};
  }

  [[nodiscard]] static std::string where(const onnx::NodeProto& node) {
    if (!node.name().empty()) return concat("node '", node.name(), "' (", node.op_type(), ")");
    const std::string output = node.output_size() > 0 ? node.output(0) : std::string();
    return concat("node of '", output, "' (", node.op_type(), ")");
  }

  /// Calls `take(name)` for each value that a node takes from around it, be it for its graphs.
  template <class Take>
  static void for_each_taken(const onnx::NodeProto& node, const Take& take) {
    for (const std::string& input : node.input()) take(input);
    const auto inside = [&take](const onnx::GraphProto& nested) {
      std::set<std::string_view> own;
      for (const auto& input : nested.input()) own.insert(input.name());
      for (const auto& tensor : nested.initializer()) own.insert(tensor.name());
      for (const auto& each : nested.node()) own.insert(each.output().begin(), each.output().end());
      const std::function<void(const std::string&)> take_outer = [&](const std::string& name) {
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

  /// The nodes, each after those whose outputs it takes; in the file's order where that is so,
  /// which ONNX wants and not every exporter keeps. Errors: a cycle.
  [[nodiscard]] static Result<std::vector<const onnx::NodeProto*>> sorted(
      const onnx::GraphProto& proto) {
    const auto count = static_cast<std::size_t>(proto.node_size());
    const auto node = [&proto](std::size_t i) { return &proto.node(static_cast<int>(i)); };
    std::map<std::string_view, std::size_t> producers;
    for (std::size_t i = 0; i < count; ++i)
      for (const std::string& output : node(i)->output())
        if (!output.empty()) producers.emplace(output, i);
    std::vector<std::size_t> waits(count, 0);
    std::vector<std::vector<std::size_t>> waiting(count);
    for (std::size_t i = 0; i < count; ++i)
      for_each_taken(*node(i), [&](const std::string& taken) {
        if (const auto producer = producers.find(taken); producer != producers.end()) {
          ++waits[i];
          waiting[producer->second].push_back(i);
        }
      });
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t i = 0; i < count; ++i)
      if (waits[i] == 0) ready.push(i);
    std::vector<const onnx::NodeProto*> order;
    while (!ready.empty()) {
      const std::size_t next = ready.top();
      ready.pop();
      order.push_back(node(next));
      for (const std::size_t i : waiting[next])
        if (--waits[i] == 0) ready.push(i);
    }
    for (std::size_t i = 0; i < count; ++i)
      if (waits[i] != 0)
        return fail(concat(where(*node(i)),
                           ": a cycle found that it lies on or comes after, "
                           "expected none"));
    return order;
  }

  [[nodiscard]] Result<> attributes(const onnx::NodeProto& node, graph::Operation& op,
                                    const Scope& scope, std::size_t depth) {
    for (const auto& proto : node.attribute()) {
      if (proto.name().empty()) return fail("an attribute without a name found, expected one");
      bool is_repeated = op.attribute(proto.name()) != nullptr;
      for (const graph::NamedRegion& nested : op.regions)
        is_repeated = is_repeated || nested.name == proto.name();
      if (is_repeated)
        return fail(concat("attribute '", proto.name(), "' is given twice, expected once"));
      if (auto status = attribute(proto, op, scope, depth); !status)
        return fail_in(concat("attribute '", proto.name(), "'"), status.error());
    }
    return {};
  }

  [[nodiscard]] Result<> attribute(const onnx::AttributeProto& proto, graph::Operation& op,
                                   const Scope& scope, std::size_t depth) {
    const auto keep = [&](graph::AttributeValue value) {
      // The other ways to write a Constant become the one that the rest of hale knows.
      if (op.name == "Constant" && op.domain.empty())
        normalise_constant(op, proto.name(), value);
      else
        op.attributes.push_back({proto.name(), std::move(value)});
      return Result<>{};
    };
    using Kind = onnx::AttributeProto;
    switch (kind_of(proto)) {
      case Kind::INT:
        return keep(proto.i());
      case Kind::FLOAT:
        return keep(proto.f());
      case Kind::STRING:
        return keep(proto.s());
      case Kind::INTS:
        return keep(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
      case Kind::FLOATS:
        return keep(std::vector<float>(proto.floats().begin(), proto.floats().end()));
      case Kind::STRINGS:
        return keep(std::vector<std::string>(proto.strings().begin(), proto.strings().end()));
      case Kind::TENSOR: {
        HALE_TRY(graph::Tensor tensor, read_tensor(proto.t()));
        return keep(std::move(tensor));
      }
      case Kind::GRAPH:
        return nested(proto.g(), proto.name(), op, scope, depth);
      case Kind::GRAPHS:
        for (const auto& each : proto.graphs())
          HALE_CHECK(nested(each, proto.name(), op, scope, depth));
        return {};
      default:
        return keep(graph::Opaque{onnx::AttributeProto_AttributeType_Name(proto.type())});
    }
  }

  [[nodiscard]] Result<> nested(const onnx::GraphProto& proto, const std::string& name,
                                graph::Operation& op, const Scope& scope, std::size_t depth) {
    const RegionId id = graph_.add_region();
    op.regions.push_back({name, id});
    return region(proto, id, &scope, depth + 1);
  }

  /// The stated kind; files of IR version 1 leave it out.
  [[nodiscard]] static onnx::AttributeProto::AttributeType kind_of(
      const onnx::AttributeProto& proto) {
    using Kind = onnx::AttributeProto;
    if (proto.type() != Kind::UNDEFINED) return proto.type();
    if (proto.has_i()) return Kind::INT;
    if (proto.has_f()) return Kind::FLOAT;
    if (proto.has_s()) return Kind::STRING;
    if (proto.has_t()) return Kind::TENSOR;
    if (proto.has_g()) return Kind::GRAPH;
    if (proto.floats_size() > 0) return Kind::FLOATS;
    if (proto.strings_size() > 0) return Kind::STRINGS;
    if (proto.graphs_size() > 0) return Kind::GRAPHS;
    return Kind::INTS;
  }

  static void normalise_constant(graph::Operation& op, const std::string& name,
                                 graph::AttributeValue& value) {
    graph::Tensor tensor;
    if (const auto* integer = std::get_if<std::int64_t>(&value); integer && name == "value_int") {
      tensor = {graph::ElementType::i64, {}, std::vector<std::int64_t>{*integer}};
    } else if (const auto* real = std::get_if<float>(&value); real && name == "value_float") {
      tensor = {graph::ElementType::f32, {}, std::vector<double>{static_cast<double>(*real)}};
    } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value);
               integers && name == "value_ints") {
      tensor = {graph::ElementType::i64, {static_cast<std::int64_t>(integers->size())}, *integers};
    } else if (const auto* reals = std::get_if<std::vector<float>>(&value);
               reals && name == "value_floats") {
      tensor = {graph::ElementType::f32,
                {static_cast<std::int64_t>(reals->size())},
                std::vector<double>(reals->begin(), reals->end())};
    } else if (name == "value_string" || name == "value_strings") {
      const auto* strings = std::get_if<std::vector<std::string>>(&value);
      tensor.element = graph::ElementType::string;
      if (strings != nullptr) tensor.dims = {static_cast<std::int64_t>(strings->size())};
    } else {
      op.attributes.push_back({name, std::move(value)});
      return;
    }
    op.attributes.push_back({"value", std::move(tensor)});
  }

  Graph graph_;
};

}  // namespace

Result<Graph> read_graph(const onnx::ModelProto& model) { return GraphReader().run(model); }

}  // namespace hale::onnx_frontend
