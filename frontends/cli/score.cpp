#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/runtime/any_base.hpp>
#include <hale/runtime/spaces.hpp>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "answers.hpp"
#include "builtin.hpp"
#include "commands.hpp"
#include "inputs.hpp"
#include "kernels.hpp"
#include "measured.hpp"
#include "models.hpp"
#include "output.hpp"
#include "precision.hpp"

namespace hale::cli {
namespace {

struct Options {
  std::vector<std::string> models;
  std::vector<std::string> devices;
  std::string space;
  std::string archs;
  std::vector<std::string> fail_on;
  bool operations = false;
  ShapeOptions shapes;
  FormatOption format;
};

/// A device and its predictors, adapted when first asked for.
class Device {
 public:
  explicit Device(device::Profile profile) : profile_(std::move(profile)) {}

  [[nodiscard]] const device::Profile& profile() const { return profile_; }

  struct Adapted {
    runtime::AnyPredictor predictor;
    double interval_level;
  };

  [[nodiscard]] bool has(std::string_view space) const {
    return profile_.section_of_space(space) != nullptr;
  }

  /// Errors: a device that was not measured for this space.
  Result<Adapted*> adapted_to(std::string_view space) {
    const auto known = adapted_.find(space);
    if (known != adapted_.end()) return &known->second;
    const device::ProfileSection* section = profile_.section_of_space(space);
    if (section == nullptr)
      return fail(concat("device '", profile_.name, "' was measured neither for space '", space,
                         "' nor for 'graph'"));
    auto adapted = base_of(*section).and_then([&](const runtime::AnyBase& base) {
      return base.adapt(section->measurements).map([&](runtime::AnyPredictor predictor) {
        return Adapted{std::move(predictor), base.info().interval_level};
      });
    });
    if (!adapted) return fail_in(concat("device '", profile_.name, "'"), adapted.error());
    return &adapted_.emplace(std::string(space), *std::move(adapted)).first->second;
  }

 private:
  device::Profile profile_;
  std::map<std::string, Adapted, std::less<>> adapted_;
};

/// Below this share of costed operations no latency is better than a guess.
constexpr double least_covered = 0.5;

/// A model as it is run on the devices of one batch, and what is asked of it once for all of them.
struct Run {
  graph::Graph graph;
  std::optional<runtime::Recognition> any{};
  std::optional<ModelCost> cost{};
};

/// A model and what it turned out to be.
struct Subject {
  graph::Graph graph;
  std::optional<runtime::Recognition> searched{};
  std::string reason{};  // why it lies in no searched space
  std::map<std::uint32_t, Run> runs{};

  /// With this batch where it is open.
  Run& run(std::uint32_t batch) {
    if (const auto known = runs.find(batch); known != runs.end()) return known->second;
    Run& made = runs.emplace(batch, Run{graph}).first->second;
    close_batch(made.graph, batch);
    return made;
  }
};

/// A line of --archs: an architecture as the space has it, or a graph.
struct Line {
  Result<std::string> arch = std::string();
  bool is_graph = false;
};

class Scoring {
 public:
  explicit Scoring(const Options& options) : options_(options) {}

  Exit run();

 private:
  void refuse_input(Refusal refused) {
    complain(refused);
    answers_.refused.push_back(std::move(refused));
  }
  void find_devices();
  [[nodiscard]] Result<Subject> read_subject(const std::string& path) const;
  void score_model(const std::string& path);
  Result<> score_archs();
  [[nodiscard]] std::vector<Device*> devices_of_space();
  [[nodiscard]] Result<std::vector<Answer>> answer_strings(Device& device,
                                                           const std::vector<Line>& lines) const;
  void answer_graph(Result<Subject>& subject, Device& device, Answer& answer) const;
  Result<runtime::Recognition> recognise_for(const Device& device, Subject& subject) const;
  Result<Answer> answer_model(Subject& subject, Device& device) const;
  [[nodiscard]] bool is_as_measured(const runtime::Recognition& recognition,
                                    const device::Profile& profile) const;
  Result<> check_batch(const device::Profile& profile, std::string_view space) const;

  [[nodiscard]] Exit status() const;

