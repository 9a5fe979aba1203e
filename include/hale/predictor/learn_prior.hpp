#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/numeric/gaussian.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/predictor/simulated.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::predictor {

/// A device that the prior is learned from.
struct SourceRows {
  std::string device;
  GraphRows rows;
  std::string runtime{};  // devices of one are left out together; empty: the device's name
};

/// A device's rates by its rows of other families than `without`, under the broad prior.
///
/// Errors: no such row; a latency that no network could take. Cost: a few solves, each of as many
/// equations as there are terms.
[[nodiscard]] inline Result<workload::DevicePrior::Rates> fitted_rates(
    const GraphRows& rows, std::optional<std::string_view> without = {}) {
  using namespace detail::simulated;
  std::vector<Terms> models;
  std::vector<double> logs;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.families[row] == without) continue;
    if (!device::is_plausible(Milliseconds{rows.latency_ms[row]}))
      return fail(concat("row ", row + 1, " took ", rows.latency_ms[row], " ms, expected ",
                         device::plausible));
    models.push_back(rows.models[row]);
    logs.push_back(std::log(rows.latency_ms[row]));
  }
  if (models.empty()) return fail("no row to learn from, expected at least one");
  const Eigen::Map<const Eigen::VectorXd> target(logs.data(), static_cast<Index>(logs.size()));
  const workload::DevicePrior prior = workload::broad_prior();
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(width, width);
  const Eigen::MatrixXd precision = PriorCovariance(prior).times(identity).llt().solve(identity);
  const Eigen::VectorXd mean = vector_of(prior.mean);
  const SimulationError error;
  Eigen::VectorXd log_rates = Linearised::at_speed(models, mean, target);
  for (int step = 0; step < most_steps; ++step) {
    const Linearised at(models, log_rates);
    const Eigen::VectorXd residuals = target - at.log_ms;
    const Eigen::MatrixXd weighted =
        (weights_of(residuals, std::pow(error.noise, 2), error.degrees) / std::pow(error.noise, 2))
            .asDiagonal() *
        at.shares;
    const Eigen::VectorXd off = residuals + at.shares * (log_rates - mean);
    const Eigen::MatrixXd total = weighted.transpose() * at.shares + precision;
    if (take_step(mean + total.ldlt().solve(weighted.transpose() * off) - log_rates, log_rates))
      break;
  }
  workload::DevicePrior::Rates rates;
  std::copy(log_rates.begin(), log_rates.end(), rates.begin());
  return rates;
}

/// How far rates are from the broad prior's mean, apart from the device's speed as a whole.
[[nodiscard]] inline workload::DevicePrior::Rates off_broad(
    const workload::DevicePrior::Rates& rates) {
  const workload::DevicePrior broad = workload::broad_prior();
  workload::DevicePrior::Rates off{};
  for (std::size_t i = 0; i < off.size(); ++i) off[i] = rates[i] - broad.mean[i];
  const double speed = numeric::median(std::vector<double>(off.begin(), off.end()));
  for (double& each : off) each -= speed;
  return off;
}

/// The rates that were fitted to a device.
struct Fit {
  std::string device;
  std::string runtime;
  workload::DevicePrior::Rates rates;
};
using Fits = std::vector<Fit>;

