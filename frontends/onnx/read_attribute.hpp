#pragma once

#include <hale/core/error.hpp>
#include <hale/graph/attribute.hpp>
#include <string>

#include "proto.hpp"

namespace hale::onnx_frontend {

/// The stated kind of an attribute; files of IR version 1 leave it out, and then what it holds.
/// UNDEFINED: a kind that is younger than the library. Errors: a value of another kind than stated.
[[nodiscard]] Result<onnx::AttributeProto::AttributeType> kind_of(
    const onnx::AttributeProto& proto);

/// The value of an attribute that holds no graph. Kinds that hale carries no further are Opaque.
/// Errors: as kind_of(), read_tensor() and read_type().
[[nodiscard]] Result<graph::AttributeValue> read_attribute(const onnx::AttributeProto& proto);

/// An attribute of a Constant as the one that the rest of hale knows: a tensor called "value".
[[nodiscard]] graph::Attribute as_constant(std::string name, graph::AttributeValue value);

}  // namespace hale::onnx_frontend
