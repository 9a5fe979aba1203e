#pragma once

#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <string>

namespace hale::session {

/// The whole of a file, or of stdin where `path` is "-". Errors: begin with the path.
[[nodiscard]] Result<std::string> read_text(const std::string& path);

/// Whether a word names a network that hale draws itself, "residual/17", and no file.
[[nodiscard]] bool is_network_name(const std::string& word);

/// The graph of an ONNX file, of stdin where `path` is "-", or of a network that hale draws itself.
///
/// Errors: begin with the path.
[[nodiscard]] Result<graph::Graph> read_graph(const std::string& path);

}  // namespace hale::session
