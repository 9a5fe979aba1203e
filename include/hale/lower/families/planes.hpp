#pragma once

#include <cstddef>
#include <hale/lower/families/convolutional.hpp>
#include <vector>

/// Families whose outputs are planes, or come from several of them.
namespace hale::lower::families {

/// Down and up again, with what was on the way down. Source: U-Net, SegNet.
[[nodiscard]] inline graph::Graph encoder_decoder(Draw& draw) {
  Layers net = Layers::drawn("encoder-decoder", draw, {Activation::relu, Activation::leaky_relu});
  ValueId x = image(net, draw, {32, 64, 96, 128, 160, 192});
  Extent width = draw.of({8, 16, 24, 32});
  const Extent levels = draw.between(2, 4);
  const Extent depth = draw.between(1, 2);
  const bool is_transposed = draw.chance(0.5);
  const bool keeps = draw.chance(0.7);
  const auto level = [&](ValueId y) {
    for (Extent i = 0; i < depth; ++i) y = net.conv_act(y, {.out = width, .kernel = 3});
    return y;
  };
  std::vector<ValueId> kept;
  for (Extent l = 0; l < levels; ++l, width *= 2) {
    kept.push_back(level(x));
    x = net.max_pool(kept.back());
  }
  x = level(x);
  for (Extent l = 0; l < levels; ++l) {
    width /= 2;
    x = is_transposed ? net.conv_transpose(x, width)
                      : net.conv_act(net.upsample(x, 2), {.out = width});
    if (keeps) x = net.concatenate({x, kept.back()});
    kept.pop_back();
    x = level(x);
  }
  return net.finish(net.plain_conv(x, {.out = draw.of({1, 2, 21})}));
}

/// Full resolution throughout. Source: ESPCN, EDSR.
[[nodiscard]] inline graph::Graph super_resolution(Draw& draw) {
  Layers net = Layers::drawn("super-resolution", draw, {Activation::relu, Activation::tanh});
  ValueId x = image(net, draw, {32, 48, 64, 96, 128});
  const Extent width = draw.of({8, 16, 32, 48, 64});
  const Extent factor = draw.of({2, 3, 4});
  x = net.conv_act(x, {.out = width, .kernel = draw.of({3, 5})});
  const ValueId first = x;
  for (Extent i = draw.between(1, 8); i > 0; --i) {
    ValueId y = net.conv_act(x, {.out = width, .kernel = 3});
    y = net.conv(y, {.out = width, .kernel = 3});
    x = net.plus(x, y);
  }
  if (draw.chance(0.5)) x = net.plus(x, first);
  x = net.plain_conv(x, {.out = 3 * factor * factor, .kernel = 3});
  return net.finish(net.add("DepthToSpace", {x}, {{"blocksize", factor}}));
}

/// A backbone, a pyramid of planes and heads on each. Source: FPN, SSD, YOLO.
[[nodiscard]] inline graph::Graph detector(Draw& draw) {
  Layers net =
      Layers::drawn("detector", draw, {Activation::relu, Activation::leaky_relu, Activation::silu});
  ValueId x = image(net, draw, {64, 96, 128, 160, 192, 224, 256});
  Extent width = draw.of({8, 16, 24, 32});
  x = net.conv_act(x, {.out = width, .kernel = 3, .stride = 2});
  std::vector<ValueId> planes;
  for (Extent level = 0; level < 4; ++level) {
    width *= 2;
    x = net.conv_act(x, {.out = width, .kernel = 3, .stride = 2});
    for (Extent i = draw.between(1, 2); i > 0; --i)
      x = residual_block(net, x, {.out = width, .kernel = 3}, false, 0);
    if (level > 0) planes.push_back(x);
  }
  const Extent neck = draw.of({32, 48, 64, 96});
  const Extent anchors = draw.of({1, 3, 6});
  const Extent classes = draw.of({1, 20, 80});
  std::vector<ValueId> found;
  ValueId above = ValueId::none;
  while (!planes.empty()) {
    ValueId plane = net.plain_conv(planes.back(), {.out = neck});
    planes.pop_back();
    if (above != ValueId::none) plane = net.plus(plane, net.upsample(above, 2));
    above = plane;
    ValueId head = net.conv_act(plane, {.out = neck, .kernel = 3});
    head = net.plain_conv(head, {.out = anchors * (5 + classes), .kernel = 3});
    const Extents e = net.extents(head);
    head =
        net.transpose(net.reshape(head, {e[0], anchors, 5 + classes, e[2] * e[3]}), {0, 1, 3, 2});
    found.push_back(net.reshape(head, {e[0], anchors * e[2] * e[3], 5 + classes}));
  }
  return net.finish(net.add("Sigmoid", {net.concatenate(found)}));
}

}  // namespace hale::lower::families
