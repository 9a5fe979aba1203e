#include "read_attribute.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "read_tensor.hpp"
#include "read_type.hpp"

namespace hale::onnx_frontend {

namespace {

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

onnx::AttributeProto::AttributeType kind_of(const onnx::AttributeProto& proto) {
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

Result<graph::AttributeValue> read_attribute(const onnx::AttributeProto& proto) {
  using Kind = onnx::AttributeProto;
  using Value = graph::AttributeValue;
  switch (kind_of(proto)) {
    case Kind::INT:
      return Value(proto.i());
    case Kind::FLOAT:
      return Value(proto.f());
    case Kind::STRING:
      return Value(proto.s());
    case Kind::INTS:
      return Value(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
    case Kind::FLOATS:
      return Value(std::vector<float>(proto.floats().begin(), proto.floats().end()));
    case Kind::STRINGS:
      return Value(std::vector<std::string>(proto.strings().begin(), proto.strings().end()));
    case Kind::TENSOR: {
      HALE_TRY(graph::Tensor tensor, read_tensor(proto.t()));
      return Value(std::move(tensor));
    }
    case Kind::SPARSE_TENSOR: {
      HALE_TRY(graph::Tensor tensor, read_tensor(proto.sparse_tensor()));
      return Value(std::move(tensor));
    }
    case Kind::TYPE_PROTO: {
      HALE_TRY(graph::Type type, read_type(proto.tp()));
      return Value(std::move(type));
    }
    default:
      return Value(graph::Opaque{onnx::AttributeProto_AttributeType_Name(proto.type())});
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
