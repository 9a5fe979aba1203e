#include "functions.hpp"

#include <google/protobuf/unknown_field_set.h>

#include <hale/core/text.hpp>
#include <string_view>
#include <utility>

namespace hale::onnx_frontend {

namespace {

// Fields that are younger than the library's onnx.proto, which keeps them as unknown ones.
constexpr int function_attribute_proto = 11;
constexpr int function_overload = 13;
constexpr int node_overload = 8;

/// Calls `visit(content)` for each unknown field of bytes with this number.
template <class Message, class Visit>
void for_each_unknown(const Message& message, int number, const Visit& visit) {
  const google::protobuf::UnknownFieldSet& fields = message.unknown_fields();
  for (int i = 0; i < fields.field_count(); ++i)
    if (fields.field(i).number() == number &&
        fields.field(i).type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      visit(fields.field(i).length_delimited());
}

template <class Message>
[[nodiscard]] std::string key_of(const Message& message, const std::string& name, int overload) {
  std::string key = concat(known_domain(message.domain()), std::string_view("\0", 1), name,
                           std::string_view("\0", 1));
  std::string last;
  for_each_unknown(message, overload, [&last](const std::string& content) { last = content; });
  return key + last;
}

}  // namespace

std::string known_domain(const std::string& domain) {
  return domain == "ai.onnx" ? std::string() : domain;
}

Result<Functions> Functions::of(const onnx::ModelProto& model) {
  Functions out;
  for (const onnx::FunctionProto& proto : model.functions()) {
    Function function{&proto};
    bool are_attributes = true;
    for_each_unknown(proto, function_attribute_proto, [&](const std::string& content) {
      onnx::AttributeProto attribute;
      are_attributes = are_attributes && attribute.ParseFromString(content);
      function.defaults.emplace(attribute.name(), attribute);
    });
    if (!are_attributes)
      return fail(concat("function '", proto.name(),
                         "': defaults found that are no attributes, expected attributes"));
    if (!out.functions_.emplace(key_of(proto, proto.name(), function_overload), std::move(function))
             .second)
      return fail(concat("function '", proto.name(), "' of domain '", proto.domain(),
                         "' is defined twice, expected once"));
  }
  return out;
}

const Function* Functions::find(const onnx::NodeProto& node) const {
  if (functions_.empty()) return nullptr;
  const auto found = functions_.find(key_of(node, node.op_type(), node_overload));
  return found == functions_.end() ? nullptr : &found->second;
}

}  // namespace hale::onnx_frontend
