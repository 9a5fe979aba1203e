#pragma once

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/runtime/recognition.hpp>
#include <hale/runtime/space_entry.hpp>
#include <hale/session/inputs.hpp>
#include <hale/workload/network.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace hale::session {

/// Whether a row names an ONNX file.
[[nodiscard]] inline bool is_model(std::string_view arch) { return arch.ends_with(".onnx"); }

/// A file, and what it was recognised as.
struct ReadFile {
  runtime::Recognition recognition{};
  workload::SharedNetwork network{};       // of any graph
  std::optional<std::string> uncovered{};  // the first operation that cannot be costed, and why
  std::size_t batch = 0;                   // 0: open; any graph's is then taken as one
};

/// What a file is in a space. `stated` is what a measurement says of its shape, after the inputs.
/// Errors: begin with the path.
[[nodiscard]] Result<ReadFile> read_file(const std::string& path, const Inputs& inputs,
                                         const runtime::SpaceEntry& space,
                                         std::string_view stated = {});

}  // namespace hale::session
