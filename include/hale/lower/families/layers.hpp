#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/builder.hpp>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lower::families {

using graph::ValueId;
using Extent = std::int64_t;
using Extents = std::vector<Extent>;

/// Random choices of a generator.
class Draw {
 public:
  explicit Draw(Rng& rng) : rng_(&rng) {}

  /// Uniform in {low, ..., high}.
  Extent between(Extent low, Extent high) {
    return low + static_cast<Extent>(rng_->below(static_cast<std::size_t>(high - low + 1)));
  }
  Extent of(std::initializer_list<Extent> choices) {
    return choices.begin()[rng_->below(choices.size())];
  }
  bool chance(double probability) { return rng_->uniform() < probability; }

 private:
  Rng* rng_;
};

enum class Activation : std::uint8_t { relu, leaky_relu, silu, hard_swish, gelu, tanh };

/// A convolution that keeps the extents but for its stride.
struct Convolution {
  Extent out = 1;
  Extent kernel = 1;
  Extent stride = 1;
  Extent groups = 1;
  Extent dilation = 1;
};

/// Layers as exporters spell them, over graph::Builder; every one knows its operand's extents.
///
/// Pre: what is given fits, as a generator's layers do. All weights are elided.
class Layers {
 public:
  /// `normalises`: BatchNormalizations stand for themselves, as in files that nobody has folded.
  Layers(std::string name, Activation activation, bool normalises)
      : builder_(std::move(name)), activation_(activation), normalises_(normalises) {}

  [[nodiscard]] static Layers drawn(std::string_view name, Draw& draw,
                                    std::initializer_list<Activation> activations) {
    const auto which =
        static_cast<std::size_t>(draw.between(0, static_cast<Extent>(activations.size()) - 1));
    return {std::string(name), activations.begin()[which], draw.chance(0.3)};
  }

  [[nodiscard]] ValueId input(const Extents& extents,
                              graph::ElementType element = graph::ElementType::f32) {
    return builder_.input(concat("input", inputs_++ == 0 ? "" : concat(inputs_)),
                          graph::tensor_type(element, extents));
  }
  [[nodiscard]] Extents extents(ValueId x) const {
    Extents extents;
    for (const graph::Dim& dim : *builder_.type(x).dims) extents.push_back(dim.extent);
    return extents;
  }
  [[nodiscard]] Extent extent(ValueId x, int axis) const {
    const Extents all = extents(x);
    return all[static_cast<std::size_t>(axis < 0 ? axis + static_cast<int>(all.size()) : axis)];
  }

  /// Over one or two spatial axes, by the operand's rank.
  [[nodiscard]] ValueId plain_conv(ValueId x, Convolution c) {
    const Extents in = extents(x);
    const std::size_t axes = in.size() - 2;
    Extents filter = {c.out, in[1] / c.groups};
    filter.insert(filter.end(), axes, c.kernel);
    return add("Conv", {x, weight(filter), weight({c.out})},
               {{"dilations", Extents(axes, c.dilation)},
                {"group", c.groups},
                {"kernel_shape", Extents(axes, c.kernel)},
                {"pads", Extents(2 * axes, c.dilation * (c.kernel / 2))},
                {"strides", Extents(axes, c.stride)}});
  }
  /// With a BatchNormalization where the network has them.
  [[nodiscard]] ValueId conv(ValueId x, Convolution c) { return normalise(plain_conv(x, c)); }
  [[nodiscard]] ValueId conv_act(ValueId x, Convolution c) { return activate(conv(x, c)); }
  [[nodiscard]] ValueId normalise(ValueId x) { return normalises_ ? batch_norm(x) : x; }
  [[nodiscard]] ValueId batch_norm(ValueId x) {
    const Extent channels = extent(x, 1);
    return add("BatchNormalization",
               {x, weight({channels}), weight({channels}), weight({channels}), weight({channels})});
  }
  /// Twice the extents.
  [[nodiscard]] ValueId conv_transpose(ValueId x, Extent out) {
    return add("ConvTranspose", {x, weight({extent(x, 1), out, 2, 2}), weight({out})},
               {{"kernel_shape", Extents{2, 2}}, {"strides", Extents{2, 2}}});
  }

