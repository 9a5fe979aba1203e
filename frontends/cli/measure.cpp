#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/files.hpp>
#include <hale/graph/passes.hpp>
#include <hale/io/csv.hpp>
#include <hale/io/file.hpp>
#include <hale/io/table.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/onnx.hpp>
#include <hale/runners.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/inputs.hpp>
#include <hale/session/open_dimensions.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "inputs.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "shapes.hpp"
#include "temporary.hpp"

namespace hale::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> models;
  std::string runner;
  std::size_t threads = 1;
  std::size_t runs = 3;
  std::size_t milliseconds = 400;
  std::size_t timeout = 120;
  std::string optimisation = "all";
  std::string packages;
  std::string python = runners::Settings{}.python;
  std::string accelerator;
  std::string command;
  std::string pattern;
  std::string output = "-";
  bool installs = false;
  ShapeOptions shapes;
};

/// A runner's name and the version behind an @: "onnxruntime@1.18.0".
Result<const runners::Runner*> parse_runner(const Options& options, runners::Settings& settings) {
  const std::size_t at = options.runner.find('@');
  HALE_TRY(const runners::Runner* runner, runners::find_runner(options.runner.substr(0, at)));
  if (at != std::string::npos) settings.version = options.runner.substr(at + 1);
  const bool is_version = settings.version.find_first_not_of("0123456789.") == std::string::npos;
  if (!is_version || (at != std::string::npos && settings.version.empty()))
    return fail(concat("--runner: version '", settings.version, "' found, expected 1.22.0"));
  if (at != std::string::npos && runners::install_command(*runner, settings).empty())
    return fail(concat("--runner: '", runner->name, "' takes no version"));
  if (!options.accelerator.empty() && !runner->takes_accelerator)
    return fail(concat("--accelerator: '", runner->name, "' runs on processors"));
  const bool is_command = runner->name == "command";
  if (is_command != !options.command.empty() || is_command != !options.pattern.empty())
    return fail("--command and --pattern belong to --runner command, and it to both");
  if (is_command) HALE_CHECK(runners::check_pattern(options.pattern));
  settings.threads = options.threads;
  settings.optimisation = options.optimisation;
  settings.folder = options.packages;
  settings.python = options.python;
  settings.accelerator = options.accelerator;
  settings.command = options.command;
  settings.pattern = options.pattern;
  settings.seconds = static_cast<double>(options.milliseconds) * 1e-3;
  settings.patience = static_cast<double>(options.timeout);
  return runner;
}

/// A model as a runner takes it, in a file that may be there for this alone.
struct Prepared {
  runners::Model model;
  TemporaryFile file{};
};

/// Errors: inputs of open extents, with the option that closes them.
Result<std::vector<runners::Input>> inputs_of(const graph::Graph& graph, const Options& options) {
  std::vector<runners::Input> inputs;
  for (const graph::ValueId id : graph.body().inputs) {
    const graph::Value& value = graph.value(id);
    if (!value.type.is_static())
      return fail(concat("input '", value.name, "' is ", graph::describe(value.type),
                         ", expected extents; give ",
                         session::closing_words(graph, options.shapes.inputs().words)));
    runners::Input input{value.name, std::string(graph::name_of(value.type.element)), {}};
    for (const graph::Dim& dim : *value.type.dims) input.dims.push_back(dim.extent);
    inputs.push_back(std::move(input));
  }
  return inputs;
}

Result<graph::Graph> shaped_graph(const std::string& name, const Options& options) {
  if (name == "-") return fail("is read once, expected a file that each process can read");
  HALE_TRY(graph::Graph graph, session::read_graph(name));
  const session::BatchAxes axes = session::batch_axes(graph, options.shapes.inputs());
  HALE_CHECK(session::apply(options.shapes.inputs(), graph));
  HALE_CHECK(session::close_batch(graph, axes, 1));
  return graph;
}

