#pragma once

#include <filesystem>
#include <hale/core/error.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <string>
#include <string_view>
#include <vector>

/// What others measured, from files: messages begin with the path.
namespace hale::readers {

/// Errors: what cannot be read; what is no latency table, with its line and column.
[[nodiscard]] Result<device::LatencyTable> read_latency_table(const std::filesystem::path& path);

/// Measurements as CSV; or as the JSON that trtexec (`--exportTimes`) or onnxruntime_perf_test (its
/// profile) writes, which holds the runs of one model: the ONNX file of the same stem beside it.
///
/// Architectures stand as they are in the file. Errors: what is neither.
[[nodiscard]] Result<std::vector<device::Measurement>> read_measurements(
    const std::filesystem::path& path);

/// The same from text. Errors: without the path.
[[nodiscard]] Result<std::vector<device::Measurement>> parse_measurements(
    std::string_view text, const std::filesystem::path& path);

}  // namespace hale::readers
