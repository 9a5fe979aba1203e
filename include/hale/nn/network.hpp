#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/fingerprint.hpp>
#include <hale/core/shape.hpp>
#include <hale/nn/concepts.hpp>
#include <hale/nn/parameters.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/nn/values.hpp>
#include <hale/numeric/arena.hpp>
#include <type_traits>

namespace hale::nn {

namespace detail {

/// The one place where a misfit becomes a diagnostic.
template <class Misfit>
struct Explain {
  static constexpr bool is_said = true;
  static_assert(
      !error::is_misfit<Misfit>,
      "hale: Network: a layer cannot follow the shape before it; LayerCannotFollow<Layer, "
      "Shape, Position> above names all three: change that layer or the one before it");
};

/// Stands in for a layer that does not fit; what follows compiles, so that nothing else is said.
template <class Layer, class In>
struct BindNetwork {
  using Output = Shape<1>;
  struct Bound {
    static constexpr std::array<TensorSpec, 0> parameters = {};
    template <numeric::Scalar S>
    struct Tape {};
    template <numeric::Scalar S>
    static numeric::Matrix<S> forward(numeric::ConstMatrix<S>, const Value<In, S>&, Tape<S>&,
                                      numeric::Arena<numeric::Real<S>>&) {
      return {};
    }
    template <numeric::Scalar S>
    static void backward(numeric::ConstMatrix<S>, const Tape<S>&, numeric::Matrix<S>,
                         numeric::Matrix<S>, numeric::Arena<numeric::Real<S>>&) {}
  };
};
template <class Layer, class In>
requires LayerFor<Layer, In>
struct BindNetwork<Layer, In> {
  using Output = OutputOf<Layer, In>;
  using Bound = typename Layer::template Bound<In, AllNodes>;
};

}  // namespace detail

/// A layer bound to its input shape: everything about it is known at compile time, and its
/// parameters live elsewhere, in one flat buffer.
///
/// theta, its adapted copies, learned rates, gradients and an optimiser's moments share `layout`.
template <class Layer, class In>
class Network {
  using Binding = detail::BindNetwork<Layer, In>;
  using Bound = typename Binding::Bound;

 public:
  using Input = In;
  using Output = typename Binding::Output;
  static constexpr bool is_bound = LayerFor<Layer, In>;

  static constexpr auto layout = Bound::parameters;
  static constexpr std::size_t parameter_count = detail::total_size(layout);

  /// Tells layouts apart: the tensors' extents in order.
  static constexpr std::uint64_t fingerprint = [] {
    Fingerprint hash;
    for (const TensorSpec& spec : layout)
      hash.add(std::uint64_t{spec.rows}).add(std::uint64_t{spec.columns});
    return hash.value();
  }();

  template <numeric::Scalar S>
  using Tape = typename Bound::template Tape<S>;

  /// Shapes: theta (1, parameter_count), x a batch of Input -> a batch of Output.
  template <numeric::Scalar S>
  static Value<Output, S> forward(numeric::ConstMatrix<S> theta, Value<In, S> x, Tape<S>& tape,
                                  numeric::Arena<numeric::Real<S>>& arena) {
    return Bound::template forward<S>(theta, x, tape, arena);
  }

  /// The gradient of the sum of cotangent * output with respect to theta. Gradient and cotangent
  /// are overwritten.
  /// Shapes: gradient (1, parameter_count).
  template <numeric::Scalar S>
  static void backward(numeric::ConstMatrix<S> theta, const Tape<S>& tape,
                       Value<Output, S> cotangent, numeric::Matrix<S> gradient,
                       numeric::Arena<numeric::Real<S>>& arena) {
    Bound::template backward<S>(theta, tape, cotangent, gradient, arena);
  }

  static_assert(detail::Explain<OutputOf<Layer, In>>::is_said);
  static_assert(std::is_empty_v<Layer> || error::is_misfit<OutputOf<Layer, In>>,
                "hale: Network: a layer has data members; leave its parameters in the flat buffer "
                "that forward() is given");
};

}  // namespace hale::nn
