#pragma once

#include <array>
#include <cstddef>
#include <hale/core/shape.hpp>
#include <hale/nn/parameters.hpp>
#include <hale/nn/values.hpp>
#include <hale/numeric/arena.hpp>

namespace hale::nn {

/// The features of one node: the graph's last, which is the one that is read out.
///
/// The layers in front are told that nothing else is wanted, so that the last graph convolution
/// computes this node alone.
/// Shapes: X (readouts, F) -> y (rows, F). Cost: none.
template <std::size_t Node>
struct TakeNode {
  template <class In>
  requires(requires { In::features; } &&
           Node + 1 == In::Graph::nodes) using Output = Shape<In::features>;

  template <class Demand>
  using DemandBefore = ReadoutOnly;

  template <class In, class Demand>
  struct Bound {
    static constexpr std::array<TensorSpec, 0> parameters = {};

    template <numeric::Scalar S>
    struct Tape {
      const NodeBatch<typename In::Graph, numeric::Real<S>>* batch = nullptr;
    };

    template <numeric::Scalar S>
    static numeric::Matrix<S> forward(numeric::ConstMatrix<S>, Value<In, S> x, Tape<S>& tape,
                                      numeric::Arena<numeric::Real<S>>&) {
      tape.batch = x.batch;
      return x.features;
    }

    template <numeric::Scalar S>
    static Value<In, S> backward(numeric::ConstMatrix<S>, const Tape<S>& tape,
                                 numeric::Matrix<S> dy, numeric::Matrix<S>,
                                 numeric::Arena<numeric::Real<S>>&) {
      return {dy, tape.batch};
    }
  };
};

}  // namespace hale::nn
