#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <hale/core/error.hpp>
#include <hale/graph/ir.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>

/// What carries ONNX files in and out: the library hale-onnx.
namespace hale::onnx_frontend {

/// The graph of an ONNX file. Weights are not read: a large file costs no more than a small one.
///
/// Initialisers become operations named Constant, which keep what can decide a shape: up to 1024
/// integers or 16 floats. External data are never opened. The call of a function that the model
/// defines has its body as a region named "body", with an input for each operand. Operators,
/// element types and kinds of attributes that hale does not know are carried by their names.
///
/// Errors: what is no ONNX model, with the path, what was found, and what was expected; graphs
/// nested more than 32 deep, calls of functions that stand for more than 131072 nodes.
/// Pre: nobody shortens the file meanwhile.
[[nodiscard]] Result<graph::Graph> import_file(const std::filesystem::path& path);

/// The graph of an ONNX model in memory. Errors: as import_file(), with `name` for the path.
[[nodiscard]] Result<graph::Graph> import_bytes(std::span<const std::byte> bytes,
                                                std::string_view name);

/// Weights drawn from N(0, 2 / fan_in); biases and means 0, scales and variances 1. Vectors that a
/// Mul or an Add takes are about 1 or 0. Denormal numbers, which weights of zero or of any size can
/// lead to, would falsify latencies.
///
/// Source: He et al., ICCV 2015 (arXiv 1502.01852).
struct HeNormal {
  std::uint64_t seed = 0;
};

/// No weights: what has none becomes an input of the model, which is valid ONNX.
struct NoWeights {};

using Weights = std::variant<HeNormal, NoWeights>;

/// The bytes of an ONNX file (IR version 8) that holds the graph.
///
/// Constants that the graph keeps are written as they are; `weights` says what stands for the
/// others. Errors: attributes of other kinds, calls of functions (inline them before), 2 GiB or
/// more, elided tensors that are no floats.
[[nodiscard]] Result<std::string> export_model(const graph::Graph& graph,
                                               const Weights& weights = HeNormal{});

}  // namespace hale::onnx_frontend
