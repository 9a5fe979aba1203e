#include "measured.hpp"

#include <algorithm>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/io/table.hpp>
#include <hale/readers.hpp>
#include <map>
#include <utility>

#include "inputs.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

bool is_model(const std::string& arch) { return arch.ends_with(".onnx"); }

/// What a file is in a space; where the space is that of any graph, an open batch is one. `stated`
/// is what a measurement says of its shape, before the options.
Result<runtime::Recognition> recognise_file(const std::string& path, const ShapeOptions& shapes,
                                            const runtime::SpaceEntry& space,
                                            std::string_view stated = {}) {
  HALE_TRY(graph::Graph graph, read_model(path));
  if (const auto shaped = shapes.apply(graph); !shaped) return fail_in(path, shaped.error());
  const auto own = ShapeOptions::stated(stated);
  if (!own) return fail_in(path, own.error());
  if (const auto shaped = own->apply(graph); !shaped) return fail_in(path, shaped.error());
  const bool is_any = &space == &runtime::graph_space();
  if (is_any) close_batch(graph, 1);
  auto recognition = is_any ? space.recognise(graph) : runtime::recognise(graph);
  if (!recognition) return fail_in(path, recognition.error());
  if (is_any) recognition->batch = static_cast<std::size_t>(batch_of(graph).value_or(0));
  return recognition;
}

/// Errors: a macro-structure that the space was not measured on.
Result<> require_measured_structure(const std::string& path,
                                    const runtime::Recognition& recognition) {
  if (recognition.differences.empty()) return {};
  std::string text;
  for (const std::string& difference : recognition.differences)
    text += concat(text.empty() ? "" : "; ", difference);
  return fail(concat(path, ": is no network of the measured macro-structure: ", text));
}

/// Which reference each file counts as. Graphs cannot tell some references apart: files of such a
/// class take one each, in order, and what is then left without a file is like the first of them.
class Classes {
 public:
  std::string reference_for(const std::string& path, const runtime::Recognition& recognition,
                            const std::vector<std::string>& references) {
    const auto known = reference_of_.find(path);
    if (known != reference_of_.end()) return known->second;
    std::vector<std::string> members;
    for (const std::string& reference : references)
      if (std::find(recognition.archs.begin(), recognition.archs.end(), reference) !=
          recognition.archs.end())
        members.push_back(reference);
    if (members.empty()) return recognition.archs.front();
    std::size_t& used = used_[members.front()];
    const std::string& chosen = members[used++ % members.size()];
    for (const std::string& member : members) twin_of_.emplace(member, members.front());
    return reference_of_.emplace(path, chosen).first->second;
  }

  void complete(std::vector<device::Measurement>& measurements) const {
    const std::vector<device::Measurement> found = device::combine(measurements);
    const auto measured = [&](const std::string& arch) {
      return std::find_if(found.begin(), found.end(),
                          [&](const device::Measurement& one) { return one.arch == arch; });
    };
    for (const auto& [member, first] : twin_of_)
      if (measured(member) == found.end())
        measurements.push_back({member, measured(first)->latency});
  }

 private:
  std::map<std::string, std::string> reference_of_;  // by path
  std::map<std::string, std::size_t> used_;          // files of a class, by its first reference
  std::map<std::string, std::string> twin_of_;       // first reference, by reference
};

}  // namespace

Result<std::vector<device::Measurement>> read_measurement_files(
    const std::vector<std::string>& files) {
  std::vector<device::Measurement> all;
  for (const std::string& file : files) {
    HALE_TRY(const std::string text, read_input(file));
    auto measurements = readers::parse_measurements(text, file);
    if (!measurements) return fail_in(file, measurements.error());
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    for (device::Measurement& measurement : *measurements) {
      if (is_model(measurement.arch)) measurement.arch = (folder / measurement.arch).string();
      all.push_back(std::move(measurement));
    }
  }
  return all;
}

Result<device::LatencyTable> read_table(const std::string& path, std::string_view space) {
  HALE_TRY(const std::string text, read_input(path));
  auto raw_table = io::parse_latency_table(text);
  if (!raw_table) return fail_in(path, raw_table.error());
  const device::LatencyTable raw = *std::move(raw_table);
  const runtime::SpaceEntry& any = runtime::graph_space();
  if (space != any.name || std::none_of(raw.archs.begin(), raw.archs.end(), is_model)) return raw;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  device::LatencyTable table;
  table.devices = raw.devices;
  table.latency_ms.resize(raw.devices.size());
  for (std::size_t row = 0; row < raw.archs.size(); ++row) {
    std::string arch = raw.archs[row];
    if (is_model(arch)) {
      const auto recognition = recognise_file((folder / arch).string(), {}, any);
      if (!recognition) return fail_in(path, recognition.error());
      if (!recognition->uncovered.empty()) {
        warn(concat(path, ": ", arch, ": left out: not costed: ", recognition->uncovered.front()));
        continue;
      }
      arch = recognition->archs.front();
    }
    table.archs.push_back(std::move(arch));
    table.families.push_back(raw.family(row));
    for (std::size_t device = 0; device < raw.devices.size(); ++device)
      table.latency_ms[device].push_back(raw.latency_ms[device][row]);
  }
  if (table.archs.empty()) return fail(concat(path, ": has no model that can be costed"));
  return table;
}

