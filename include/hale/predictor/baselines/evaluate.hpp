#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/predictor/concepts.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/prepared_table.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hale::predictor {

namespace detail {

template <Recipe R>
MeasuredRows<typename R::Space> measured_rows(const PreparedTable<R>& table,
                                              const PreparedDevice& device,
                                              const std::vector<std::size_t>& rows) {
  MeasuredRows<typename R::Space> measured;
  for (const std::size_t row : rows) measured.architectures.push_back(table.architecture(row));
  measured.latency_ms = table.latencies(device, rows);
  return measured;
}

/// What a baseline may measure, and what it is scored on.
struct BaselineRows {
  std::vector<std::size_t> candidates;
  std::vector<std::size_t> scored;  // in the protocol `strict`, those of them that were not drawn
};

template <Recipe R>
BaselineRows baseline_rows(const PreparedTable<R>& table, const PreparedDevice& device,
                           Protocol protocol) {
  BaselineRows rows{table.measured_rows(device), {}};
  if (protocol == Protocol::strict) return rows;
  rows.scored = device.query_rows;
  std::erase_if(rows.candidates, [&](std::size_t row) { return table.is_query_row(row); });
  return rows;
}

template <Baseline B, Recipe R>
Result<Scored> score_baseline(const PreparedTable<R>& table, const PreparedDevice& device,
                              const MeasuredRows<typename R::Space>& proxy, std::size_t samples,
                              Protocol protocol, Rng& rng) {
  BaselineRows rows = baseline_rows(table, device, protocol);
  if (samples >= rows.candidates.size())
    return fail(concat("device '", device.source.name, "' has ", rows.candidates.size(),
                       " rows to draw from, expected more than ", samples));
  std::vector<std::size_t> chosen = rng.choose(rows.candidates.size(), samples);
  for (std::size_t& row : chosen) row = rows.candidates[row];
  if (protocol == Protocol::strict) {
    std::sort(chosen.begin(), chosen.end());
    std::set_difference(rows.candidates.begin(), rows.candidates.end(), chosen.begin(),
                        chosen.end(), std::back_inserter(rows.scored));
  }
  HALE_TRY(B predictor, B::fit(measured_rows(table, device, chosen), proxy, rng));
  const auto scored = measured_rows(table, device, rows.scored);
  Scored result{scored.latency_ms, std::vector<Prediction>(scored.size())};
  predictor.predict(scored.architectures, result.predicted);
  return result;
}

}  // namespace detail

/// Scores a baseline on devices of a table: it is fitted on `options.samples` random rows of each.
///
/// Strict scores every other row; the protocol `help` draws from the rows that are no query and
/// scores the trimmed queries. Errors: unknown devices, too few rows, as B::fit().
template <Baseline B, Recipe R>
[[nodiscard]] Result<std::vector<DeviceEvaluation>> evaluate_baseline(
    const device::LatencyTable& raw, const std::vector<std::string>& devices,
    const std::string& proxy, const EvaluationOptions& options,
    const std::function<void(std::size_t, std::size_t)>& progress = [](auto, auto) {}) {
  HALE_CHECK(require_searched(options.protocol));
  HALE_TRY(const PreparedTable<R> table, PreparedTable<R>::prepare(raw));
  MeasuredRows<typename R::Space> proxy_rows;
  if (!proxy.empty()) {
    HALE_TRY(const PreparedDevice known, table.device(proxy));
    proxy_rows = detail::measured_rows(table, known, table.measured_rows(known));
  }
  std::vector<DeviceEvaluation> evaluations;
  for (const std::string& name : devices) {
    HALE_TRY(const PreparedDevice device, table.device(name));
    DeviceEvaluation evaluation{name, {}, {}};
    for (std::size_t draw = 0; draw < options.draws; ++draw) {
      Rng rng(options.seed * 1000003 + draw);
      auto scored = detail::score_baseline<B, R>(table, device, proxy_rows, options.samples,
                                                 options.protocol, rng);
      if (!scored) return fail_in(concat(B::name, " on '", name, "'"), scored.error());
      evaluation.draws.push_back(measure(*scored));
      if (draw == 0) evaluation.first_draw = *std::move(scored);
      progress(evaluations.size() * options.draws + draw + 1, devices.size() * options.draws);
    }
    evaluations.push_back(std::move(evaluation));
  }
  return evaluations;
}

}  // namespace hale::predictor
