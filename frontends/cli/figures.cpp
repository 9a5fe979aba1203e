#include "figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <hale/core/text.hpp>
#include <hale/numeric/statistics.hpp>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

using Metrics = std::span<const predictor::MetricName>;

bool is_in_halves(const EvaluationSetup& setup) { return setup.protocol == "halves"; }

/// The figures that are stated under a protocol.
Metrics metrics_of(const EvaluationSetup& setup) {
  if (is_in_halves(setup)) return predictor::halves_metric_names;
  return predictor::metric_names;
}

/// What all devices come to, by name: the mean, and under the protocol `halves` the median.
using OverDevices = double (*)(const Evaluations&, double predictor::Metrics::*);
std::vector<std::pair<std::string, OverDevices>> summaries_of(const EvaluationSetup& setup) {
  if (is_in_halves(setup)) return {{"mean", mean_over_devices}, {"median", median_over_devices}};
  return {{"mean", mean_over_devices}};
}

/// `method` is left out where it is empty: a single one needs no telling apart.
Json records(const Evaluations& evaluations, const EvaluationSetup& setup,
             const std::string& method = {}) {
  Json devices = Json::array();
  for (const auto& evaluation : evaluations) {
    Json record = {{"device", evaluation.device}};
    if (!method.empty()) record["method"] = method;
    if (!evaluation.measured.empty()) record["scored"] = evaluation.first_draw.truth.size();
    for (const predictor::MetricName& metric : metrics_of(setup)) {
      const Spread spread = spread_of(evaluation.draws, metric.value);
      record[std::string(metric.name)] = {{"mean", rounded(spread.mean)},
                                          {"sd", rounded(spread.sd)},
                                          {"min", rounded(spread.min)},
                                          {"max", rounded(spread.max)}};
    }
    devices.push_back(std::move(record));
  }
  return devices;
}

/// Adds what all devices come to.
void add_summaries(Json& document, const Evaluations& evaluations, const EvaluationSetup& setup) {
  for (const auto& [name, over] : summaries_of(setup))
    for (const predictor::MetricName& metric : metrics_of(setup))
      document[name][std::string(metric.name)] = rounded(over(evaluations, metric.value));
}

std::string as_json(const std::vector<MethodEvaluation>& methods, const EvaluationSetup& setup) {
  const MethodEvaluation& first = methods.front();
  Json document = {{"hale", json_schema},      {"protocol", setup.protocol},
                   {"samples", setup.samples}, {"draws", setup.draws},
                   {"base", first.name},       {"select", setup.select},
                   {"seed", setup.seed},       {"devices", records(first.devices, setup)}};
  add_summaries(document, first.devices, setup);
  if (methods.size() > 1) {
    for (const MethodEvaluation& method : methods) {
      Json one = {{"method", method.name},
                  {"samples", method.samples},
                  {"devices", records(method.devices, setup)}};
      add_summaries(one, method.devices, setup);
      document["methods"].push_back(std::move(one));
    }
  }
  return json_text(document, true) + "\n";
}

std::string as_json_lines(const std::vector<MethodEvaluation>& methods,
                          const EvaluationSetup& setup) {
  std::string text;
  for (const MethodEvaluation& method : methods)
    text += format_listing(
        {"devices", {}},
        records(method.devices, setup, methods.size() > 1 ? method.name : std::string()),
        Format::jsonl);
  return text;
}

/// For reading: a row a device with mean ± sd, and what all devices come to.
std::string as_table(const MethodEvaluation& method, const EvaluationSetup& setup) {
  TextTable table{{"device"}, {}, {false}};
  for (const predictor::MetricName& metric : metrics_of(setup)) {
    table.header.emplace_back(metric.name);
    table.right.push_back(true);
  }
  for (const auto& evaluation : method.devices) {
    std::vector<std::string> row = {evaluation.device};
    for (const predictor::MetricName& metric : metrics_of(setup)) {
      const Spread spread = spread_of(evaluation.draws, metric.value);
      row.push_back(fmt::format("{:.3f} ± {:.3f}", spread.mean, spread.sd));
    }
    table.rows.push_back(std::move(row));
  }
  for (const auto& [name, over] : summaries_of(setup)) {
    std::vector<std::string> row = {name};
    for (const predictor::MetricName& metric : metrics_of(setup))
      row.push_back(fmt::format("{:.3f}", over(method.devices, metric.value)));
    table.rows.push_back(std::move(row));
  }
  return fmt::format("{}, protocol {}, {} samples, {} draws, seed {}\n{}", method.name,
                     setup.protocol, method.samples, setup.draws, setup.seed, table.format());
}

