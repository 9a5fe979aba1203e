#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/onnx.hpp>
#include <limits>
#include <set>
#include <utility>

#include "proto.hpp"

namespace hale::onnx_frontend {

namespace {

using graph::Graph;
using graph::OperationId;
using graph::RegionId;
using graph::ValueId;

constexpr std::int64_t ir_version = 8;
constexpr std::int64_t usual_operator_set = 13;

void append_number(std::string& out, auto number) {
  static_assert(std::endian::native == std::endian::little, "hale: export: ONNX is little-endian");
  const std::size_t size = out.size();
  out.resize(size + sizeof(number));
  std::memcpy(out.data() + size, &number, sizeof(number));
}

void append_integer(std::string& out, graph::ElementType type, std::int64_t number) {
  using enum graph::ElementType;
  switch (type) {
    case i64:
    case u64:
      return append_number(out, number);
    case i32:
    case u32:
      return append_number(out, static_cast<std::int32_t>(number));
    case i16:
    case u16:
      return append_number(out, static_cast<std::int16_t>(number));
    default:
      return append_number(out, static_cast<std::int8_t>(number));
  }
}

/// What an elided Constant stands for, by the place at which it is taken first.
enum class Role : std::uint8_t { weight, zero, one, scale, shift };

[[nodiscard]] Role role_of(const graph::Operation& op, std::size_t operand) {
  if (op.is("BatchNormalization")) return operand == 1 || operand == 4 ? Role::one : Role::zero;
  if (op.is("Mul")) return Role::scale;
  return op.is("Add") ? Role::shift : Role::weight;
}

class Writer {
 public:
  Writer(const Graph& graph, const Weights& weights)
      : graph_(graph), weights_(weights), rng_(seed()) {}

