#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/shape.hpp>
#include <hale/nn/parameters.hpp>
#include <hale/nn/values.hpp>
#include <hale/numeric/arena.hpp>
#include <hale/numeric/operations.hpp>

namespace hale::nn {

namespace detail {

template <class In>
inline constexpr std::size_t row_size = 0;
template <std::size_t N>
inline constexpr std::size_t row_size<Shape<N>> = N;
template <std::size_t N>
inline constexpr std::size_t row_size<Given<N>> = N;
template <std::size_t L, std::size_t R>
inline constexpr std::size_t row_size<Joined<L, R>> = L + R;

template <class In>
inline constexpr bool is_joined = false;
template <std::size_t L, std::size_t R>
inline constexpr bool is_joined<Joined<L, R>> = true;

/// 1 / sqrt(n), correctly rounded enough for a bound, at compile time.
constexpr double inverse_root(std::size_t n) {
  double root = 1;
  for (int i = 0; i < 64; ++i) root = (root + static_cast<double>(n) / root) / 2;
  return 1 / root;
}

}  // namespace detail

/// y = x W + b, where x may be rows, input rows, or the two halves behind a Fork.
///
/// Shapes: x (rows, in) -> y (rows, Out); W (in, Out), b (1, Out).
/// Cost: rows * in * Out multiply-adds forward, twice that backward; a half that is shared by the
/// batch costs one row.
template <std::size_t Out>
struct Linear {
  template <class In>
  requires(detail::row_size<In> > 0) using Output = Shape<Out>;

  template <class Demand>
  using DemandBefore = AllNodes;

  template <class In, class Demand>
  struct Bound {
    static constexpr std::size_t in = detail::row_size<In>;
    static constexpr std::array<TensorSpec, 2> parameters = {
        {{in, Out, detail::inverse_root(in), 0}, {1, Out, detail::inverse_root(in), in* Out}}};

    template <numeric::Scalar S>
    struct Tape {
      Value<In, S> x;
    };

    template <numeric::Scalar S>
    static numeric::Matrix<S> forward(numeric::ConstMatrix<S> theta, Value<In, S> x, Tape<S>& tape,
                                      numeric::Arena<numeric::Real<S>>& arena) {
      tape.x = x;
      const auto bias = slice(theta, in * Out, 1, Out);
      if constexpr (detail::is_joined<In>) {
        auto y = arena.template take<S>(rows_of<S>(x.left), Out);  // (rows, Out)
        const auto right = slice(theta, In::left * Out, In::right, Out);
        if (rows_of<S>(x.right) == 1) {
          auto shared = arena.template take<S>(1, Out);
          numeric::spread_row<S>(bias, shared);
          numeric::multiply<S, S>(x.right, right, shared, numeric::Update::add);
          numeric::spread_row<S>(shared, y);
        } else {
          numeric::spread_row<S>(bias, y);
          numeric::multiply<S, S>(x.right, right, y, numeric::Update::add);
        }
        numeric::multiply<S, S>(x.left, slice(theta, 0, In::left, Out), y, numeric::Update::add);
        return y;
      } else {
        auto y = arena.template take<S>(rows_of<Operand<S>>(x), Out);  // (rows, Out)
        numeric::spread_row<S>(bias, y);
        numeric::multiply<Operand<S>, S>(x, slice(theta, 0, in, Out), y, numeric::Update::add);
        return y;
      }
    }

    template <numeric::Scalar S>
    static auto backward(numeric::ConstMatrix<S> theta, const Tape<S>& tape, numeric::Matrix<S> dy,
                         numeric::Matrix<S> gradient, numeric::Arena<numeric::Real<S>>& arena) {
      numeric::sum_rows<S>(dy, slice(gradient, in * Out, 1, Out));
      if constexpr (detail::is_joined<In>) {
        return JoinedValues<S>{
            half<S>(theta, tape.x.left, dy, gradient, 0, In::left, arena),
            half<S>(theta, tape.x.right, dy, gradient, In::left, In::right, arena)};
      } else if constexpr (std::is_same_v<In, Given<in>>) {
        numeric::multiply_transposed_left<Operand<S>, S>(tape.x, dy, slice(gradient, 0, in, Out),
                                                         numeric::Update::assign);
        return NoCotangent{};
      } else {
        return half<S>(theta, tape.x, dy, gradient, 0, in, arena);
      }
    }

   private:
    /// The scalar of the operand: an input is constant, whatever is differentiated.
    template <class S>
    using Operand = std::conditional_t<std::is_same_v<In, Given<in>>, numeric::Real<S>, S>;

    template <class S>
    static std::size_t rows_of(numeric::ConstMatrix<S> x) {
      if constexpr (std::is_same_v<S, numeric::Real<S>>)
        return x.rows;
      else
        return x.rows();
    }

    /// The backward step of the `count` input features from `first` on.
    template <numeric::Scalar S>
    static numeric::Matrix<S> half(numeric::ConstMatrix<S> theta, numeric::Matrix<S> x,
                                   numeric::Matrix<S> dy, numeric::Matrix<S> gradient,
                                   std::size_t first, std::size_t count,
                                   numeric::Arena<numeric::Real<S>>& arena) {
      if (rows_of<S>(x) == 1 && rows_of<S>(dy) != 1) {
        auto sum = arena.template take<S>(1, Out);
        numeric::sum_rows<S>(dy, sum);
        dy = sum;
      }
      numeric::multiply_transposed_left<S, S>(x, dy, slice(gradient, first * Out, count, Out),
                                              numeric::Update::assign);
      auto dx = arena.template take<S>(rows_of<S>(x), count);
      numeric::multiply_transposed_right<S, S>(dy, slice(theta, first * Out, count, Out), dx,
                                               numeric::Update::assign);
      return dx;
    }
  };
};

}  // namespace hale::nn
