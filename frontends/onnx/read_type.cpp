#include "read_type.hpp"

#include <cstddef>
#include <hale/core/text.hpp>
#include <string_view>
#include <utility>

namespace hale::onnx_frontend {

namespace {

/// The longest name of an open extent that is kept: every type that follows from it holds it.
constexpr std::size_t max_symbol = 1024;

/// Element type and extents of a tensor or a sparse tensor.
template <class TensorProto>
[[nodiscard]] Result<graph::Type> with_extents(const TensorProto& proto, std::string_view other) {
  graph::Type type{.element = graph::element_type(proto.elem_type()), .other = std::string(other)};
  if (!proto.has_shape()) return type;
  const auto rank = static_cast<std::size_t>(proto.shape().dim_size());
  if (rank > graph::max_rank)
    return fail(concat(rank, " axes found, expected at most ", graph::max_rank));
  type.dims.emplace();
  type.dims->reserve(static_cast<std::size_t>(proto.shape().dim_size()));
  for (const auto& dim : proto.shape().dim()) {
    if (dim.has_dim_value() && dim.dim_value() < -1)
      return fail(concat("extent ", dim.dim_value(), " found, expected none below 0"));
    // Exporters write -1, and a symbol without a name, for an extent that is open.
    if (dim.has_dim_value() && dim.dim_value() >= 0)
      type.dims->push_back(graph::Dim{dim.dim_value()});
    else if (dim.dim_param().size() <= max_symbol)
      type.dims->push_back(graph::Dim{graph::Dim::open, dim.dim_param()});
    else
      type.dims->push_back(graph::Dim{});
  }
  return type;
}

[[nodiscard]] Result<graph::Type> read(const onnx::TypeProto& proto, std::size_t depth);

[[nodiscard]] Result<graph::Type> around(graph::Type type, const onnx::TypeProto& inside,
                                         std::size_t depth) {
  constexpr std::size_t max_depth = 32;
  if (depth == max_depth)
    return fail(concat("types nested more than ", max_depth, " deep found, expected fewer"));
  HALE_TRY(graph::Type read_inside, read(inside, depth + 1));
  type.inside.push_back(std::move(read_inside));
  return type;
}

[[nodiscard]] Result<graph::Type> read(const onnx::TypeProto& proto, std::size_t depth) {
  using Kind = onnx::TypeProto::ValueCase;
  switch (proto.value_case()) {
    case Kind::kTensorType:
      return with_extents(proto.tensor_type(), "");
    case Kind::kSparseTensorType:
      return with_extents(proto.sparse_tensor_type(), "sparse_tensor");
    case Kind::kSequenceType:
      return around({.other = "sequence"}, proto.sequence_type().elem_type(), depth);
    case Kind::kOptionalType:
      return around({.other = "optional"}, proto.optional_type().elem_type(), depth);
    case Kind::kMapType:
      return around({.element = graph::element_type(proto.map_type().key_type()), .other = "map"},
                    proto.map_type().value_type(), depth);
    case Kind::kOpaqueType:
      return graph::Type{.other = "opaque"};
    case Kind::VALUE_NOT_SET:
      break;
  }
  return graph::Type{};
}

}  // namespace

Result<graph::Type> read_type(const onnx::TypeProto& proto) { return read(proto, 0); }

}  // namespace hale::onnx_frontend
