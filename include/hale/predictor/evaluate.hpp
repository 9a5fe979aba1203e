#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/base.hpp>
#include <hale/predictor/help.hpp>
#include <hale/predictor/prepared_table.hpp>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace hale::predictor {

/// What is known of a target device. `strict`: its measurements only. `help`, the paper's protocol:
/// it also scales by the target's training rows, and trims the rows that it scores. `halves`, of
/// any graph: measurements of a random half of the rows; only the other half is scored.
enum class Protocol : std::uint8_t { strict, help, halves };

[[nodiscard]] constexpr std::string_view name_of(Protocol protocol) {
  constexpr std::array<std::string_view, 3> names = {"strict", "help", "halves"};
  return names[static_cast<std::size_t>(protocol)];
}

struct EvaluationOptions {
  Protocol protocol = Protocol::strict;
  std::size_t samples = 10;  // support rows (help); the references themselves (strict)
  std::size_t draws = 10;
  std::uint64_t seed = 1;
  bool chooses = true;  // what is measured, where the base leaves a choice; else it is drawn
  /// Of the protocol `halves`: what is measured of each device in each draw, as an evaluation with
  /// the same options left it in DeviceEvaluation::measured. None: it is chosen or drawn.
  std::vector<std::vector<std::vector<std::size_t>>> measured{};
};

/// The figures of one draw. All but the correlations are shares: .05 is 5 %.
struct Metrics {
  double spearman = 0;
  double kendall = 0;
  double mape = 0;          // mean of |predicted - true| / true
  double median_error = 0;  // median of the same
  double within_5 = 0;      // rows whose error is at most 5 %
  double within_10 = 0;
  double coverage_90 = 0;  // rows inside the interval
  double width_90 = 0;     // median of (high - low) / predicted
  double regret_top5 = 0;  // mean truth of the 5 % predicted fastest over that of the fastest, - 1
  double within_20 = 0;
};

/// Each figure's name and place, in the order of reports.
struct MetricName {
  std::string_view name;
  double Metrics::*value;
};
inline constexpr std::array<MetricName, 9> metric_names = {
    {{"spearman", &Metrics::spearman},
     {"kendall", &Metrics::kendall},
     {"mape", &Metrics::mape},
     {"median_error", &Metrics::median_error},
     {"within_5", &Metrics::within_5},
     {"within_10", &Metrics::within_10},
     {"coverage_90", &Metrics::coverage_90},
     {"width_90", &Metrics::width_90},
     {"regret_top5", &Metrics::regret_top5}}};

/// Those that are stated of tables of a few dozen rows.
inline constexpr std::array<MetricName, 5> halves_metric_names = {
    {{"median_error", &Metrics::median_error},
     {"within_20", &Metrics::within_20},
     {"spearman", &Metrics::spearman},
     {"coverage_90", &Metrics::coverage_90},
     {"width_90", &Metrics::width_90}}};

/// Truth and prediction, row by row.
struct Scored {
  std::vector<double> truth;  // ms
  std::vector<Prediction> predicted;
};

/// The draws of one device.
struct DeviceEvaluation {
  std::string device;
  std::vector<Metrics> draws;
  Scored first_draw;  // what the first of them was measured from: for plots
  std::vector<std::vector<std::size_t>> measured{};  // (draws, samples), of the protocol `halves`
};

namespace detail {

/// The mean measured latency of the fastest twentieth by `order`.
inline double mean_of_fastest(const std::vector<double>& truth, const std::vector<double>& order) {
  std::vector<std::size_t> rows(truth.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const std::size_t count = std::max<std::size_t>(1, truth.size() / 20);
  std::partial_sort(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count), rows.end(),
                    [&](std::size_t a, std::size_t b) { return order[a] < order[b]; });
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += truth[rows[i]];
  return sum / static_cast<double>(count);
}

}  // namespace detail

/// Pre: not empty, all latencies positive.
[[nodiscard]] inline Metrics measure(const Scored& scored) {
  const std::size_t n = scored.truth.size();
  std::vector<double> predicted;
  std::vector<double> errors;
  std::vector<double> widths;
  Metrics metrics;
  const double share = 1 / static_cast<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Prediction& p = scored.predicted[i];
    const double truth = scored.truth[i];
    predicted.push_back(p.median.value);
    errors.push_back(std::abs(p.median.value - truth) / truth);
    widths.push_back((p.high.value - p.low.value) / p.median.value);
    metrics.mape += share * errors.back();
    metrics.within_5 += errors.back() <= 0.05 ? share : 0;
    metrics.within_10 += errors.back() <= 0.10 ? share : 0;
    metrics.within_20 += errors.back() <= 0.20 ? share : 0;
    metrics.coverage_90 += p.low.value <= truth && truth <= p.high.value ? share : 0;
  }
  metrics.spearman = numeric::spearman(predicted, scored.truth);
  metrics.kendall = numeric::kendall(predicted, scored.truth);
  metrics.median_error = numeric::median(std::move(errors));
  metrics.width_90 = numeric::median(std::move(widths));
  metrics.regret_top5 = detail::mean_of_fastest(scored.truth, predicted) /
                            detail::mean_of_fastest(scored.truth, scored.truth) -
                        1;
  return metrics;
}

