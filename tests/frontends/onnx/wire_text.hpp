#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hale::onnx_frontend {

/// Protobuf's wire format by hand: tests hold what no library would write.
[[nodiscard]] inline std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  return out + static_cast<char>(value);
}
[[nodiscard]] inline std::string number(std::uint64_t field, std::int64_t value) {
  return varint(field << 3) + varint(static_cast<std::uint64_t>(value));
}
[[nodiscard]] inline std::string bytes(std::uint64_t field, std::string_view content) {
  return varint(field << 3 | 2) + varint(content.size()) + std::string(content);
}

// Parts of a model, with onnx.proto's field numbers.
[[nodiscard]] inline std::string model(std::string_view graph) {
  return number(1, 8) + bytes(8, number(2, 13)) + bytes(7, graph);
}
[[nodiscard]] inline std::string node(std::string_view name, std::string_view op,
                                      std::string_view input, std::string_view output,
                                      std::string_view rest = "") {
  std::string content = bytes(3, name) + bytes(4, op) + std::string(rest);
  if (!input.empty()) content += bytes(1, input);
  if (!output.empty()) content += bytes(2, output);
  return bytes(1, content);
}
[[nodiscard]] inline std::string tensor_type(std::string_view dims) {
  return bytes(1, number(1, 1) + bytes(2, dims));
}
[[nodiscard]] inline std::string value_info(std::uint64_t field, std::string_view name,
                                            std::string_view dims = "") {
  return bytes(field, bytes(1, name) + bytes(2, tensor_type(dims)));
}
[[nodiscard]] inline std::string input(std::string_view name, std::string_view dims = "") {
  return value_info(11, name, dims);
}
[[nodiscard]] inline std::string output(std::string_view name) { return value_info(12, name); }
[[nodiscard]] inline std::string extent(std::int64_t value) { return bytes(1, number(1, value)); }
[[nodiscard]] inline std::string initializer(std::string_view name, std::string_view content) {
  return bytes(5, bytes(8, name) + std::string(content));
}
[[nodiscard]] inline std::string attribute(std::string_view name, std::int64_t kind,
                                           std::string_view content) {
  return bytes(5, bytes(1, name) + number(20, kind) + std::string(content));
}

[[nodiscard]] inline std::string reference(std::string_view name, std::string_view of_function) {
  return bytes(5, bytes(1, name) + bytes(21, of_function));
}
/// A node of domain "d", in which function() defines.
[[nodiscard]] inline std::string call(std::string_view name, std::string_view function,
                                      std::string_view input, std::string_view output,
                                      std::string_view rest = "") {
  return node(name, function, input, output, bytes(7, "d") + std::string(rest));
}
/// A function (x) -> (y); `nodes` as node() writes them for a graph.
[[nodiscard]] inline std::string function(std::string_view name, std::string_view nodes,
                                          std::string_view rest = "") {
  std::string content = bytes(1, name) + bytes(10, "d") + bytes(4, "x") + bytes(5, "y");
  // A node is field 1 of a graph and field 7 of a function.
  for (std::string_view left = nodes; !left.empty();) {
    std::size_t size = 0, shift = 0, at = 1;
    for (bool more = true; more; ++at, shift += 7) {
      size |= static_cast<std::size_t>(static_cast<unsigned char>(left[at]) & 0x7fU) << shift;
      more = (static_cast<unsigned char>(left[at]) & 0x80U) != 0;
    }
    content += bytes(7, left.substr(at, size));
    left.remove_prefix(at + size);
  }
  return bytes(25, content + std::string(rest));
}

[[nodiscard]] inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace hale::onnx_frontend
