#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/numeric/gaussian.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/fit_sources.hpp>
#include <hale/predictor/learn_classes.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/predictor/simulated.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::predictor {

/// Devices that were fitted to all their rows, each under the prior of its class, and the priors to
/// the fits, in turns.
class FittedSources {
 public:
  /// Calls `fitted_one` after each fit of a device, of which there are `rounds` for each. Errors:
  /// no device; a device without rows; a latency that no network could take. Cost: milliseconds for
  /// each fit.
  template <class Told>
  [[nodiscard]] static Result<FittedSources> fit(std::vector<SourceRows> sources,
                                                 const Told& fitted_one) {
    if (sources.empty()) return fail("no device to learn from, expected at least one");
    FittedSources fitted;
    for (SourceRows& source : sources) {
      if (source.class_name.empty()) source.class_name = source.device;
      if (source.hardware.empty()) source.hardware = source.device;
      fitted.noise_.emplace(source.class_name, SimulationError{}.noise);
    }
    fitted.sources_ = std::move(sources);
    fitted.number_networks();
    std::map<std::string, FitPrior> priors;
    for (const auto& [name, noise] : fitted.noise_)
      priors.emplace(name,
                     FitPrior{detail::fits::broad_mean(), detail::fits::broad_covariance(), noise});
    for (std::size_t round = 0; round < rounds; ++round) {
      fitted.fits_.clear();
      for (const SourceRows& source : fitted.sources_) {
        auto fit = fit_rates(source.rows, priors.at(source.class_name));
        if (!fit) return fail_in(concat("device '", source.device, "'"), fit.error());
        fitted.fits_.push_back(*std::move(fit));
        fitted_one();
      }
      priors = fitted.next_priors();
    }
    return fitted;
  }
  [[nodiscard]] static Result<FittedSources> fit(std::vector<SourceRows> sources) {
    return fit(std::move(sources), [] {});
  }

  static constexpr std::size_t rounds = 4;

  /// The same devices, fitted to their rows of other families. Devices without any are left out.
  /// Errors and cost: as fit().
  [[nodiscard]] Result<FittedSources> without(std::string_view family) const {
    std::vector<SourceRows> kept;
    for (const SourceRows& source : sources_) {
      SourceRows one{source.device, {}, source.class_name, source.hardware};
      for (std::size_t row = 0; row < source.rows.size(); ++row) {
        if (source.rows.families[row] == family) continue;
        one.rows.models.push_back(source.rows.models[row]);
        one.rows.families.push_back(source.rows.families[row]);
        one.rows.latency_ms.push_back(source.rows.latency_ms[row]);
      }
      if (one.rows.size() > 0) kept.push_back(std::move(one));
    }
    return fit(std::move(kept));
  }

  /// What was fitted, each with a class and hardware.
  [[nodiscard]] const std::vector<SourceRows>& sources() const { return sources_; }

  /// What is known by the sources that `counts` holds for, without networks that `hides` holds for,
  /// by their numbers, among those that are familiar. Cost: tens of milliseconds for each class.
  template <class Counts, class Hides>
  [[nodiscard]] SimulatedBase base(const Counts& counts, const Hides& hides) const {
    const auto classes = members(counts);
    SimulatedBase base;
    if (classes.empty()) return base;
    const auto common = detail::classes::common_of(classes);
    base.prior = detail::classes::factorised(common.mean, common.covariance);
    for (const auto& [name, own] : classes) {
      const double noise = noise_.at(name);
      const FitPrior prior = detail::classes::prior_of(own, common, noise);
      DeviceClass one{.name = name,
                      .prior = detail::classes::factorised(prior.mean, prior.covariance),
                      .error = {noise, noise, SimulationError{}.degrees},
                      .hardware = detail::classes::hardware_of(own),
                      .known = detail::classes::known_of(own)};
      const auto number = [&](const SourceRows& source, std::size_t row) {
        return numbers_.at(static_cast<std::size_t>(&source - sources_.data()))[row];
      };
      one.familiar = detail::classes::networks_of(own, number, hides);
      detail::classes::solve_pulls(one, networks_);
      base.classes.push_back(std::move(one));
    }
    keep_familiar(base);
    return base;
  }
  template <class Counts>
  [[nodiscard]] SimulatedBase base(const Counts& counts) const {
    return base(counts, [](std::size_t) { return false; });
  }

 private:
  using Classes = std::map<std::string, detail::classes::Members>;

  /// The sources that `counts` holds for, by class.
  template <class Counts>
  [[nodiscard]] Classes members(const Counts& counts) const {
    Classes classes;
    for (std::size_t i = 0; i < sources_.size(); ++i)
      if (counts(sources_[i])) classes[sources_[i].class_name].push_back({&sources_[i], &fits_[i]});
    return classes;
  }

  [[nodiscard]] std::map<std::string, FitPrior> next_priors() {
    const Classes classes = members([](const SourceRows&) { return true; });
    for (auto& [name, noise] : noise_) noise = detail::classes::noise_of(classes.at(name));
    const auto common = detail::classes::common_of(classes);
    std::map<std::string, FitPrior> priors;
    for (const auto& [name, own] : classes)
      priors.emplace(name, detail::classes::prior_of(own, common, noise_.at(name)));
    return priors;
  }