  [[nodiscard]] ValueId activate(ValueId x) { return activate(x, activation_); }
  [[nodiscard]] ValueId activate(ValueId x, Activation activation) {
    switch (activation) {
      case Activation::relu:
        return add("Relu", {x});
      case Activation::leaky_relu:
        return add("LeakyRelu", {x}, {{"alpha", 0.1F}});
      case Activation::silu:
        return add("Mul", {x, add("Sigmoid", {x})});
      case Activation::hard_swish:
        return divide(add("Mul", {x, add("Clip", {plus(x, number(3)), number(0), number(6)})}), 6);
      case Activation::gelu: {
        const ValueId error = add("Erf", {divide(x, 1.4142135381698608)});
        return times(add("Mul", {x, plus(error, number(1))}), 0.5);
      }
      case Activation::tanh:
        return add("Tanh", {x});
    }
    return x;
  }

  [[nodiscard]] ValueId plus(ValueId a, ValueId b) { return add("Add", {a, b}); }
  [[nodiscard]] ValueId times(ValueId x, double factor) { return add("Mul", {x, number(factor)}); }
  [[nodiscard]] ValueId divide(ValueId x, double divisor) {
    return add("Div", {x, number(divisor)});
  }
  [[nodiscard]] ValueId concatenate(std::vector<ValueId> parts, Extent axis = 1) {
    return add("Concat", std::move(parts), {{"axis", axis}});
  }
  [[nodiscard]] ValueId pool(std::string_view kind, ValueId x, Extent kernel, Extent stride,
                             Extent pad = 0) {
    const auto axes = extents(x).size() - 2;
    return add(std::string(kind), {x},
               {{"kernel_shape", Extents(axes, kernel)},
                {"pads", Extents(2 * axes, pad)},
                {"strides", Extents(axes, stride)}});
  }
  [[nodiscard]] ValueId max_pool(ValueId x) { return pool("MaxPool", x, 2, 2); }
  [[nodiscard]] ValueId reduce(std::string_view kind, ValueId x, Extent axis, bool keeps = false) {
    return add(std::string(kind), {x},
               {{"axes", Extents{axis}}, {"keepdims", static_cast<Extent>(keeps)}});
  }
  [[nodiscard]] ValueId reshape(ValueId x, Extents extents) {
    return add("Reshape", {x, builder_.integers(std::move(extents))});
  }
  [[nodiscard]] ValueId transpose(ValueId x, Extents order) {
    return add("Transpose", {x}, {{"perm", std::move(order)}});
  }
  [[nodiscard]] ValueId slice(ValueId x, Extent axis, Extent from, Extent to) {
    return add("Slice",
               {x, builder_.integers({from}), builder_.integers({to}), builder_.integers({axis})});
  }
  /// Nearest neighbours, `factor` times the rows and columns.
  [[nodiscard]] ValueId upsample(ValueId x, Extent factor) {
    const auto f = static_cast<double>(factor);
    const ValueId scales =
        builder_.constant({graph::ElementType::f32, {4}, std::vector<double>{1, 1, f, f}},
                          concat("scales.", named_++));
    return add("Resize", {x, ValueId::none, scales},
               {{"coordinate_transformation_mode", std::string("asymmetric")},
                {"mode", std::string("nearest")},
                {"nearest_mode", std::string("floor")}});
  }

