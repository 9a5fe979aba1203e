#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/numeric/gaussian.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/predictor/simulated.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hale::predictor {

/// A device that the prior is learned from.
struct SourceRows {
  std::string device;
  GraphRows rows;
};

/// The implementation that a device's name begins with, up to its version: what is left out
/// together. "onnxruntime-web-1.22-all-1t" -> "onnxruntime-web".
[[nodiscard]] inline std::string runtime_of(std::string_view device) {
  for (std::size_t i = 0; i + 1 < device.size(); ++i)
    if (device[i] == '-' && device[i + 1] >= '0' && device[i + 1] <= '9')
      return std::string(device.substr(0, i));
  return std::string(device);
}

/// A device's rates by all its rows, under the broad prior.
[[nodiscard]] inline Result<workload::DevicePrior::Rates> fitted_rates(const GraphRows& rows) {
  SimulatedBase broad;
  broad.error.discrepancy = 0;
  HALE_TRY(const auto posterior, SimulatedPosterior::infer(broad, rows.models, rows.latency_ms));
  return posterior.device().log_rates;
}

/// The prior in which devices centre on what the sources have in common.
///
/// Each runtime counts once, less how fast its devices are as a whole; the mean is drawn to the
/// broad one as if that were `weight` runtimes more. It is the broad prior's spread that is left,
/// in parts: few runtimes say little of how far the next one strays.
[[nodiscard]] inline workload::DevicePrior learned_prior(
    const std::vector<std::pair<std::string, workload::DevicePrior::Rates>>& fits,
    double weight = 8) {
  using Rates = workload::DevicePrior::Rates;
  workload::DevicePrior prior = workload::broad_prior();
  std::map<std::string, std::vector<Rates>> by_runtime;
  for (const auto& [device, rates] : fits) {
    Rates off{};
    for (std::size_t i = 0; i < off.size(); ++i) off[i] = rates[i] - prior.mean[i];
    const double speed = numeric::median(std::vector<double>(off.begin(), off.end()));
    for (double& each : off) each -= speed;
    by_runtime[runtime_of(device)].push_back(off);
  }
  const double share = 1 / (static_cast<double>(by_runtime.size()) + weight);
  for (const auto& [runtime, offs] : by_runtime)
    for (const Rates& off : offs)
      for (std::size_t i = 0; i < off.size(); ++i)
        prior.mean[i] += share * off[i] / static_cast<double>(offs.size());
  constexpr double left_of_factors = 0.8;
  constexpr double left_of_spread = 0.6;
  for (Rates& factor : prior.factors)
    for (double& each : factor) each *= left_of_factors;
  for (double& each : prior.spread) each *= left_of_spread;
  return prior;
}

/// Learns a base from devices, and widens its intervals until they hold on each runtime when that
/// one and the family in question are left out.
///
/// Errors: no device; as SimulatedPosterior::infer(). Cost: seconds a device.
[[nodiscard]] inline Result<SimulatedBase> learn_base(const std::vector<SourceRows>& sources) {
  if (sources.empty()) return fail("no device to learn from, expected at least one");
  std::vector<std::pair<std::string, workload::DevicePrior::Rates>> fits;
  for (const SourceRows& source : sources) {
    auto rates = fitted_rates(source.rows);
    if (!rates) return fail_in(concat("device '", source.device, "'"), rates.error());
    fits.emplace_back(source.device, *rates);
  }
  SimulatedBase base;
  base.prior = learned_prior(fits);
  std::vector<double> ratios;      // |log error| by the deviation that was stated
  std::vector<double> deviations;  // that were stated
  for (const SourceRows& target : sources) {
    SimulatedBase without;
    auto others = fits;
    std::erase_if(others, [&](const auto& fit) {
      return runtime_of(fit.first) == runtime_of(target.device);
    });
    without.prior = learned_prior(others);
    without.error = base.error;
    const double reach = numeric::normal_quantile((1 + without.level) / 2);
    for (const std::size_t samples : {std::size_t{10}, std::size_t{20}}) {
      HALE_TRY(const auto answers, predict_left_out(without, target.rows, {.samples = samples}));
      for (const LeftOut& answer : answers) {
        const Prediction& p = answer.prediction;
        const double deviation = std::log(p.high.value / p.median.value) / reach;
        deviations.push_back(deviation);
        ratios.push_back(std::abs(std::log(target.rows.latency_ms[answer.row] / p.median.value)) /
                         deviation);
      }
    }
  }
  constexpr double interpolating = 0.8;  // of what was predicted of the sources
  base.most_deviation = numeric::quantile(deviations, interpolating);
  std::vector<double> kept;
  for (std::size_t i = 0; i < ratios.size(); ++i)
    if (deviations[i] <= base.most_deviation) kept.push_back(ratios[i]);
  base.widening = numeric::quantile(std::move(kept), base.level) /
                  numeric::normal_quantile((1 + base.level) / 2);
  return base;
}

}  // namespace hale::predictor