  const Options& options_;
  const runtime::SpaceEntry* space_ = nullptr;  // where one is named, which all answers are of
  std::vector<std::unique_ptr<Device>> devices_;
  Answers answers_;
};

void Scoring::find_devices() {
  std::vector<std::string> names = options_.devices;
  if (names.empty()) names.emplace_back(default_device);
  for (const std::string& name : names) {
    auto profile = find_device(name);
    if (profile)
      devices_.push_back(std::make_unique<Device>(*std::move(profile)));
    else
      refuse_input(refusal(name, profile.error()));
  }
}

/// A searched space was measured at one batch; another one would be a guess.
Result<> Scoring::check_batch(const device::Profile& profile, std::string_view space) const {
  const auto batch = options_.shapes.batch();
  if (!batch || *batch == profile.batch || space == runtime::graph_space().name) return {};
  return fail(concat("--batch ", *batch, " conflicts with device '", profile.name,
                     "', which was measured with batch ", profile.batch));
}

/// Whether a network of a searched space is as the device was measured: a batch that the user asks
/// for conflicts, and is none of the model's.
bool Scoring::is_as_measured(const runtime::Recognition& recognition,
                             const device::Profile& profile) const {
  return recognition.differences.empty() &&
         (recognition.batch == 0 || options_.shapes.batch() || recognition.batch == profile.batch);
}

/// What a device answers a graph as: of the space that is named; else of the space it lies in where
/// the device was measured for it on the same macro-structure, else as any graph.
///
/// Errors: none of these was measured; the graph lies in another space than the one named.
Result<runtime::Recognition> Scoring::recognise_for(const Device& device, Subject& subject) const {
  const std::string_view any = runtime::graph_space().name;
  const bool is_any_named = space_ != nullptr && space_->name == any;
  if (!is_any_named && !subject.searched && subject.reason.empty()) {
    auto found = runtime::recognise_searched(subject.graph);
    if (found) {
      subject.searched = *std::move(found);
    } else {
      subject.reason = found.error().message;
    }
  }
  if (space_ != nullptr && !is_any_named) {
    if (subject.searched && subject.searched->space == space_->name) return *subject.searched;
    return fail(concat("lies in space '", subject.searched ? subject.searched->space : any,
                       "', expected '", space_->name, "'"));
  }
  const bool fits = subject.searched && device.has(subject.searched->space);
  if (fits && (is_as_measured(*subject.searched, device.profile()) || !device.has(any)))
    return *subject.searched;
  if (!device.has(any))
    return fail(concat(
        "device '", device.profile().name, "' was measured ",
        subject.searched
            ? concat("neither for space '", subject.searched->space, "' nor for 'graph'")
            : concat("for searched spaces alone, not for 'graph': the graph ", subject.reason)));
  Run& run = subject.run(device.profile().batch);
  if (!run.any) {
    HALE_TRY(run.any, runtime::graph_space().recognise(run.graph));
  }
  return *run.any;
}

/// Where the time goes, as the device's predictor of any graph has it, else by multiply-adds.
Result<std::vector<KernelShare>> shares_of(const graph::Graph& graph, Device& device) {
  const std::string_view any = runtime::graph_space().name;
  if (!device.has(any)) return kernel_shares(graph, std::nullopt);
  HALE_TRY(Device::Adapted * adapted, device.adapted_to(any));
  return kernel_shares(graph, adapted->predictor.device());
}

Result<Answer> Scoring::answer_model(Subject& subject, Device& device) const {
  const device::Profile& profile = device.profile();
  HALE_TRY(const runtime::Recognition recognition, recognise_for(device, subject));
  HALE_CHECK(check_batch(profile, recognition.space));
  if (recognition.covered < least_covered)
    return fail(
        fmt::format("{:.0f} % of its operations can be costed, expected at least {:.0f} %: {}{}",
                    100 * recognition.covered, 100 * least_covered,
                    recognition.uncovered.empty() ? "operations without figures"
                                                  : recognition.uncovered.front(),
                    is_open(subject.graph) ? "; --dim and --shape close open extents" : ""));
  HALE_TRY(Device::Adapted * adapted, device.adapted_to(recognition.space));
  HALE_TRY(const runtime::GraphAnswer found, adapted->predictor.score(recognition));
  Answer answer{.arch = found.arch,
                .space = recognition.space,
                .device = &profile,
                .interval_level = adapted->interval_level,
                .prediction = found.prediction};
  const bool is_any = recognition.space == runtime::graph_space().name;
  if (is_any) answer.arch.clear();
  if (found.class_size > 1)
    answer.assumptions.push_back(
        concat("stands for ", found.class_size,
               " architectures that the graph cannot tell apart: arch is the first of them, the "
               "latency their median, the interval covers all"));
  for (const auto* lines : {&recognition.assumptions, &recognition.differences})
    answer.assumptions.insert(answer.assumptions.end(), lines->begin(), lines->end());
  for (const std::string& operation : recognition.uncovered)
    answer.warnings.push_back(concat("not costed: ", operation));
  const bool is_batch_open = is_any ? !batch_of(subject.graph) : recognition.batch == 0;
  if (is_batch_open) {
    answer.assumptions.push_back(
        concat("batch left open by the graph, taken as ", profile.batch, " as measured"));
  } else if (is_any && options_.shapes.batch() && *options_.shapes.batch() != profile.batch) {
    answer.assumptions.push_back(concat("answered for a batch of ", *options_.shapes.batch(),
                                        ", as asked; the device was measured with ",
                                        profile.batch));
  } else if (!is_any && recognition.batch != profile.batch) {
    answer.assumptions.push_back(
        concat("batch ", recognition.batch, ", measured with ", profile.batch));
    answer.prediction->verdict = predictor::Verdict::extrapolating;
  }
  Run& run = subject.run(profile.batch);
  if (options_.operations) {
    HALE_TRY(answer.kernels, shares_of(run.graph, device));
    if (!device.has(runtime::graph_space().name))
      answer.assumptions.push_back(
          "where the time goes is by multiply-adds: the device was not measured for 'graph', "
          "whose predictor times kernels");
  }
  if (!run.cost) {
    HALE_TRY(run.cost, cost_of(run.graph));
  }
  answer.cost = run.cost;
  answer.cost->nodes_covered = std::min(answer.cost->nodes_covered, recognition.covered);
  if (std::string assumed = assumed_precision(*answer.cost, profile); !assumed.empty()) {
    answer.assumptions.push_back(std::move(assumed));
    answer.prediction->verdict = predictor::Verdict::extrapolating;
  }
  if (!answer.cost->unknown_ops.empty()) answer.prediction->verdict = predictor::Verdict::unknown;
  return answer;
}

/// What `work` gives; an error where memory does not hold what it makes, so that the other models
/// are answered.
template <class Work>
std::invoke_result_t<Work> within_memory(const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return fail("is too large for this machine's memory");
  }
}

Result<Subject> Scoring::read_subject(const std::string& path) const {
  HALE_TRY(graph::Graph graph, read_model(path));
  HALE_CHECK(options_.shapes.apply(graph));
  return Subject{.graph = std::move(graph)};
}

void Scoring::score_model(const std::string& path) {
  auto subject = within_memory([&] { return read_subject(path); });
  if (!subject) return refuse_input(refusal(path, subject.error()));
  for (const auto& device : devices_) {
    auto answer = within_memory([&] { return answer_model(*subject, *device); });
    if (!answer) {
      refuse_input(refusal(path, answer.error()));
      continue;
    }
    answer->model = path;
    answers_.given.push_back(*std::move(answer));
  }
}

/// The devices that were measured for the space that is named, and with the batch that is.
std::vector<Device*> Scoring::devices_of_space() {
  std::vector<Device*> found;
  for (const auto& device : devices_) {
    const auto checked = check_batch(device->profile(), space_->name);
    const auto ready = checked ? device->adapted_to(space_->name)
                               : Result<Device::Adapted*>(fail(checked.error().message));
    if (ready)
      found.push_back(device.get());
    else
      refuse_input(refusal(options_.archs, ready.error()));
  }
  return found;
}

/// An answer a line, of the architectures all at once, and without a prediction of all else.
/// Errors: the predictor's own.
Result<std::vector<Answer>> Scoring::answer_strings(Device& device,
                                                    const std::vector<Line>& lines) const {
  HALE_TRY(Device::Adapted * adapted, device.adapted_to(space_->name));
  std::vector<std::string_view> asked;
  for (const Line& line : lines)
    if (line.arch && !line.is_graph) asked.emplace_back(*line.arch);
  std::vector<predictor::Prediction> predictions(asked.size());
  HALE_CHECK(adapted->predictor.score(asked, predictions));
  std::vector<Answer> answers;
  std::size_t next = 0;
  for (const Line& line : lines) {
    Answer answer{.space = space_->name,
                  .device = &device.profile(),
                  .interval_level = adapted->interval_level};
    if (!line.arch)
      answer.warnings.push_back(line.arch.error().message);
    else if (!line.is_graph)
      answer.prediction = predictions[next++];
    answers.push_back(std::move(answer));
  }
  return answers;
}

/// A line that is a graph is answered as a model is, or says why not.
void Scoring::answer_graph(Result<Subject>& subject, Device& device, Answer& answer) const {
  auto found = subject ? within_memory([&] { return answer_model(*subject, device); })
                       : Result<Answer>(tl::unexpected(subject.error()));
  if (found)
    answer = *std::move(found);
  else
    answer.warnings.push_back(found.error().message);
}

/// Graphs are read in their turn, so that one at a time is held.
Result<> Scoring::score_archs() {
  HALE_TRY(space_, runtime::find_space(options_.space));
  HALE_TRY(const std::string text, read_input(options_.archs));
  const auto parsed = parse_archs(text);
  if (!parsed) return fail_in(options_.archs, parsed.error());
  const std::vector<std::string>& archs = *parsed;
  std::vector<Line> lines(archs.size());
  for (std::size_t i = 0; i < archs.size(); ++i) {
    lines[i].is_graph = is_graph(archs[i], options_.shapes);
    if (!lines[i].is_graph) lines[i].arch = arch_of(archs[i], *space_, options_.shapes);
  }
  const auto is_string = [](const Line& line) { return !line.is_graph; };
  if (options_.operations && std::any_of(lines.begin(), lines.end(), is_string))
    warn("--ops: an architecture has no kernels, an ONNX file has");
  const std::vector<Device*> devices = devices_of_space();
  std::vector<std::vector<Answer>> found;  // of each device
  for (Device* device : devices) {
    HALE_TRY(found.emplace_back(), answer_strings(*device, lines));
  }
  for (std::size_t i = 0; i < archs.size(); ++i) {
    std::string last;
    const auto refuse_line = [&](const std::string& reason) {
      if (std::exchange(last, reason) != reason)
        refuse_input({options_.archs, concat("architecture ", i + 1, ": ", reason)});
    };
    if (!lines[i].arch) refuse_line(lines[i].arch.error().message);
    std::optional<Result<Subject>> subject;
    if (lines[i].is_graph) subject = within_memory([&] { return read_subject(archs[i]); });
    if (subject && !*subject) refuse_line(subject->error().message);
    for (std::size_t d = 0; d < devices.size(); ++d) {
      Answer& answer = found[d][i];
      if (subject) answer_graph(*subject, *devices[d], answer);
      answer.arch = archs[i];
      if (!answer.prediction) refuse_line(answer.warnings.front());
      answers_.given.push_back(std::move(answer));
    }
  }
  return {};
}

Exit Scoring::status() const {
  Exit status = answers_.refused.empty() ? Exit::done : Exit::bad_input;
  for (const std::string& reason : options_.fail_on) {
    const auto met =
        std::count_if(answers_.given.begin(), answers_.given.end(), [&](const Answer& answer) {
          if (reason == "unknown-op") return answer.cost && !answer.cost->unknown_ops.empty();
          return answer.prediction &&
                 answer.prediction->verdict == predictor::Verdict::extrapolating;
        });
    if (met == 0) continue;
    complain(
        concat("--fail-on ", reason, ": met by ", met, " of ", answers_.given.size(), " answers"));
    status = Exit::bad_input;
  }
  return status;
}

Exit Scoring::run() {
  find_devices();
  answers_.are_of_archs = !options_.archs.empty();
  answers_.devices = devices_.size();
  if (options_.devices.empty() && !devices_.empty())
    answers_.default_device = devices_.front()->profile().name;
  if (options_.archs.empty()) {
    ModelPaths models = expand_models(options_.models);
    for (Refusal& refused : models.refused) refuse_input(std::move(refused));
    for (const std::string& path : models.paths) score_model(path);
  } else if (const auto scored = score_archs(); !scored) {
    refuse_input(refusal(options_.archs, scored.error()));
  }
  return finish(format_answers(answers_, options_.format.format()), status());
}

Exit score(Options& options) {
  if (options.models.empty() == options.archs.empty())
    return refuse_usage(
        "score: expected models, or architectures by --space and --archs; 'hale score --help' says "
        "what there is");
  if (const auto parsed = options.shapes.parse(); !parsed)
    return refuse_usage(parsed.error().message);
  if (options.operations && options.format.format() == Format::csv)
    warn("--ops: a CSV has a row a model; table and json say where the time goes");
  return Scoring(options).run();
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.words("model", options->models,
                  "ONNX files, folders (searched for *.onnx), globs, or - for stdin");
  arguments.repeated("--device NAME|FILE", options->devices,
                     "A built-in device or a file that 'hale adapt' made; again for more");
  arguments.text("--space NAME", options->space, "The search space of the architectures");
  arguments.text("--archs FILE", options->archs,
                 "Architectures, one a line or a CSV's column 'arch'; - for stdin");
  arguments.needs("--space", "--archs");
  arguments.needs("--archs", "--space");
  options->shapes.declare(arguments);
  arguments.repeated_choice(
      "--fail-on", options->fail_on, {"unknown-op", "extrapolating"},
      "Exit with 1 where an operation is unknown, or an answer is extrapolating");
  arguments.flag("--ops", options->operations,
                 "Where the time goes: a row a kernel, its share, multiply-adds and bytes");
  options->format.declare(arguments);
  return [options] { return score(*options); };
}

}  // namespace

const Command score_command = {
    "score", "The latency of ONNX files or architectures on devices",
    "  hale score network.onnx --device fpga --device raspi4\n"
    "prints a line for each device: the latency in milliseconds, the interval around it, and\n"
    "whether the network is like those that were measured.",
    declare};

}  // namespace hale::cli
