#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/files.hpp>
#include <hale/graph/passes.hpp>
#include <hale/hale.hpp>
#include <hale/io/file.hpp>
#include <hale/lower/families.hpp>
#include <hale/measured.hpp>
#include <hale/onnx.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "commands.hpp"
#include "inputs.hpp"
#include "output.hpp"
#include "shapes.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string space;
  std::optional<std::size_t> count;
  std::string candidates;
  std::vector<std::string> measured;
  std::string like;
  std::string emit;
  std::uint64_t seed = 0;
  ShapeOptions shapes;
  FormatOption format;
};

/// Errors: requests that a base with fixed references cannot meet.
Result<> require_references(const runtime::BaseInfo& info, const Options& options) {
  const std::string reason = concat("base '", info.name, "' is adapted with exactly its ",
                                    info.references.size(), " references");
  if (options.count && *options.count != info.references.size())
    return fail(concat("--count: found ", *options.count, ", expected ", info.references.size(),
                       ": ", reason));
  if (!options.candidates.empty()) return fail(concat("--candidates: ", reason, " and no others"));
  if (!options.like.empty()) return fail(concat("--like: ", reason, ", whatever the device"));
  return {};
}

/// What a space's n-th reference is called, and a network that hale draws.
std::string file_name(std::string_view space, std::size_t number) {
  return fmt::format("{}-{:02}.onnx", space, number);
}
std::string network_file_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '-');
  return name + ".onnx";
}

/// Writes one architecture as an ONNX file. Returns its path.
Result<std::string> emit(const runtime::SpaceEntry& space, const std::string& arch,
                         const std::string& name, const Options& options) {
  const session::Inputs& inputs = options.shapes.inputs();
  HALE_TRY(graph::Graph graph, space.emit(arch, inputs.batch.value_or(1)));
  if (!inputs.says_nothing()) {
    HALE_CHECK(session::apply(inputs, graph));
    if (const auto fits = graph::InferShapes::run(graph); !fits) return fail_in(arch, fits.error());
  }
  HALE_TRY(const std::string bytes,
           onnx_frontend::export_model(graph, onnx_frontend::HeNormal{options.seed}));
  const std::filesystem::path path = std::filesystem::path(options.emit) / name;
  HALE_CHECK(io::write_file(path, bytes));
  return path.string();
}

Result<> make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(concat(path, ": cannot be created: ", error.message()));
  return {};
}

/// The architectures measured already. Errors: see recognise_measured().
Result<std::vector<device::Measurement>> already_measured(const runtime::SpaceEntry& space,
                                                          const runtime::BaseInfo& info,
                                                          const Options& options) {
  if (options.measured.empty()) return std::vector<device::Measurement>{};
  HALE_TRY(const auto raw, session::read_measurement_files(options.measured));
  auto measured = session::recognise_measured(raw, space, info.references, options.shapes.inputs());
  if (!measured) return fail_in(options.measured.front(), measured.error());
  return std::move(measured->measurements);
}

/// What the device of --like was measured with. Errors: as open_device(); a device that was
/// measured for other spaces alone.
Result<std::vector<device::Measurement>> measurements_like(const Options& options,
                                                           const runtime::SpaceEntry& space) {
  if (options.like.empty()) return std::vector<device::Measurement>{};
  HALE_TRY(const Device device, open_device(options.like));
  const device::ProfileSection* section = device.profile().section_of_space(space.name);
  if (section == nullptr)
    return fail(concat("--like ", options.like, ": was not measured for space '", space.name,
                       "', expected a device that was"));
  return section->measurements;
}

/// The references of a base that takes them alone, less those that were measured.
Result<std::string> suggest_references(const Options& options, const runtime::SpaceEntry& space,
                                       const runtime::BaseInfo& info) {
  HALE_CHECK(require_references(info, options));
  HALE_TRY(const auto measured, already_measured(space, info, options));
  Json records = Json::array();
  for (std::size_t i = 0; i < info.references.size(); ++i) {
    const std::string& arch = info.references[i];
    if (std::any_of(measured.begin(), measured.end(),
                    [&](const device::Measurement& one) { return one.arch == arch; }))
      continue;
    Json file;
    if (!options.emit.empty()) {
      HALE_TRY(file, emit(space, arch, file_name(space.name, i + 1), options));
    }
    records.push_back({{"arch", arch}, {"file", file}});
  }
  std::vector<std::string> columns = {"arch"};
  if (!options.emit.empty()) columns.emplace_back("file");
  return format_listing({"suggestions", columns}, records, options.format.format());
}

/// What there is to choose from: the user's candidates, else networks that hale draws.
struct Candidates {
  std::vector<std::string> names{};         // as the user wrote them
  std::vector<device::Subject> subjects{};  // as the base reads them
  std::vector<Refusal> refused{};
};

