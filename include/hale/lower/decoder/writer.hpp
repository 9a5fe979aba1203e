#pragma once

#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/builder.hpp>
#include <hale/lower/decoder/configuration.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lower::detail {

using graph::Dim;
using graph::ElementType;
using graph::ValueId;
using Extents = std::vector<std::int64_t>;

inline constexpr std::string_view microsoft = "com.microsoft";

/// Writes the layers that decoders are made of, in the form that the decoder asks for.
///
/// Pre: the decoder passed check().
class DecoderWriter {
 public:
  explicit DecoderWriter(const Decoder& decoder)
      : decoder_(decoder), builder_(std::string(decoder.name)) {}

  [[nodiscard]] const Decoder& decoder() const { return decoder_; }
  [[nodiscard]] bool is_fused() const { return decoder_.form == DecoderForm::fused; }

  [[nodiscard]] ValueId input(std::string name, ElementType element, std::vector<Dim> dims) {
    return builder_.input(std::move(name), graph::Type{element, std::move(dims)});
  }
  void output(ValueId id, std::string name) { builder_.output(id, std::move(name)); }
  [[nodiscard]] ValueId weight(const std::string& name, const Extents& extents,
                               ElementType element = ElementType::f32) {
    return builder_.weight(name, graph::tensor_type(element, extents));
  }
  [[nodiscard]] ValueId integers(Extents elements) {
    return builder_.integers(std::move(elements));
  }
  [[nodiscard]] ValueId integer(std::int64_t element) {
    return builder_.constant({ElementType::i64, {}, Extents{element}});
  }
  [[nodiscard]] ValueId number(double element) {
    return builder_.constant({ElementType::f32, {}, std::vector<double>{element}});
  }

  [[nodiscard]] std::vector<ValueId> add(graph::NewOperation operation) {
    auto made = builder_.add(std::move(operation));
    HALE_ASSERT(made.has_value());
    return *std::move(made);
  }
  [[nodiscard]] ValueId add(const std::string& location, std::string name,
                            std::vector<ValueId> operands,
                            std::vector<graph::Attribute> attributes = {},
                            std::string_view domain = {}) {
    return add({.name = std::move(name),
                .operands = std::move(operands),
                .attributes = std::move(attributes),
                .domain = std::string(domain),
                .location = location})
        .front();
  }
  [[nodiscard]] ValueId reshape(const std::string& location, ValueId x, Extents extents) {
    return add(location, "Reshape", {x, integers(std::move(extents))});
  }
  [[nodiscard]] ValueId transpose(const std::string& location, ValueId x, Extents order) {
    return add(location, "Transpose", {x}, {{"perm", std::move(order)}});
  }
  [[nodiscard]] ValueId slice(const std::string& location, ValueId x, std::int64_t from,
                              std::int64_t to) {
    return add(location, "Slice", {x, integers({from}), integers({to}), integers({-1})});
  }

  /// A weight of four bits, and the scales of its blocks.
  struct Packed {
    ValueId weight;  // (rows, blocks, bytes of a block)
    ValueId scales;  // (rows, blocks)
  };
  [[nodiscard]] Packed packed(const std::string& name, std::int64_t rows, std::int64_t depth) {
    const std::int64_t blocks = depth / packed_block;
    return {weight(name + ".weight", {rows, blocks, packed_block * bits_of_packed / 8},
                   ElementType::u8),
            weight(name + ".scales", {rows, blocks})};
  }

