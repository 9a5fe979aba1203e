#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <hale/core/text.hpp>
#include <hale/readers.hpp>
#include <hale/runtime/any_base.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "builtin.hpp"
#include "catalogue.hpp"
#include "commands.hpp"
#include "figures.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace hale::cli {
namespace {

struct Options {
  std::string space;
  std::string table;
  std::vector<std::string> bases;
  std::vector<std::string> baselines;  // NAME or NAME:ROWS
  std::string proxy;
  std::vector<std::string> devices;
  EvaluationSetup setup{
      .protocol = "strict", .samples = 10, .draws = 10, .select = "auto", .seed = 1};
  FormatOption format;
};

/// Errors: a base of another space; measurements that a base with fixed references does not take.
Result<> check(const runtime::BaseInfo& info, const Options& options) {
  if (info.space != options.space)
    return fail(concat("base '", info.name, "' is for space '", info.space, "', --space is '",
                       options.space, "'"));
  if (info.exact && options.setup.protocol == "strict" && options.setup.select == "random")
    return fail(concat("--select random: base '", info.name, "' is adapted with exactly its ",
                       info.references.size(),
                       " references, so that under protocol strict nothing is left to select"));
  return {};
}

/// The device whose rows a baseline may take beside its target's: the first that is no target.
std::string proxy_of(const Options& options, const device::LatencyTable& table) {
  if (!options.proxy.empty()) return options.proxy;
  for (const std::string& device : table.devices)
    if (std::find(options.devices.begin(), options.devices.end(), device) == options.devices.end())
      return device;
  return {};
}

/// Something that predicts latencies, and how it is evaluated.
struct Method {
  using Progress = std::function<void(std::size_t, std::size_t)>;

  std::string name;
  std::function<Result<Evaluations>(const predictor::EvaluationOptions&, const Progress&)> evaluate;
};

/// Errors: no such baseline, or a number of rows that is none.
Result<Method> find_method(const std::string& baseline, const Options& options,
                           const device::LatencyTable& table) {
  const std::size_t colon = std::min(baseline.find(':'), baseline.size());
  HALE_TRY(const runtime::BaselineEntry* entry,
           runtime::find_baseline(baselines(), options.space, baseline.substr(0, colon)));
  std::size_t rows = entry->usual_rows;
  if (colon < baseline.size()) {
    const auto given = parse_number<std::size_t>(std::string_view(baseline).substr(colon + 1));
    if (!given || *given == 0)
      return fail(concat("--baseline ", baseline, ": '", baseline.substr(colon + 1),
                         "' found, expected how many rows are measured"));
    rows = *given;
  }
  return Method{concat(entry->name, ":", rows),
                [entry, rows, &table, &options](predictor::EvaluationOptions protocol,
                                                const Method::Progress& progress) {
                  protocol.samples = rows;
                  return entry->evaluate(table, options.devices, proxy_of(options, table), protocol,
                                         progress);
                }};
}

/// Errors: as check(); bases that no name tells apart.
Result<std::vector<Method>> find_methods(const Options& options,
                                         const device::LatencyTable& table) {
  std::vector<Method> methods;
  for (const std::string& name :
       options.bases.empty() ? std::vector{options.space} : options.bases) {
    HALE_TRY(LoadedBase loaded, find_base(name));
    HALE_CHECK(check(loaded.base.info(), options));
    const std::string known_as = loaded.base.info().name;
    for (const Method& other : methods)
      if (other.name == known_as)
        return fail(concat("--base ", name, ": a base named '", known_as,
                           "' was given before; expected names that tell them apart"));
    const auto base = std::make_shared<const runtime::AnyBase>(std::move(loaded.base));
    methods.push_back({known_as, [base, &table, &options](const auto& protocol,
                                                          const Method::Progress& progress) {
                         return base->evaluate(table, options.devices, protocol, progress);
                       }});
  }
  for (const std::string& baseline : options.baselines) {
    HALE_TRY(Method method, find_method(baseline, options, table));
    methods.push_back(std::move(method));
  }
  return methods;
}

predictor::EvaluationOptions protocol_of(const Options& options) {
  return {.protocol = options.setup.protocol == "help" ? predictor::Protocol::help
                                                       : predictor::Protocol::strict,
          .samples = options.setup.samples,
          .draws = options.setup.draws,
          .seed = options.setup.seed};
}

Result<std::string> evaluate(const Options& options) {
  HALE_TRY(const device::LatencyTable table, readers::read_latency_table(options.table));
  HALE_TRY(const std::vector<Method> methods, find_methods(options, table));
  ProgressLine line;
  std::vector<MethodEvaluation> evaluations;
  for (const Method& method : methods) {
    auto devices = method.evaluate(protocol_of(options), [&](std::size_t done, std::size_t all) {
      line.show(fmt::format("{}: draw {} of {}", method.name, done, all));
    });
    line.clear();
    if (!devices) return fail_in(options.table, devices.error());
    evaluations.push_back({method.name, *std::move(devices)});
  }
  return format_evaluations(evaluations, options.setup, options.format.format());
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.required_text("--space NAME", options->space, "The search space of the table");
  arguments.required_text("--table CSV", options->table, "CSV: arch,<device>,... in milliseconds");
  arguments.repeated("--base NAME|FILE", options->bases,
                     "A built-in base or a file that 'hale train' made, once or again and again; "
                     "left out: the space's");
  arguments.repeated("--baseline NAME[:ROWS]", options->baselines,
                     "Beside the bases: flops, lut, brp-nas or ada-proxy, fitted on so many random "
                     "rows of each target");
  arguments.text("--proxy DEVICE", options->proxy,
                 "The device that ada-proxy knows; left out: the table's first that is no target");
  arguments.list("--devices X,..", options->devices, "Target devices", true);
  arguments.number("--samples N", options->setup.samples, "Measurements of each target device");
  arguments.number("--draws N", options->setup.draws, "How often everything drawn is drawn anew");
  arguments.choice("--select", options->setup.select, {"auto", "random"},
                   "What is measured: what the base asks for, or random rows");
  arguments.choice("--protocol", options->setup.protocol, {"strict", "help"},
                   "strict: the measurements alone are known of a target device; help: the paper's "
                   "own, which trims and scales by more");
  arguments.seed("--seed N", options->setup.seed, "Of everything that is drawn");
  options->format.declare(arguments);
  return [options]() -> Exit {
    if (options->setup.draws == 0 || options->setup.samples == 0)
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