  [[nodiscard]] Result<std::string> run() {
    onnx::ModelProto model;
    model.set_ir_version(ir_version);
    model.set_producer_name("hale");
    for (const graph::OperatorSet& set : graph_.operator_sets)
      add_set(model, set.domain, set.version);
    if (graph_.operator_sets.empty()) add_set(model, "", usual_operator_set);
    name_values();
    find_roles();
    onnx::GraphProto& body = *model.mutable_graph();
    body.set_name(graph_.name.empty() ? "hale" : graph_.name);
    HALE_CHECK(region(Graph::body_id(), body));
    if (model.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
      return fail("a model of 2 GiB or more found, expected less, as protobuf wants");
    std::string bytes;
    if (!model.SerializeToString(&bytes)) return fail("protobuf refuses to write the model");
    return bytes;
  }

 private:
  [[nodiscard]] std::uint64_t seed() const {
    const auto* normal = std::get_if<HeNormal>(&weights_);
    return normal == nullptr ? 0 : normal->seed;
  }
  static void add_set(onnx::ModelProto& model, const std::string& domain, std::int64_t version) {
    onnx::OperatorSetIdProto& set = *model.add_opset_import();
    set.set_domain(domain);
    set.set_version(version);
  }

  /// Every value gets a name of its own: the one it has, if it is the first to have it.
  void name_values() {
    std::set<std::string> taken;
    names_.resize(graph_.value_count());
    const auto name = [&](ValueId id, const std::string& otherwise) {
      if (id == ValueId::none || !names_[graph::index_of(id)].empty()) return;
      std::string wanted = graph_.value(id).name.empty() ? otherwise : graph_.value(id).name;
      while (!taken.insert(wanted).second) wanted += "_";
      names_[graph::index_of(id)] = std::move(wanted);
    };
    // What the outside knows by its name comes first.
    for (const ValueId id : graph_.body().inputs) name(id, "input");
    for (const ValueId id : graph_.body().outputs) name(id, "output");
    graph::for_each_operation(graph_, Graph::body_id(), [&](OperationId each) {
      const graph::Operation& op = graph_.operation(each);
      for (const graph::NamedRegion& nested : op.regions)
        for (const ValueId id : graph_.region(nested.region).inputs) name(id, "argument");
      for (const ValueId id : op.results)
        name(id, op.location.empty() ? concat(op.name, "_output") : concat(op.location, "_output"));
    });
  }
  [[nodiscard]] std::string name_of(ValueId id) const {
    return id == ValueId::none ? std::string() : names_[graph::index_of(id)];
  }

  void find_roles() {
    roles_.assign(graph_.value_count(), Role::weight);
    graph::for_each_operation(graph_, Graph::body_id(), [&](OperationId each) {
      const graph::Operation& op = graph_.operation(each);
      for (std::size_t i = 0; i < op.operands.size(); ++i)
        if (op.operands[i] != ValueId::none)
          roles_[graph::index_of(op.operands[i])] = role_of(op, i);
    });
  }

  [[nodiscard]] Result<> region(RegionId id, onnx::GraphProto& proto) {
    for (const ValueId input : graph_.region(id).inputs)
      HALE_CHECK(info(input, *proto.add_input()));
    for (const OperationId each : graph_.region(id).operations) {
      const graph::Operation& op = graph_.operation(each);
      const graph::Tensor* tensor =
          op.results.empty() ? nullptr : graph_.constant(op.results.front());
      if (auto status = tensor == nullptr ? node(op, *proto.add_node())
                                          : constant(op.results.front(), *tensor, proto);
          !status)
        return fail_in(graph_.location_of(op), status.error());
    }
    for (const ValueId output : graph_.region(id).outputs)
      HALE_CHECK(info(output, *proto.add_output()));
    return {};
  }

  [[nodiscard]] Result<> info(ValueId id, onnx::ValueInfoProto& proto) const {
    const graph::Type& type = graph_.value(id).type;
    proto.set_name(name_of(id));
    if (auto status = write(type, *proto.mutable_type()); !status)
      return fail_in(concat("value '", name_of(id), "'"), status.error());
    return {};
  }

  [[nodiscard]] static Result<> write(const graph::Type& type, onnx::TypeProto& proto) {
    if (type.is_tensor()) {
      write_extents(type, *proto.mutable_tensor_type());
    } else if (type.other == "sparse_tensor") {
      write_extents(type, *proto.mutable_sparse_tensor_type());
    } else if (type.inside.empty()) {
      return fail(concat("type ", type.other, " found, expected one with what is inside"));
    } else if (type.other == "sequence") {
      return write(type.inside.front(), *proto.mutable_sequence_type()->mutable_elem_type());
    } else if (type.other == "optional") {
      return write(type.inside.front(), *proto.mutable_optional_type()->mutable_elem_type());
    } else if (type.other == "map") {
      proto.mutable_map_type()->set_key_type(static_cast<std::int32_t>(type.element));
      return write(type.inside.front(), *proto.mutable_map_type()->mutable_value_type());
    } else {
      return fail(concat("type ", type.other, " found, expected one of ONNX's"));
    }
    return {};
  }
  template <class TensorType>
  static void write_extents(const graph::Type& type, TensorType& tensor) {
    tensor.set_elem_type(static_cast<std::int32_t>(type.element));
    if (!type.dims) return;
    onnx::TensorShapeProto& shape = *tensor.mutable_shape();
    for (const graph::Dim& dim : *type.dims) {
      auto& extent = *shape.add_dim();
      if (dim.is_static())
        extent.set_dim_value(dim.extent);
      else if (!dim.symbol.empty())
        extent.set_dim_param(dim.symbol);
    }
  }

  /// As the importer writes calls: a body, of what is none of ONNX's operators that have one.
  [[nodiscard]] static bool is_call(const graph::Operation& op) {
    const bool has_body = op.regions.size() == 1 && op.regions.front().name == "body";
    return has_body && !op.is("Loop") && !op.is("Scan") && !op.is("SequenceMap");
  }

  [[nodiscard]] Result<> node(const graph::Operation& op, onnx::NodeProto& proto) {
    proto.set_op_type(op.name);
    proto.set_domain(op.domain);
    proto.set_name(op.location);
    for (const ValueId id : op.operands) proto.add_input(name_of(id));
    for (const ValueId id : op.results) proto.add_output(name_of(id));
    for (const graph::Attribute& each : op.attributes) {
      onnx::AttributeProto& attribute = *proto.add_attribute();
      attribute.set_name(each.name);
      HALE_CHECK(
          std::visit([&](const auto& value) { return write(value, attribute); }, each.value));
    }
    if (is_call(op)) return fail("the call of a function found, expected it to be inlined");
    for (const graph::NamedRegion& nested : op.regions) {
      onnx::AttributeProto& attribute = *proto.add_attribute();
      attribute.set_name(nested.name);
      attribute.set_type(onnx::AttributeProto::GRAPH);
      attribute.mutable_g()->set_name(nested.name);
      HALE_CHECK(region(nested.region, *attribute.mutable_g()));
    }
    return {};
  }

  Result<> write(std::int64_t value, onnx::AttributeProto& proto) {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
    return {};
  }
  Result<> write(float value, onnx::AttributeProto& proto) {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(value);
    return {};
  }
  Result<> write(const std::string& value, onnx::AttributeProto& proto) {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(value);
    return {};
  }
  Result<> write(const graph::Tensor& value, onnx::AttributeProto& proto) {
    proto.set_type(onnx::AttributeProto::TENSOR);
    return payload(value, Role::zero, *proto.mutable_t());
  }
  Result<> write(const std::vector<std::int64_t>& value, onnx::AttributeProto& proto) {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t each : value) proto.add_ints(each);
    return {};
  }
  Result<> write(const std::vector<float>& value, onnx::AttributeProto& proto) {
    proto.set_type(onnx::AttributeProto::FLOATS);
    for (const float each : value) proto.add_floats(each);
    return {};
  }
  Result<> write(const std::vector<std::string>& value, onnx::AttributeProto& proto) {
    proto.set_type(onnx::AttributeProto::STRINGS);
    for (const std::string& each : value) proto.add_strings(each);
    return {};
  }
  Result<> write(const graph::Opaque& value, onnx::AttributeProto& proto) {
    return fail(concat("attribute '", proto.name(), "' of kind ", value.kind,
                       " found, expected one that hale carries"));
  }
  Result<> write(const graph::Type& value, onnx::AttributeProto& proto) {
    proto.set_type(onnx::AttributeProto::TYPE_PROTO);
    return write(value, *proto.mutable_tp());
  }

