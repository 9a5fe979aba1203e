#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/predictor/prediction.hpp>
#include <hale/space/concepts.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace hale::predictor {

/// Predicts how long architectures of its space take on one device.
///
/// Shapes: predict(architectures (n), out (n)).
template <class P>
concept Predictor = space::SearchSpace<typename P::Space> &&
    requires(P& predictor, const P& constant,
             std::span<const typename P::Space::Architecture> architectures,
             std::span<Prediction> out) {
  { predictor.predict(architectures, out) } -> std::same_as<void>;
  { constant.interval_level() } -> std::convertible_to<double>;
};

/// Architectures, and how long each took on one device.
template <space::SearchSpace S>
struct MeasuredRows {
  std::vector<typename S::Architecture> architectures;
  std::vector<double> latency_ms;

  [[nodiscard]] std::size_t size() const { return latency_ms.size(); }
};

/// A predictor that learns only from rows of its target device, and of one proxy device if it has
/// one.
///
/// `usual_rows` is how many rows the method's paper measures. Errors of fit(): too few rows, or
/// rows that nothing can be learned from.
template <class B>
concept Baseline = Predictor<B> &&
    requires(const MeasuredRows<typename B::Space>& target,
             const MeasuredRows<typename B::Space>& proxy, Rng& rng) {
  { B::name } -> std::convertible_to<std::string_view>;
  { B::usual_rows } -> std::convertible_to<std::size_t>;
  { B::fit(target, proxy, rng) } -> std::same_as<Result<B>>;
};

}  // namespace hale::predictor
