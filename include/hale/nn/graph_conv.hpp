#pragma once

#include <array>
#include <cstddef>
#include <hale/nn/parameters.hpp>
#include <hale/nn/values.hpp>
#include <hale/numeric/arena.hpp>
#include <hale/numeric/operations.hpp>
#include <type_traits>

namespace hale::nn {

namespace detail {

template <class In>
inline constexpr std::size_t node_size = 0;
template <class G>
inline constexpr std::size_t node_size<GivenNodes<G>> = G::categories;
template <class G, std::size_t F>
inline constexpr std::size_t node_size<NodeFeatures<G, F>> = F;

}  // namespace detail

/// Y = (A X) W + b over the nodes of a graph, A the adjacency with self loops, not normalised.
///
/// Shapes: X (nodes, in) -> Y (nodes, Out); W (in, Out), b (1, Out). Where only the readout is
/// asked for, Y has those rows alone.
/// Cost: distinct nodes * in * Out multiply-adds forward, twice that backward.
/// Source: Kipf and Welling, ICLR 2017, without the normalisation, as HELP and BRP-NAS use it.
template <std::size_t Out>
struct GraphConv {
  template <class In>
  requires(detail::node_size<In> > 0) using Output = NodeFeatures<typename In::Graph, Out>;

  template <class Demand>
  using DemandBefore = AllNodes;

  template <class In, class Demand>
  struct Bound {
    using Graph = typename In::Graph;
    static constexpr std::size_t in = detail::node_size<In>;
    static constexpr bool given = std::is_same_v<In, GivenNodes<Graph>>;
    static constexpr double bound = 0.05;
    static constexpr std::array<TensorSpec, 2> parameters = {
        {{in, Out, bound, 0}, {1, Out, bound, in* Out}}};

    /// The scalar of A X: constant where X is an input.
    template <class S>
    using Operand = std::conditional_t<given, numeric::Real<S>, S>;

    template <numeric::Scalar S>
    struct Tape {
      numeric::ConstMatrix<Operand<S>> aggregated;  // (nodes | readouts, in)
      const NodeBatch<Graph, numeric::Real<S>>* batch = nullptr;
    };

    template <numeric::Scalar S>
    static NodeValues<Graph, S> forward(numeric::ConstMatrix<S> theta, Value<In, S> x,
                                        Tape<S>& tape, numeric::Arena<numeric::Real<S>>& arena) {
      if constexpr (given) {
        tape.batch = x;
        tape.aggregated = x->counts().rows_from(first(*x), count(*x));
      } else {
        tape.batch = x.batch;
        auto aggregated = arena.template take<S>(count(*x.batch), in);
        numeric::gather_rows<S>(offsets(*x.batch), x.batch->sources(), x.features, aggregated);
        tape.aggregated = aggregated;
      }
      auto y = arena.template take<S>(count(*tape.batch), Out);  // (nodes | readouts, Out)
      numeric::spread_row<S>(slice(theta, in * Out, 1, Out), y);
      numeric::multiply<Operand<S>, S>(tape.aggregated, slice(theta, 0, in, Out), y,
                                       numeric::Update::add);
      return {y, tape.batch};
    }

    template <numeric::Scalar S>
    static auto backward(numeric::ConstMatrix<S> theta, const Tape<S>& tape,
                         NodeValues<Graph, S> dy, numeric::Matrix<S> gradient,
                         numeric::Arena<numeric::Real<S>>& arena) {
      numeric::sum_rows<S>(dy.features, slice(gradient, in * Out, 1, Out));
      numeric::multiply_transposed_left<Operand<S>, S>(
          tape.aggregated, dy.features, slice(gradient, 0, in, Out), numeric::Update::assign);
      if constexpr (given) {
        return NoCotangent{};
      } else {
        const auto& batch = *tape.batch;
        auto aggregated = arena.template take<S>(count(batch), in);
        numeric::multiply_transposed_right<S, S>(dy.features, slice(theta, 0, in, Out), aggregated,
                                                 numeric::Update::assign);
        auto dx = arena.template take<S>(batch.nodes(), in);
        numeric::scatter_rows<S>(offsets(batch), batch.sources(), aggregated, dx);
        return NodeValues<Graph, S>{dx, &batch};
      }
    }

   private:
    static constexpr bool readout_only = std::is_same_v<Demand, ReadoutOnly>;

    static std::size_t first(const auto& batch) {
      return readout_only ? batch.nodes() - batch.rows() : 0;
    }
    static std::size_t count(const auto& batch) {
      return readout_only ? batch.rows() : batch.nodes();
    }
    static auto offsets(const auto& batch) { return batch.offsets().subspan(first(batch)); }
  };
};

}  // namespace hale::nn
