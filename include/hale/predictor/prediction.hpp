#pragma once

#include <cstdint>
#include <hale/core/units.hpp>
#include <string_view>

namespace hale::predictor {

/// How far a prediction can be trusted.
enum class Verdict : std::uint8_t {
  interpolating,  // the network is like those that were measured
  extrapolating,  // it is not: the interval may not hold
  unknown,        // the cost of a part of it is not known
};

[[nodiscard]] constexpr std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::interpolating:
      return "interpolating";
    case Verdict::extrapolating:
      return "extrapolating";
    case Verdict::unknown:
      return "unknown";
  }
  return "unknown";
}

/// A latency, and the interval that should hold it with the probability that the base states.
struct Prediction {
  Milliseconds median;
  Milliseconds low;
  Milliseconds high;
  Verdict verdict = Verdict::interpolating;
};

}  // namespace hale::predictor
