#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <hale/core/fingerprint.hpp>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <hale/io/container.hpp>
#include <hale/io/device_facts.hpp>
#include <hale/io/file.hpp>
#include <hale/runtime/catalogue.hpp>
#include <hale/threads.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "inputs.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "progress.hpp"

namespace hale::cli {
namespace {

struct Options {
  std::string space;
  session::TableFiles files;
  std::vector<std::string> devices;
  std::vector<std::string> validation;
  std::vector<std::string> facts;
  std::string recipe;  // empty: the space's usual one
  std::uint64_t seed = 1;
  std::size_t episodes = 0;  // 0: as many as the recipe's source took
  std::size_t threads = 1;
  std::string output;
  std::optional<std::string> made_from;
  FormatOption format;
};

/// The state that a training leaves beside its output until it is done.
class SavedTraining {
 public:
  explicit SavedTraining(const std::string& output)
      : path_(output == "-" ? std::string() : output + ".training") {}

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Empty where there is none. Errors: a file that is no state, or one past the last episode.
  [[nodiscard]] Result<std::string> load(std::size_t episodes) {
    if (!is_there()) return std::string();
    HALE_TRY(std::string bytes, io::read_file(path_));
    if (const auto read = read_notes(bytes); !read) return refused(read.error());
    if (episode_ > episodes)
      return refused(
          Error{concat("is the state after episode ", episode_, ", --episodes is ", episodes)});
    return bytes;
  }

  [[nodiscard]] std::uint64_t episode() const { return episode_; }
  [[nodiscard]] double best_score() const { return best_score_; }
  [[nodiscard]] bool is_there() const {
    std::error_code ignored;
    return !path_.empty() && std::filesystem::exists(path_, ignored);
  }

  [[nodiscard]] Result<> save(std::string_view bytes) const {
    return path_.empty() ? Result<>() : io::write_file(path_, bytes);
  }

  void remove() const {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }

  /// The error with what to do about it.
  [[nodiscard]] tl::unexpected<Error> refused(const Error& error) const {
    const std::string prefix = path_ + ": ";
    return fail(concat(error.message.starts_with(prefix) ? "" : prefix, error.message,
                       "; to start anew: rm '", path_, "'"));
  }

 private:
  Result<> read_notes(std::string_view bytes) {
    HALE_TRY(const io::Container container, io::parse_container(bytes));
    HALE_TRY(const std::string_view text, container.section("training"));
    HALE_TRY(const io::Notes notes, io::Notes::parse(text));
    HALE_TRY(episode_, notes.number<std::uint64_t>("episode"));
    HALE_TRY(best_score_, notes.number<double>("best_score"));
    return {};
  }

  std::string path_;
  std::uint64_t episode_ = 0;
  double best_score_ = -2;  // below every correlation
};

/// Tells of training on a terminal.
class TrainingDisplay {
 public:
  explicit TrainingDisplay(const SavedTraining& saved)
      : first_(saved.episode()), best_(saved.best_score()) {}

  void show(const meta::TrainingProgress& progress) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
    const auto done = static_cast<double>(progress.episode - first_);
    const auto left = static_cast<double>(progress.episodes - progress.episode);
    const std::string best =
        progress.best_score < -1 ? "none yet" : fmt::format("{:.4f}", progress.best_score);
    line_.show(fmt::format("episode {} of {}, loss {:.5f}, best validation Spearman {}, {} left",
                           progress.episode, progress.episodes, progress.query_loss, best,
                           duration_text(passed.count() / done * left)));
    best_ = progress.best_score;
  }
  void show(std::size_t done, std::size_t all) {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
    const double left = static_cast<double>(all - done) / static_cast<double>(done);
    line_.show(
        fmt::format("step {} of {}, {} left", done, all, duration_text(passed.count() * left)));
  }
  void clear() { line_.clear(); }
  [[nodiscard]] double best() const { return best_; }

