#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/fingerprint.hpp>
#include <hale/nn/concepts.hpp>
#include <hale/nn/parameters.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/nn/values.hpp>

namespace hale::nn {

namespace detail {

/// The one place where a misfit becomes a diagnostic; what follows it compiles, so that nothing
/// else is said.
template <class Misfit>
struct BindNetwork {
  static_assert(
      !error::is_misfit<Misfit>,
      "hale: Network: a layer cannot follow the shape before it; LayerCannotFollow<Layer, "
      "Shape, Position> above names all three: change that layer or the one before it");
  struct Unbound {
    static constexpr std::array<TensorSpec, 0> parameters = {};
    template <numeric::Scalar S>
    struct Tape {};
  };
  template <class Layer, class In>
  using type = Unbound;
};
template <class Output>
requires(!error::is_misfit<Output>) struct BindNetwork<Output> {
  template <class Layer, class In>
  using type = typename Layer::template Bound<In, AllNodes>;
};

}  // namespace detail

/// A layer bound to its input shape: everything about it is known at compile time, and its
/// parameters live elsewhere, in one flat buffer.
///
/// theta, its adapted copies, learned rates, gradients and an optimiser's moments share `layout`.
template <class Layer, class In>
class Network {
  using Bound = typename detail::BindNetwork<OutputOf<Layer, In>>::template type<Layer, In>;

 public:
  using Input = In;
  using Output = OutputOf<Layer, In>;

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

  /// The gradient of what `cotangent` weighs the output with. Gradient and cotangent are
  /// overwritten.
  /// Shapes: gradient (1, parameter_count).
  template <numeric::Scalar S>
  static void backward(numeric::ConstMatrix<S> theta, const Tape<S>& tape,
                       Value<Output, S> cotangent, numeric::Matrix<S> gradient,
                       numeric::Arena<numeric::Real<S>>& arena) {
    Bound::template backward<S>(theta, tape, cotangent, gradient, arena);
  }
};

}  // namespace hale::nn
