#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/io/file.hpp>
#include <hale/io/table.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/readers.hpp>
#include <nlohmann/json.hpp>

namespace hale::readers {
namespace {

using Json = nlohmann::json;

/// The runs' milliseconds. trtexec: an array of runs with "latencyMs". ONNX Runtime: an array of
/// Chrome trace events, where those of the whole model are named "model_run", in microseconds.
Result<std::vector<double>> run_times(const Json& json) {
  std::vector<double> times;
  if (!json.is_array()) return fail("is JSON but no array of runs, as trtexec writes it");
  for (std::size_t i = 0; i < json.size(); ++i) {
    const Json& run = json[i];
    const bool is_event = run.is_object() && run.contains("ph");
    if (is_event && run.value("name", Json()) != "model_run") continue;
    const char* key = is_event ? "dur" : "latencyMs";
    if (!run.is_object() || !run.contains(key) || !run[key].is_number())
      return fail(concat("run ", i + 1, " has no number '", key, "'"));
    const double ms = run[key].get<double>() * (is_event ? 1e-3 : 1);
    if (!device::is_plausible(Milliseconds{ms}))
      return fail(
          concat("run ", i + 1, ", '", key, "': found ", ms, " ms, expected ", device::plausible));
    times.push_back(ms);
  }
  if (times.empty()) return fail("is JSON without a run of a model");
  return times;
}

/// One model's runs in one file become one measurement, by their median.
Result<std::vector<device::Measurement>> parse_runs(std::string_view text,
                                                    const std::filesystem::path& path) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    return fail("is no whole JSON, as trtexec or onnxruntime_perf_test write");
  HALE_TRY(std::vector<double> times, run_times(json));
  const std::string model = path.stem().string() + ".onnx";
  return std::vector<device::Measurement>{{model, Milliseconds{numeric::median(std::move(times))}}};
}

}  // namespace

Result<std::vector<device::Measurement>> parse_measurements(std::string_view text,
                                                            const std::filesystem::path& path) {
  const std::string_view head = trim(text.substr(0, 256));
  const bool is_json = head.starts_with('[') || head.starts_with('{');
  return is_json ? parse_runs(text, path) : io::parse_measurements(text);
}

Result<std::vector<device::Measurement>> read_measurements(const std::filesystem::path& path) {
  HALE_TRY(const std::string text, io::read_file(path));
  auto measurements = parse_measurements(text, path);
  if (!measurements) return fail_in(path.string(), measurements.error());
  return measurements;
}

}  // namespace hale::readers