 private:
  std::uint64_t first_;
  double best_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  ProgressLine line_;
};

/// Errors: devices that stand twice, or that are to be learned from and judged by at once.
Result<> require_distinct(const Options& options) {
  std::vector<std::string> all = options.devices;
  all.insert(all.end(), options.validation.begin(), options.validation.end());
  std::sort(all.begin(), all.end());
  const auto twice = std::adjacent_find(all.begin(), all.end());
  if (twice == all.end()) return {};
  return fail(concat("device '", *twice, "' stands twice in --devices and --valid"));
}

std::string made_from(const Options& options, const device::LatencyTable& table) {
  std::vector<std::string> names;
  for (const std::string& path : options.files.tables)
    names.push_back(std::filesystem::path(path).filename().string());
  std::string text = concat("hale ", HALE_VERSION, ", ", joined(names), " (", table.archs.size(),
                            " rows), devices ", joined(options.devices));
  if (!options.validation.empty()) text += concat(", validation ", joined(options.validation));
  if (options.episodes > 0)
    text += concat(", seed ", options.seed, ", ", options.episodes, " episodes");
  return text;
}

/// What the files of --facts say, with a warning about devices that they give no runtime for.
/// Errors: a device that stands in two files.
Result<io::DeviceFacts> given_facts(const Options& options) {
  io::DeviceFacts facts;
  for (const std::string& path : options.facts) {
    HALE_TRY(io::DeviceFacts found, io::read_device_facts(path));
    facts.merge(found);
    if (!found.empty())
      return fail(concat(path, ": device '", found.begin()->first, "' stands in another --facts"));
  }
  std::vector<std::string> alone;
  for (const auto* names : {&options.devices, &options.validation})
    for (const std::string& name : *names)
      if (const auto known = facts.find(name);
          known == facts.end() || known->second.facts.runtime.empty())
        alone.push_back(name);
  if (!alone.empty() && !options.facts.empty())
    warn(concat(joined(options.facts), ": no runtime for ", joined(alone),
                "; each counts as a runtime of its own"));
  return facts;
}

/// Replaces patterns by the devices that they name. Errors: as choose_devices().
Result<> expand(std::vector<std::string>& words, const device::LatencyTable& table) {
  HALE_TRY(const std::vector<ChosenDevice> chosen, choose_devices(words, table));
  words.clear();
  for (const ChosenDevice& one : chosen) words.push_back(one.name);
  return {};
}

struct Trained {
  std::string bytes;  // empty where it was interrupted
  double best_score = 0;
};

Result<Trained> train(const Options& options, const runtime::RecipeEntry& recipe,
                      const device::LatencyTable& table, SavedTraining& saved,
                      const std::optional<InterruptGuard>& guard) {
  predictor::TrainingOptions training;
  HALE_TRY(training.facts, given_facts(options));
  HALE_TRY(std::string state, saved.load(options.episodes));
  TrainingDisplay display(saved);
  Result<> written;
  bool is_silent = saved.episode() == 0;  // until the state is known to be taken
  const auto announce = [&] {
    if (!std::exchange(is_silent, true))
      complain(concat("goes on after episode ", saved.episode(), " of ", options.episodes, " from ",
                      saved.path()));
  };
  runtime::TrainingHooks hooks;
  hooks.executor = session::thread_executor(options.threads);
  hooks.report = [&](const meta::TrainingProgress& progress) {
    announce();
    display.show(progress);
    return !guard || !guard->interrupted();
  };
  hooks.step = [&](std::size_t done, std::size_t all) { display.show(done, all); };
  hooks.save = [&](std::string_view bytes) {
    written = saved.save(bytes);
    return written.has_value();
  };
  hooks.resume = std::move(state);
  hooks.resume_name = saved.path();
  hooks.made_from = options.made_from.value_or(made_from(options, table));
  training.sources = options.devices;
  training.validation = options.validation;
  training.seed = options.seed;
  training.outer.episodes = options.episodes;
  auto bytes = recipe.train(table, training, hooks);
  display.clear();
  if (!written) return tl::unexpected<Error>(written.error());
  if (!bytes && !saved.path().empty() && bytes.error().message.starts_with(saved.path() + ": "))
    return saved.refused(bytes.error());
  if (!bytes) return fail_in(joined(options.files.tables), bytes.error());
  announce();
  return Trained{*std::move(bytes), display.best()};
}

Result<Exit> run(Options options) {
  if (options.recipe.empty()) options.recipe = options.space == "graph" ? "simulated" : "help";
  HALE_TRY(const runtime::RecipeEntry* recipe,
           runtime::find_recipe(built_in().contents().recipes, options.space, options.recipe));
  if (options.episodes == 0) options.episodes = recipe->episodes;
  HALE_CHECK(
      require_place(options.output, {io::magic.data(), io::magic.size()}, "base or device file"));
  HALE_TRY(const device::LatencyTable table, read_latency_tables(options.files, options.space));
  for (auto* names : {&options.devices, &options.validation})
    if (const auto known = expand(*names, table); !known)
      return fail_in(joined(options.files.tables), known.error());
  HALE_CHECK(require_distinct(options));
  SavedTraining saved(options.output);
  std::optional<InterruptGuard> guard;
  if (recipe->episodes > 0) guard.emplace();  // between two of which nothing is lost
  HALE_TRY(const Trained trained, train(options, *recipe, table, saved, guard));
  if (trained.bytes.empty()) {
    complain(saved.is_there() ? concat("interrupted; the same command goes on from ", saved.path())
                              : std::string("interrupted before any state was saved"));
    guard->end_process();
  }
  HALE_CHECK(write_output(options.output, trained.bytes));
  saved.remove();
  if (options.output == "-") return Exit::done;
  nlohmann::ordered_json validation;  // null: nothing was chosen by validation
  if (trained.best_score >= -1) validation = rounded(trained.best_score);
  const nlohmann::ordered_json record = {
      {"file", options.output},       {"space", options.space}, {"recipe", options.recipe},
      {"episodes", options.episodes}, {"seed", options.seed},   {"validation_spearman", validation},
      {"bytes", trained.bytes.size()}};
  return finish(format_listing(
      {"trained", {"file", "space", "recipe", "episodes", "seed", "validation_spearman", "bytes"}},
      nlohmann::ordered_json::array({record}), options.format.format()));
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.required_text("--space NAME", options->space, "The search space of the table");
  declare_tables(arguments, options->files);
  arguments.list("--devices A,B,..", options->devices,
                 "Devices to learn from; patterns name several ('pixel4-*'), and all names all",
                 true);
  arguments.list("--valid C,..", options->validation,
                 "Devices that choose the best episode and the width of the intervals");
  arguments.repeated(
      "--facts CSV", options->facts,
      "For graph: CSV with columns name (or device) and runtime, and where they are there kind, "
      "hardware (or title), threads, precision, source, ..; devices of one runtime are left out "
      "together. A device without a runtime there, and every device where --facts is left out, "
      "counts as a runtime of its own; again for more");
  arguments.text("--recipe NAME", options->recipe,
                 "What is trained; left out: help, or for graph simulated");
  arguments.seed("--seed N", options->seed, "The seed of everything that is drawn");
  arguments.number("--episodes N", options->episodes,
                   "How many; left out: as many as in the method's paper");
  arguments.number("--threads N", options->threads,
                   "How many; the result is the same with any number");
  arguments.required_text("-o,--output FILE", options->output, "The base; - for stdout");
  arguments.text("--made-from TEXT", options->made_from, "A line that says what it was trained on");
  options->format.declare(arguments);
  return [options]() -> Exit {
    if (options->threads == 0) return refuse_usage("train: --threads is at least 1");
    if (!options->facts.empty() && options->space != "graph")
      return refuse_usage(concat("train: --facts is for --space graph; training for '",
                                 options->space, "' leaves no runtime out"));
    if (const auto distinct = require_distinct(*options); !distinct)
      return refuse_usage(distinct.error().message);
    const auto done = run(*options);
    return done ? *done : refuse(done.error());
  };
}

}  // namespace

const Command train_command = {
    "train", "A base from a table of latencies on many devices",
    "  hale train --space nasbench201 --table latency_ms.csv --devices 1080ti_1,1080ti_32,\\\n"
    "      1080ti_256,silver_4114,silver_4210r,samsung_a50,pixel3,essential_ph_1,samsung_s7 \\\n"
    "      --valid titanx_1,titanx_32,titanx_256,gold_6240 --seed 1 -o my.hale\n"
    "trains for some minutes. Interrupted, the same command goes on where it stood: its state is\n"
    "in my.hale.training until it is done.\n"
    "  hale train --space graph --table phones.csv --table servers.csv --devices 'pixel4-*',board "
    "\\\n"
    "      --facts devices.csv -o any.hale\n"
    "learns a base for any graph; devices.csv has the columns name and runtime. To see how wide\n"
    "intervals must be, training leaves out all devices of one runtime at a time. A server's\n"
    "milliseconds may be those of a batch: --batch-table servers_batch.csv says of which.",
    declare};

}  // namespace hale::cli
