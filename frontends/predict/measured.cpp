#include <algorithm>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/files.hpp>
#include <hale/hale.hpp>
#include <hale/measured.hpp>
#include <hale/readers.hpp>
#include <map>
#include <utility>

#include "read_file.hpp"

namespace hale::session {
namespace {

const runtime::SpaceEntry& any_graph() { return built_in().any_graph(); }

/// Errors: a file of another space, or with operations of unknown cost.
Result<> require_in(const std::string& path, const ReadFile& file, const runtime::SpaceEntry& space,
                    std::string_view consequence) {
  if (file.recognition.space != space.name)
    return fail(concat(path, ": lies in space '", file.recognition.space, "', expected '",
                       space.name, "'"));
  if (file.uncovered)
    return fail(concat(path, ": ", consequence, "cost not known: ", *file.uncovered));
  return {};
}

/// Errors: a macro-structure that the space was not measured on.
Result<> require_measured_structure(const std::string& path, const ReadFile& file) {
  if (file.recognition.differences.empty()) return {};
  return fail(concat(path, ": is no network of the measured macro-structure: ",
                     joined(file.recognition.differences, "; ")));
}

/// Which reference each file counts as. Some references give the same graph. Each file of such a
/// class counts as the next of them, in order; those that are left without a file count as measured
/// like the first.
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

Result<ReadFile> read_file(const std::string& path, const Inputs& inputs,
                           const runtime::SpaceEntry& space, std::string_view stated) {
  HALE_TRY(graph::Graph graph, read_graph(path));
  const auto read = [&]() -> Result<ReadFile> {
    BatchAxes axes = batch_axes(graph, inputs);
    HALE_CHECK(apply(inputs, graph));
    HALE_TRY(const Inputs own, parse_stated(stated));
    HALE_CHECK(apply(own, graph));
    const Model model = make_model(std::move(graph), std::move(axes), inputs);
    HALE_TRY(const auto found, model.at(1));
    const bool is_any = &space == &any_graph();
    ReadFile file{.batch = static_cast<std::size_t>(model.batch().value_or(is_any ? 1 : 0))};
    if (!is_any && found->searched) {
      file.recognition = *found->searched;
      return file;
    }
    HALE_TRY(file.recognition, any_graph().recognise(found->reading));
    file.network = found->reading.network;
    if (const auto& uncovered = found->reading.uncovered(); !uncovered.empty())
      file.uncovered = concat(uncovered.front().operation, " (", uncovered.front().location,
                              "): ", uncovered.front().reason);
    return file;
  }();
  if (!read) return fail_in(path, read.error());
  return read;
}

Result<std::vector<device::Measurement>> read_measurement_files(
    const std::vector<std::string>& files) {
  std::vector<device::Measurement> all;
  for (const std::string& file : files) {
    HALE_TRY(const std::string text, read_text(file));
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

bool is_graph(const std::string& arch, const Inputs& inputs, std::string_view stated) {
  return is_model(arch) ||
         ((!inputs.says_nothing() || !trim(stated).empty()) && is_network_name(arch));
}

Result<device::Subject> subject_of(const std::string& name, const runtime::SpaceEntry& space,
                                   const Inputs& inputs) {
  if (!is_graph(name, inputs)) {
    const bool is_any = &space == &any_graph();
    if (is_any ? !inputs.says_nothing() : inputs.says_extents())
      return fail(concat(name.substr(0, 80), ": its shapes are fixed; ", inputs.words.shape, ", ",
                         inputs.words.dim, " and ", inputs.words.batch,
                         " need an ONNX file or a network that hale draws"));
    return space.subject(name);
  }
  HALE_TRY(ReadFile file, read_file(name, inputs, space));
  HALE_CHECK(require_in(name, file, space, ""));
  const bool is_any = file.recognition.archs.empty();
  return device::Subject{is_any ? name : file.recognition.archs.front(), std::move(file.network)};
}

Result<const runtime::SpaceEntry*> space_of(const std::vector<device::Measurement>& rows) {
  const auto first = std::find_if(
      rows.begin(), rows.end(), [](const device::Measurement& row) { return !is_model(row.arch); });
  if (first == rows.end()) return &any_graph();
  std::vector<std::string> reasons;
  for (const runtime::SpaceEntry& space : built_in().contents().spaces) {
    auto canonical = space.canonical(first->arch);
    if (canonical) return &space;
    reasons.push_back(std::move(canonical.error().message));
  }
  return fail(joined(reasons, "; "));
}

Result<Measured> recognise_measured(const std::vector<device::Measurement>& raw,
                                    const runtime::SpaceEntry& space,
                                    const std::vector<std::string>& references,
                                    const Inputs& inputs) {
  const bool is_any = &space == &any_graph();
  Measured measured;
  std::string first_with_batch;
  Classes classes;
  bool is_of_one_batch = true;
  for (const device::Measurement& one : raw) {
    if (!is_graph(one.arch, inputs, one.shape)) {
      is_of_one_batch = false;  // as far as is known
      if (!one.shape.empty())
        return fail(concat(one.arch, ": shape: found '", one.shape.substr(0, 80),
                           "', expected none: only an ONNX file can be run with another shape"));
      HALE_TRY(device::Subject subject, space.subject(one.arch));
      measured.measurements.push_back(
          {std::move(subject.arch), one.latency, {}, std::move(subject.network)});
      continue;
    }
    HALE_TRY(ReadFile file, read_file(one.arch, inputs, space, one.shape));
    HALE_CHECK(require_in(one.arch, file, space, "cannot be learned from: "));
    HALE_CHECK(require_measured_structure(one.arch, file));
    const bool is_other = file.batch != 0 && measured.batch.value_or(file.batch) != file.batch;
    if (is_other && is_any)
      is_of_one_batch = false;
    else if (is_other)
      return fail(concat(one.arch, ": has batch ", file.batch, ", but ", first_with_batch,
                         " has batch ", *measured.batch, "; a device is measured with one"));
    if (file.batch != 0) {
      measured.batch = file.batch;
      first_with_batch = one.arch;
    }
    measured.measurements.push_back(
        {is_any ? one.arch : classes.reference_for(one.arch, file.recognition, references),
         one.latency,
         {},
         std::move(file.network)});
  }
  if (is_any && !is_of_one_batch) measured.batch.reset();
  classes.complete(measured.measurements);
  measured.measurements = device::combine(measured.measurements);
  return measured;
}

}  // namespace hale::session