/// The prior whose mean is what the sources have in common.
///
/// Each runtime counts once, without its devices' speed as a whole. The broad prior's mean counts
/// as `weight` more runtimes. The spread is the broad prior's, made smaller: a few runtimes say
/// little of how far the next one is from them.
[[nodiscard]] inline workload::DevicePrior learned_prior(const Fits& fits, double weight = 8) {
  using Rates = workload::DevicePrior::Rates;
  workload::DevicePrior prior = workload::broad_prior();
  std::map<std::string, std::vector<Rates>> by_runtime;
  for (const Fit& fit : fits) by_runtime[fit.runtime].push_back(off_broad(fit.rates));
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

/// The fitted devices as known ones, moved a little towards what all have in common.
[[nodiscard]] inline std::vector<KnownDevice> known_devices(const Fits& fits,
                                                            const workload::DevicePrior& prior) {
  constexpr double trust = 0.9;
  const workload::DevicePrior broad = workload::broad_prior();
  std::vector<KnownDevice> known;
  for (const Fit& fit : fits) {
    const workload::DevicePrior::Rates off = off_broad(fit.rates);
    KnownDevice one{fit.device};
    for (std::size_t i = 0; i < off.size(); ++i)
      one.log_rates[i] = trust * (broad.mean[i] + off[i]) + (1 - trust) * prior.mean[i];
    known.push_back(std::move(one));
  }
  return known;
}

/// Devices that were fitted once to all their rows, and once without each family.
class FittedSources {
 public:
  /// Calls `fitted_one` after each device. Errors: no device; a device without rows. Cost: tens of
  /// milliseconds for each device and family.
  template <class Told>
  [[nodiscard]] static Result<FittedSources> fit(std::vector<SourceRows> sources,
                                                 const Told& fitted_one) {
    if (sources.empty()) return fail("no device to learn from, expected at least one");
    FittedSources fitted;
    for (SourceRows& source : sources) {
      if (source.runtime.empty()) source.runtime = source.device;
      const auto in_device = [&](const Error& error) {
        return fail_in(concat("device '", source.device, "'"), error);
      };
      const auto all = fitted_rates(source.rows);
      if (!all) return in_device(all.error());
      SourceRates one{*all, {}};
      for (const std::string& family : source.rows.families) {
        if (one.without.contains(family)) continue;
        const auto rates = fitted_rates(source.rows, family);
        one.without.emplace(family, rates ? std::optional(*rates) : std::nullopt);
      }
      fitted.rates_.push_back(std::move(one));
      fitted_one();
    }
    fitted.sources_ = std::move(sources);
    return fitted;
  }
  [[nodiscard]] static Result<FittedSources> fit(std::vector<SourceRows> sources) {
    return fit(std::move(sources), [] {});
  }

  /// What was fitted, each with a runtime.
  [[nodiscard]] const std::vector<SourceRows>& sources() const { return sources_; }

  /// What is known by the sources that `counts` holds for and their rows of other families than
  /// `family`, of all where there is none.
  template <class Filter>
  [[nodiscard]] SimulatedBase base(const Filter& counts,
                                   std::optional<std::string_view> family = {}) const {
    Fits fits;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const SourceRows& source = sources_[i];
      if (!counts(source)) continue;
      const SourceRates& rates = rates_[i];
      const auto without = family ? rates.without.find(*family) : rates.without.end();
      if (without == rates.without.end())
        fits.push_back({source.device, source.runtime, rates.all});
      else if (without->second)
        fits.push_back({source.device, source.runtime, *without->second});
    }
    SimulatedBase base;
    base.prior = learned_prior(fits);
    base.known = known_devices(fits, base.prior);
    return base;
  }

 private:
  struct SourceRates {
    workload::DevicePrior::Rates all;
    // Nothing for a family that all rows are of.
    std::map<std::string, std::optional<workload::DevicePrior::Rates>, std::less<>> without;
  };

  std::vector<SourceRows> sources_;
  std::vector<SourceRates> rates_;  // one a source
};

/// Learns a base from the sources for which `counts` is true. It widens the intervals until they
/// hold on each runtime when that runtime, and the family that is asked for, are left out.
///
/// `judged_one` is called after each device. Errors: as SimulatedPosterior::infer(); too few rows.
/// Cost: seconds for each device.
template <class Filter, class Told>
[[nodiscard]] Result<SimulatedBase> learn_base(const FittedSources& fitted, const Filter& counts,
                                               const Told& judged_one) {
  SimulatedBase base = fitted.base(counts);
  std::vector<double> ratios;      // |log error| by the deviation that was stated
  std::vector<double> deviations;  // that were stated
  const double reach = numeric::normal_quantile((1 + base.level) / 2);
  for (const SourceRows& target : fitted.sources()) {
    if (!counts(target)) continue;
    const auto without = [&](std::optional<std::string_view> family) {
      return fitted.base(
          [&](const SourceRows& source) {
            return counts(source) && source.runtime != target.runtime;
          },
          family);
    };
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
    judged_one();
  }
  if (ratios.empty())
    return fail("no device has more rows than ten, of which intervals could be learned");
  constexpr double interpolating = 0.8;  // of what was predicted of the sources
  base.most_deviation = numeric::quantile(deviations, interpolating);
  std::vector<double> kept;
  for (std::size_t i = 0; i < ratios.size(); ++i)
    if (deviations[i] <= base.most_deviation) kept.push_back(ratios[i]);
  base.widening = numeric::quantile(std::move(kept), base.level) / reach;
  return base;
}

/// Learns a base from all sources, and tells `step(DONE, ALL)` of each part of the work. Errors and
/// cost: as the above, and as FittedSources::fit().
template <class Step>
[[nodiscard]] Result<SimulatedBase> learn_base(std::vector<SourceRows> sources, const Step& step) {
  std::size_t done = 0;
  const std::size_t all = 2 * sources.size();
  const auto count = [&] { step(++done, all); };
  HALE_TRY(const FittedSources fitted, FittedSources::fit(std::move(sources), count));
  return learn_base(
      fitted, [](const SourceRows&) { return true; }, count);
}

}  // namespace hale::predictor
