#pragma once

#include <array>
#include <boost/hana/type.hpp>
#include <cstddef>
#include <hale/core/shape.hpp>
#include <hale/nn/concepts.hpp>
#include <hale/nn/sequential.hpp>

namespace hale::nn {

namespace detail {

template <std::size_t L, std::size_t R>
constexpr auto join(boost::hana::basic_type<Shape<L>>, boost::hana::basic_type<Shape<R>>) {
  return boost::hana::type_c<Joined<L, R>>;
}
template <class Layer, class Misfit>
requires error::is_misfit<Misfit>
constexpr auto join(boost::hana::basic_type<Misfit> misfit, Layer) { return misfit; }
template <std::size_t L, class Misfit>
requires error::is_misfit<Misfit>
constexpr auto join(boost::hana::basic_type<Shape<L>>, boost::hana::basic_type<Misfit> misfit) {
  return misfit;
}

}  // namespace detail

/// One network for each of two inputs, their results side by side.
///
/// Shapes: (x, y) -> (rows, L + R), kept as two halves: where the right input is one row for the
/// whole batch (a device), its half stays one row and is never copied out.
template <class Left, class Right>
struct Fork {
  template <class A, class B>
  static constexpr auto output(boost::hana::basic_type<Inputs<A, B>>) {
    return detail::join(detail::output_type<Left, 0>(boost::hana::type_c<A>),
                        detail::output_type<Right, 1>(boost::hana::type_c<B>));
  }

  template <class Demand>
  using DemandBefore = AllNodes;

  template <class In, class Demand>
  struct Bound;

  template <class A, class B, class Demand>
  struct Bound<Inputs<A, B>, Demand> {
    using In = Inputs<A, B>;
    using LeftBound = typename Left::template Bound<A, AllNodes>;
    using RightBound = typename Right::template Bound<B, AllNodes>;
    static constexpr auto parameters =
        detail::joined_parameters(static_cast<std::tuple<LeftBound, RightBound>*>(nullptr));
    static constexpr std::size_t left_size = detail::total_size(LeftBound::parameters);
    static constexpr std::size_t right_size = detail::total_size(RightBound::parameters);

    template <numeric::Scalar S>
    struct Tape {
      typename LeftBound::template Tape<S> left;
      typename RightBound::template Tape<S> right;
    };

    template <numeric::Scalar S>
    static JoinedValues<S> forward(numeric::ConstMatrix<S> theta, Value<In, S> x, Tape<S>& tape,
                                   numeric::Arena<numeric::Real<S>>& arena) {
      return {
          LeftBound::template forward<S>(slice(theta, 0, 1, left_size), x.first, tape.left, arena),
          RightBound::template forward<S>(slice(theta, left_size, 1, right_size), x.second,
                                          tape.right, arena)};
    }

    template <numeric::Scalar S>
    static NoCotangent backward(numeric::ConstMatrix<S> theta, const Tape<S>& tape,
                                JoinedValues<S> dy, numeric::Matrix<S> gradient,
                                numeric::Arena<numeric::Real<S>>& arena) {
      LeftBound::template backward<S>(slice(theta, 0, 1, left_size), tape.left, dy.left,
                                      slice(gradient, 0, 1, left_size), arena);
      RightBound::template backward<S>(slice(theta, left_size, 1, right_size), tape.right, dy.right,
                                       slice(gradient, left_size, 1, right_size), arena);
      return {};
    }
  };
};

}  // namespace hale::nn
