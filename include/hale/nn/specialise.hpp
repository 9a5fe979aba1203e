#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/buffer.hpp>
#include <hale/nn/fork.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/network.hpp>
#include <hale/numeric/arena.hpp>
#include <span>

namespace hale::nn {

namespace detail {

/// A network without a fork has nothing to fold.
template <class N>
struct Specialise {
  using type = N;

  template <std::floating_point T, class Right>
  static Buffer<T> fold(std::span<const T> theta, const Right&) {
    return Buffer<T>(theta);
  }
};

template <class Left, class Right, std::size_t First, class... Rest, class A, class B>
requires LayerFor<Sequential<Fork<Left, Right>, Linear<First>, Rest...>, Inputs<A, B>>
struct Specialise<Network<Sequential<Fork<Left, Right>, Linear<First>, Rest...>, Inputs<A, B>>> {
  using General = Network<Sequential<Fork<Left, Right>, Linear<First>, Rest...>, Inputs<A, B>>;
  using type = Network<Sequential<Left, Linear<First>, Rest...>, A>;
  using RightNet = Network<Right, B>;
  static constexpr std::size_t left_size = Network<Left, A>::parameter_count;
  static constexpr std::size_t kept_rows = OutputOf<Left, A>::size;
  static constexpr std::size_t dropped_rows = OutputOf<Right, B>::size;

  /// Shapes: theta (General), right (1, B) -> (type::parameter_count).
  template <std::floating_point T>
  static Buffer<T> fold(std::span<const T> theta, const Value<B, T>& right) {
    Buffer<T> folded(type::parameter_count);
    numeric::Arena<T> arena;
    typename RightNet::template Tape<T> tape;
    const MatrixView<T> device = RightNet::template forward<T>(
        {theta.data() + left_size, 1, RightNet::parameter_count}, right, tape, arena);
    const T* first_weight = theta.data() + left_size + RightNet::parameter_count;
    const T* first_bias = first_weight + (kept_rows + dropped_rows) * First;
    T* out = std::copy_n(theta.data(), left_size, folded.data());
    out = std::copy_n(first_weight, kept_rows * First, out);
    numeric::spread_row<T>({first_bias, 1, First}, {out, 1, First});
    numeric::multiply<T, T>(device, {first_weight + kept_rows * First, dropped_rows, First},
                            {out, 1, First}, numeric::Update::add);
    std::copy(first_bias + First, theta.data() + theta.size(), out + First);
    return folded;
  }
};

}  // namespace detail

/// A forked network once its right input is fixed, any other as it is: the right branch and its
/// share of the first linear layer become a bias. Partial evaluation, done on the type and once on
/// the numbers.
template <BoundNetwork N>
using Specialised = typename detail::Specialise<N>::type;

/// The parameters of Specialised<N>.
///
/// Shapes: theta (parameter_count of N), right (1, size of the right input) -> (parameter_count of
/// Specialised<N>). Cost: one row through the right branch.
template <BoundNetwork N, std::floating_point T, class Right>
[[nodiscard]] Buffer<T> specialise(std::span<const T> theta, const Right& right) {
  return detail::Specialise<N>::template fold<T>(theta, right);
}

}  // namespace hale::nn
