#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/lower/network_writer.hpp>
#include <hale/space/nasbench201.hpp>
#include <hale/space/nasbench201_network.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hale::lower {

namespace detail {

using graph::ValueId;

/// Writes a network operation by operation, BatchNormalizations folded, as PyTorch exports it.
class NasBench201Writer {
 public:
  using Space = space::NasBench201;
  using Network = space::NasBench201Network;

  NasBench201Writer(const Space::Architecture& architecture, const Network& network)
      : architecture_(architecture),
        network_(network),
        writer_(concat("nasbench201 ", Space::format(architecture))) {}

  [[nodiscard]] graph::Graph run() {
    const ValueId image =
        writer_.image({network_.batch, network_.input_channels, network_.height, network_.width});
    ValueId x = conv("stem", image, {network_.input_channels, network_.channels[0], 3, 1});
    for (std::size_t s = 0; s < Network::stage_count; ++s) {
      if (s > 0)
        x = residual(concat("reduction.", s), x, network_.channels[s - 1], network_.channels[s]);
      for (std::size_t c = 0; c < network_.cells[s]; ++c)
        x = cell(concat("stage.", s + 1, "/cell.", c + 1), x, network_.channels[s]);
    }
    return writer_.finish(head(x));
  }

 private:
  using Filter = NetworkWriter::Filter;

  ValueId emit(graph::Operation op) { return writer_.emit(std::move(op)); }
  ValueId conv(const std::string& name, ValueId x, Filter f) { return writer_.conv(name, x, f); }
  ValueId relu_conv(const std::string& name, ValueId x, Filter f) {
    return conv(name, writer_.relu(name + ".relu", x), f);
  }
  ValueId pool(const std::string& name, ValueId x, std::size_t size, std::size_t stride,
               std::size_t pad) {
    return emit({.name = "AveragePool",
                 .operands = {x},
                 .attributes = NetworkWriter::window(size, stride, pad),
                 .location = name});
  }
  ValueId zero(const std::string& name, ValueId x) {
    const ValueId factor =
        writer_.constant(name + ".factor", {graph::ElementType::f32, {}, std::vector<double>{0.0}});
    return emit({.name = "Mul", .operands = {x, factor}, .location = name});
  }

  ValueId residual(const std::string& name, ValueId x, std::size_t in, std::size_t out) {
    const ValueId first = relu_conv(name + "/conv_a", x, {in, out, 3, 2});
    const ValueId second = relu_conv(name + "/conv_b", first, {out, out, 3, 1});
    const ValueId pooled = pool(name + "/pool", x, 2, 2, 0);
    const ValueId shortcut = conv(name + "/shortcut", pooled, {in, out, 1, 1});
    return emit({.name = "Add", .operands = {shortcut, second}, .location = name + "/add"});
  }

  ValueId edge(const std::string& name, Space::Operation operation, ValueId x, std::size_t width) {
    switch (operation) {
      case Space::Operation::avg_pool_3x3:
        return pool(name, x, 3, 1, 1);
      case Space::Operation::nor_conv_1x1:
        return relu_conv(name, x, {width, width, 1, 1});
      case Space::Operation::nor_conv_3x3:
        return relu_conv(name, x, {width, width, 3, 1});
      case Space::Operation::none:
        return zero(name, x);
      case Space::Operation::skip_connect:
        return x;
    }
    HALE_ASSERT(false);
    return x;
  }
  ValueId cell(const std::string& name, ValueId x, std::size_t width) {
    std::array<ValueId, Space::node_count> nodes{x, ValueId::none, ValueId::none, ValueId::none};
    for (std::size_t e = 0; e < Space::edge_count; ++e) {
      const auto [source, target] = Space::edges[e];
      const std::string place = concat(name, "/edge.", source, "-", target);
      const ValueId moved = edge(place, architecture_.operations[e], nodes[source], width);
      nodes[target] = nodes[target] == ValueId::none ? moved
                                                     : emit({.name = "Add",
                                                             .operands = {nodes[target], moved},
                                                             .location = place + ".add"});
    }
    return nodes.back();
  }

  ValueId head(ValueId x) {
    const std::size_t width = network_.channels.back();
    const std::vector<ValueId> operands = {
        x, writer_.weight("head/norm.scale", {width}), writer_.weight("head/norm.bias", {width}),
        writer_.weight("head/norm.mean", {width}), writer_.weight("head/norm.variance", {width})};
    x = emit({.name = "BatchNormalization", .operands = operands, .location = "head/norm"});
    x = writer_.relu("head/relu", x);
    x = emit({.name = "GlobalAveragePool", .operands = {x}, .location = "head/pool"});
    x = emit({.name = "Flatten", .operands = {x}, .location = "head/flatten"});
    return writer_.linear("classifier", x, width, network_.classes);
  }

  const Space::Architecture& architecture_;
  const Network& network_;
  NetworkWriter writer_;
};

}  // namespace detail

/// The network of an architecture as a graph with shapes and elided weights, ready for export.
///
/// BatchNormalizations are folded into their Convs where one stands before them; `none` is a factor
/// of zero, as in PyTorch. Pre: no extent is 0, but for cells; height and width are multiples of 4.
[[nodiscard]] inline graph::Graph nasbench201(const space::NasBench201::Architecture& architecture,
                                              const space::NasBench201Network& network = {}) {
  return detail::NasBench201Writer(architecture, network).run();
}

}  // namespace hale::lower
