#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/runtime/spaces.hpp>
#include <span>
#include <string>
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
      predictor::LeftOutOptions split{.samples = options.samples, .leaves_family = false};
      split.chooses = options.chooses;
      split.seed = options.seed * 1000003 + draw;
      split.most_rows = std::max(options.samples, std::min(split.most_rows, rows.size() / 2));
      predictor::Scored scored;
      HALE_CHECK(predictor::for_each_split(
          [&](std::optional<std::string_view>) { return base; }, rows, split,
          [&](const predictor::SimulatedBase&, const predictor::Split& one) -> Result<> {
            HALE_TRY(auto fitted, fit(predictor::rows_at(rows, one.measured)));
            const auto asked = predictor::rows_at(rows, one.asked);
            scored = {asked.latency_ms, std::vector<predictor::Prediction>(asked.size())};
            fitted.predict(asked.architectures, scored.predicted);
            return {};
          }));
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
