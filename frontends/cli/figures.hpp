#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/runtime/any_base.hpp>
#include <string>
#include <vector>

#include "output.hpp"

/// What evaluations come to, and how they are printed.
namespace hale::cli {

using Evaluations = std::vector<predictor::DeviceEvaluation>;

/// A figure over the draws of one device.
struct Spread {
  double mean = 0;
  double sd = 0;  // of the sample; 0 for a single draw
  double min = 0;
  double max = 0;
};

/// Pre: at least one draw.
[[nodiscard]] Spread spread_of(const std::vector<predictor::Metrics>& draws,
                               double predictor::Metrics::*metric);

/// The mean of the devices' means. Pre: at least one device.
[[nodiscard]] double mean_over_devices(const Evaluations& evaluations,
                                       double predictor::Metrics::*metric);

/// The median of the devices' means. Pre: as mean_over_devices().
[[nodiscard]] double median_over_devices(const Evaluations& evaluations,
                                         double predictor::Metrics::*metric);

/// What was evaluated, by the name that tells it from the others.
struct MethodEvaluation {
  std::string name;
  std::size_t samples = 0;
  Evaluations devices;
};

/// How every method was evaluated.
struct EvaluationSetup {
  std::string protocol;
  std::size_t samples = 0;
  std::size_t draws = 0;
  std::string select;
  std::uint64_t seed = 0;
};

/// The figures as text. JSON has those of the first method at its top and, where there are several,
/// all of them under "methods"; JSON lines and CSV then tell them apart by a "method".
///
/// Pre: at least one method, each with the same devices.
[[nodiscard]] std::string format_evaluations(const std::vector<MethodEvaluation>& methods,
                                             const EvaluationSetup& setup, Format format);

}  // namespace hale::cli