/// The user's are refused one by one; of the networks that hale draws those that do not take the
/// shapes that are asked for are left out. Errors: a file that cannot be read; no candidate.
Result<Candidates> candidates_of(const Options& options, const runtime::SpaceEntry& space) {
  constexpr std::size_t seeds = 12;  // of each family
  Candidates candidates;
  std::vector<std::string> names;
  if (options.candidates.empty()) {
    for (const lower::Family& family : lower::all_families)
      for (std::size_t seed = 0; seed < seeds; ++seed)
        names.push_back(concat(family.name, "/", options.seed + seed));
  } else {
    HALE_TRY(const std::string text, session::read_text(options.candidates));
    auto parsed = parse_archs(text);
    if (!parsed) return fail_in(options.candidates, parsed.error());
    ModelPaths found = expand_models(*parsed);
    names = std::move(found.paths);
    candidates.refused = std::move(found.refused);
  }
  std::string misfit;
  for (std::string& name : names) {
    auto subject = session::subject_of(name, space, options.shapes.inputs());
    if (subject) {
      candidates.names.push_back(std::move(name));
      candidates.subjects.push_back(*std::move(subject));
    } else if (options.candidates.empty()) {
      misfit = refusal(name, subject.error()).message;
    } else {
      candidates.refused.push_back(refusal(name, subject.error()));
    }
  }
  if (candidates.names.empty() && options.candidates.empty())
    return fail(concat("no network that hale draws takes these shapes: ", misfit));
  return candidates;
}

/// What is suggested, as text, and what was refused of the candidates.
struct Suggestion {
  std::string text{};
  bool is_whole = true;
};

/// The most telling candidates, each with how wide intervals are once it is measured.
Result<Suggestion> suggest_telling(const Options& options, const runtime::SpaceEntry& space,
                                   const runtime::AnyBase& base) {
  constexpr std::size_t usual = 10;
  HALE_TRY(const Candidates candidates, candidates_of(options, space));
  for (const Refusal& refused : candidates.refused)
    complain({options.candidates, concat(refused.input, ": ", refused.message)});
  if (candidates.names.empty()) return Suggestion{.is_whole = false};
  HALE_TRY(const auto measured, already_measured(space, base.info(), options));
  HALE_TRY(const auto like, measurements_like(options, space));
  HALE_TRY(const runtime::Suggestions suggestions,
           base.suggest(candidates.subjects, measured, options.count.value_or(usual), like));
  Json records = Json::array();
  for (const runtime::Suggested& one : suggestions.next) {
    const std::string& name = candidates.names[one.candidate];
    Json file;
    if (!options.emit.empty() && session::is_network_name(name)) {
      HALE_TRY(file, emit(space, name, network_file_name(name), options));
    }
    records.push_back({{"arch", name},
                       {"file", file},
                       {"half_width", rounded(one.half_width)},
                       {"reason", one.is_repeat ? "measured, but odd: measure it again"
                                                : "tells most of what is not known yet"}});
  }
  std::vector<std::string> columns = {"arch", "half_width"};
  if (!options.emit.empty()) columns.insert(columns.begin() + 1, "file");
  std::string text = format_listing({"suggestions", columns}, records, options.format.format());
  if (options.format.format() == Format::table)
    text += fmt::format(
        "\nhalf_width: how wide the candidates' intervals will be, +- relative, in the median, "
        "once\n"
        "this row and those above it are measured; now: {:.3g}\n",
        suggestions.half_width);
  return Suggestion{std::move(text), candidates.refused.empty()};
}

Result<Suggestion> suggest(const Options& options) {
  HALE_TRY(const runtime::SpaceEntry* space, built_in().find_space(options.space));
  HALE_TRY(const session::LoadedBase loaded, open_base(std::string(space->name)));
  if (!options.emit.empty()) {
    HALE_CHECK(make_folder(options.emit));
  }
  if (!loaded.base->info().exact) return suggest_telling(options, *space, *loaded.base);
  HALE_TRY(std::string text, suggest_references(options, *space, loaded.base->info()));
  return Suggestion{std::move(text)};
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.required_text("--space NAME", options->space, "The search space to choose from");
  arguments.number("--count N", options->count,
                   "How many; left out: ten. A help base always takes its ten references");
  arguments.text(
      "--candidates FILE", options->candidates,
      "What to choose from, one a line: ONNX files or architectures; left out, for graph: "
      "networks that hale draws");
  arguments.repeated("--measured FILE", options->measured,
                     "What is measured already, a file as 'adapt' takes it; again for more");
  arguments.text("--like NAME|FILE", options->like,
                 "For graph: a device that the new one is like, built in or a file that 'adapt' "
                 "made: the choice is made for such a device");
  arguments.seed("--seed N", options->seed,
                 "The seed of the weights in the ONNX files, and of the networks that hale draws");
  arguments.text("--emit DIR", options->emit, "The folder to write them to as ONNX files");
  options->shapes.declare(arguments);
  options->format.declare(arguments);
  return [options] {
    if (const auto parsed = options->shapes.parse(); !parsed)
      return refuse_usage(parsed.error().message);
    const auto done = suggest(*options);
    if (!done) return refuse(done.error());
    return finish(done->text, done->is_whole ? Exit::done : Exit::bad_input);
  };
}

}  // namespace

const Command suggest_command = {
    "suggest", "Which networks to measure on a new device",
    "  hale suggest --space nasbench201 --emit to_measure --format csv\n"
    "names the architectures whose latencies 'hale adapt' wants, and writes them as ONNX files\n"
    "that any runtime can measure.\n"
    "  hale suggest --space graph --candidates mine.txt --measured times.csv --count 3\n"
    "names the three of your own models that would narrow the intervals most.\n"
    "  hale suggest --space graph --like raspberry-pi-4 --emit networks\n"
    "chooses for a board that is like a known one. 'hale devices' lists those that are known.",
    declare};

}  // namespace hale::cli
