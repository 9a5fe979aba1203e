#pragma once

#include <cstddef>
#include <hale/lower/families/layers.hpp>
#include <string>
#include <utility>
#include <vector>

/// Families over sequences, sets and plain features.
namespace hale::lower::families {

[[nodiscard]] inline Extent drawn_batch(Draw& draw) {
  return draw.chance(0.8) ? 1 : draw.of({2, 4, 8});
}

/// Patches of an image as tokens. Source: ViT, DeiT.
[[nodiscard]] inline graph::Graph vision_transformer(Draw& draw) {
  Layers net("vision-transformer", Activation::gelu, false);
  const Extent side = draw.of({64, 96, 128, 160, 192, 224});
  const Extent batch = drawn_batch(draw);
  const Extent patch = draw.of({8, 16, 32});
  const Extent heads = draw.of({2, 3, 4, 6});
  const Extent width = heads * draw.of({32, 64});
  ValueId x = net.input({batch, 3, side, side});
  x = net.add("Conv", {x, net.weight({width, 3, patch, patch}), net.weight({width})},
              {{"kernel_shape", Extents{patch, patch}}, {"strides", Extents{patch, patch}}});
  const Extent tokens = (side / patch) * (side / patch);
  x = net.transpose(net.reshape(x, {batch, width, tokens}), {0, 2, 1});
  x = net.plus(x, net.weight({1, tokens, width}));
  for (Extent i = draw.between(1, 8); i > 0; --i)
    x = net.transformer_block(x, heads, 4 * width, true, false);
  x = net.reduce("ReduceMean", net.layer_norm(x), 1);
  return net.finish(net.linear(x, draw.of({10, 100, 1000})));
}

[[nodiscard]] inline ValueId embedded_tokens(Layers& net, Draw& draw, Extent batch, Extent tokens,
                                             Extent width) {
  if (draw.chance(0.4)) return net.input({batch, tokens, width});
  const ValueId ids = net.input({batch, tokens}, graph::ElementType::i64);
  const ValueId rows = net.add("Gather", {net.weight({draw.of({1000, 4000}), width}), ids});
  return net.plus(rows, net.weight({1, tokens, width}));
}

/// Source: BERT, DistilBERT.
[[nodiscard]] inline graph::Graph text_encoder(Draw& draw) {
  Layers net = Layers::drawn("text-encoder", draw, {Activation::gelu, Activation::relu});
  const Extent heads = draw.of({2, 4, 6, 8, 12});
  const Extent width = heads * draw.of({16, 32, 64});
  const Extent batch = drawn_batch(draw);
  const Extent tokens = draw.of({8, 16, 32, 64, 128, 256});
  ValueId x = net.layer_norm(embedded_tokens(net, draw, batch, tokens, width));
  const Extent inside = width * draw.of({2, 4});
  for (Extent i = draw.between(1, 6); i > 0; --i)
    x = net.transformer_block(x, heads, inside, false, false);
  x = net.reshape(net.slice(x, 1, 0, 1), {batch, width});
  x = net.activate(net.linear(x, width), Activation::tanh);
  return net.finish(net.linear(x, draw.of({2, 5, 30})));
}

/// Causal, with a vocabulary to choose from at the end. Source: GPT-2.
[[nodiscard]] inline graph::Graph text_decoder(Draw& draw) {
  Layers net("text-decoder", Activation::gelu, false);
  const Extent heads = draw.of({2, 4, 6, 8});
  const Extent width = heads * draw.of({16, 32, 64});
  const Extent batch = drawn_batch(draw);
  const Extent tokens = draw.of({1, 4, 16, 32, 64, 128});
  ValueId x = embedded_tokens(net, draw, batch, tokens, width);
  for (Extent i = draw.between(1, 6); i > 0; --i)
    x = net.transformer_block(x, heads, 4 * width, true, true);
  x = net.layer_norm(x);
  return net.finish(net.project(x, draw.of({1000, 4000, 8000}), false));
}

/// LSTM or GRU layers over (tokens, batch, width).
[[nodiscard]] inline graph::Graph recurrent(Draw& draw) {
  Layers net("recurrent", Activation::relu, false);
  const bool is_lstm = draw.chance(0.6);
  const Extent gates = is_lstm ? 4 : 3;
  const Extent tokens = draw.of({8, 16, 32, 64, 128});
  const Extent batch = drawn_batch(draw);
  const Extent directions = draw.chance(0.3) ? 2 : 1;
  const Extent hidden = draw.of({32, 64, 128, 192, 256});
  ValueId x = net.input({tokens, batch, draw.of({16, 40, 80, 128, 256})});
  for (Extent layer = draw.between(1, 3); layer > 0; --layer) {
    const Extent in = net.extent(x, 2);
    std::vector<graph::Attribute> attributes;
    if (directions == 2) attributes.push_back({"direction", std::string("bidirectional")});
    attributes.push_back({"hidden_size", hidden});
    if (!is_lstm) attributes.push_back({"linear_before_reset", Extent{1}});
    x = net.add({.name = is_lstm ? "LSTM" : "GRU",
                 .operands = {x, net.weight({directions, gates * hidden, in}),
                              net.weight({directions, gates * hidden, hidden}),
                              net.weight({directions, 2 * gates * hidden})},
                 .attributes = std::move(attributes),
                 .results = 1})
            .front();
    x = net.reshape(net.transpose(x, {0, 2, 1, 3}), {tokens, batch, directions * hidden});
  }
  if (draw.chance(0.5)) x = net.slice(x, 0, tokens - 1, tokens);
  return net.finish(net.project(x, draw.of({2, 30, 500})));
}

/// Wide layers in a row over rows of features.
[[nodiscard]] inline graph::Graph perceptron(Draw& draw) {
  Layers net =
      Layers::drawn("perceptron", draw, {Activation::relu, Activation::gelu, Activation::tanh});
  ValueId x = net.input({draw.of({1, 1, 1, 4, 16, 64, 256}), draw.of({16, 64, 256, 784, 2048})});
  const Extent width = draw.of({32, 64, 128, 256, 512, 1024, 2048});
  const bool is_residual = draw.chance(0.3);
  for (Extent i = draw.between(1, 8); i > 0; --i) {
    const ValueId y = net.activate(net.linear(x, width));
    x = is_residual && net.extents(x) == net.extents(y) ? net.plus(x, y) : y;
  }
  return net.finish(
      net.add("Softmax", {net.linear(x, draw.of({2, 10, 100, 1000}))}, {{"axis", Extent{-1}}}));
}

/// Layers over tokens and over channels in turn. Source: MLP-Mixer.
[[nodiscard]] inline graph::Graph mixer(Draw& draw) {
  Layers net("mixer", Activation::gelu, false);
  const Extent tokens = draw.of({16, 49, 64, 100, 196});
  const Extent width = draw.of({32, 64, 128, 256, 384});
  const Extent ratio = draw.of({2, 4});
  ValueId x = net.input({drawn_batch(draw), tokens, width});
  for (Extent i = draw.between(1, 8); i > 0; --i) {
    ValueId y = net.transpose(net.layer_norm(x), {0, 2, 1});
    y = net.project(net.activate(net.project(y, ratio * tokens / 2)), tokens);
    x = net.plus(x, net.transpose(y, {0, 2, 1}));
    y = net.project(net.activate(net.project(net.layer_norm(x), ratio * width)), width);
    x = net.plus(x, y);
  }
  x = net.reduce("ReduceMean", net.layer_norm(x), 1);
  return net.finish(net.linear(x, draw.of({10, 100, 1000})));
}

/// The same layers for every point, then the largest of each feature. Source: PointNet.
[[nodiscard]] inline graph::Graph point_cloud(Draw& draw) {
  Layers net = Layers::drawn("point-cloud", draw, {Activation::relu});
  const Extent batch = drawn_batch(draw);
  const Extent points = draw.of({128, 256, 512, 1024, 2048});
  ValueId x = net.input({batch, 3, points});
  Extent width = draw.of({16, 32, 64});
  for (Extent i = draw.between(1, 2); i > 0; --i) x = net.conv_act(x, {.out = width});
  if (draw.chance(0.5)) {  // a transform of the features that hangs on all points
    ValueId t = net.reduce("ReduceMax", net.conv_act(x, {.out = 4 * width}), 2);
    t = net.linear(net.activate(net.linear(t, 2 * width)), width * width);
    t = net.reshape(t, {batch, width, width});
    x = net.transpose(net.add("MatMul", {net.transpose(x, {0, 2, 1}), t}), {0, 2, 1});
  }
  const ValueId local = x;
  for (Extent i = draw.between(1, 3); i > 0; --i, width *= 2)
    x = net.conv_act(x, {.out = 2 * width});
  if (draw.chance(0.5)) {  // a label for each point
    const ValueId all = net.reduce("ReduceMax", x, 2, true);
    const ValueId everywhere = net.add("Expand", {all, net.add("Shape", {x})});
    x = net.conv_act(net.concatenate({local, everywhere}), {.out = width});
    return net.finish(net.plain_conv(x, {.out = draw.of({8, 50})}));
  }
  x = net.activate(net.linear(net.reduce("ReduceMax", x, 2), 256));
  return net.finish(net.linear(x, draw.of({10, 40})));
}

/// Dilated convolutions over time. Source: TCN, WaveNet's stacks.
[[nodiscard]] inline graph::Graph temporal(Draw& draw) {
  Layers net = Layers::drawn("temporal", draw, {Activation::relu, Activation::silu});
  ValueId x =
      net.input({drawn_batch(draw), draw.of({1, 16, 40, 80}), draw.of({128, 400, 1000, 2000})});
  const Extent width = draw.of({16, 32, 64, 128});
  const Extent kernel = draw.of({3, 5, 7});
  const bool is_gated = draw.chance(0.4);
  const bool is_separable = draw.chance(0.3);
  x = net.conv_act(x, {.out = width, .kernel = kernel, .stride = draw.of({1, 2, 4})});
  Extent dilation = 1;
  for (Extent i = draw.between(2, 8); i > 0; --i, dilation = dilation == 16 ? 1 : 2 * dilation) {
    const Convolution c{
        .out = width, .kernel = kernel, .groups = is_separable ? width : 1, .dilation = dilation};
    ValueId y = net.conv(x, c);
    y = is_gated ? net.add("Mul", {net.activate(y, Activation::tanh),
                                   net.add("Sigmoid", {net.conv(x, c)})})
                 : net.activate(y);
    x = net.plus(x, net.conv(y, {.out = width}));
  }
  return net.finish(net.classify(x, draw.of({2, 12, 35})));
}

}  // namespace hale::lower::families
