#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/concepts.hpp>
#include <hale/predictor/interval.hpp>
#include <hale/predictor/prediction.hpp>
#include <span>
#include <utility>
#include <vector>

namespace hale::predictor {

/// A model of latencies, and an interval from cross-validation on the measured rows.
///
/// `Model` has Space, fit(target, proxy, rng) -> Result<Model>, and milliseconds(architectures) ->
/// as many numbers.
template <class Model>
class Calibrated {
 public:
  using Space = typename Model::Space;
  using Architecture = typename Space::Architecture;
  using Rows = MeasuredRows<Space>;
  static constexpr std::string_view name = Model::name;
  static constexpr std::size_t usual_rows = Model::usual_rows;

  /// Errors: fewer rows than two; as the model's.
  [[nodiscard]] static Result<Calibrated> fit(const Rows& target, const Rows& proxy, Rng& rng) {
    if (target.size() < 2)
      return fail(concat("found ", target.size(), " measured rows, expected at least 2"));
    HALE_TRY(Model model, Model::fit(target, proxy, rng));
    RelativeInterval interval;
    const std::vector<double> ratios = held_out_ratios(target, proxy, rng);
    if (!ratios.empty()) {
      interval.low = std::min(1.0, numeric::quantile(ratios, (1 - interval.level) / 2));
      interval.high = std::max(1.0, numeric::quantile(ratios, (1 + interval.level) / 2));
    }
    const double floor =
        0.25 * *std::min_element(target.latency_ms.begin(), target.latency_ms.end());
    return Calibrated(std::move(model), interval, floor);
  }

  /// Shapes: architectures (n) -> out (n).
  void predict(std::span<const Architecture> architectures, std::span<Prediction> out) {
    const std::vector<double> latency = model_.milliseconds(architectures);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = interval_.around(std::max(latency[i], floor_ms_));
  }

  [[nodiscard]] double interval_level() const { return interval_.level; }

 private:
  Calibrated(Model model, const RelativeInterval& interval, double floor_ms)
      : model_(std::move(model)), interval_(interval), floor_ms_(floor_ms) {}

  /// measured / predicted, once for each row, by a model that was fitted without the row.
  static std::vector<double> held_out_ratios(const Rows& target, const Rows& proxy, Rng& rng) {
    const std::size_t folds = std::min<std::size_t>(5, target.size());
    const std::vector<std::size_t> order = rng.choose(target.size(), target.size());
    std::vector<double> ratios;
    for (std::size_t fold = 0; fold < folds; ++fold) {
      Rows kept;
      Rows held;
      for (std::size_t i = 0; i < order.size(); ++i) {
        Rows& side = i % folds == fold ? held : kept;
        side.architectures.push_back(target.architectures[order[i]]);
        side.latency_ms.push_back(target.latency_ms[order[i]]);
      }
      auto model = Model::fit(kept, proxy, rng);
      if (!model) continue;
      const std::vector<double> predicted = model->milliseconds(held.architectures);
      for (std::size_t i = 0; i < held.size(); ++i)
        if (predicted[i] > 0) ratios.push_back(held.latency_ms[i] / predicted[i]);
    }
    return ratios;
  }

  Model model_;
  RelativeInterval interval_;
  double floor_ms_;
};

}  // namespace hale::predictor
