#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/predictor/choose.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/runtime/spaces.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Latency tables of any graph: their rows as terms, and the figures of what predicts them.
namespace hale::runtime {

/// The rows of one device that were measured; `models` are those of the table, in its order.
[[nodiscard]] inline predictor::GraphRows graph_rows(const device::LatencyTable& table,
                                                     const std::vector<workload::Terms>& models,
                                                     std::span<const double> latency_ms) {
  predictor::GraphRows rows;
  for (std::size_t row = 0; row < models.size(); ++row) {
    if (!(latency_ms[row] > 0)) continue;
    rows.models.push_back(models[row]);
    rows.families.push_back(table.family(row));
    rows.latency_ms.push_back(latency_ms[row]);
  }
  return rows;
}

/// The terms of a table's networks, else of what its strings name. Errors: the first string that
/// names none.
[[nodiscard]] inline Result<std::vector<workload::Terms>> terms_of(
    const device::LatencyTable& table) {
  std::vector<workload::Terms> models;
  for (const workload::SharedNetwork& network : table.networks) models.push_back(network->terms);
  if (!models.empty()) return models;
  for (const std::string& arch : table.archs) {
    HALE_TRY(const workload::Terms terms, detail::GraphEntry::parse(arch));
    models.push_back(terms);
  }
  return models;
}

namespace detail {

/// A draw of the protocol `halves`: the rows that `base` chooses among a random half, or the first
/// that are drawn, and all rows of the other half. Of a half too small to measure so many, more
/// than half of the rows are the ones to choose among.
[[nodiscard]] inline predictor::Split split_in_halves(const predictor::SimulatedBase& base,
                                                      const predictor::GraphRows& rows,
                                                      const predictor::EvaluationOptions& options,
                                                      std::uint64_t seed) {
  constexpr std::size_t most_candidates = 400;  // as predictor::LeftOutOptions
  Rng rng(seed);
  const std::vector<std::size_t> order = rng.choose(rows.size(), rows.size());
  const std::size_t half = std::max(options.samples, rows.size() / 2);
  predictor::Split split;
  split.asked.assign(order.begin() + static_cast<std::ptrdiff_t>(half), order.end());
  std::sort(split.asked.begin(), split.asked.end());
  if (!options.chooses) {
    split.measured.assign(order.begin(),
                          order.begin() + static_cast<std::ptrdiff_t>(options.samples));
    return split;
  }
  std::vector<workload::Terms> candidates;
  for (std::size_t i = 0; i < std::min(half, most_candidates); ++i)
    candidates.push_back(rows.models[order[i]]);
  predictor::MeasurementChoice choice(base, candidates);
  while (split.measured.size() < options.samples)
    if (const auto next = choice.next())
      split.measured.push_back(order[next->candidate]);
    else
      break;
  return split;
}

/// A draw of the protocol `strict`: rows that `base` chooses among a random half, or random rows,
/// and all others.
[[nodiscard]] inline Result<predictor::Split> split_strictly(
    const predictor::SimulatedBase& base, const predictor::GraphRows& rows,
    const predictor::EvaluationOptions& options, std::uint64_t seed) {
  predictor::LeftOutOptions how{.samples = options.samples, .leaves_family = false};
  how.chooses = options.chooses;
  how.seed = seed;
  how.most_rows = std::max(options.samples, std::min(how.most_rows, rows.size() / 2));
  predictor::Split split;
  HALE_CHECK(predictor::for_each_split(
      [&](std::optional<std::string_view>) { return base; }, rows, how,
      [&](const predictor::SimulatedBase&, const predictor::Split& one) -> Result<> {
        split = one;
        return {};
      }));
  return split;
}

/// The figures of a method: `fit` makes a predictor, as a Result, from measured rows. Each draw
/// measures rows that `base` chooses among a random half, or random rows.
///
/// Errors: the protocol `help`; unknown devices; too few rows; as of `fit`.
template <class Fit>
[[nodiscard]] Result<std::vector<predictor::DeviceEvaluation>> evaluate_graphs(
    const predictor::SimulatedBase& base, const device::LatencyTable& table,
    const std::vector<std::string>& devices, const predictor::EvaluationOptions& options,
    const Fit& fit, const std::function<void(std::size_t, std::size_t)>& progress) {
  if (options.protocol == predictor::Protocol::help)
    return fail("space 'graph' has no protocol help: it is that of a searched space's table");
  HALE_TRY(const std::vector<workload::Terms> models, terms_of(table));
  std::vector<predictor::DeviceEvaluation> evaluations;
  for (const std::string& name : devices) {
    HALE_TRY(const std::span<const double> latency_ms, table.column(name));
    const predictor::GraphRows rows = graph_rows(table, models, latency_ms);
    if (rows.size() < options.samples + 2)
      return fail(concat("device '", name, "' has ", rows.size(), " rows, expected at least ",
                         options.samples + 2));
    predictor::DeviceEvaluation evaluation{name, {}, {}};
    for (std::size_t draw = 0; draw < options.draws; ++draw) {
      const std::uint64_t seed = options.seed * 1000003 + draw;
      const bool in_halves = options.protocol == predictor::Protocol::halves;
      HALE_TRY(predictor::Split split, in_halves ? split_in_halves(base, rows, options, seed)
                                                 : split_strictly(base, rows, options, seed));
      if (in_halves && !options.measured.empty())
        split.measured = options.measured[evaluations.size()][draw];
      HALE_TRY(auto fitted, fit(predictor::rows_at(rows, split.measured)));
      const auto asked = predictor::rows_at(rows, split.asked);
      predictor::Scored scored{asked.latency_ms, std::vector<predictor::Prediction>(asked.size())};
      fitted.predict(asked.architectures, scored.predicted);
      if (in_halves) evaluation.measured.push_back(std::move(split.measured));
      evaluation.draws.push_back(predictor::measure(scored));
      if (draw == 0) evaluation.first_draw = std::move(scored);
      progress(evaluations.size() * options.draws + draw + 1, devices.size() * options.draws);
    }
    evaluations.push_back(std::move(evaluation));
  }
  return evaluations;
}

}  // namespace detail

}  // namespace hale::runtime
