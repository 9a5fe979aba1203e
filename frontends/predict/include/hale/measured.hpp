#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <hale/runtime/space_entry.hpp>
#include <hale/session/inputs.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What users measured, from their files: each row an architecture string or the path of an ONNX
/// file.
namespace hale::session {

/// The measurements of some files (CSV, or the JSON of trtexec and onnxruntime_perf_test; "-" for
/// stdin), ONNX paths made relative to the working folder. Errors: begin with the file.
[[nodiscard]] Result<std::vector<device::Measurement>> read_measurement_files(
    const std::vector<std::string>& files);

/// A latency table, and what of it was left out.
struct ReadTable {
  device::LatencyTable table;
  std::vector<std::string> left_out{};  // a message for each model whose cost is not known
};

/// The files that a latency table is read from.
struct TableFiles {
  std::vector<std::string> tables{};   // joined by architectures and devices
  std::vector<std::string> batches{};  // of the same form: the batch that a cell was measured at
};

/// Reads latency tables as one. In the space of any graph, rows may be ONNX files, by paths from
/// their table's folder; the folder of a file is its family. A file is read at the batch of its
/// cell; one that was measured at several is a row a batch. Rows of one graph are one, the median.
///
/// Errors: begin with the table's path; what is no table; a cell that stands in two; files that are
/// no models; a batch that a model does not take.
[[nodiscard]] Result<ReadTable> read_tables(const TableFiles& files, std::string_view space);

/// Whether a row is read as a graph: a file; or a network that hale draws, where the inputs or the
/// measurement state another shape than it is drawn with.
[[nodiscard]] bool is_graph(const std::string& arch, const Inputs& inputs,
                            std::string_view stated = {});

/// What a base of the space is asked about, for an architecture string or the path of an ONNX file.
///
/// Errors: it is not in the space; operations of unknown cost.
[[nodiscard]] Result<device::Subject> subject_of(const std::string& name,
                                                 const runtime::SpaceEntry& space,
                                                 const Inputs& inputs);

/// The space of the first row that is an architecture string, or that of any graph where all are
/// ONNX files.
///
/// Errors: none that is built in.
[[nodiscard]] Result<const runtime::SpaceEntry*> space_of(
    const std::vector<device::Measurement>& rows);

/// Measurements as a base takes them, repeated ones combined.
struct Measured {
  std::vector<device::Measurement> measurements;
  /// The batch of the ONNX files that state one; for any graphs only where all have the same.
  std::optional<std::size_t> batch{};
};

/// Replaces ONNX files by what they are recognised as. Any graph becomes its kernels; a network of
/// a searched space becomes the one of the `references` that it may be, or the first architecture
/// of its class.
///
/// Errors: architectures and files that are not in the space, files of another macro-structure,
/// files of different batches.
[[nodiscard]] Result<Measured> recognise_measured(const std::vector<device::Measurement>& raw,
                                                  const runtime::SpaceEntry& space,
                                                  const std::vector<std::string>& references,
                                                  const Inputs& inputs);

}  // namespace hale::session
