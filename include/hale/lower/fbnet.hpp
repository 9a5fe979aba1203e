#pragma once

#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/lower/inverted_residual.hpp>
#include <hale/lower/network_writer.hpp>
#include <hale/space/fbnet.hpp>
#include <hale/space/fbnet_network.hpp>
#include <string>

namespace hale::lower {

/// The network of an architecture as a graph with shapes and elided weights, ready for export.
///
/// BatchNormalizations are folded into their Convs. Pre: no extent is 0, and channels that a block
/// in groups takes are even.
[[nodiscard]] inline graph::Graph fbnet(const space::FBNet::Architecture& architecture,
                                        const space::FBNetNetwork& network = {}) {
  using Space = space::FBNet;
  using Network = space::FBNetNetwork;
  detail::NetworkWriter writer(concat("fbnet ", Space::format(architecture)));
  const graph::ValueId image =
      writer.image({network.batch, network.input_channels, network.height, network.width});
  graph::ValueId x = writer.relu(
      "stem/relu",
      writer.conv("stem", image, {network.input_channels, network.stem, 3, network.stem_stride}));
  detail::Plane plane{network.batch, detail::halved(network.height, network.stem_stride),
                      detail::halved(network.width, network.stem_stride)};
  std::size_t in = network.stem;
  std::size_t place = 0;
  for (std::size_t s = 0; s < Network::stage_count; ++s) {
    for (std::size_t i = 0; i < Network::places[s]; ++i, ++place) {
      const Space::Block block = architecture.blocks[place];
      const std::string name = concat("stage.", s + 1, "/block.", i + 1);
      const std::size_t out = network.channels[s];
      const std::size_t stride = i == 0 ? network.strides[s] : 1;
      if (block != Space::Block::skip) {
        x = detail::write_block(writer, name, x,
                                {.in = in,
                                 .inside = in * Space::expansion_of(block),
                                 .out = out,
                                 .kernel = Space::kernel_of(block),
                                 .stride = stride,
                                 .groups = Space::groups_of(block)},
                                plane);
      } else if (in != out || stride != 1) {
        x = writer.relu(name + "/relu",
                        writer.conv(name, x, {.in = in, .out = out, .stride = stride}));
        plane.height = detail::halved(plane.height, stride);
        plane.width = detail::halved(plane.width, stride);
      }
      in = out;
    }
  }
  x = writer.relu("head/relu", writer.conv("head", x, {.in = in, .out = network.head}));
  x = writer.emit({.name = "GlobalAveragePool", .operands = {x}, .location = "head/pool"});
  x = writer.emit({.name = "Flatten", .operands = {x}, .location = "head/flatten"});
  return writer.finish(writer.linear("classifier", x, network.head, network.classes));
}

}  // namespace hale::lower
