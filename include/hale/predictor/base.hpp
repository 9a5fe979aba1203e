#pragma once

#include <cstddef>
#include <hale/device/normalise.hpp>
#include <hale/meta/learner.hpp>
#include <hale/predictor/interval.hpp>
#include <hale/predictor/recipe.hpp>
#include <string>
#include <vector>

namespace hale::predictor {

/// What training leaves: all that adapting to a new device needs beside its measurements.
template <Recipe R>
struct Base {
  static_assert(R::Check::is_said);

  meta::Knowledge<typename R::Learner, float> knowledge;
  std::vector<std::string> references;  // architecture strings, in the embedding's order
  /// Where the limits of targets lie when the references' range is [0, 1]: the median over the
  /// source devices, since a new device's own are not known.
  device::Limits limit_positions;
  ScaledInterval interval;  // from the residuals of all devices of the training
  std::string made_from;    // one line: table, devices, seed

  friend bool operator==(const Base&, const Base&) = default;
};

}  // namespace hale::predictor
