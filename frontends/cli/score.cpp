#include <algorithm>
#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <hale/measured.hpp>
#include <hale/memory.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "answers.hpp"
#include "commands.hpp"
#include "inputs.hpp"
#include "output.hpp"
#include "shapes.hpp"

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

/// A line of --archs: an architecture, or a model that is read in its turn.
struct Line {
  Result<device::Subject> subject = device::Subject();
  bool is_model = false;
};

class Scoring {
 public:
  explicit Scoring(const Options& options) : options_(options) {}

  Exit run();

 private:
  void refuse_input(Refusal refused) {
    complain(refused);
    rows_.refused.push_back(std::move(refused));
  }
  void find_devices();
  [[nodiscard]] Result<Answer> answer(const Result<Model>& model, const Device& device) const {
    if (!model) return tl::unexpected<Error>(model.error());
    return session::answer_within_memory(device, *model,
                                         {.kernels = options_.operations, .space = options_.space});
  }
  [[nodiscard]] Result<Model> read(const std::string& path) const {
    return session::read_within_memory(path, options_.shapes.inputs());
  }
  void score_model(const std::string& path);
  Result<> score_archs();
  [[nodiscard]] std::vector<Line> read_lines(const std::vector<std::string>& archs,
                                             const runtime::SpaceEntry& space) const;
  [[nodiscard]] std::vector<const Device*> devices_of_space();
  [[nodiscard]] Result<std::vector<Row>> answer_lines(const Device& device,
                                                      const std::vector<Line>& lines) const;
  void finish_line(std::size_t number, const std::string& arch, const Line& line,
                   std::vector<Row> of_devices, const std::vector<const Device*>& devices);

  [[nodiscard]] Exit status() const;

  const Options& options_;
  std::vector<Device> devices_;
  Rows rows_;
};

void Scoring::find_devices() {
  std::vector<std::string> names = options_.devices;
  if (names.empty()) names.emplace_back(session::default_device);
  for (const std::string& name : names) {
    auto device = open_device(name);
    if (device)
      devices_.push_back(*std::move(device));
    else
      refuse_input(refusal(name, device.error()));
  }
}

void Scoring::score_model(const std::string& path) {
  const Result<Model> model = read(path);
  if (!model) return refuse_input(refusal(path, model.error()));
  for (const Device& device : devices_) {
    auto answered = answer(model, device);
    if (answered)
      rows_.given.push_back({*std::move(answered)});
    else
      refuse_input(refusal(path, answered.error()));
  }
}

/// The devices that were measured for the named space, at the named batch.
std::vector<const Device*> Scoring::devices_of_space() {
  std::vector<const Device*> found;
  for (const Device& device : devices_)
    if (const auto ready = device.ready(options_.space, options_.shapes.inputs()))
      found.push_back(&device);
    else
      refuse_input(refusal(options_.archs, ready.error()));
  return found;
}

std::vector<Line> Scoring::read_lines(const std::vector<std::string>& archs,
                                      const runtime::SpaceEntry& space) const {
  const session::Inputs& inputs = options_.shapes.inputs();
  std::vector<Line> lines(archs.size());
  for (std::size_t i = 0; i < archs.size(); ++i) {
    lines[i].is_model = session::is_graph(archs[i], inputs);
    if (!lines[i].is_model) lines[i].subject = session::subject_of(archs[i], space, inputs);
  }
  return lines;
}