bool is_graph(const std::string& arch, const ShapeOptions& shapes, std::string_view stated) {
  return is_model(arch) ||
         ((!shapes.says_nothing() || !trim(stated).empty()) && is_network_name(arch));
}

Result<std::string> arch_of(const std::string& name, const runtime::SpaceEntry& space,
                            const ShapeOptions& shapes) {
  if (!is_graph(name, shapes)) {
    const bool is_any = &space == &runtime::graph_space();
    if (is_any ? !shapes.says_nothing() : shapes.says_extents())
      return fail(concat(name.substr(0, 80),
                         ": has the shapes that are in it, expected an ONNX file "
                         "or a network that hale draws where --shape, --dim or --batch is given"));
    return space.canonical(name);
  }
  HALE_TRY(const runtime::Recognition recognition, recognise_file(name, shapes, space));
  if (recognition.space != space.name)
    return fail(
        concat(name, ": lies in space '", recognition.space, "', expected '", space.name, "'"));
  if (!recognition.uncovered.empty())
    return fail(concat(name, ": not costed: ", recognition.uncovered.front()));
  return recognition.archs.front();
}

Result<const runtime::SpaceEntry*> space_of(const std::vector<device::Measurement>& rows) {
  const auto first = std::find_if(
      rows.begin(), rows.end(), [](const device::Measurement& row) { return !is_model(row.arch); });
  if (first == rows.end()) return &runtime::graph_space();
  std::string reasons;
  for (const runtime::SpaceEntry& space : runtime::spaces()) {
    const auto canonical = space.canonical(first->arch);
    if (canonical) return &space;
    reasons += concat(reasons.empty() ? "" : "; ", canonical.error().message);
  }
  return fail(reasons);
}

Result<Measured> recognise_measured(const std::vector<device::Measurement>& raw,
                                    const runtime::SpaceEntry& space,
                                    const std::vector<std::string>& references,
                                    const ShapeOptions& shapes) {
  Measured measured;
  std::string first_with_batch;
  Classes classes;
  bool is_of_one_batch = true;
  for (const device::Measurement& one : raw) {
    if (!is_graph(one.arch, shapes, one.shape)) {
      is_of_one_batch = false;  // as far as is known
      if (!one.shape.empty())
        return fail(concat(one.arch, ": shape: found '", one.shape.substr(0, 80),
                           "', expected none: an ONNX file alone is run with another"));
      HALE_TRY(std::string arch, space.canonical(one.arch));
      measured.written.emplace(arch, one.arch);
      measured.measurements.push_back({std::move(arch), one.latency});
      continue;
    }
    HALE_TRY(const runtime::Recognition recognition,
             recognise_file(one.arch, shapes, space, one.shape));
    if (recognition.space != space.name)
      return fail(concat(one.arch, ": lies in space '", recognition.space, "', expected '",
                         space.name, "'"));
    HALE_CHECK(require_measured_structure(one.arch, recognition));
    if (!recognition.uncovered.empty())
      return fail(concat(one.arch,
                         ": cannot be learned from: not costed: ", recognition.uncovered.front()));
    const bool is_other =
        recognition.batch != 0 && measured.batch.value_or(recognition.batch) != recognition.batch;
    if (is_other && &space == &runtime::graph_space())
      is_of_one_batch = false;
    else if (is_other)
      return fail(concat(one.arch, ": has batch ", recognition.batch, ", but ", first_with_batch,
                         " has batch ", *measured.batch, "; a device is measured with one"));
    if (recognition.batch != 0) {
      measured.batch = recognition.batch;
      first_with_batch = one.arch;
    }
    std::string arch = classes.reference_for(one.arch, recognition, references);
    measured.written.emplace(arch, one.arch);
    measured.measurements.push_back({std::move(arch), one.latency});
  }
  if (&space == &runtime::graph_space() && !is_of_one_batch) measured.batch.reset();
  classes.complete(measured.measurements);
  measured.measurements = device::combine(measured.measurements);
  return measured;
}

}  // namespace hale::cli
