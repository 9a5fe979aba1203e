#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/view.hpp>
#include <type_traits>

namespace hale::numeric {

/// A number and its derivative along one direction: forward-mode differentiation.
///
/// Never stored in arrays: a tensor of duals is two planes of reals (`DualView`), so that every
/// kernel stays a real one.
template <std::floating_point T>
struct Dual {
  T value = 0;
  T tangent = 0;

  friend constexpr Dual operator+(Dual a, Dual b) {
    return {a.value + b.value, a.tangent + b.tangent};
  }
  friend constexpr Dual operator-(Dual a, Dual b) {
    return {a.value - b.value, a.tangent - b.tangent};
  }
  friend constexpr Dual operator*(Dual a, Dual b) {
    return {a.value * b.value, a.tangent * b.value + a.value * b.tangent};
  }
  friend constexpr bool operator==(Dual, Dual) = default;
};

/// A dual whose value is known already, from a pass over the reals that left its matrices in an
/// arena: only tangents are computed, against the values that stand there.
template <std::floating_point T>
struct Replayed {
  T value = 0;
  T tangent = 0;
};

/// A matrix of duals: the plane of values and the plane of tangents, of equal shape.
template <class T>
struct DualView {
  MatrixView<T> value;
  MatrixView<T> tangent;

  constexpr DualView() = default;
  constexpr DualView(MatrixView<T> values, MatrixView<T> tangents)
      : value(values), tangent(tangents) {}
  template <class U>
  requires(std::is_const_v<T>&& std::is_same_v<const U, T> &&
           !std::is_same_v<U, T>) constexpr DualView(DualView<U> other)
      : value(other.value), tangent(other.tangent) {}

  [[nodiscard]] constexpr std::size_t rows() const { return value.rows; }
};

namespace detail {

template <class S>
struct ScalarTraits;

template <std::floating_point T>
struct ScalarTraits<T> {
  using Real = T;
  using View = MatrixView<T>;
  using ConstView = MatrixView<const T>;
};

template <std::floating_point T>
struct ScalarTraits<Dual<T>> {
  using Real = T;
  using View = DualView<T>;
  using ConstView = DualView<const T>;
};

template <std::floating_point T>
struct ScalarTraits<Replayed<T>> : ScalarTraits<Dual<T>> {};

}  // namespace detail

/// What layers compute in: float, double, or a dual of either.
template <class S>
concept Scalar = requires {
  typename detail::ScalarTraits<S>::Real;
};

/// The real type under a scalar.
template <Scalar S>
using Real = typename detail::ScalarTraits<S>::Real;

/// A matrix of the scalar: one plane, or two.
template <Scalar S>
using Matrix = typename detail::ScalarTraits<S>::View;

template <Scalar S>
using ConstMatrix = typename detail::ScalarTraits<S>::ConstView;

/// Whether values are computed, and not only tangents.
template <Scalar S>
inline constexpr bool computes_values = !std::is_same_v<S, Replayed<Real<S>>>;

}  // namespace hale::numeric
