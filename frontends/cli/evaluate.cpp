#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <functional>
#include <hale/core/text.hpp>
#include <hale/readers.hpp>
#include <hale/runtime/any_base.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "builtin.hpp"
#include "catalogue.hpp"
#include "commands.hpp"
#include "figures.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "report.hpp"

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
  std::optional<std::string> report;
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
  std::string made_from;
  bool takes_any_samples = true;  // under the options' protocol
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
    const runtime::BaseInfo info = loaded.base.info();
    for (const Method& other : methods)
      if (other.name == info.name)
        return fail(concat("--base ", name, ": a base named '", info.name,
                           "' was given before; expected names that tell them apart"));
    const auto base = std::make_shared<const runtime::AnyBase>(std::move(loaded.base));
    methods.push_back({info.name, info.made_from, !info.exact || options.setup.protocol == "help",
                       [base, &table, &options](const auto& protocol, const auto& progress) {
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

Result<Evaluations> evaluate(const Method& method, const predictor::EvaluationOptions& protocol) {
  ProgressLine line;
  auto devices = method.evaluate(protocol, [&](std::size_t done, std::size_t all) {
    line.show(
        fmt::format("{}, {} samples: draw {} of {}", method.name, protocol.samples, done, all));
  });
  line.clear();
  return devices;
}

/// Fills in Spearman over sample counts; a count that the method or the table does not have is
/// noted.
void add_curves(const Method& method, const Options& options, ReportMethod& report) {
  predictor::EvaluationOptions protocol = protocol_of(options);
  std::set<std::size_t> counts = {protocol.samples};
  if (method.takes_any_samples)
    counts.insert({5, 10, 20, 40});
  else
    report.curve_note =
        concat(method.name, " takes exactly ", protocol.samples, " measurements under protocol ",
               options.setup.protocol, ": there is no other count to draw.");
  report.curves.resize(options.devices.size());
  for (const std::size_t count : counts) {
    protocol.samples = count;
    const bool is_known = count == options.setup.samples;
    const auto other = is_known ? report.evaluation.devices : evaluate(method, protocol);
    if (!other) {
      report.curve_note += concat(report.curve_note.empty() ? "" : " ", method.name, ", ", count,
                                  " samples: ", other.error().message, ".");
      continue;
    }
    for (std::size_t d = 0; d < other->size(); ++d)
      report.curves[d].push_back(
          {count, spread_of((*other)[d].draws, &predictor::Metrics::spearman)});
  }
}

/// A word as a shell takes it.
std::string shell_word(const std::string& word) {
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-./,:=+@%").find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string quoted;
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return concat("'", quoted, "'");
}

/// The command that does the same again, with what was left out spelled out.
std::string command_of(const Options& options, const std::vector<Method>& methods) {
  std::vector<std::string> words = {"hale",        "evaluate", "--space",
                                    options.space, "--table",  options.table};
  const auto add = [&](const char* option, const std::string& value) {
    words.insert(words.end(), {option, value});
  };
  for (std::size_t i = 0; i < methods.size(); ++i)
    add("--base", options.bases.empty() ? methods[i].name : options.bases[i]);
  add("--devices", joined(options.devices, ","));
  add("--samples", concat(options.setup.samples));
  add("--draws", concat(options.setup.draws));
  add("--select", options.setup.select);
  add("--protocol", options.setup.protocol);
  add("--seed", concat(options.setup.seed));
  add("--report", *options.report);
  std::transform(words.begin(), words.end(), words.begin(), shell_word);
  return joined(words, " ");
}

Result<> write_report(const Options& options, const std::vector<Method>& methods,
                      std::vector<MethodEvaluation> evaluations) {
  Report report{.space = options.space,
                .table = options.table,
                .setup = options.setup,
                .command = command_of(options, methods),
                .date = fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::time(nullptr))),
                .methods = {}};
  for (std::size_t i = 0; i < methods.size(); ++i) {
    ReportMethod method{.evaluation = std::move(evaluations[i]),
                        .made_from = methods[i].made_from,
                        .curves = {},
                        .curve_note = {}};
    add_curves(methods[i], options, method);
    report.methods.push_back(std::move(method));
  }
  return write_output(*options.report, report_page(report));
}

Result<std::string> evaluate(const Options& options) {
  if (options.report) HALE_CHECK(require_folder(*options.report));
  HALE_TRY(const device::LatencyTable table, readers::read_latency_table(options.table));
  HALE_TRY(const std::vector<Method> methods, find_methods(options, table));
  std::vector<MethodEvaluation> evaluations;
  for (const Method& method : methods) {
    auto devices = evaluate(method, protocol_of(options));
    if (!devices) return fail_in(options.table, devices.error());
    evaluations.push_back({method.name, *std::move(devices)});
  }
  if (options.report) HALE_CHECK(write_report(options, methods, evaluations));
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
  arguments.text("--report FILE.html", options->report,
                 "Also a page with plots: predicted against measured, devices by methods, and more "
                 "sample counts where the protocol allows them");
  options->format.declare(arguments);
  return [options]() -> Exit {
    if (options->setup.draws == 0 || options->setup.samples == 0)
      return refuse_usage("evaluate: --draws and --samples are at least 1");
    if (options->report == "-")
      return refuse_usage("evaluate: --report -: stdout takes the figures; name a file");
    const auto done = evaluate(*options);
    return done ? finish(*done) : refuse(done.error());
  };
}

}  // namespace

const Command evaluate_command = {
    "evaluate", "How well a base predicts devices that it was not trained on",
    "  hale evaluate --space nasbench201 --table latency_ms.csv --devices fpga,raspi4 \\\n"
    "      --protocol help --format json --report fpga.html\n"
    "adapts the base to each device from ten measurements and compares its predictions with the\n"
    "rest of the table: rank correlations, errors in milliseconds, coverage of the intervals.\n"
    "fpga.html shows them as plots in any browser, without a network.",
    declare};

}  // namespace hale::cli
