#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/baselines/calibrated.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace hale::predictor {

/// Latency as a line over multiply-adds.
///
/// `Cost` has Space and multiply_adds(architecture) -> a number.
template <class Cost>
class FlopsModel {
 public:
  using Space = typename Cost::Space;
  using Architecture = typename Space::Architecture;
  static constexpr std::string_view name = "flops";
  static constexpr std::size_t usual_rows = 10;

  /// Errors: rows of one and the same cost.
  [[nodiscard]] static Result<FlopsModel> fit(const MeasuredRows<Space>& target,
                                              const MeasuredRows<Space>&, Rng&) {
    FlopsModel model;
    const std::vector<double> cost = costs(target.architectures);
    if (cost.empty() || numeric::quantile(cost, 0) >= numeric::quantile(cost, 1))
      return fail(concat("all ", cost.size(),
                         " measured rows have the same multiply-adds, "
                         "expected several"));
    model.line_ = numeric::fit_line(cost, target.latency_ms);
    // More work is never less time: a slope that says so has met noise alone.
    if (model.line_.slope < 0) model.line_ = {numeric::mean(target.latency_ms), 0};
    return model;
  }

  [[nodiscard]] std::vector<double> milliseconds(
      std::span<const Architecture> architectures) const {
    std::vector<double> out = costs(architectures);
    for (double& value : out) value = line_(value);
    return out;
  }

 private:
  static std::vector<double> costs(std::span<const Architecture> architectures) {
    std::vector<double> out;
    for (const Architecture& each : architectures) out.push_back(Cost::multiply_adds(each));
    return out;
  }

  numeric::Line line_;
};

template <class Cost>
using FlopsPredictor = Calibrated<FlopsModel<Cost>>;

}  // namespace hale::predictor
