#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/shape.hpp>
#include <hale/core/view.hpp>
#include <hale/nn/node_batch.hpp>
#include <hale/numeric/dual.hpp>

/// The shapes that pass between layers, and what holds a batch of each at run time.
namespace hale::nn {

/// Several inputs side by side, for Fork.
template <class... Shapes>
struct Inputs {};

/// Each node of a graph carries F features.
template <Topology G, std::size_t F>
struct NodeFeatures {
  using Graph = G;
  static constexpr std::size_t features = F;
};

/// Rows of L + R features, of which the last R may be shared by the whole batch.
template <std::size_t L, std::size_t R>
struct Joined {
  static constexpr std::size_t left = L;
  static constexpr std::size_t right = R;
};

/// Which nodes the layers behind a layer ask it for.
struct AllNodes {};
struct ReadoutOnly {};

template <class G, numeric::Scalar S>
struct NodeValues {
  numeric::Matrix<S> features;  // (nodes | readouts, F)
  const NodeBatch<G, numeric::Real<S>>* batch = nullptr;
};

template <numeric::Scalar S>
struct JoinedValues {
  numeric::Matrix<S> left;   // (rows, L)
  numeric::Matrix<S> right;  // (rows | 1, R)
};

template <class First, class Second>
struct InputPair {
  First first;
  Second second;
};

namespace detail {

template <class Shape, numeric::Scalar S>
struct ValueOf;

template <std::size_t N, numeric::Scalar S>
struct ValueOf<Shape<N>, S> {
  using type = numeric::Matrix<S>;  // (rows, N)
};
template <std::size_t N, numeric::Scalar S>
struct ValueOf<Given<N>, S> {
  using type = MatrixView<const numeric::Real<S>>;  // (rows | 1, N)
};
template <class G, numeric::Scalar S>
struct ValueOf<GivenNodes<G>, S> {
  using type = const NodeBatch<G, numeric::Real<S>>*;
};
template <class G, std::size_t F, numeric::Scalar S>
struct ValueOf<NodeFeatures<G, F>, S> {
  using type = NodeValues<G, S>;
};
template <std::size_t L, std::size_t R, numeric::Scalar S>
struct ValueOf<Joined<L, R>, S> {
  using type = JoinedValues<S>;
};
template <class A, class B, numeric::Scalar S>
struct ValueOf<Inputs<A, B>, S> {
  using type = InputPair<typename ValueOf<A, S>::type, typename ValueOf<B, S>::type>;
};

}  // namespace detail

/// What holds a batch of `Shape` in scalar S.
template <class Shape, numeric::Scalar S>
using Value = typename detail::ValueOf<Shape, S>::type;

/// What flows back to an input: nothing.
struct NoCotangent {};

}  // namespace hale::nn
