#pragma once

#include <hale/core/error.hpp>
#include <string>
#include <unordered_map>

#include "proto.hpp"

namespace hale::onnx_frontend {

/// ONNX's own domain has two names.
[[nodiscard]] std::string known_domain(const std::string& domain);

/// A function that a model defines for itself.
struct Function {
  const onnx::FunctionProto* proto = nullptr;
  std::unordered_map<std::string, onnx::AttributeProto> defaults{};  // of its attributes
};

/// The functions that a model defines, by domain, name and overload.
class Functions {
 public:
  /// Errors: two that are called the same, fields that are no attributes.
  [[nodiscard]] static Result<Functions> of(const onnx::ModelProto& model);

  /// The function that a node calls; null where it calls none of these.
  [[nodiscard]] const Function* find(const onnx::NodeProto& node) const;

 private:
  std::unordered_map<std::string, Function> functions_;
};

}  // namespace hale::onnx_frontend