/// The shapes of a model's inputs; empty where no option gives any.
Result<std::string> shape_of(const std::string& name, const Options& options) {
  if (options.shapes.inputs().says_nothing()) return std::string();
  HALE_TRY(const graph::Graph graph, shaped_graph(name, options));
  HALE_CHECK(inputs_of(graph, options));
  return session::state(options.shapes.inputs(), graph);
}

Result<Prepared> prepare(const std::string& name, const Options& options) {
  HALE_TRY(graph::Graph graph, shaped_graph(name, options));
  Prepared prepared;
  HALE_TRY(prepared.model.inputs, inputs_of(graph, options));
  prepared.model.path = name;
  if (!session::is_network_name(name)) return prepared;
  if (!options.shapes.inputs().says_nothing()) HALE_CHECK(graph::InferShapes::run(graph));
  HALE_TRY(const std::string bytes, onnx_frontend::export_model(graph, onnx_frontend::HeNormal{}));
  HALE_TRY(prepared.file, TemporaryFile::create(".onnx"));
  HALE_CHECK(io::write_file(prepared.file.path(), bytes));
  prepared.model.path = prepared.file.path();
  return prepared;
}

/// Rows are appended one by one, so that nothing measured is lost.
class Table {
 public:
  /// Errors: a file with another header; no folder for a new one.
  [[nodiscard]] static Result<Table> open(const std::string& path, bool has_shapes) {
    HALE_CHECK(require_folder(path));
    Table table;
    table.has_shapes_ = has_shapes;
    std::error_code ignored;
    if (path != "-") table.path_ = path;
    table.is_new_ = !fs::is_regular_file(path, ignored) || fs::file_size(path, ignored) == 0;
    if (path == "-" || table.is_new_) return table;
    HALE_TRY(const std::string text, io::read_file(path));
    const std::string_view found = trim(std::string_view(text).substr(0, text.find('\n')));
    table.has_shapes_ = has_shapes || found == table.header(true);
    if (found != table.header(table.has_shapes_))
      return fail(concat(path, ": line 1: found '", found.substr(0, 80), "', expected '",
                         table.header(has_shapes), "'"));
    const auto rows = io::parse_csv(text);
    if (!rows) return fail_in(path, rows.error());
    for (std::size_t r = 1; r < rows->size(); ++r) {
      const std::vector<std::string>& fields = (*rows)[r].fields;
      if (const auto whole = io::require_width((*rows)[r], rows->front().fields.size()); !whole)
        return fail(concat(path, ": ", whole.error().message, ": complete or remove it"));
      ++table.rows_[{fields[0], table.has_shapes_ ? fields.back() : std::string()}];
      table.runtime_ = fields[runtime_column];
    }
    table.lacks_end_ = text.back() != '\n';
    return table;
  }

  /// What a model is called in the file: a path from the file's folder, or a network's name.
  [[nodiscard]] std::string name_of(const std::string& model) const {
    if (path_.empty() || session::is_network_name(model) || fs::path(model).is_absolute())
      return model;
    std::error_code ignored;
    const fs::path folder = fs::absolute(path_, ignored).lexically_normal().parent_path();
    return fs::absolute(model, ignored).lexically_normal().lexically_proximate(folder).string();
  }
  [[nodiscard]] std::size_t rows_of(const std::string& model, const std::string& shape) const {
    const auto found = rows_.find({name_of(model), shape});
    return found == rows_.end() ? 0 : found->second;
  }

  /// Errors: rows of another runtime; a file that cannot be written.
  [[nodiscard]] Result<> append(const std::string& model, const std::string& shape,
                                const runners::Readings& readings) {
    if (runtime_.empty()) runtime_ = readings.runtime;
    if (runtime_ != readings.runtime)
      return fail(concat(path_.string(), ": has rows of '", runtime_, "', found '",
                         readings.runtime, "', expected one runtime a file"));
    const auto at = [&](double p) {
      return number_text(numeric::quantile(readings.milliseconds, p));
    };
    std::string text = lacks_end_ ? "\n" : "";
    if (std::exchange(is_new_, false)) text += concat(header(has_shapes_), "\n");
    lacks_end_ = false;
    std::vector<std::string> fields = {
        name_of(model),  at(0.5), at(0.05), at(0.95), concat(readings.milliseconds.size()),
        readings.runtime};
    if (has_shapes_) fields.push_back(shape);
    text += csv_line(fields);
    ++rows_[{name_of(model), shape}];
    if (path_.empty()) return write_stdout(text);
    std::ofstream out(path_, std::ios::app | std::ios::binary);
    out << text << std::flush;
    if (!out) return fail(concat(path_.string(), ": cannot be written"));
    return {};
  }