  /// (.., depth) -> (.., columns), with a weight of its own.
  [[nodiscard]] ValueId project(const std::string& location, ValueId x, std::int64_t depth,
                                std::int64_t columns, bool has_bias) {
    if (is_fused())
      return project_packed(location, x, packed(location, columns, depth), depth, columns,
                            has_bias);
    return project_by(location, x, weight(location + ".weight", {depth, columns}), columns,
                      has_bias);
  }
  [[nodiscard]] ValueId project_by(const std::string& location, ValueId x, ValueId matrix,
                                   std::int64_t columns, bool has_bias) {
    const ValueId y = add(location, "MatMul", {x, matrix});
    if (!has_bias) return y;
    return add(location + "/bias", "Add", {y, weight(location + ".bias", {columns})});
  }
  [[nodiscard]] ValueId project_packed(const std::string& location, ValueId x, Packed by,
                                       std::int64_t depth, std::int64_t columns, bool has_bias) {
    std::vector<ValueId> operands = {x, by.weight, by.scales};
    if (has_bias) {
      operands.resize(5, ValueId::none);
      operands.push_back(weight(location + ".bias", {columns}));
    }
    return add(
        location, "MatMulNBits", std::move(operands),
        {{"K", depth}, {"N", columns}, {"bits", bits_of_packed}, {"block_size", packed_block}},
        microsoft);
  }

  /// A sum, and what a norm makes of it.
  struct Normed {
    ValueId value;
    ValueId sum;
  };
  /// Of one value where the update is none.
  [[nodiscard]] Normed norm(const std::string& location, ValueId x, ValueId update) {
    if (update == ValueId::none) return {norm_of(location, x), x};
    if (is_fused()) return skip_norm(location, x, update);
    const ValueId sum = add(location + "/sum", "Add", {x, update});
    return {norm_of(location, sum), sum};
  }

  [[nodiscard]] ValueId activate(const std::string& location, ValueId x) {
    if (!decoder_.gelu)
      return add(location + "/swish", "Mul", {x, add(location + "/sigmoid", "Sigmoid", {x})});
    if (is_fused()) return add(location + "/gelu", "FastGelu", {x}, {}, microsoft);
    return add(location + "/gelu", "Gelu", {x}, {{"approximate", std::string("tanh")}});
  }

  [[nodiscard]] Result<graph::Graph> finish() && {
    HALE_TRY(graph::Graph graph, std::move(builder_).finish());
    graph.operator_sets = {{"", 20}};
    if (is_fused()) graph.operator_sets.push_back({std::string(microsoft), 1});
    return graph;
  }

 private:
  [[nodiscard]] bool has_layer_norm() const { return decoder_.norm == DecoderNorm::layer; }
  [[nodiscard]] std::vector<ValueId> norm_weights(const std::string& location) {
    std::vector<ValueId> weights = {weight(location + ".weight", {decoder_.width})};
    if (has_layer_norm()) weights.push_back(weight(location + ".bias", {decoder_.width}));
    return weights;
  }

  [[nodiscard]] ValueId norm_of(const std::string& location, ValueId x) {
    std::vector<ValueId> operands = norm_weights(location);
    operands.insert(operands.begin(), x);
    const std::vector<graph::Attribute> attributes = {{"axis", std::int64_t{-1}},
                                                      {"epsilon", 1e-5F}};
    if (has_layer_norm())
      return add(location, "LayerNormalization", std::move(operands), attributes);
    if (is_fused())
      return add(location, "SimplifiedLayerNormalization", std::move(operands), attributes);
    const ValueId square = add(location + "/square", "Pow", {x, number(2)});
    const ValueId mean = add(location + "/mean", "ReduceMean", {square, integers({-1})});
    const ValueId above = add(location + "/epsilon", "Add", {mean, number(1e-5)});
    const ValueId inverse =
        add(location + "/inverse", "Reciprocal", {add(location + "/root", "Sqrt", {above})});
    const ValueId even = add(location + "/even", "Mul", {x, inverse});
    return add(location, "Mul", {operands[1], even});
  }
  [[nodiscard]] Normed skip_norm(const std::string& location, ValueId x, ValueId update) {
    std::vector<ValueId> operands = norm_weights(location);
    operands.insert(operands.begin(), {x, update});
    const std::string name =
        has_layer_norm() ? "SkipLayerNormalization" : "SkipSimplifiedLayerNormalization";
    const std::vector<ValueId> made = add({.name = name,
                                           .operands = std::move(operands),
                                           .attributes = {{"epsilon", 1e-5F}},
                                           .results = 4,
                                           .domain = std::string(microsoft),
                                           .location = location});
    return {made[0], made[3]};
  }

  const Decoder& decoder_;
  graph::Builder builder_;
};

}  // namespace hale::lower::detail
