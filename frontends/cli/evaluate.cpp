#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/readers.hpp>
#include <hale/runtime/any_base.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "builtin.hpp"
#include "commands.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string space;
  std::string table;
  std::string base;
  std::vector<std::string> devices;
  std::size_t samples = 10;
  std::size_t draws = 10;
  std::string select = "auto";
  std::string protocol = "strict";
  std::uint64_t seed = 1;
  FormatOption format;
};

/// A figure over the draws of one device.
struct Spread {
  double mean = 0;
  double sd = 0;  // of the sample; 0 for a single draw
  double min = 0;
  double max = 0;
};

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

using Evaluations = std::vector<predictor::DeviceEvaluation>;

double mean_over_devices(const Evaluations& evaluations, double predictor::Metrics::*metric) {
  double sum = 0;
  for (const auto& evaluation : evaluations) sum += spread_of(evaluation.draws, metric).mean;
  return sum / static_cast<double>(evaluations.size());
}

Json records(const Evaluations& evaluations) {
  Json devices = Json::array();
  for (const auto& evaluation : evaluations) {
    Json record = {{"device", evaluation.device}};
    for (const predictor::MetricName& metric : predictor::metric_names) {
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

std::string as_json(const Evaluations& evaluations, const Options& options,
                    const std::string& base) {
  Json mean;
  for (const predictor::MetricName& metric : predictor::metric_names)
    mean[std::string(metric.name)] = rounded(mean_over_devices(evaluations, metric.value));
  return json_text({{"hale", json_schema},
                    {"protocol", options.protocol},
                    {"samples", options.samples},
                    {"draws", options.draws},
                    {"base", base},
                    {"select", options.select},
                    {"seed", options.seed},
                    {"devices", records(evaluations)},
                    {"mean", mean}},
                   true) +
         "\n";
}

/// A row a device and the mean of all: for reading the mean +- sd, in CSV each its own column.
std::string as_rows(const Evaluations& evaluations, const Options& options,
                    const std::string& base) {
  const bool is_csv = options.format.format() == Format::csv;
  TextTable table{{"device"}, {}, {false}};
  std::vector<std::string> mean = {"mean"};
  for (const predictor::MetricName& metric : predictor::metric_names) {
    const std::string name(metric.name);
    const double value = mean_over_devices(evaluations, metric.value);
    table.header.push_back(name);
    table.right.push_back(true);
    mean.push_back(is_csv ? number_text(value) : fmt::format("{:.3f}", value));
    if (!is_csv) continue;
    for (const char* suffix : {"_sd", "_min", "_max"}) {
      table.header.push_back(name + suffix);
      mean.emplace_back();
    }
  }
  for (const auto& evaluation : evaluations) {
    std::vector<std::string> row = {evaluation.device};
    for (const predictor::MetricName& metric : predictor::metric_names) {
      const Spread spread = spread_of(evaluation.draws, metric.value);
      if (!is_csv) {
        row.push_back(fmt::format("{:.3f} ± {:.3f}", spread.mean, spread.sd));
        continue;
      }
      for (const double value : {spread.mean, spread.sd, spread.min, spread.max})
        row.push_back(number_text(value));
    }
    table.rows.push_back(std::move(row));
  }
  table.rows.push_back(std::move(mean));
  if (!is_csv)
    return fmt::format("base {}, protocol {}, {} samples, {} draws, seed {}\n{}", base,
                       options.protocol, options.samples, options.draws, options.seed,
                       table.format());
  std::string text = csv_line(table.header);
  for (const auto& row : table.rows) text += csv_line(row);
  return text;
}

/// Errors: a base of another space; measurements that a base with fixed references does not take.
Result<> check(const runtime::BaseInfo& info, const Options& options) {
  if (info.space != options.space)
    return fail(concat("base '", info.name, "' is for space '", info.space, "', --space is '",
                       options.space, "'"));
  if (info.exact && options.protocol == "strict" && options.select == "random")
    return fail(concat("--select random: base '", info.name, "' is adapted with exactly its ",
                       info.references.size(),
                       " references, so that under protocol strict nothing is left to select"));
  return {};
}

Result<std::string> evaluate(const Options& options) {
  HALE_TRY(const LoadedBase loaded, find_base(options.base.empty() ? options.space : options.base));
  HALE_CHECK(check(loaded.base.info(), options));
  HALE_TRY(const device::LatencyTable table, readers::read_latency_table(options.table));
  ProgressLine line;
  const predictor::EvaluationOptions protocol{.protocol = options.protocol == "help"
                                                              ? predictor::Protocol::help
                                                              : predictor::Protocol::strict,
                                              .samples = options.samples,
                                              .draws = options.draws,
                                              .seed = options.seed};
  const auto evaluations = loaded.base.evaluate(
      table, options.devices, protocol, [&](std::size_t done, std::size_t all) {
        line.show(fmt::format("draw {} of {}", done, all));
      });
  line.clear();
  if (!evaluations) return fail_in(options.table, evaluations.error());
  const Format format = options.format.format();
  const std::string& base = loaded.base.info().name;
  if (format == Format::json) return as_json(*evaluations, options, base);
  if (format == Format::jsonl)
    return format_listing({"devices", {}}, records(*evaluations), format);
  return as_rows(*evaluations, options, base);
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.required_text("--space NAME", options->space, "The search space of the table");
  arguments.required_text("--table CSV", options->table, "CSV: arch,<device>,... in milliseconds");
  arguments.text("--base NAME|FILE", options->base,
                 "A built-in base or a file that 'hale train' made; left out: the space's");
  arguments.list("--devices X,..", options->devices, "Target devices", true);
  arguments.number("--samples N", options->samples, "Measurements of each target device");
  arguments.number("--draws N", options->draws, "How often everything drawn is drawn anew");
  arguments.choice("--select", options->select, {"auto", "random"},
                   "What is measured: what the base asks for, or random rows");
  arguments.choice("--protocol", options->protocol, {"strict", "help"},
                   "strict: the measurements alone are known of a target device; help: the paper's "
                   "own, which trims and scales by more");
  arguments.seed("--seed N", options->seed, "Of everything that is drawn");
  options->format.declare(arguments);
  return [options]() -> Exit {
    if (options->draws == 0 || options->samples == 0)
      return refuse_usage("evaluate: --draws and --samples are at least 1");
    const auto done = evaluate(*options);
    return done ? finish(*done) : refuse(done.error());
  };
}

}  // namespace

const Command evaluate_command = {
    "evaluate", "How well a base predicts devices that it was not trained on",
    "  hale evaluate --space nasbench201 --table latency_ms.csv --devices fpga,raspi4 \\\n"
    "      --protocol help --format json\n"
    "adapts the base to each device from ten measurements and compares its predictions with the\n"
    "rest of the table: rank correlations, errors in milliseconds, coverage of the intervals.",
    declare};

}  // namespace hale::cli