  /// (.., in) -> (.., out), as a layer over tokens is exported.
  [[nodiscard]] ValueId project(ValueId x, Extent out, bool has_bias = true) {
    const ValueId y = add("MatMul", {x, weight({extent(x, -1), out})});
    return has_bias ? plus(weight({out}), y) : y;
  }
  /// (rows, in) -> (rows, out).
  [[nodiscard]] ValueId linear(ValueId x, Extent out) {
    return add("Gemm", {x, weight({out, extent(x, 1)}), weight({out})}, {{"transB", Extent{1}}});
  }
  /// Over the last axis, spelled out as operator set 13 has to.
  [[nodiscard]] ValueId layer_norm(ValueId x) {
    const ValueId centred = add("Sub", {x, reduce("ReduceMean", x, -1, true)});
    const ValueId variance = reduce("ReduceMean", add("Pow", {centred, number(2)}), -1, true);
    const ValueId scaled = add("Div", {centred, add("Sqrt", {plus(variance, number(1e-5))})});
    const Extent width = extent(x, -1);
    return plus(add("Mul", {scaled, weight({width})}), weight({width}));
  }
  /// Squeeze-and-excitation.
  [[nodiscard]] ValueId excite(ValueId x, Extent squeezed) {
    const ValueId mean = add("GlobalAveragePool", {x});
    const ValueId inside = activate(plain_conv(mean, {.out = squeezed}), Activation::relu);
    return add("Mul", {x, add("Sigmoid", {plain_conv(inside, {.out = extent(x, 1)})})});
  }
  /// (batch, tokens, width) -> the same.
  [[nodiscard]] ValueId attention(ValueId x, Extent heads, bool is_causal) {
    const Extents in = extents(x);
    const Extent each = in[2] / heads;
    const auto split = [&](Extents order) {
      return transpose(reshape(project(x, in[2]), {in[0], in[1], heads, each}), std::move(order));
    };
    const ValueId query = split({0, 2, 1, 3});
    const ValueId key = split({0, 2, 3, 1});
    const ValueId value = split({0, 2, 1, 3});
    ValueId scores = divide(add("MatMul", {query, key}), static_cast<double>(each > 32 ? 8 : 4));
    if (is_causal) scores = plus(scores, weight({1, 1, in[1], in[1]}));
    const ValueId mixed = add("MatMul", {add("Softmax", {scores}, {{"axis", Extent{-1}}}), value});
    return project(reshape(transpose(mixed, {0, 2, 1, 3}), in), in[2]);
  }
  /// A transformer's block; the norms stand before the layers or behind the sums.
  [[nodiscard]] ValueId transformer_block(ValueId x, Extent heads, Extent inside, bool norm_first,
                                          bool is_causal) {
    const Extent width = extent(x, -1);
    const auto feed_forward = [&](ValueId y) {
      return project(activate(project(y, inside)), width);
    };
    if (norm_first) {
      x = plus(x, attention(layer_norm(x), heads, is_causal));
      return plus(x, feed_forward(layer_norm(x)));
    }
    x = layer_norm(plus(x, attention(x, heads, is_causal)));
    return layer_norm(plus(x, feed_forward(x)));
  }
  /// Global pooling and a classifier.
  [[nodiscard]] ValueId classify(ValueId x, Extent classes) {
    return linear(add("Flatten", {add("GlobalAveragePool", {x})}), classes);
  }

  [[nodiscard]] ValueId weight(const Extents& extents) {
    return builder_.weight(concat("weight.", named_++),
                           graph::tensor_type(graph::ElementType::f32, extents));
  }
  [[nodiscard]] ValueId number(double value) {
    return builder_.constant({graph::ElementType::f32, {}, std::vector<double>{value}},
                             concat("number.", named_++));
  }
  [[nodiscard]] ValueId add(std::string name, std::vector<ValueId> operands,
                            std::vector<graph::Attribute> attributes = {}) {
    std::string location = concat(name, ".", named_++);
    auto made = builder_.add(std::move(name), std::move(operands), std::move(attributes),
                             std::move(location));
    HALE_ASSERT(made.has_value());
    return *made;
  }
  [[nodiscard]] std::vector<ValueId> add(graph::NewOperation operation) {
    operation.location = concat(operation.name, ".", named_++);
    auto made = builder_.add(std::move(operation));
    HALE_ASSERT(made.has_value());
    return *std::move(made);
  }

  /// The graph, and `output` as its result; nothing is added after it.
  [[nodiscard]] graph::Graph finish(ValueId output) {
    builder_.output(output, "output");
    auto graph = std::move(builder_).finish();
    HALE_ASSERT(graph.has_value());
    return *std::move(graph);
  }

 private:
  graph::Builder builder_;
  Activation activation_;
  bool normalises_;
  std::size_t inputs_ = 0;
  std::size_t named_ = 0;
};

}  // namespace hale::lower::families