 private:
  /// `shape` is there where options give shapes, or gave them.
  static std::string header(bool has_shapes) {
    return concat("arch,latency_ms,low_ms,high_ms,readings,runtime", has_shapes ? ",shape" : "");
  }
  static constexpr std::size_t runtime_column = 5;

  fs::path path_;  // empty: stdout
  bool has_shapes_ = false;
  bool is_new_ = true;
  bool lacks_end_ = false;
  std::string runtime_;
  std::map<std::pair<std::string, std::string>, std::size_t> rows_;  // by name and shape
};

/// Says where the readings of the processes of one model do not agree.
void warn_of_outliers(const std::string& model, const std::vector<double>& medians) {
  constexpr double apart = 1.2;
  const auto [least, most] = std::minmax_element(medians.begin(), medians.end());
  if (*most < apart * *least) return;
  warn(
      fmt::format("{}: its {} processes took {} to {} ms: measure again on a quieter machine, or "
                  "trust the interval less",
                  model, medians.size(), short_number(*least), short_number(*most)));
}

/// One model, one fresh process.
Result<runners::Readings> measure_once(const std::string& model, const runners::Runner& runner,
                                       const runners::Settings& settings, const Options& options) {
  HALE_TRY(const Prepared prepared, prepare(model, options));
  return runner.measure(prepared.model, settings);
}

Result<> install(const runners::Runner& runner, const runners::Settings& settings) {
  constexpr double patience = 600;
  const auto words = runners::install_command(runner, settings);
  if (!words.empty()) return runners::run_program(words, patience);
  return fail(concat("--install: npm has nothing for '", runner.name,
                     "'; its error names the Debian packages that it wants"));
}

/// Measures what the table lacks, until it is interrupted; whether all of it could be.
/// Errors: the table's own.
Result<bool> measure_all(const std::vector<std::string>& models, const runners::Runner& runner,
                         const runners::Settings& settings, const Options& options, Table& table,
                         const InterruptGuard& guard) {
  ProgressLine progress;
  const auto begin = std::chrono::steady_clock::now();
  std::set<std::string> failed;
  std::map<std::string, std::vector<double>> medians;
  for (std::size_t run = 0; run < options.runs; ++run) {
    // Another order each time: what disturbs the machine for a while meets other models.
    Rng rng(run);
    std::size_t done = 0;
    for (const std::size_t i : rng.choose(models.size(), models.size())) {
      if (guard.interrupted()) return false;
      const std::string& model = models[i];
      ++done;
      if (failed.contains(model)) continue;
      const auto shape = shape_of(model, options);
      if (shape && table.rows_of(model, *shape) > run) continue;
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
      progress.show(fmt::format("run {} of {}, {} of {}: {}, {} so far", run + 1, options.runs,
                                done, models.size(), model, duration_text(spent.count())));
      const auto readings =
          shape ? measure_once(model, runner, settings, options) : tl::unexpected(shape.error());
      if (readings) {
        medians[model].push_back(numeric::median(readings->milliseconds));
        HALE_CHECK(table.append(model, *shape, *readings));
      } else if (!guard.interrupted()) {
        progress.clear();
        complain(refusal(model, readings.error()));
        failed.insert(model);
      }
    }
  }
  progress.clear();
  for (const auto& [model, each] : medians) warn_of_outliers(model, each);
  return failed.empty();
}

