#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/buffer.hpp>
#include <hale/nn/concepts.hpp>
#include <hale/nn/gradient.hpp>
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/numeric/arena.hpp>
#include <span>

namespace hale::nn {

/// A network's predictions for architectures that come one after another, with fixed parameters.
///
/// This general form keeps nothing from call to call; the one below does, for towers of graph
/// convolutions.
template <BoundNetwork N, std::floating_point T>
class Incremental {
 public:
  explicit Incremental(Buffer<T> theta) : theta_(std::move(theta)) {}

  /// Shapes: input a batch of N's -> (rows, out), valid until the next call.
  template <class Batch>
  MatrixView<T> operator()(Batch& batch, std::span<const typename Batch::Code> codes) {
    batch.assign(codes);
    return predict<N, T>({theta_.data(), 1, theta_.size()}, batch.value(), arena_);
  }

 private:
  Buffer<T> theta_;
  numeric::Arena<T> arena_;
};

namespace detail {

/// The widths of a tower GraphConv, Relu, ..., GraphConv, Relu, TakeNode; empty for any other.
template <class... Layers>
struct TowerWidths {
  static constexpr bool is_tower = false;
};
template <std::size_t Node>
struct TowerWidths<TakeNode<Node>> {
  static constexpr bool is_tower = true;
  static constexpr std::array<std::size_t, 0> widths = {};
};
template <std::size_t Out, class... Rest>
requires TowerWidths<Rest...>::is_tower struct TowerWidths<GraphConv<Out>, Relu, Rest...> {
  static constexpr bool is_tower = true;
  static constexpr auto widths = [] {
    std::array<std::size_t, sizeof...(Rest) / 2 + 1> all{Out};
    std::copy(TowerWidths<Rest...>::widths.begin(), TowerWidths<Rest...>::widths.end(),
              all.begin() + 1);
    return all;
  }();
};

}  // namespace detail

/// The same for a tower of graph convolutions and what follows it: features of nodes that many
/// architectures share are computed once and kept.
///
/// Cost: for NAS-Bench-201, once the 656 shared nodes are known, two nodes of nine a cell.
template <class... Tower, class... Head, class G, std::floating_point T>
requires(detail::TowerWidths<Tower...>::is_tower&& LayerFor<
         Sequential<Sequential<Tower...>, Head...>,
         GivenNodes<G>>) class Incremental<Network<Sequential<Sequential<Tower...>, Head...>,
                                                   GivenNodes<G>>,
                                           T> {
  using N = Network<Sequential<Sequential<Tower...>, Head...>, GivenNodes<G>>;
  static constexpr auto widths = detail::TowerWidths<Tower...>::widths;
  static constexpr std::size_t layers = widths.size();
  using HeadLayer = Sequential<Head...>;
  using HeadBound = typename HeadLayer::template Bound<Shape<widths[layers - 1]>, AllNodes>;
  static constexpr std::size_t head_offset =
      N::parameter_count - detail::total_size(HeadBound::parameters);

 public:
  explicit Incremental(Buffer<T> theta) : theta_(std::move(theta)) {}

  /// Shapes: codes (rows * G::nodes) -> (rows, out), valid until the next call.
  template <class Batch>
  MatrixView<T> operator()(Batch&, std::span<const typename Batch::Code> codes) {
    arena_.reset();
    nodes_.extend(codes);
    const std::size_t first = nodes_.first_new();
    const std::size_t count = nodes_.nodes() - first;
    for (std::size_t layer = 0; layer + 1 < layers; ++layer) {
      reserve(layer);
      convolve(layer, first, {features(layer).data + first * widths[layer], count, widths[layer]});
    }
    const auto readout = arena_.template take<T>(nodes_.rows(), widths[layers - 1]);
    convolve(layers - 1, nodes_.nodes() - nodes_.rows(), readout);
    typename HeadBound::template Tape<T> tape;
    const std::size_t head_size = N::parameter_count - head_offset;
    return HeadBound::template forward<T>({theta_.data() + head_offset, 1, head_size}, readout,
                                          tape, arena_);
  }

 private:
  MatrixView<T> features(std::size_t layer) {
    return {features_[layer].data(), nodes_.nodes(), widths[layer]};
  }

  void reserve(std::size_t layer) {
    const std::size_t needed = nodes_.nodes() * widths[layer];
    if (features_[layer].size() >= needed) return;
    Buffer<T> larger(2 * needed);
    std::copy(features_[layer].begin(), features_[layer].end(), larger.begin());
    features_[layer] = std::move(larger);
  }

  /// One graph convolution and its rectifier, for `out.rows` nodes from `first` on.
  void convolve(std::size_t layer, std::size_t first, MatrixView<T> out) {
    const TensorSpec& weight = N::layout[2 * layer];
    const TensorSpec& bias = N::layout[2 * layer + 1];
    const MatrixView<const T> w(theta_.data() + weight.offset, weight.rows, weight.columns);
    numeric::spread_row<T>({theta_.data() + bias.offset, 1, bias.columns}, out);
    if (layer == 0) {
      numeric::multiply<T, T>(nodes_.counts().rows_from(first, out.rows), w, out,
                              numeric::Update::add);
    } else {
      const auto aggregated = arena_.template take<T>(out.rows, weight.rows);
      numeric::gather_rows<T>(nodes_.offsets().subspan(first), nodes_.sources(),
                              features(layer - 1), aggregated);
      numeric::multiply<T, T>(aggregated, w, out, numeric::Update::add);
    }
    numeric::rectify<T>(out);
  }

  Buffer<T> theta_;
  NodeBatch<G, T> nodes_;
  std::array<Buffer<T>, layers - 1> features_;  // (nodes, width) each
  numeric::Arena<T> arena_;
};

}  // namespace hale::nn
