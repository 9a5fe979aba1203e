#pragma once

#include <array>
#include <cstddef>
#include <hale/core/shape.hpp>
#include <hale/nn/parameters.hpp>
#include <hale/nn/values.hpp>
#include <hale/numeric/arena.hpp>
#include <hale/numeric/operations.hpp>

namespace hale::nn {

namespace detail {

template <class In>
inline constexpr bool rectifiable = false;
template <std::size_t N>
inline constexpr bool rectifiable<Shape<N>> = true;
template <class G, std::size_t F>
inline constexpr bool rectifiable<NodeFeatures<G, F>> = true;

}  // namespace detail

/// y = max(x, 0), in place: no layer reads its own result backwards.
///
/// Shapes: any -> the same. Cost: one pass over the values each way.
struct Relu {
  template <class In>
  requires detail::rectifiable<In>
  using Output = In;

  template <class Demand>
  using DemandBefore = Demand;

  template <class In, class Demand>
  struct Bound {
    static constexpr std::array<TensorSpec, 0> parameters = {};

    template <numeric::Scalar S>
    struct Tape {
      numeric::Matrix<S> y;
    };

    template <numeric::Scalar S>
    static Value<In, S> forward(numeric::ConstMatrix<S>, Value<In, S> x, Tape<S>& tape,
                                numeric::Arena<numeric::Real<S>>&) {
      tape.y = plane<S>(x);
      numeric::rectify<S>(tape.y);
      return x;
    }

    template <numeric::Scalar S>
    static Value<In, S> backward(numeric::ConstMatrix<S>, const Tape<S>& tape, Value<In, S> dy,
                                 numeric::Matrix<S>, numeric::Arena<numeric::Real<S>>&) {
      numeric::rectify_backward<S>(tape.y, plane<S>(dy));
      return dy;
    }

   private:
    template <numeric::Scalar S>
    static numeric::Matrix<S> plane(const Value<In, S>& x) {
      if constexpr (requires { x.features; })
        return x.features;
      else
        return x;
    }
  };
};

}  // namespace hale::nn
