#pragma once

#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/lower/inverted_residual.hpp>
#include <hale/lower/network_writer.hpp>
#include <hale/space/ofa_mobilenet_v3.hpp>
#include <hale/space/ofa_mobilenet_v3_network.hpp>
#include <string>

namespace hale::lower {

namespace detail {

/// The layers of all stages behind one another.
inline ValueId write_stages(NetworkWriter& writer, ValueId x,
                            const space::OfaMobileNetV3::Architecture& architecture,
                            const space::OfaMobileNetV3Network& network, Plane& plane) {
  using Space = space::OfaMobileNetV3;
  using Network = space::OfaMobileNetV3Network;
  std::size_t in = network.first;
  for (std::size_t layer = 0; layer < Space::layer_count; ++layer) {
    if (!architecture.has_layer(layer)) continue;
    const std::size_t stage = layer / Space::deepest;
    const std::size_t i = layer % Space::deepest;
    Block block{.in = in, .out = network.channels[stage]};
    block.inside = Network::divisible(in * architecture.expansion[layer]);
    block.kernel = architecture.kernel[layer];
    block.stride = i == 0 ? Network::strides[stage] : 1;
    block.has_hard_swish = Network::has_hard_swish[stage];
    block.squeezed = Network::has_squeeze[stage] ? Network::squeezed(block.inside) : 0;
    x = write_block(writer, concat("stage.", stage + 1, "/layer.", i + 1), x, block, plane);
    in = block.out;
  }
  return x;
}

}  // namespace detail

/// The network of an architecture as a graph with shapes and elided weights, ready for export.
///
/// BatchNormalizations are folded into their Convs, and h-swish is spelled out, as the published
/// code has it. Pre: no extent is 0, but for the height and width of the image.
[[nodiscard]] inline graph::Graph ofa_mobilenet_v3(
    const space::OfaMobileNetV3::Architecture& architecture,
    const space::OfaMobileNetV3Network& network = {}) {
  using Space = space::OfaMobileNetV3;
  detail::NetworkWriter writer(concat("ofa-mobilenetv3 ", Space::format(architecture)));
  const auto given = [&](std::size_t extent) {
    return extent != 0 ? extent : std::size_t{architecture.resolution};
  };
  detail::Plane plane{network.batch, given(network.height), given(network.width)};
  const graph::ValueId image =
      writer.image({plane.batch, network.input_channels, plane.height, plane.width});
  plane.height = detail::halved(plane.height, 2);
  plane.width = detail::halved(plane.width, 2);
  graph::ValueId x = writer.hard_swish(
      "stem/act", writer.conv("stem", image, {network.input_channels, network.stem, 3, 2}));
  const detail::Block first{
      .in = network.stem, .inside = network.stem, .out = network.first, .is_widened = false};
  x = detail::write_block(writer, "first", x, first, plane);
  x = detail::write_stages(writer, x, architecture, network, plane);
  x = writer.hard_swish(
      "expand/act",
      writer.conv("expand", x, {.in = network.channels.back(), .out = network.expanded}));
  x = writer.mean("pool", x);
  x = writer.hard_swish("mix/act",
                        writer.conv("mix", x, {.in = network.expanded, .out = network.features}));
  x = writer.emit({.name = "Flatten", .operands = {x}, .location = "flatten"});
  return writer.finish(writer.linear("classifier", x, network.features, network.classes));
}

}  // namespace hale::lower
