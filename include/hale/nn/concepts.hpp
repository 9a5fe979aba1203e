#pragma once

#include <boost/hana/type.hpp>
#include <concepts>
#include <cstddef>
#include <hale/core/random.hpp>
#include <hale/nn/values.hpp>
#include <span>

namespace hale::nn {

namespace error {

/// The result of binding a layer to a shape that it cannot take; Position counts from 0 within the
/// innermost Sequential or Fork.
template <class Layer, class Shape, std::size_t Position>
struct LayerCannotFollow {};

template <class T>
inline constexpr bool is_misfit = false;
template <class Layer, class Shape, std::size_t Position>
inline constexpr bool is_misfit<LayerCannotFollow<Layer, Shape, Position>> = true;

}  // namespace error

namespace detail {

template <class Layer, class In>
concept Leaf = requires {
  typename Layer::template Output<In>;
};

template <class Layer, class In>
concept Composite = requires {
  Layer::output(boost::hana::type_c<In>);
};

/// The shape behind `Layer`, or the misfit, as a value.
template <class Layer, std::size_t Position, class In>
constexpr auto output_type(boost::hana::basic_type<In>) {
  if constexpr (error::is_misfit<In>)
    return boost::hana::type_c<In>;
  else if constexpr (Composite<Layer, In>)
    return Layer::output(boost::hana::type_c<In>);
  else if constexpr (Leaf<Layer, In>)
    return boost::hana::type_c<typename Layer::template Output<In>>;
  else
    return boost::hana::type_c<error::LayerCannotFollow<Layer, In, Position>>;
}

}  // namespace detail

/// The shape that `Layer` makes of `In`, or error::LayerCannotFollow.
template <class Layer, class In>
using OutputOf = typename decltype(detail::output_type<Layer, 0>(boost::hana::type_c<In>))::type;

/// A layer that can take `In`: an empty descriptor that names only what cannot be inferred.
///
/// Its `Bound<In, Demand>` holds `parameters` (TensorSpecs), `forward` and `backward`, written once
/// and generic in the scalar.
template <class L, class In>
concept LayerFor = std::is_empty_v<L> && !error::is_misfit<OutputOf<L, In>>;

/// A bound network: parameters in one flat buffer whose layout is known at compile time.
template <class N>
concept BoundNetwork = requires {
  { N::parameter_count } -> std::convertible_to<std::size_t>;
  { N::layout.size() } -> std::convertible_to<std::size_t>;
  { N::fingerprint } -> std::convertible_to<std::uint64_t>;
  typename N::Input;
};

/// What training makes small. `value_and_cotangent` takes predictions and targets (rows, 1), writes
/// the cotangent of the predictions and returns the loss.
template <class L>
concept Loss = requires(MatrixView<float> x, MatrixView<const float> y) {
  { L::template value_and_cotangent<float>(x, y, x) } -> std::same_as<float>;
};

/// A rule that moves parameters against a gradient.
template <class O>
concept Optimizer = requires(O optimizer, std::span<float> theta, std::span<const float> gradient) {
  { optimizer.step(theta, gradient) }
  noexcept->std::same_as<void>;
};

}  // namespace hale::nn
