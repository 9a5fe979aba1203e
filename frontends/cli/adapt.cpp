#include <algorithm>
#include <cmath>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <hale/io/file.hpp>
#include <hale/io/profile.hpp>
#include <hale/measured.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "commands.hpp"
#include "fit.hpp"
#include "output.hpp"
#include "shapes.hpp"

namespace hale::cli {
namespace {

struct Options {
  std::vector<std::string> measurements;
  std::string base;
  std::string output;
  std::optional<std::string> name;
  std::optional<std::string> precision;
  std::optional<std::string> made_from;
  ShapeOptions shapes;
  FormatOption format;
};

/// Fewer do not tell one device from another, whatever the base.
constexpr std::size_t least_measurements = 3;

std::string quoted(const std::vector<std::string>& names) {
  return concat("'", joined(names, "', '"), "'");
}

/// Errors: too few measurements; for a base that takes exactly its references, those that are
/// missing and those that are none.
Result<> require_measurements(const runtime::BaseInfo& info,
                              const std::vector<device::Measurement>& measurements) {
  if (measurements.size() < least_measurements)
    return fail(concat("found measurements of ", measurements.size(),
                       " architectures, expected at least ", least_measurements));
  if (!info.exact) return {};
  std::vector<std::string> missing = info.references;
  std::vector<std::string> others;
  for (const device::Measurement& measurement : measurements)
    if (std::erase(missing, measurement.arch) == 0) others.push_back(measurement.arch);
  if (missing.empty() && others.empty()) return {};
  std::string message = concat("base '", info.name, "' needs exactly its ", info.references.size(),
                               " references, which 'hale suggest' names");
  if (!missing.empty()) message += concat("; not measured: ", quoted(missing));
  if (!others.empty()) message += concat("; no references: ", quoted(others));
  return fail(message);
}

/// Warns of what makes the device's answers less sure: few measurements, and odd ones by name.
Result<> warn_of(const runtime::AnyBase& base,
                 const std::vector<device::Measurement>& measurements) {
  constexpr std::size_t enough = 10;
  if (measurements.size() < enough && !base.info().exact)
    warn(concat(
        "found ", measurements.size(), " measurements, fewer than ", enough,
        ": intervals are wide and may miss; 'hale suggest --measured' names what to measure next"));
  HALE_TRY(const auto odd, base.outliers(measurements));
  for (const auto& [arch, ratio] : odd) {
    warn(concat(arch.substr(0, 80), ": took ", short_number(std::exp(std::abs(ratio))), " times ",
                ratio > 0 ? "longer" : "less",
                " than the other measurements explain, so it counts less: measure it again"));
  }
  return {};
}

/// The device in the file that is to be written, or a new one. Errors: a file of another kind.
Result<device::Profile> existing_device(const std::string& output) {
  std::error_code ignored;
  device::Profile fresh;
  fresh.name = output == "-" ? "device" : std::filesystem::path(output).stem().string();
  if (output == "-" || !std::filesystem::is_regular_file(output, ignored)) return fresh;
  HALE_TRY(const std::string bytes, io::read_file(output));
  auto profile = io::parse_profile(bytes);
  if (!profile)
    return fail(concat(output,
                       ": is there already and not overwritten, since it is no device file: ",
                       profile.error().message));
  return profile;
}

bool has_others(const device::Profile& profile, std::string_view base) {
  return std::any_of(profile.sections.begin(), profile.sections.end(),
                     [&](const device::ProfileSection& section) { return section.base != base; });
}

/// What the options do not say stays as it was in the file. Errors: other sections of the file that
/// were measured at another batch or precision.
Result<> describe(device::Profile& profile, const Options& options,
                  std::optional<std::size_t> batch, std::string_view base) {
  if (!has_others(profile, base)) {
    profile.batch = static_cast<std::uint32_t>(batch.value_or(profile.batch));
    profile.precision = options.precision.value_or(profile.precision);
  }
  if (batch.value_or(profile.batch) != profile.batch)
    return fail(concat(options.output, ": its other sections were measured with batch ",
                       profile.batch, ", found ", *batch));
  if (options.precision.value_or(profile.precision) != profile.precision)
    return fail(concat(options.output, ": its other sections were measured in ", profile.precision,
                       ", found ", *options.precision));
  if (options.name) profile.name = *options.name;
  return {};
}

std::string summary(const device::Profile& profile, const device::ProfileSection& section,
                    const std::string& nearest, const Fit& fit, const Options& options) {
  nlohmann::ordered_json record = {{"device", profile.name},
                                   {"file", options.output},
                                   {"base", section.base},
                                   {"space", section.space},
                                   {"batch", profile.batch},
                                   {"precision", profile.precision},
                                   {"measurements", section.measurements.size()},
                                   {"nearest", nullptr}};
  if (!nearest.empty()) record["nearest"] = nearest;
  record.update(fit_record(fit));
  std::string text = format_listing(
      {"adapted",
       {"device", "file", "base", "space", "batch", "precision", "measurements", "nearest"}},
      nlohmann::ordered_json::array({record}), options.format.format());
  if (options.format.format() == Format::table) text += fit_text(fit);
  return text;
}

/// Errors: a base whose numbers are damaged answers with none.
Result<> require_answer(const runtime::AnyPredictor& adapted, const device::Measurement& one) {
  if (one.network) return adapted.score(*one.network).map([](auto) {});
  const std::string_view arch = one.arch;
  Prediction answered;
  return adapted.score({&arch, 1}, {&answered, 1});
}

Result<std::string> adapt(const Options& options) {
  HALE_TRY(const auto raw, session::read_measurement_files(options.measurements));
  const std::string& source = options.measurements.front();
  std::string base_name = options.base;
  if (base_name.empty()) {
    const auto space = session::space_of(raw);
    if (!space) return fail_in(source, space.error());
    base_name = (*space)->name;
  }
  HALE_TRY(session::LoadedBase loaded, open_base(base_name));
  const runtime::BaseInfo& info = loaded.base->info();
  const session::Inputs& inputs = options.shapes.inputs();
  HALE_TRY(const runtime::SpaceEntry* space, built_in().find_space(info.space));
  auto measured = session::recognise_measured(raw, *space, info.references, inputs);
  if (!measured) return fail_in(source, measured.error());
  if (const auto enough = require_measurements(info, measured->measurements); !enough)
    return fail_in(source, enough.error());
  auto adapted = loaded.base->adapt(measured->measurements);
  if (!adapted) return fail_in(source, adapted.error());
  HALE_CHECK(require_answer(*adapted, measured->measurements.front()));
  HALE_CHECK(warn_of(*loaded.base, measured->measurements));
  HALE_TRY(const Fit fit, fit_of(*loaded.base, *adapted, measured->measurements));
  warn_of_units(fit);
  HALE_TRY(device::Profile profile, existing_device(options.output));
  auto batch = inputs.batch ? inputs.batch : measured->batch;
  // Any graph's measurements hold its batch: other sections may have been measured with theirs.
  if (space == &built_in().any_graph() && !inputs.batch) {
    if (has_others(profile, info.name))
      batch.reset();
    else
      batch = batch.value_or(1);
  }
  HALE_CHECK(describe(profile, options, batch, info.name));
  profile.made_from = options.made_from.value_or(
      concat(measured->measurements.size(), " measurements from ",
             std::filesystem::path(source).filename().string(), " for base ", info.name));
  device::ProfileSection section{info.name, info.space, std::move(measured->measurements),
                                 std::move(loaded.file)};
  std::erase_if(profile.sections, [&](const auto& old) { return old.base == section.base; });
  profile.sections.push_back(section);
  HALE_CHECK(write_output(options.output, io::serialise_profile(profile)));
  return options.output == "-" ? std::string()
                               : summary(profile, section, adapted->nearest(), fit, options);
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.repeated(
      "--measurements FILE", options->measurements,
      "CSV with the columns arch and latency_ms, and shape where files were run with "
      "another (input:1x3x224x224), or the JSON of trtexec and "
      "onnxruntime_perf_test; - for stdin; again for more",
      true);
  arguments.text("--base NAME|FILE", options->base,
                 "A built-in base or a file that 'hale train' made; left out: the base of the "
                 "architectures' space");
  arguments.required_text("-o,--output FILE", options->output, "The device file; - for stdout");
  arguments.text("--name NAME", options->name, "The device's name; left out: the file's");
  arguments.text(
      "--precision NAME", options->precision,
      "The type that was measured in, such as f16; left out: f32, or what the file says");
  arguments.text("--made-from TEXT", options->made_from,
                 "A line that says where the measurements are from");
  options->shapes.declare(arguments);
  options->format.declare(arguments);
  return [options] {
    if (const auto parsed = options->shapes.parse(); !parsed)
      return refuse_usage(parsed.error().message);
    const auto done = adapt(*options);
    return done ? finish(*done) : refuse(done.error());
  };
}

}  // namespace

const Command adapt_command = {
    "adapt", "A device from measurements of a few networks",
    "  hale adapt --measurements phone.csv --name phone -o phone.hale\n"
    "reads the latencies of the architectures that 'hale suggest' names "
    "and writes a device, which\n"
    "'hale score network.onnx --device phone.hale' then answers for. 'nearest' is the device that\n"
    "the base knows and this one is most like, if any. Below it stands each measurement beside "
    "what\n"
    "the device answers for it, what error to expect of other networks, and whether a built-in\n"
    "device answers as well. A warning names rows that the others do not explain.",
    declare};

}  // namespace hale::cli