  /// Gives the base the networks that are familiar to a class, and these their numbers there.
  void keep_familiar(SimulatedBase& base) const {
    std::map<std::size_t, std::size_t> numbers;
    for (DeviceClass& of : base.classes)
      for (FamiliarNetwork& one : of.familiar) {
        const auto [at, fresh] = numbers.emplace(one.network, base.networks.size());
        if (fresh) base.networks.push_back(networks_[one.network]);
        one.network = at->second;
      }
  }

  void number_networks() {
    std::map<std::array<double, workload::term_count>, std::size_t> numbers;
    for (const SourceRows& source : sources_) {
      std::vector<std::size_t> own;
      for (const workload::Terms& model : source.rows.models) {
        const auto [at, fresh] = numbers.emplace(model.amounts, networks_.size());
        if (fresh) networks_.push_back(model);
        own.push_back(at->second);
      }
      numbers_.push_back(std::move(own));
    }
  }

  std::vector<SourceRows> sources_;
  std::vector<Fit> fits_;                          // one a source
  std::vector<workload::Terms> networks_;          // different ones of all rows
  std::vector<std::vector<std::size_t>> numbers_;  // of each source's rows
  std::map<std::string, double> noise_;            // of each class
};

namespace detail {

/// How far predictions were off, beside what was stated.
struct Strayed {
  std::vector<double> ratios;      // |log error| by the deviation that was stated
  std::vector<double> deviations;  // that were stated
};

/// What the widening of each class's intervals is that makes them hold.
inline void calibrate(SimulatedBase& base, const std::map<std::string, Strayed>& by_class,
                      double reach) {
  constexpr double interpolating = 0.8;  // of what was predicted of the sources
  constexpr std::size_t least = 100;     // for a widening of its own
  Strayed all;
  for (const auto& [name, own] : by_class) {
    all.ratios.insert(all.ratios.end(), own.ratios.begin(), own.ratios.end());
    all.deviations.insert(all.deviations.end(), own.deviations.begin(), own.deviations.end());
  }
  base.most_deviation = numeric::quantile(all.deviations, interpolating);
  base.widening = numeric::quantile(all.ratios, base.level) / reach;
  for (DeviceClass& each : base.classes) {
    const auto own = by_class.find(each.name);
    each.widening = own == by_class.end() || own->second.ratios.size() < least
                        ? base.widening
                        : numeric::quantile(own->second.ratios, base.level) / reach;
  }
}

}  // namespace detail

/// Learns a base from the sources for which `counts` is true. It widens the intervals until they
/// hold where each hardware is left out, and half of all networks are unfamiliar.
///
/// `judged_one` is called after each device. Errors: as SimulatedPosterior::infer(); too few rows.
/// Cost: tens of milliseconds for each device, more for each hardware.
template <class Counts, class Told>
[[nodiscard]] Result<SimulatedBase> learn_base(const FittedSources& fitted, const Counts& counts,
                                               const Told& judged_one) {
  SimulatedBase base = fitted.base(counts);
  std::map<std::string, detail::Strayed> by_class;
  const double reach = numeric::normal_quantile((1 + base.level) / 2);
  std::map<std::string_view, std::vector<const SourceRows*>> by_hardware;
  for (const SourceRows& source : fitted.sources())
    if (counts(source)) by_hardware[source.hardware].push_back(&source);
  for (const auto& [hardware, targets] : by_hardware) {
    const SimulatedBase others = fitted.base(
        [&counts, &out = hardware](const SourceRows& source) {
          return counts(source) && source.hardware != out;
        },
        [](std::size_t network) { return network % 2 != 0; });
    for (const SourceRows* target : targets) {
      for (const std::size_t samples : {std::size_t{10}, std::size_t{20}}) {
        HALE_TRY(
            const auto answers,
            predict_left_out(
                [&](std::optional<std::string_view>) -> const SimulatedBase& { return others; },
                target->rows, {.samples = samples, .leaves_family = false}));
        for (const LeftOut& answer : answers) {
          const Prediction& p = answer.prediction;
          const double deviation = std::log(p.high.value / p.median.value) / reach;
          detail::Strayed& own = by_class[target->class_name];
          own.deviations.push_back(deviation);
          own.ratios.push_back(
              std::abs(std::log(target->rows.latency_ms[answer.row] / p.median.value)) / deviation);
        }
      }
      judged_one();
    }
  }
  if (by_class.empty())
    return fail("no device has more rows than ten, of which intervals could be learned");
  detail::calibrate(base, by_class, reach);
  return base;
}

/// Learns a base from all sources, and tells `step(DONE, ALL)` of each part of the work. Errors and
/// cost: as the above, and as FittedSources::fit().
template <class Step>
[[nodiscard]] Result<SimulatedBase> learn_base(std::vector<SourceRows> sources, const Step& step) {
  std::size_t done = 0;
  const std::size_t all = (FittedSources::rounds + 1) * sources.size();
  const auto count = [&] { step(++done, all); };
  HALE_TRY(const FittedSources fitted, FittedSources::fit(std::move(sources), count));
  return learn_base(
      fitted, [](const SourceRows&) { return true; }, count);
}

}  // namespace hale::predictor