  /// A Constant: an initialiser, or in place of an elided one an input.
  Result<> constant(ValueId id, const graph::Tensor& tensor, onnx::GraphProto& proto) {
    if (tensor.is_elided() && std::holds_alternative<NoWeights>(weights_))
      return info(id, *proto.add_input());
    onnx::TensorProto& written = *proto.add_initializer();
    written.set_name(name_of(id));
    return payload(tensor, roles_[graph::index_of(id)], written);
  }

  Result<> payload(const graph::Tensor& tensor, Role role, onnx::TensorProto& proto) {
    proto.set_data_type(static_cast<std::int32_t>(tensor.element));
    for (const std::int64_t extent : tensor.dims) proto.add_dims(extent);
    const auto count = graph::element_count(tensor.type());
    constexpr std::int64_t most = std::int64_t{1} << 29;
    if (!count || *count > most)
      return fail(concat("a tensor of shape ", graph::describe(tensor.type()), " found, expected ",
                         most, " elements at the most"));
    const auto size = static_cast<std::size_t>(*count);
    std::string& out = *proto.mutable_raw_data();
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&tensor.elements)) {
      for (std::size_t i = 0; i < size; ++i)
        append_integer(out, tensor.element, (*integers)[integers->size() == 1 ? 0 : i]);
      return {};
    }
    const auto* reals = std::get_if<std::vector<double>>(&tensor.elements);
    const bool is_double = tensor.element == graph::ElementType::f64;
    if (!is_double && tensor.element != graph::ElementType::f32)
      return fail(concat("elements of type ", graph::name_of(tensor.element),
                         " without their numbers found, expected f32 or f64"));
    const auto append = [&](double number) {
      is_double ? append_number(out, number) : append_number(out, static_cast<float>(number));
    };
    for (std::size_t i = 0; i < size; ++i)
      append(reals != nullptr ? (*reals)[reals->size() == 1 ? 0 : i] : drawn(tensor, role));
    return {};
  }

  [[nodiscard]] double drawn(const graph::Tensor& tensor, Role role) {
    // Neither a factor of zero nor what is neutral: runtimes may fold either away.
    constexpr double spread = 0.1;
    const bool is_vector = tensor.dims.size() < 2;
    if (role == Role::one) return 1;
    if (is_vector && role == Role::scale) return 1 + spread * rng_.normal();
    if (is_vector && role == Role::shift) return spread * rng_.normal();
    if (role == Role::zero || is_vector) return 0;
    double fan_in = 1;
    for (std::size_t i = 1; i < tensor.dims.size(); ++i)
      fan_in *= static_cast<double>(tensor.dims[i]);
    return rng_.normal() * std::sqrt(2 / fan_in);
  }

  const Graph& graph_;
  const Weights& weights_;
  Rng rng_;
  std::vector<std::string> names_;
  std::vector<Role> roles_;
};

}  // namespace

Result<std::string> export_model(const Graph& graph, const Weights& weights) {
  return Writer(graph, weights).run();
}

}  // namespace hale::onnx_frontend