namespace detail {

template <Recipe R>
std::vector<float> draw_noise(Rng& rng) {
  std::vector<float> noise(R::Learner::Modulator::latent_size);
  for (float& element : noise) element = static_cast<float>(rng.normal());
  return noise;
}

}  // namespace detail

/// The strict protocol: the base's references are measured, every other row is scored.
///
/// Shapes: noise (latent_size) of the modulator, or empty for its mean. Errors: as adapt().
template <Recipe R>
[[nodiscard]] Result<Scored> score_strictly(const Base<R>& base, const PreparedTable<R>& table,
                                            const PreparedDevice& device,
                                            std::span<const float> noise = {}) {
  HALE_TRY(auto predictor,
           HelpPredictor<R>::adapt(base, table.reference_measurements(device), noise));
  const std::vector<std::size_t> rows = table.strict_rows(device);
  std::vector<typename R::Space::Architecture> architectures;
  architectures.reserve(rows.size());
  for (const std::size_t row : rows) architectures.push_back(table.architecture(row));
  Scored scored{table.latencies(device, rows), std::vector<Prediction>(rows.size())};
  predictor.predict(architectures, scored.predicted);
  return scored;
}

/// The paper's protocol: references and support rows are measured, limits come from the device's
/// training rows, the trimmed query rows are scored with the mean over samples of z.
template <Recipe R>
[[nodiscard]] Scored score_as_published(const Base<R>& base, const PreparedTable<R>& table,
                                        const PreparedDevice& device, std::size_t samples,
                                        Rng& rng) {
  constexpr std::size_t z_samples = 10;
  const auto rows = table.draw_support(device, samples, rng);
  const Support<R> support = table.support(device, rows);
  std::vector<std::size_t> asked = device.query_rows;
  asked.insert(asked.end(), rows.begin(), rows.end());
  std::vector<double> target(asked.size());
  for (std::size_t z = 0; z < z_samples; ++z) {
    const std::vector<float> noise = detail::draw_noise<R>(rng);
    AdaptedNetwork<R> network(base.knowledge, support, noise);
    const std::vector<double> one = table.predict(network, asked);
    for (std::size_t i = 0; i < target.size(); ++i)
      target[i] += one[i] / static_cast<double>(z_samples);
  }
  const device::Limits& limits = device.source.limits;
  for (double& t : target)
    t = std::max(limits.low + device::position_of(t) * limits.range(), limits.low / 4);
  const std::size_t queries = device.query_rows.size();
  const RelativeInterval interval = base.interval.at(
      spread_of(table.latencies(device, rows), std::span(target).subspan(queries)));
  Scored scored{table.latencies(device, device.query_rows), {}};
  for (const double ms : std::span(target).first(queries))
    scored.predicted.push_back(interval.around(ms));
  return scored;
}

namespace detail {

template <Recipe R>
Result<Scored> score_draw(const Base<R>& base, const PreparedTable<R>& table,
                          const PreparedDevice& device, const EvaluationOptions& options,
                          Rng& rng) {
  if (options.protocol == Protocol::help)
    return score_as_published(base, table, device, options.samples, rng);
  const std::vector<float> noise = draw_noise<R>(rng);
  return score_strictly(base, table, device, noise);
}

}  // namespace detail

/// Errors: a protocol that is of any graph alone.
[[nodiscard]] inline Result<> require_searched(Protocol protocol) {
  if (protocol != Protocol::halves) return {};
  return fail("protocol halves is of space 'graph', expected strict or help");
}

/// Scores a base on devices of a table. Nothing is carried over from one device or draw to the
/// next.
///
/// Errors: unknown devices; sample counts that the protocol does not have; too few rows.
/// `progress` is told (done, all) after each draw.
template <Recipe R>
[[nodiscard]] Result<std::vector<DeviceEvaluation>> evaluate(
    const Base<R>& base, const device::LatencyTable& raw, const std::vector<std::string>& devices,
    const EvaluationOptions& options,
    const std::function<void(std::size_t, std::size_t)>& progress = [](auto, auto) {}) {
  HALE_CHECK(require_searched(options.protocol));
  if (options.protocol == Protocol::strict && options.samples != base.references.size())
    return fail(concat("protocol strict: found ", options.samples, " samples, expected ",
                       base.references.size(), ": recipe '", R::name,
                       "' measures exactly its references"));
  HALE_TRY(const PreparedTable<R> table, PreparedTable<R>::prepare(raw));
  std::vector<DeviceEvaluation> evaluations;
  for (const std::string& name : devices) {
    HALE_TRY(const PreparedDevice device, table.device(name));
    if (options.protocol == Protocol::help) {
      HALE_CHECK(table.require_rows(device, options.samples));
    } else if (table.strict_rows(device).empty()) {
      return fail(concat("device '", name, "' has no row but the references', expected some to be ",
                         "scored"));
    }
    DeviceEvaluation evaluation{name, {}, {}};
    for (std::size_t draw = 0; draw < options.draws; ++draw) {
      Rng rng(options.seed * 1000003 + draw);
      HALE_TRY(Scored scored, detail::score_draw(base, table, device, options, rng));
      evaluation.draws.push_back(measure(scored));
      if (draw == 0) evaluation.first_draw = std::move(scored);
      progress(evaluations.size() * options.draws + draw + 1, devices.size() * options.draws);
    }
    evaluations.push_back(std::move(evaluation));
  }
  return evaluations;
}

}  // namespace hale::predictor
