#pragma once

#include <cstddef>
#include <hale/device/normalise.hpp>
#include <hale/meta/learner.hpp>
#include <hale/predictor/recipe.hpp>
#include <string>
#include <vector>

namespace hale::predictor {

/// How far truth strays from prediction: truth / prediction lies in [low, high] with this
/// probability.
struct RelativeInterval {
  double low = 1;
  double high = 1;
  double level = 0.9;

  friend bool operator==(const RelativeInterval&, const RelativeInterval&) = default;
};

/// What training leaves: all that adapting to a new device needs beside its measurements.
template <Recipe R>
struct Base {
  meta::Knowledge<typename R::Learner, float> knowledge;
  std::vector<std::string> references;  // architecture strings, in the embedding's order
  /// Where the limits of targets lie when the references' range is [0, 1]: the median over the
  /// source devices, since a new device's own are not known.
  device::Limits limit_positions;
  RelativeInterval interval;  // from the validation devices' residuals
  std::string made_from;      // one line: table, devices, seed, date

  friend bool operator==(const Base&, const Base&) = default;
};

}  // namespace hale::predictor
