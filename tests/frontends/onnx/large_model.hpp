#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <hale/core/text.hpp>
#include <string>
#include <string_view>

#include "wire_text.hpp"

namespace hale::onnx_frontend {

/// A model of matrix products whose weights lie in the file as holes, or outside of it.
struct LargeModel {
  std::uint64_t layers = 0;
  std::uint64_t layer_bytes = 0;
  bool has_weights = true;
};

/// Writes the model; false where the file system does not let a file be that long.
[[nodiscard]] inline bool write_file(const std::filesystem::path& path, const LargeModel& made) {
  const auto extent_of_rows = static_cast<std::int64_t>(made.layer_bytes / 4 / 1024);
  const auto tensor = [&](std::uint64_t layer) {
    return number(1, 1024) + number(1, extent_of_rows) + number(2, 1) +
           bytes(8, concat("w", layer)) +
           (made.has_weights ? varint(9 << 3 | 2) + varint(made.layer_bytes) : number(14, 1));
  };
  const std::uint64_t payload = made.has_weights ? made.layer_bytes : 0;
  std::string rest = input("x", extent(1) + extent(1024)) + output("y0");
  std::uint64_t size = 0;
  for (std::uint64_t i = 0; i < made.layers; ++i) {
    rest += node(concat("n", i), "MatMul", "x", concat("y", i), bytes(1, concat("w", i)));
    const std::uint64_t content = tensor(i).size() + payload;
    size += varint(5 << 3 | 2).size() + varint(content).size() + content;
  }
  std::ofstream file(path, std::ios::binary);
  file << number(1, 8) + bytes(8, number(2, 13)) + varint(7 << 3 | 2) + varint(size + rest.size());
  for (std::uint64_t i = 0; i < made.layers; ++i) {
    file << varint(5 << 3 | 2) + varint(tensor(i).size() + payload) + tensor(i);
    file.seekp(static_cast<std::streamoff>(payload), std::ios::cur);
  }
  file << rest;
  return static_cast<bool>(file.flush());
}

/// A chain of convolutions and activations, `nodes` in all, each convolution with a weight.
[[nodiscard]] inline std::string long_model(int nodes) {
  std::string graph = input("v0", extent(1) + extent(8) + extent(32) + extent(32));
  const std::string weight =
      number(1, 8) + number(1, 8) + number(1, 3) + number(1, 3) + number(2, 1) + number(14, 1);
  const std::string pads =
      attribute("pads", 7, number(8, 1) + number(8, 1) + number(8, 1) + number(8, 1)) +
      attribute("kernel_shape", 7, number(8, 3) + number(8, 3));
  for (int i = 0; i < nodes; ++i) {
    const std::string from = concat("v", i);
    const std::string to = concat("v", i + 1);
    if (i % 2 == 1) {
      graph += node(concat("relu_", i), "Relu", from, to);
      continue;
    }
    const std::string weight_name = concat("weight_", i);
    graph += initializer(weight_name, weight);
    graph += bytes(1, bytes(1, from) + bytes(1, weight_name) + bytes(2, to) +
                          bytes(3, concat("conv_", i)) + bytes(4, "Conv") + pads);
  }
  return model(graph + output(concat("v", nodes)));
}

}  // namespace hale::onnx_frontend
