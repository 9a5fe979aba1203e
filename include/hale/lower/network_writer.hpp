#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/passes/infer_shapes.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hale::lower::detail {

using graph::ValueId;

/// Writes a network operation by operation, as PyTorch exports it with BatchNormalizations folded.
class NetworkWriter {
 public:
  struct Filter {
    std::size_t in = 0;
    std::size_t out = 0;
    std::size_t kernel = 1;
    std::size_t stride = 1;
    std::size_t groups = 1;
  };

  explicit NetworkWriter(std::string name) {
    graph_.name = std::move(name);
    graph_.operator_sets = {{"", 13}};
  }

  ValueId image(const std::vector<std::size_t>& extents) {
    const ValueId value = graph_.add_value(
        graph::tensor_type(graph::ElementType::f32, signed_list(extents)), "input");
    graph_.body().inputs = {value};
    return value;
  }
  ValueId emit(graph::Operation op) {
    const ValueId result = graph_.add_value({}, concat(op.location, "_output"));
    op.results = {result};
    graph_.append(graph::Graph::body_id(), std::move(op));
    return result;
  }
  ValueId constant(const std::string& name, graph::Tensor tensor) {
    const ValueId value = graph::add_constant(graph_, std::move(tensor), name);
    graph_.body().operations.push_back(graph_.value(value).producer);
    return value;
  }
  ValueId number(const std::string& name, double value) {
    return constant(name, {graph::ElementType::f32, {}, std::vector<double>{value}});
  }
  ValueId weight(const std::string& name, const std::vector<std::size_t>& extents) {
    graph::Tensor tensor{.element = graph::ElementType::f32};
    tensor.dims = signed_list(extents);
    return constant(name, std::move(tensor));
  }
  [[nodiscard]] static std::vector<graph::Attribute> window(std::size_t size, std::size_t stride,
                                                            std::size_t pad) {
    const auto list = [](std::size_t count, std::size_t each) {
      return std::vector<std::int64_t>(count, static_cast<std::int64_t>(each));
    };
    return {{"kernel_shape", list(2, size)}, {"pads", list(4, pad)}, {"strides", list(2, stride)}};
  }

  /// Padded so that the extents stay but for the stride.
  ValueId conv(const std::string& name, ValueId x, Filter f) {
    const ValueId w = weight(name + ".weight", {f.out, f.in / f.groups, f.kernel, f.kernel});
    const ValueId b = weight(name + ".bias", {f.out});
    graph::Operation op{.name = "Conv",
                        .operands = {x, w, b},
                        .attributes = window(f.kernel, f.stride, f.kernel / 2),
                        .location = name};
    if (f.groups != 1)
      op.attributes.insert(op.attributes.begin(), {"group", static_cast<std::int64_t>(f.groups)});
    return emit(std::move(op));
  }
  ValueId relu(const std::string& name, ValueId x) {
    return emit({.name = "Relu", .operands = {x}, .location = name});
  }
  ValueId add(const std::string& name, ValueId a, ValueId b) {
    return emit({.name = "Add", .operands = {a, b}, .location = name});
  }
  ValueId multiply(const std::string& name, ValueId a, ValueId b) {
    return emit({.name = "Mul", .operands = {a, b}, .location = name});
  }
  /// Relu6(x + 3)
  ValueId shifted_relu6(const std::string& name, ValueId x) {
    const ValueId shifted = add(name + "/add", x, number(name + "/three", 3));
    const std::vector<ValueId> operands = {shifted, number(name + "/least", 0),
                                           number(name + "/most", 6)};
    return emit({.name = "Clip", .operands = operands, .location = name + "/clip"});
  }
  ValueId sixth(const std::string& name, ValueId x) {
    return emit({.name = "Div", .operands = {x, number(name + "/six", 6)}, .location = name});
  }
  ValueId hard_sigmoid(const std::string& name, ValueId x) {
    return sixth(name + "/div", shifted_relu6(name, x));
  }
  ValueId hard_swish(const std::string& name, ValueId x) {
    return sixth(name + "/div", multiply(name + "/mul", x, shifted_relu6(name, x)));
  }
  /// The mean over the plane axis by axis, both kept.
  ValueId mean(const std::string& name, ValueId x) {
    for (const std::int64_t axis : {3, 2})
      x = emit(
          {.name = "ReduceMean",
           .operands = {x},
           .attributes = {{"axes", std::vector<std::int64_t>{axis}}, {"keepdims", std::int64_t{1}}},
           .location = concat(name, axis == 3 ? "/columns" : "/rows")});
    return x;
  }
  ValueId reshape(const std::string& name, ValueId x, const std::vector<std::size_t>& extents) {
    const ValueId shape = constant(name + ".shape", {graph::ElementType::i64,
                                                     {static_cast<std::int64_t>(extents.size())},
                                                     signed_list(extents)});
    return emit({.name = "Reshape", .operands = {x, shape}, .location = name});
  }
  ValueId linear(const std::string& name, ValueId x, std::size_t in, std::size_t out) {
    const ValueId w = weight(name + ".weight", {out, in});
    const ValueId b = weight(name + ".bias", {out});
    return emit({.name = "Gemm",
                 .operands = {x, w, b},
                 .attributes = {{"transB", std::int64_t{1}}},
                 .location = name});
  }

  /// The graph with shapes, and `output` as its result; nothing is added after it.
  [[nodiscard]] graph::Graph finish(ValueId output) {
    graph_.value(output).name = "logits";
    graph_.body().outputs = {output};
    const Result<> status = graph::InferShapes::run(graph_);
    HALE_ASSERT(status.has_value());
    static_cast<void>(status);
    return std::move(graph_);
  }

 private:
  [[nodiscard]] static std::vector<std::int64_t> signed_list(
      const std::vector<std::size_t>& extents) {
    return {extents.begin(), extents.end()};
  }

  graph::Graph graph_;
};

}  // namespace hale::lower::detail