Exit measure(const Options& options) {
  runners::Settings settings;
  const auto runner = parse_runner(options, settings);
  if (!runner) return refuse_usage(runner.error().message);
  if (options.models.empty() && !options.installs)
    return refuse_usage("measure: expected models; 'hale measure --help' says what there is");
  InterruptGuard guard;
  if (options.installs) {
    const auto done = install(**runner, settings);
    if (guard.interrupted()) guard.end_process();
    if (!done) return refuse(done.error());
  }
  ModelPaths models = expand_models(options.models);
  for (const Refusal& refused : models.refused) complain(refused);
  auto table = Table::open(options.output, !options.shapes.inputs().says_nothing());
  if (!table) return refuse(table.error());
  const auto all_done = measure_all(models.paths, **runner, settings, options, *table, guard);
  if (guard.interrupted()) {
    complain(options.output == "-"
                 ? std::string("interrupted")
                 : concat("interrupted; the same command goes on from ", options.output));
    guard.end_process();
  }
  if (!all_done) return refuse(all_done.error());
  return *all_done && models.refused.empty() ? Exit::done : Exit::bad_input;
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.words("MODEL", options->models,
                  "ONNX files, folders, globs, or networks that hale draws: residual/17");
  std::string known;
  for (const runners::Runner& runner : runners::all_runners())
    known += concat(known.empty() ? "" : "; ", runner.name, ": ", runner.summary);
  arguments.required_text(
      "--runner NAME", options->runner,
      concat("What runs them; a version may follow: onnxruntime@1.18.0. ", known));
  arguments.number("--threads N", options->threads,
                   "Threads of the runtime, each on a processor of its own");
  arguments.number("--runs N", options->runs,
                   "How many fresh processes for each model; each gives a row");
  arguments.number("--milliseconds N", options->milliseconds,
                   "How long readings are taken in each, once warm; shorter where the median is "
                   "stable");
  arguments.number("--timeout SECONDS", options->timeout,
                   "How long a model may go without an answer before it fails");
  arguments.choice("--optimisation LEVEL", options->optimisation,
                   {"all", "extended", "basic", "disabled"},
                   "How far the runtime optimises the graph");
  arguments.text("--packages DIR", options->packages, "Where npm installed the runner's package");
  arguments.text("--accelerator NAME", options->accelerator,
                 "What they run on instead of the processors: cuda for pytorch, an execution "
                 "provider such as cuda or tensorrt for onnxruntime-python");
  arguments.text("--python PROGRAM", options->python,
                 "For the runners in Python: the interpreter that has their packages");
  arguments.flag("--install", options->installs, "Let npm install the runner's package first");
  arguments.text("--command LINE", options->command,
                 "For the shell; {model} is the file, {threads} the number of threads");
  arguments.text("--pattern REGEX", options->pattern,
                 "What the command writes; the one group is the milliseconds");
  arguments.required_text("-o,--output CSV", options->output, "Rows are appended; - for stdout");
  options->shapes.declare(arguments);
  return [options] {
    if (const auto parsed = options->shapes.parse(); !parsed)
      return refuse_usage(parsed.error().message);
    for (const auto& [name, number] :
         {std::pair("--threads", options->threads), std::pair("--runs", options->runs),
          std::pair("--milliseconds", options->milliseconds),
          std::pair("--timeout", options->timeout)})
      if (number == 0) return refuse_usage(concat(name, ": found 0, expected at least 1"));
    return measure(*options);
  };
}

}  // namespace

const Command measure_command = {
    "measure", "How long models take here, as 'adapt' takes it",
    "  hale measure --runner onnxruntime --install -o here.csv models/\n"
    "has npm install onnxruntime-node once, runs every model in three fresh processes and writes "
    "a\n"
    "row for each. What is in here.csv already is not measured again.\n"
    "  hale measure --runner command --command 'trtexec --onnx={model}' \\\n"
    "      --pattern 'median = ([0-9.]+) ms' -o gpu.csv models/*.onnx\n"
    "asks another tool.\n"
    "  hale measure --runner pytorch --accelerator cuda --python python3 -o gpu.csv models/\n"
    "measures on a GPU: what is fed and what comes out stays there.",
    declare};

}  // namespace hale::cli
