#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/normalise.hpp>
#include <hale/device/profile.hpp>
#include <hale/meta/trainer.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/base.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/help.hpp>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace hale::predictor {

struct TrainingOptions {
  std::vector<std::string> sources;     // devices to learn from
  std::vector<std::string> validation;  // devices to choose the best episode by
  std::uint64_t seed = 1;
  meta::TrainerOptions outer;
  std::size_t tasks = 8;     // an episode
  std::size_t support = 10;  // rows a task
  std::size_t query = 200;
  std::size_t validation_draws = 10;  // support draws a validation device
  /// What is known of devices, by their names, for any graph: devices of one runtime are left out
  /// together, a device without one is left out alone.
  std::map<std::string, device::Described> facts{};
};

/// Training as it stands: the table prepared once, the state going on from episode to episode.
template <Recipe R>
class Training {
 public:
  using Learner = typename R::Learner;
  using State = meta::TrainingState<Learner, float>;

  /// Errors: what keeps the table from being learned from, by device and row.
  [[nodiscard]] static Result<Training> prepare(const device::LatencyTable& table,
                                                const TrainingOptions& options) {
    if (options.validation.empty())
      return fail(
          "no validation device: one at least is needed to choose the best episode and to "
          "calibrate the interval");
    if (options.support == 0 || options.query == 0 || options.validation_draws == 0)
      return fail(concat("found ", options.support, " support and ", options.query,
                         " query rows and ", options.validation_draws,
                         " validation draws, expected at least one of each"));
    HALE_TRY(PreparedTable<R> prepared, PreparedTable<R>::prepare(table));
    Training training(std::move(prepared), options);
    for (const std::string& name : options.sources) {
      HALE_TRY(auto device, training.table_.device(name));
      training.sources_.push_back(std::move(device));
    }
    for (const std::string& name : options.validation) {
      HALE_TRY(auto device, training.table_.device(name));
      HALE_CHECK(training.table_.require_rows(device, options.support));
      training.validation_.push_back(std::move(device));
    }
    return training;
  }

  [[nodiscard]] State initial() const { return State(options_.seed, options_.outer.rate); }

  /// Goes on from `state`; false from `report` stops. Errors: as Trainer::run().
  Result<> run(State& state, const Executor& executor,
               const std::function<bool(const meta::TrainingProgress&)>& report) const {
    std::vector<meta::SourceDevice<float>> devices;
    for (const PreparedDevice& source : sources_) devices.push_back(source.source);
    using Sampler = meta::EpisodeSampler<Learner, typename R::Encoder, float>;
    meta::Trainer<Learner, typename R::Encoder, float> trainer(
        Sampler(table_.encoded(), std::move(devices),
                {.tasks = options_.tasks, .support = options_.support, .query = options_.query}),
        options_.outer, [this](const auto& knowledge, const Executor& workers) {
          return score(knowledge, workers);
        });
    return trainer.run(state, executor, report);
  }

  /// The base of the best episode so far, its interval calibrated on all devices.
  [[nodiscard]] Result<Base<R>> finish(const State& state, const std::string& made_from,
                                       const Executor& executor = {}) const {
    Base<R> base;
    base.knowledge = state.best;
    base.references.assign(R::protocol.references.begin(), R::protocol.references.end());
    std::vector<double> low;
    std::vector<double> high;
    for (const PreparedDevice& source : sources_) {
      low.push_back(source.reference_limits.position(source.source.limits.low));
      high.push_back(source.reference_limits.position(source.source.limits.high));
    }
    base.limit_positions = {numeric::median(low), numeric::median(high)};
    base.made_from = made_from;
    HALE_TRY(base.interval, calibrate_interval(base, executor));
    return base;
  }

 private:
  Training(PreparedTable<R> table, const TrainingOptions& options)
      : table_(std::move(table)), options_(options) {}

  /// Mean Spearman over validation devices and fixed support draws, z at its mean.
  double score(const meta::Knowledge<Learner, float>& knowledge, const Executor& executor) const {
    struct Draw {
      const PreparedDevice* device;
      std::vector<std::size_t> rows;
      double spearman;
    };
    std::vector<Draw> draws;
    Rng rng(validation_seed);
    for (const PreparedDevice& device : validation_)
      for (std::size_t draw = 0; draw < options_.validation_draws; ++draw)
        draws.push_back({&device, table_.draw_support(device, options_.support, rng), 0});
    executor.run(draws.size(), [&](std::size_t i, std::size_t) {
      const std::vector<std::size_t>& asked = draws[i].device->query_rows;
      AdaptedNetwork<R> network(knowledge, table_.support(*draws[i].device, draws[i].rows));
      draws[i].spearman = numeric::spearman(table_.predict(network, asked),
                                            table_.latencies(*draws[i].device, asked));
    });
    double sum = 0;
    for (const Draw& draw : draws) sum += draw.spearman;
    return sum / static_cast<double>(draws.size());
  }

  /// Nine of ten devices' own intervals, in units of their spread, are at most as wide: rows of one
  /// device err alike, so that a pooled interval would hold on the average device and fail on the
  /// next odd one.
  Result<ScaledInterval> calibrate_interval(const Base<R>& base,
                                            const Executor& executor = {}) const {
    std::vector<const PreparedDevice*> devices;
    for (const auto* some : {&sources_, &validation_})
      for (const PreparedDevice& device : *some) devices.push_back(&device);
    std::vector<Result<Strays>> strays(devices.size());
    executor.run(devices.size(),
                 [&](std::size_t i, std::size_t) { strays[i] = strays_of(base, *devices[i]); });
    std::vector<double> spreads;
    std::vector<double> widths;
    for (Result<Strays>& one : strays) {
      HALE_TRY(const Strays known, std::move(one));
      spreads.push_back(known.spread);
      widths.push_back(known.width);
    }
    ScaledInterval interval;
    interval.least_spread = std::max(numeric::quantile(spreads, 0), 1e-3);
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] /= std::max(spreads[i], interval.least_spread);
    interval.spreads = numeric::quantile(std::move(widths), 0.9);
    return interval;
  }

  /// How far a device's measured rows stray from what is predicted, and the width, as a logarithm,
  /// that holds as many of its other rows as the interval is to hold.
  struct Strays {
    double spread = 0;
    double width = 0;
  };
  Result<Strays> strays_of(const Base<R>& base, const PreparedDevice& device) const {
    HALE_TRY(const auto predictor,
             HelpPredictor<R>::adapt(base, table_.reference_measurements(device)));
    HALE_TRY(const Scored scored, score_strictly(base, table_, device));
    std::vector<double> strays;
    for (std::size_t i = 0; i < scored.truth.size(); ++i)
      strays.push_back(std::abs(std::log(scored.truth[i] / scored.predicted[i].median.value)));
    return Strays{predictor.spread(), numeric::quantile(std::move(strays), ScaledInterval{}.level)};
  }

  static constexpr std::uint64_t validation_seed = 20211206;  // any: the same for every training

  PreparedTable<R> table_;
  TrainingOptions options_;
  std::vector<PreparedDevice> sources_;
  std::vector<PreparedDevice> validation_;
};

}  // namespace hale::predictor
