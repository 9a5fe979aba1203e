#pragma once

#include <boost/hana/type.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/nn/values.hpp>
#include <hale/numeric/dual.hpp>
#include <span>
#include <string_view>
#include <type_traits>

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

/// A layer that can take `In`: an empty type that states only what is not inferred: Linear<16>.
///
/// Its `Bound<In, Demand>` holds `parameters` (TensorSpecs), `forward` and `backward`, written once
/// and generic in the scalar.
template <class L, class In>
concept LayerFor = std::is_empty_v<L> && !error::is_misfit<OutputOf<L, In>>;

/// A bound network: parameters in one flat buffer whose layout is known at compile time.
/// `is_bound` is false where a layer did not fit, which was said as an error before.
template <class N>
concept BoundNetwork = requires {
  { N::is_bound } -> std::convertible_to<bool>;
  { N::parameter_count } -> std::convertible_to<std::size_t>;
  { N::layout.size() } -> std::convertible_to<std::size_t>;
  { N::fingerprint } -> std::convertible_to<std::uint64_t>;
  typename N::Input;
  typename N::Output;
};

/// The loss that training makes small. `value_and_cotangent` takes predictions and targets (rows,
/// 1), writes the predictions' cotangent and returns the loss; it is generic in the scalar.
///
/// Laws: the cotangent is the loss's derivative; with a dual scalar the tangents are exact.
template <class L>
concept Loss = requires(MatrixView<float> x, MatrixView<const float> y,
                        numeric::DualView<float> dual) {
  { L::template value_and_cotangent<float>(x, y, x) } -> std::same_as<float>;
  {
    L::template value_and_cotangent<numeric::Dual<float>>(dual, y, dual)
    } -> std::same_as<numeric::Dual<float>>;
};

namespace detail {

struct IgnoreMoment {
  template <class Buffer>
  void operator()(std::string_view, Buffer&) const {}
};

}  // namespace detail

/// An optimiser at work on one flat buffer, with all that it remembers from step to step.
///
/// `advance` begins a step; `move(step, from, theta, gradient)` moves the parameters from number
/// `from` on, and calls with disjoint parts may run at once. A checkpoint holds `steps()` and what
/// `for_each_moment(visit)` visits as (name, Buffer).
/// Laws: parts moved one by one end where all of them moved at once do; a copy goes on alike.
template <class O>
concept Optimizer = requires(O optimizer, const typename O::Step& step, std::size_t from,
                             std::span<float> theta, std::span<const float> gradient) {
  { optimizer.advance() }
  noexcept->std::same_as<typename O::Step>;
  { optimizer.move(step, from, theta, gradient) }
  noexcept->std::same_as<void>;
  { optimizer.steps() } -> std::same_as<std::uint64_t&>;
  optimizer.for_each_moment(detail::IgnoreMoment{});
};

/// An optimiser as a recipe names it: its rate where training is told no other, and
/// `make<T>(size, rate)`, which begins with an Optimizer that has made no step.
template <class R>
concept OptimizerRule = requires(std::size_t size, double rate) {
  { R::rate } -> std::convertible_to<double>;
  { R::template make<float>(size, rate) } -> Optimizer;
};

/// The Optimizer that a rule makes for parameters of type T.
template <OptimizerRule R, std::floating_point T>
using OptimizerOf = decltype(R::template make<T>(std::size_t{}, double{}));

}  // namespace hale::nn