/// A row for each line. Architectures are answered here, all at once; models and what is no
/// architecture are left without an answer. Errors: the predictor's own.
Result<std::vector<Row>> Scoring::answer_lines(const Device& device,
                                               const std::vector<Line>& lines) const {
  std::vector<const device::Subject*> asked;
  for (const Line& line : lines)
    if (line.subject && !line.is_model) asked.push_back(&*line.subject);
  std::vector<Prediction> predictions(asked.size());
  HALE_CHECK(device.score(options_.space, asked, predictions));
  HALE_TRY(const double level, device.ready(options_.space));
  std::vector<Row> rows;
  std::size_t next = 0;
  for (const Line& line : lines) {
    Row row{.answer = {.device = device.name(),
                       .batch = device.profile().batch,
                       .precision = device.profile().precision,
                       .space = options_.space,
                       .interval_level = level},
            .is_answered = line.subject && !line.is_model,
            .has_cost = false};
    if (row.is_answered) row.answer.prediction = predictions[next++];
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Adds the rows of a line, one for each device, and says once what is wrong with it.
void Scoring::finish_line(std::size_t number, const std::string& arch, const Line& line,
                          std::vector<Row> of_devices, const std::vector<const Device*>& devices) {
  std::string last;
  const auto refuse = [&](const std::string& reason) {
    if (std::exchange(last, reason) != reason)
      refuse_input({options_.archs, concat("architecture ", number, ": ", reason)});
  };
  if (!line.subject) refuse(line.subject.error().message);
  std::optional<Result<Model>> model;
  if (line.is_model) model = read(arch);
  if (model && !*model) refuse(model->error().message);
  for (std::size_t d = 0; d < devices.size(); ++d) {
    Row& row = of_devices[d];
    std::string reason = line.subject ? std::string() : line.subject.error().message;
    if (model) {
      auto found = answer(*model, *devices[d]);
      if (found)
        row = {*std::move(found)};
      else
        reason = found.error().message;
    }
    if (!reason.empty()) {
      refuse(reason);
      row.answer.warnings = {std::move(reason)};
    }
    row.answer.arch = arch;
    row.answer.model.clear();
    rows_.given.push_back(std::move(row));
  }
}

/// Models are read one by one, so that memory holds one at a time.
Result<> Scoring::score_archs() {
  HALE_TRY(const runtime::SpaceEntry* space, built_in().find_space(options_.space));
  HALE_TRY(const std::vector<std::string> archs, read_archs(options_.archs, space->name));
  const std::vector<Line> lines = read_lines(archs, *space);
  const auto is_string = [](const Line& line) { return !line.is_model; };
  if (options_.operations && std::any_of(lines.begin(), lines.end(), is_string))
    warn("--ops: architecture strings have no kernels; ONNX files have");
  const std::vector<const Device*> devices = devices_of_space();
  std::vector<std::vector<Row>> found;  // of each device
  for (const Device* device : devices) {
    HALE_TRY(found.emplace_back(), answer_lines(*device, lines));
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<Row> of_devices;
    for (std::vector<Row>& rows : found) of_devices.push_back(std::move(rows[i]));
    finish_line(i + 1, archs[i], lines[i], std::move(of_devices), devices);
  }
  return {};
}

Exit Scoring::status() const {
  Exit status = rows_.refused.empty() ? Exit::done : Exit::bad_input;
  for (const std::string& reason : options_.fail_on) {
    const auto met = std::count_if(rows_.given.begin(), rows_.given.end(), [&](const Row& row) {
      if (reason == "unknown-op") return !row.answer.cost.unknown_operations.empty();
      return row.is_answered && row.answer.prediction.verdict == Verdict::extrapolating;
    });
    if (met == 0) continue;
    complain(
        concat("--fail-on ", reason, ": met by ", met, " of ", rows_.given.size(), " answers"));
    status = Exit::bad_input;
  }
  return status;
}

Exit Scoring::run() {
  find_devices();
  rows_.are_of_archs = !options_.archs.empty();
  rows_.has_kernels = options_.operations;
  rows_.devices = devices_.size();
  if (options_.devices.empty() && !devices_.empty()) rows_.default_device = devices_.front().name();
  if (options_.archs.empty()) {
    ModelPaths models = expand_models(options_.models);
    for (Refusal& refused : models.refused) refuse_input(std::move(refused));
    for (const std::string& path : models.paths) score_model(path);
  } else if (const auto scored = score_archs(); !scored) {
    refuse_input(refusal(options_.archs, scored.error()));
  }
  return finish(format_answers(rows_, options_.format.format()), status());
}

Exit score(Options& options) {
  if (options.models.empty() == options.archs.empty())
    return refuse_usage(
        "score: expected models, or architectures by --space and --archs; 'hale score --help' says "
        "what there is");
  if (const auto parsed = options.shapes.parse(); !parsed)
    return refuse_usage(parsed.error().message);
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
                 "Architectures, one a line, a CSV's column 'arch', or a .npy file of codes; - for "
                 "stdin");
  arguments.needs("--space", "--archs");
  arguments.needs("--archs", "--space");
  options->shapes.declare(arguments);
  arguments.repeated_choice(
      "--fail-on", options->fail_on, {"unknown-op", "extrapolating"},
      "Exit with 1 where an operation is unknown, or an answer is extrapolating");
  arguments.flag(
      "--ops", options->operations,
      "Where the time goes: a row for each kernel, with its share, multiply-adds and bytes");
  options->format.declare(arguments);
  return [options] { return score(*options); };
}

}  // namespace

const Command score_command = {
    "score", "The latency of ONNX files or architectures on devices",
    "  hale score network.onnx --device fpga --device raspi4\n"
    "prints a line for each device: the latency in milliseconds, the interval around it, and\n"
    "whether the network is like those that were measured (interpolating).",
    declare};

}  // namespace hale::cli