/// Lines of CSV, each figure its own columns; `lead` fills the column of methods.
std::string csv_rows(const Evaluations& evaluations, const EvaluationSetup& setup,
                     const std::vector<std::string>& lead) {
  std::string text;
  const auto append = [&](const std::string& device, std::vector<std::string> figures) {
    std::vector<std::string> row = {device};
    row.insert(row.end(), lead.begin(), lead.end());
    row.insert(row.end(), figures.begin(), figures.end());
    text += csv_line(row);
  };
  for (const auto& evaluation : evaluations) {
    std::vector<std::string> figures;
    for (const predictor::MetricName& metric : metrics_of(setup)) {
      const Spread spread = spread_of(evaluation.draws, metric.value);
      for (const double value : {spread.mean, spread.sd, spread.min, spread.max})
        figures.push_back(number_text(value));
    }
    append(evaluation.device, std::move(figures));
  }
  for (const auto& [name, over] : summaries_of(setup)) {
    std::vector<std::string> figures;
    for (const predictor::MetricName& metric : metrics_of(setup)) {
      figures.push_back(number_text(over(evaluations, metric.value)));
      figures.insert(figures.end(), 3, {});
    }
    append(name, std::move(figures));
  }
  return text;
}

std::string as_csv(const std::vector<MethodEvaluation>& methods, const EvaluationSetup& setup) {
  const bool several = methods.size() > 1;
  std::vector<std::string> header = {"device"};
  if (several) header.emplace_back("method");
  for (const predictor::MetricName& metric : metrics_of(setup))
    for (const char* suffix : {"", "_sd", "_min", "_max"})
      header.push_back(std::string(metric.name) + suffix);
  std::string text = csv_line(header);
  for (const MethodEvaluation& method : methods) {
    std::vector<std::string> lead;
    if (several) lead.push_back(method.name);
    text += csv_rows(method.devices, setup, lead);
  }
  return text;
}

}  // namespace

Spread spread_of(const std::vector<predictor::Metrics>& draws, double predictor::Metrics::*metric) {
  Spread spread{.min = draws[0].*metric, .max = draws[0].*metric};
  const auto count = static_cast<double>(draws.size());
  for (const predictor::Metrics& draw : draws) {
    spread.mean += draw.*metric / count;
    spread.min = std::min(spread.min, draw.*metric);
    spread.max = std::max(spread.max, draw.*metric);
  }
  for (const predictor::Metrics& draw : draws)
    if (draws.size() > 1) spread.sd += std::pow(draw.*metric - spread.mean, 2) / (count - 1);
  spread.sd = std::sqrt(spread.sd);
  return spread;
}

double mean_over_devices(const Evaluations& evaluations, double predictor::Metrics::*metric) {
  double sum = 0;
  for (const auto& evaluation : evaluations) sum += spread_of(evaluation.draws, metric).mean;
  return sum / static_cast<double>(evaluations.size());
}

double median_over_devices(const Evaluations& evaluations, double predictor::Metrics::*metric) {
  std::vector<double> means;
  for (const auto& evaluation : evaluations)
    means.push_back(spread_of(evaluation.draws, metric).mean);
  return numeric::median(std::move(means));
}

std::string format_evaluations(const std::vector<MethodEvaluation>& methods,
                               const EvaluationSetup& setup, Format format) {
  if (format == Format::json) return as_json(methods, setup);
  if (format == Format::jsonl) return as_json_lines(methods, setup);
  if (format == Format::csv) return as_csv(methods, setup);
  std::string text;
  for (const MethodEvaluation& method : methods)
    text += concat(text.empty() ? "" : "\n", as_table(method, setup));
  return text;
}

}  // namespace hale::cli
