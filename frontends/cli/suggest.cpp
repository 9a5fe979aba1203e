#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/io/file.hpp>
#include <hale/onnx.hpp>
#include <hale/runtime/spaces.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "builtin.hpp"
#include "commands.hpp"
#include "measured.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string space;
  std::optional<std::size_t> count;
  std::string candidates;
  std::vector<std::string> measured;
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
  return {};
}

/// Writes one architecture as an ONNX file. Returns its path.
Result<std::string> emit(const runtime::SpaceEntry& space, const std::string& arch,
                         std::size_t number, const Options& options) {
  HALE_TRY(graph::Graph graph, space.emit(arch, options.shapes.batch().value_or(1)));
  HALE_CHECK(options.shapes.apply(graph));
  HALE_TRY(const std::string bytes,
           onnx_frontend::export_model(graph, onnx_frontend::HeNormal{options.seed}));
  const std::filesystem::path path =
      std::filesystem::path(options.emit) / fmt::format("{}-{:02}.onnx", space.name, number);
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
  HALE_TRY(const auto raw, read_measurement_files(options.measured));
  auto measured = recognise_measured(raw, space, info.references, options.shapes);
  if (!measured) return fail_in(options.measured.front(), measured.error());
  return std::move(measured->measurements);
}

Result<std::string> suggest(const Options& options) {
  HALE_TRY(const runtime::SpaceEntry* space, runtime::find_space(options.space));
  HALE_TRY(const LoadedBase loaded, find_base(std::string(space->name)));
  const runtime::BaseInfo& info = loaded.base.info();
  HALE_CHECK(require_references(info, options));
  HALE_TRY(const auto measured, already_measured(*space, info, options));
  if (!options.emit.empty()) {
    HALE_CHECK(make_folder(options.emit));
  }
  Json records = Json::array();
  for (std::size_t i = 0; i < info.references.size(); ++i) {
    const std::string& arch = info.references[i];
    if (std::any_of(measured.begin(), measured.end(),
                    [&](const device::Measurement& one) { return one.arch == arch; }))
      continue;
    Json file;
    if (!options.emit.empty()) {
      HALE_TRY(file, emit(*space, arch, i + 1, options));
    }
    records.push_back({{"arch", arch}, {"file", file}});
  }
  std::vector<std::string> columns = {"arch"};
  if (!options.emit.empty()) columns.emplace_back("file");
  return format_listing({"suggestions", columns}, records, options.format.format());
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.required_text("--space NAME", options->space, "The search space to choose from");
  arguments.number("--count N", options->count, "How many; a help base takes its ten alone");
  arguments.text("--candidates FILE", options->candidates,
                 "A file of architectures to choose from");
  arguments.repeated("--measured FILE", options->measured,
                     "Measurements as 'adapt' takes them, to leave out; again for more");
  arguments.seed("--seed N", options->seed, "Of the weights of the ONNX files");
  arguments.text("--emit DIR", options->emit, "Folder to write them to as ONNX files");
  options->shapes.declare(arguments);
  options->format.declare(arguments);
  return [options] {
    if (const auto parsed = options->shapes.parse(); !parsed)
      return refuse_usage(parsed.error().message);
    const auto done = suggest(*options);
    return done ? finish(*done) : refuse(done.error());
  };
}

}  // namespace

const Command suggest_command = {
    "suggest", "Which networks to measure on a new device",
    "  hale suggest --space nasbench201 --emit to_measure --format csv\n"
    "names the architectures whose latencies 'hale adapt' wants, and writes them as ONNX files\n"
    "that any runtime can measure.",
    declare};

}  // namespace hale::cli
