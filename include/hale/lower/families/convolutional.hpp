#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/lower/families/layers.hpp>
#include <vector>

namespace hale::lower::families {

[[nodiscard]] inline ValueId image(Layers& net, Draw& draw,
                                   std::initializer_list<Extent> sides = {32, 64, 96, 112, 128, 160,
                                                                          192, 224}) {
  const Extent batch = draw.chance(0.85) ? 1 : draw.of({2, 4, 8});
  const Extent side = draw.of(sides);
  return net.input({batch, 3, side, side});
}

/// Convolutions and poolings in a row, then wide layers. Source: AlexNet, VGG.
[[nodiscard]] inline graph::Graph classic(Draw& draw) {
  Layers net = Layers::drawn("classic", draw, {Activation::relu});
  ValueId x = image(net, draw);
  Extent width = draw.of({8, 16, 32, 48, 64});
  const bool has_large_stem = draw.chance(0.3);
  const bool is_normalised = draw.chance(0.4);
  const auto reduced = [&](ValueId planes) {
    const bool is_early = net.extent(planes, 1) <= 96;
    if (is_normalised && is_early) planes = net.add("LRN", {planes}, {{"size", Extent{5}}});
    return net.max_pool(planes);
  };
  if (has_large_stem) x = reduced(net.conv_act(x, {.out = width, .kernel = 11, .stride = 4}));
  const Extent stages = draw.between(2, 5);
  for (Extent s = 0; s < stages && net.extent(x, 2) >= 4; ++s) {
    const Extent depth = draw.between(1, 3);
    for (Extent i = 0; i < depth; ++i) x = net.conv_act(x, {.out = width, .kernel = 3});
    x = reduced(x);
    width = std::min<Extent>(2 * width, 384);
  }
  x = net.add("Flatten", {x});
  const Extent wide = draw.of({64, 256, 512, 1024});
  for (Extent i = draw.between(0, 2); i > 0; --i)
    x = net.activate(net.linear(x, wide), Activation::relu);
  return net.finish(net.linear(x, draw.of({10, 100, 1000})));
}

[[nodiscard]] inline ValueId residual_block(Layers& net, ValueId x, Convolution c, bool is_narrow,
                                            Extent squeezed) {
  ValueId y = x;
  if (is_narrow) {
    const Extent inside = std::max<Extent>(c.out / 4, c.groups);
    y = net.conv_act(y, {.out = inside});
    y = net.conv_act(y, {inside, c.kernel, c.stride, c.groups});
    y = net.conv(y, {.out = c.out});
  } else {
    y = net.conv_act(y, {c.out, c.kernel, c.stride, c.groups});
    y = net.conv(y, {.out = c.out, .kernel = c.kernel, .groups = c.groups});
  }
  if (squeezed != 0) y = net.excite(y, squeezed);
  if (c.stride != 1 || net.extent(x, 1) != c.out)
    x = net.conv(x, {.out = c.out, .stride = c.stride});
  return net.activate(net.plus(y, x));
}

[[nodiscard]] inline ValueId residual_stages(Layers& net, Draw& draw, ValueId x, Extent groups) {
  const bool is_narrow = draw.chance(0.5);
  const bool has_squeeze = draw.chance(0.25);
  Extent width = draw.of({16, 32, 48, 64}) * (is_narrow ? 2 : 1);
  if (net.extent(x, 2) > 64) {
    x = net.conv_act(x, {.out = width / (is_narrow ? 4 : 1), .kernel = 7, .stride = 2});
    x = net.pool("MaxPool", x, 3, 2, 1);
  } else {
    x = net.conv_act(x, {.out = width, .kernel = 3});
  }
  const Extent stages = draw.between(2, 4);
  for (Extent s = 0; s < stages; ++s, width = std::min<Extent>(2 * width, 768)) {
    const Extent depth = draw.between(1, 4);
    for (Extent i = 0; i < depth; ++i)
      x = residual_block(
          net, x, {.out = width, .kernel = 3, .stride = i == 0 && s > 0 ? 2 : 1, .groups = groups},
          is_narrow, has_squeeze ? width / 8 : 0);
  }
  return x;
}

/// Source: ResNet, SE-ResNet.
[[nodiscard]] inline graph::Graph residual(Draw& draw) {
  Layers net = Layers::drawn("residual", draw, {Activation::relu, Activation::silu});
  const ValueId x = residual_stages(net, draw, image(net, draw), 1);
  return net.finish(net.classify(x, draw.of({10, 100, 1000})));
}

/// Source: ResNeXt, RegNet.
[[nodiscard]] inline graph::Graph grouped(Draw& draw) {
  Layers net = Layers::drawn("grouped", draw, {Activation::relu});
  const ValueId x = image(net, draw);
  const ValueId y = residual_stages(net, draw, x, draw.of({2, 4, 8}));
  return net.finish(net.classify(y, draw.of({10, 100, 1000})));
}

/// Source: MobileNet V1 to V3, MnasNet, EfficientNet.
[[nodiscard]] inline graph::Graph depthwise(Draw& draw) {
  Layers net = Layers::drawn("depthwise", draw,
                             {Activation::relu, Activation::silu, Activation::hard_swish});
  ValueId x = image(net, draw);
  Extent width = draw.of({8, 16, 24, 32});
  x = net.conv_act(x, {.out = width, .kernel = 3, .stride = draw.of({1, 2})});
  const bool is_inverted = draw.chance(0.7);
  const bool has_squeeze = draw.chance(0.4);
  const Extent expansion = is_inverted ? draw.of({2, 3, 4, 6}) : 1;
  const Extent stages = draw.between(3, 5);
  for (Extent s = 0; s < stages; ++s) {
    const Extent out = std::min<Extent>(width * 2, 320);
    const Extent kernel = draw.of({3, 3, 5, 7});
    for (Extent i = draw.between(1, 3), stride = 2; i > 0; --i, stride = 1) {
      const ValueId before = x;
      const Extent inside = net.extent(x, 1) * expansion;
      ValueId y = is_inverted ? net.conv_act(x, {.out = inside}) : x;
      y = net.conv_act(y, {inside, kernel, stride, inside});
      if (has_squeeze) y = net.excite(y, std::max<Extent>(inside / 4 / 8 * 8, 8));
      x = is_inverted ? net.conv(y, {.out = out}) : net.conv_act(y, {.out = out});
      if (is_inverted && net.extents(x) == net.extents(before)) x = net.plus(x, before);
    }
    width = out;
  }
  x = net.conv_act(x, {.out = draw.of({256, 640, 1280})});
  return net.finish(net.classify(x, draw.of({10, 100, 1000})));
}

/// Half of the channels pass; channels are shuffled. Source: ShuffleNet V2.
[[nodiscard]] inline graph::Graph shuffled(Draw& draw) {
  Layers net = Layers::drawn("shuffled", draw, {Activation::relu});
  ValueId x = image(net, draw);
  Extent width = draw.of({24, 48, 64, 116});
  x = net.conv_act(x, {.out = 24, .kernel = 3, .stride = draw.of({1, 2})});
  const auto branch = [&net](ValueId y, Extent out, Extent stride) {
    y = net.conv_act(y, {.out = out});
    y = net.conv(y, {out, 3, stride, out});
    return net.conv_act(y, {.out = out});
  };
  const auto shuffle = [&net](ValueId y) {
    const Extents e = net.extents(y);
    y = net.transpose(net.reshape(y, {e[0], 2, e[1] / 2, e[2], e[3]}), {0, 2, 1, 3, 4});
    return net.reshape(y, e);
  };
  const Extent stages = draw.between(2, 4);
  for (Extent s = 0; s < stages; ++s, width *= 2) {
    const Extent in = net.extent(x, 1);
    const ValueId passed = net.conv_act(net.conv(x, {in, 3, 2, in}), {.out = width / 2});
    x = shuffle(net.concatenate({passed, branch(x, width / 2, 2)}));
    for (Extent i = draw.between(1, 4); i > 0; --i) {
      const ValueId kept = net.slice(x, 1, 0, width / 2);
      const ValueId taken = net.slice(x, 1, width / 2, width);
      x = shuffle(net.concatenate({kept, branch(taken, width / 2, 1)}));
    }
  }
  return net.finish(net.classify(x, draw.of({10, 100, 1000})));
}

/// Every layer reads all before it. Source: DenseNet.
[[nodiscard]] inline graph::Graph dense(Draw& draw) {
  Layers net = Layers::drawn("dense", draw, {Activation::relu});
  ValueId x = image(net, draw);
  const Extent growth = draw.of({8, 12, 16, 24, 32});
  const bool is_narrow = draw.chance(0.6);
  x = net.conv_act(x, {.out = 2 * growth, .kernel = 3, .stride = 2});
  const Extent stages = draw.between(2, 4);
  for (Extent s = 0; s < stages; ++s) {
    for (Extent i = draw.between(2, 8); i > 0; --i) {
      ValueId y = net.activate(net.batch_norm(x));
      if (is_narrow) y = net.conv_act(y, {.out = 4 * growth});
      x = net.concatenate({x, net.plain_conv(y, {.out = growth, .kernel = 3})});
    }
    if (s + 1 == stages) break;
    x = net.activate(net.batch_norm(x));
    x = net.pool("AveragePool", net.plain_conv(x, {.out = net.extent(x, 1) / 2}), 2, 2);
  }
  x = net.activate(net.batch_norm(x));
  return net.finish(net.classify(x, draw.of({10, 100, 1000})));
}

/// Branches of several windows side by side. Source: GoogLeNet, SqueezeNet.
[[nodiscard]] inline graph::Graph inception(Draw& draw) {
  Layers net = Layers::drawn("inception", draw, {Activation::relu});
  ValueId x = image(net, draw);
  Extent width = draw.of({16, 32, 48, 64});
  const bool is_fire = draw.chance(0.4);
  x = net.conv_act(x, {.out = width, .kernel = draw.of({3, 7}), .stride = 2});
  const Extent stages = draw.between(2, 4);
  for (Extent s = 0; s < stages && net.extent(x, 2) >= 4; ++s) {
    x = net.pool("MaxPool", x, 3, 2, 1);
    for (Extent i = draw.between(1, 3); i > 0; --i) {
      const ValueId narrow = net.conv_act(x, {.out = width / 4});
      const ValueId three = net.conv_act(narrow, {.out = width, .kernel = 3});
      if (is_fire) {
        x = net.concatenate({net.conv_act(narrow, {.out = width}), three});
        continue;
      }
      const ValueId five =
          net.conv_act(net.conv_act(x, {.out = width / 8}), {.out = width / 2, .kernel = 5});
      const ValueId pooled = net.conv_act(net.pool("MaxPool", x, 3, 1, 1), {.out = width / 2});
      x = net.concatenate({net.conv_act(x, {.out = width / 2}), three, five, pooled});
    }
    width = std::min<Extent>(2 * width, 256);
  }
  return net.finish(net.classify(x, draw.of({10, 100, 1000})));
}

/// Wide depthwise windows, layer normalisation, Gelu. Source: ConvNeXt.
[[nodiscard]] inline graph::Graph modern(Draw& draw) {
  Layers net("modern", Activation::gelu, false);
  ValueId x = image(net, draw);
  Extent width = draw.of({16, 32, 48, 64, 96});
  const Extent kernel = draw.of({5, 7, 9});
  const Extent stages = draw.between(2, 4);
  for (Extent s = 0; s < stages && net.extent(x, 2) >= 4; ++s, width *= 2) {
    const Extent step = s == 0 ? 4 : 2;
    x = net.add("Conv", {x, net.weight({width, net.extent(x, 1), step, step}), net.weight({width})},
                {{"kernel_shape", Extents{step, step}}, {"strides", Extents{step, step}}});
    for (Extent i = draw.between(1, 3); i > 0; --i) {
      ValueId y = net.plain_conv(x, {.out = width, .kernel = kernel, .groups = width});
      y = net.layer_norm(net.transpose(y, {0, 2, 3, 1}));
      y = net.project(net.activate(net.project(y, 4 * width)), width);
      x = net.plus(x, net.transpose(y, {0, 3, 1, 2}));
    }
  }
  return net.finish(net.classify(x, draw.of({10, 100, 1000})));
}

}  // namespace hale::lower::families
