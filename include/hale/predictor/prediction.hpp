#pragma once

#include <cstdint>
#include <hale/core/units.hpp>
#include <string_view>

namespace hale::predictor {

/// How much a prediction may be relied on.
enum class Verdict : std::uint8_t {
  interpolating,  // like what was measured
  extrapolating,  // beyond it: the interval may not hold
  unknown,        // parts of the network could not be costed
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

/// A latency and the interval that holds it with the probability its base states.
struct Prediction {
  Milliseconds median;
  Milliseconds low;
  Milliseconds high;
  Verdict verdict = Verdict::interpolating;
};

}  // namespace hale::predictor
