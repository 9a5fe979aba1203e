#include "read_attribute.hpp"

#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <utility>
#include <vector>

#include "read_tensor.hpp"
#include "read_type.hpp"

namespace hale::onnx_frontend {

namespace {

using Kind = onnx::AttributeProto::AttributeType;

[[nodiscard]] bool holds(const onnx::AttributeProto& proto, Kind kind) {
  using Attribute = onnx::AttributeProto;
  switch (kind) {
    case Attribute::INT:
      return proto.has_i();
    case Attribute::FLOAT:
      return proto.has_f();
    case Attribute::STRING:
      return proto.has_s();
    case Attribute::TENSOR:
      return proto.has_t();
    case Attribute::GRAPH:
      return proto.has_g();
    case Attribute::SPARSE_TENSOR:
      return proto.has_sparse_tensor();
    case Attribute::TYPE_PROTO:
      return proto.has_tp();
    case Attribute::INTS:
      return proto.ints_size() > 0;
    case Attribute::FLOATS:
      return proto.floats_size() > 0;
    case Attribute::STRINGS:
      return proto.strings_size() > 0;
    case Attribute::TENSORS:
      return proto.tensors_size() > 0;
    case Attribute::GRAPHS:
      return proto.graphs_size() > 0;
    case Attribute::SPARSE_TENSORS:
      return proto.sparse_tensors_size() > 0;
    case Attribute::TYPE_PROTOS:
      return proto.type_protos_size() > 0;
    default:
      return false;
  }
}

/// The kind of what the message has; UNDEFINED where it has nothing that is known.
[[nodiscard]] Kind held_kind(const onnx::AttributeProto& proto) {
  for (int kind = onnx::AttributeProto_AttributeType_AttributeType_MIN;
       kind <= onnx::AttributeProto_AttributeType_AttributeType_MAX; ++kind)
    if (onnx::AttributeProto_AttributeType_IsValid(kind) && holds(proto, static_cast<Kind>(kind)))
      return static_cast<Kind>(kind);
  return onnx::AttributeProto::UNDEFINED;
}

template <class Number>
[[nodiscard]] graph::Tensor list_tensor(graph::ElementType element,
                                        const std::vector<Number>& numbers) {
  graph::Tensor out{element, {static_cast<std::int64_t>(numbers.size())}};
  using Kept = std::conditional_t<std::is_integral_v<Number>, std::int64_t, double>;
  const std::size_t kept = std::is_integral_v<Number> ? kept_integers : kept_floats;
  if (numbers.size() <= kept) out.elements = std::vector<Kept>(numbers.begin(), numbers.end());
  return out;
}

}  // namespace

Result<Kind> kind_of(const onnx::AttributeProto& proto) {
  if (holds(proto, proto.type())) return proto.type();
  const Kind held = held_kind(proto);
  if (proto.type() == onnx::AttributeProto::UNDEFINED) {
    if (held != onnx::AttributeProto::UNDEFINED || proto.unknown_fields().field_count() > 0)
      return held;
    return onnx::AttributeProto::INTS;  // a list without elements holds nothing
  }
  // Zeros and empty lists may be left out, but nothing else may stand in their place.
  if (held != onnx::AttributeProto::UNDEFINED)
    return fail(concat("a value of kind ", onnx::AttributeProto_AttributeType_Name(held),
                       " found, expected ", onnx::AttributeProto_AttributeType_Name(proto.type()),
                       " as the attribute says"));
  return proto.type();
}

Result<graph::AttributeValue> read_attribute(const onnx::AttributeProto& proto) {
  using Value = graph::AttributeValue;
  HALE_TRY(const Kind kind, kind_of(proto));
  switch (kind) {
    case onnx::AttributeProto::INT:
      return Value(proto.i());
    case onnx::AttributeProto::FLOAT:
      return Value(proto.f());
    case onnx::AttributeProto::STRING:
      return Value(proto.s());
    case onnx::AttributeProto::INTS:
      return Value(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
    case onnx::AttributeProto::FLOATS:
      return Value(std::vector<float>(proto.floats().begin(), proto.floats().end()));
    case onnx::AttributeProto::STRINGS:
      return Value(std::vector<std::string>(proto.strings().begin(), proto.strings().end()));
    case onnx::AttributeProto::TENSOR: {
      HALE_TRY(graph::Tensor tensor, read_tensor(proto.t()));
      return Value(std::move(tensor));
    }
    case onnx::AttributeProto::SPARSE_TENSOR: {
      HALE_TRY(graph::Tensor tensor, read_tensor(proto.sparse_tensor()));
      return Value(std::move(tensor));
    }
    case onnx::AttributeProto::TYPE_PROTO: {
      HALE_TRY(graph::Type type, read_type(proto.tp()));
      return Value(std::move(type));
    }
    default:
      return Value(graph::Opaque{onnx::AttributeProto_AttributeType_Name(kind)});
  }
}

graph::Attribute as_constant(std::string name, graph::AttributeValue value) {
  using graph::ElementType;
  graph::Tensor tensor;
  if (const auto* integer = std::get_if<std::int64_t>(&value); integer && name == "value_int") {
    tensor = {ElementType::i64, {}, std::vector<std::int64_t>{*integer}};
  } else if (const auto* real = std::get_if<float>(&value); real && name == "value_float") {
    tensor = {ElementType::f32, {}, std::vector<double>{static_cast<double>(*real)}};
  } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value);
             integers && name == "value_ints") {
    tensor = list_tensor(ElementType::i64, *integers);
  } else if (const auto* reals = std::get_if<std::vector<float>>(&value);
             reals && name == "value_floats") {
    tensor = list_tensor(ElementType::f32, *reals);
  } else if (name == "value_string" || name == "value_strings") {
    const auto* strings = std::get_if<std::vector<std::string>>(&value);
    tensor.element = ElementType::string;
    if (strings != nullptr) tensor.dims = {static_cast<std::int64_t>(strings->size())};
  } else if (auto* sparse = std::get_if<graph::Tensor>(&value); sparse && name == "sparse_value") {
    tensor = std::move(*sparse);
  } else {
    return {std::move(name), std::move(value)};
  }
  return {"value", std::move(tensor)};
}

}  // namespace hale::onnx_frontend
