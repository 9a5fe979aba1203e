#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <hale/runtime/spaces.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models.hpp"

namespace hale::cli {

/// The measurements of some files (CSV or JSON, "-" for stdin), ONNX paths made relative to the
/// working folder. Errors: begin with the file.
[[nodiscard]] Result<std::vector<device::Measurement>> read_measurement_files(
    const std::vector<std::string>& files);

/// A latency table. Where the space is that of any graph, its rows may be ONNX files, by paths from
/// the table's folder: each counts as what it is read as, of the family that its folder is. A model
/// with operations that cannot be costed is left out with a warning.
///
/// Errors: begin with the table; ones of the table, and of files that are no models.
[[nodiscard]] Result<device::LatencyTable> read_table(const std::string& path,
                                                      std::string_view space);

/// Whether a row is read as a graph: a file, or a network that hale draws and that is said to be of
/// another shape than it is drawn with, by the options or by what a measurement states.
[[nodiscard]] bool is_graph(const std::string& arch, const ShapeOptions& shapes,
                            std::string_view stated = {});

/// What a space calls an architecture, or a model in an ONNX file. Errors: it is none of the space.
[[nodiscard]] Result<std::string> arch_of(const std::string& name, const runtime::SpaceEntry& space,
                                          const ShapeOptions& shapes);

/// The space of the first row that is an architecture string, or that of any graph where all are
/// ONNX files.
///
/// Errors: none that is built in.
[[nodiscard]] Result<const runtime::SpaceEntry*> space_of(
    const std::vector<device::Measurement>& rows);

struct Measured {
  std::vector<device::Measurement> measurements;  // by the space's strings, repeated ones combined
  /// Of the ONNX files that state one; of any graphs where all are of the same.
  std::optional<std::size_t> batch;
  std::map<std::string, std::string>
      written{};  // by those strings, what the first row of each says
};

/// Replaces ONNX files by what they are recognised as: the `references` that the graph may be, or
/// the first architecture of its class.
///
/// Errors: architectures and files that are not in the space, files of another macro-structure,
/// files of different batches.
[[nodiscard]] Result<Measured> recognise_measured(const std::vector<device::Measurement>& raw,
                                                  const runtime::SpaceEntry& space,
                                                  const std::vector<std::string>& references,
                                                  const ShapeOptions& shapes);

}  // namespace hale::cli
