#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <ctime>
#include <hale/core/text.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "figures.hpp"
#include "inputs.hpp"
#include "methods.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "report.hpp"

namespace hale::cli {
namespace {

struct Options {
  session::TableFiles files;
  Question asked;
  std::optional<std::string> report;
  FormatOption format;
};

predictor::EvaluationOptions protocol_of(const EvaluationSetup& setup, std::size_t samples) {
  constexpr std::array all = {predictor::Protocol::strict, predictor::Protocol::help,
                              predictor::Protocol::halves};
  return {.protocol = *std::find_if(
              all.begin(), all.end(),
              [&](predictor::Protocol one) { return predictor::name_of(one) == setup.protocol; }),
          .samples = samples,
          .draws = setup.draws,
          .seed = setup.seed,
          .chooses = setup.select == "auto"};
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
  const EvaluationSetup& setup = options.asked.setup;
  std::set<std::size_t> counts(method.other_samples.begin(), method.other_samples.end());
  if (counts.empty())
    report.curve_note =
        concat(method.name, " takes exactly ", method.samples, " measurements under protocol ",
               setup.protocol, ": there is no other count to draw.");
  counts.insert(method.samples);
  report.curves.resize(options.asked.devices.size());
  for (const std::size_t count : counts) {
    const bool is_known = count == method.samples;
    const auto other =
        is_known ? report.evaluation.devices : evaluate(method, protocol_of(setup, count));
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
  std::vector<std::string> words = {"hale", "evaluate", "--space", options.asked.space};
  const auto add = [&](const std::string& option, const std::string& value) {
    words.insert(words.end(), {option, value});
  };
  for (const std::string& path : options.files.tables) add("--table", path);
  for (const std::string& path : options.files.batches) add("--batch-table", path);
  for (const Method& method : methods) add(method.option, method.argument);
  if (!options.asked.proxy.empty()) add("--proxy", options.asked.proxy);
  add("--devices", joined(options.asked.devices, ","));
  add("--samples", concat(options.asked.setup.samples));
  add("--draws", concat(options.asked.setup.draws));
  add("--select", options.asked.setup.select);
  add("--protocol", options.asked.setup.protocol);
  add("--seed", concat(options.asked.setup.seed));
  add("--report", *options.report);
  std::transform(words.begin(), words.end(), words.begin(), shell_word);
  return joined(words, " ");
}

Result<> write_report(const Options& options, const std::vector<Method>& methods,
                      std::vector<MethodEvaluation> evaluations) {
  Report report{.space = options.asked.space,
                .table = joined(options.files.tables),
                .setup = options.asked.setup,
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

/// The devices that the words name. Those that a pattern names are left out, with a warning, where
/// the table has too few rows of them to measure some and predict others. Errors: as
/// choose_devices(); no device that is left.
Result<std::vector<std::string>> devices_of(const std::vector<std::string>& words,
                                            const device::LatencyTable& table,
                                            std::size_t samples) {
  HALE_TRY(const std::vector<ChosenDevice> chosen, choose_devices(words, table));
  std::vector<std::string> names;
  std::size_t few = 0;
  for (const ChosenDevice& one : chosen) {
    HALE_TRY(const auto cells, table.column(one.name));
    const auto rows = std::count_if(cells.begin(), cells.end(), [](double ms) { return ms > 0; });
    if (one.is_named || static_cast<std::size_t>(rows) >= samples + 2)
      names.push_back(one.name);
    else
      ++few;
  }
  if (few > 0)
    warn(concat("--devices: ", few, " of the ", chosen.size(), " devices have fewer rows than ",
                samples + 2, " and are left out"));
  if (names.empty()) return fail("--devices: no device has enough rows");
  return names;
}

Result<std::string> evaluate(Options options) {
  if (options.report) HALE_CHECK(require_place(*options.report, "<!doctype html>", "page"));
  const std::string tables = joined(options.files.tables);
  HALE_TRY(const device::LatencyTable table,
           read_latency_tables(options.files, options.asked.space));
  auto devices = devices_of(options.asked.devices, table, options.asked.setup.samples);
  if (!devices) return fail_in(tables, devices.error());
  options.asked.devices = *std::move(devices);
  HALE_TRY(const std::vector<Method> methods, find_methods(options.asked, table));
  std::vector<MethodEvaluation> evaluations;
  for (const Method& method : methods) {
    predictor::EvaluationOptions protocol = protocol_of(options.asked.setup, method.samples);
    // A baseline is fitted on what the first base chose, where that is as much.
    if (method.option == "--baseline" && method.samples == methods.front().samples)
      for (const auto& device : evaluations.front().devices)
        if (!device.measured.empty()) protocol.measured.push_back(device.measured);
    auto found = evaluate(method, protocol);
    if (!found) return fail_in(tables, found.error());
    evaluations.push_back({method.name, method.samples, *std::move(found)});
  }
  if (options.report) HALE_CHECK(write_report(options, methods, evaluations));
  return format_evaluations(evaluations, options.asked.setup, options.format.format());
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.required_text("--space NAME", options->asked.space, "The search space of the table");
  declare_tables(arguments, options->files);
  arguments.repeated("--base NAME|FILE", options->asked.bases,
                     "A built-in base or a file that 'hale train' made; again for more; left out: "
                     "the space's");
  arguments.repeated(
      "--baseline NAME[:ROWS]", options->asked.baselines,
      "Compared with the bases: flops, lut, brp-nas or ada-proxy; for graph flops, affine (in log "
      "MACs), roofline or operation-wise. Each is fitted on ROWS random rows of each target; under "
      "protocol halves, where ROWS is left out, on the rows that the first base chose");
  arguments.text("--proxy DEVICE", options->asked.proxy,
                 "The device that ada-proxy knows; left out: the table's first that is no target");
  arguments.list(
      "--devices X,..", options->asked.devices,
      "Target devices; patterns name several ('pixel4-*'), and all names all, less those "
      "with too few rows",
      true);
  arguments.number("--samples N", options->asked.setup.samples,
                   "Measurements of each target device");
  arguments.number("--draws N", options->asked.setup.draws,
                   "How often the evaluation is repeated with other random rows");
  arguments.choice(
      "--select", options->asked.setup.select, {"auto", "random"},
      "Which rows are measured: auto, those that the base asks for (for graph, among a "
      "random half of the rows); or random ones");
  arguments.choice("--protocol", options->asked.setup.protocol, {"strict", "help", "halves"},
                   "strict: only the measurements of a target device are known; help: the paper's, "
                   "which also scales by the target's training rows and trims the query rows; "
                   "halves, for graph: strict, in each draw measures rows of a random half and "
                   "scores the other half alone; says medians over the devices");
  arguments.seed("--seed N", options->asked.setup.seed, "The seed of everything that is drawn");
  arguments.text("--report FILE.html", options->report,
                 "Also a page with plots: predicted against measured, devices by methods, and more "
                 "sample counts where the protocol allows them");
  options->format.declare(arguments);
  return [options]() -> Exit {
    if (options->asked.setup.draws == 0 || options->asked.setup.samples == 0)
      return refuse_usage("evaluate: --draws and --samples are at least 1");
    if (options->asked.setup.protocol == "halves" && options->asked.space != "graph")
      return refuse_usage("evaluate: --protocol halves is for --space graph");
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
    "fpga.html shows them as plots in any browser, without a network.\n"
    "  hale evaluate --space graph --table ncnn.csv --devices 'raspberry-pi-*' --protocol halves "
    "\\\n"
    "      --draws 3 --baseline flops --baseline affine --baseline operation-wise\n"
    "says how far off hale is on these boards after ten measurements of each, and what else would "
    "be.",
    declare};

}  // namespace hale::cli
