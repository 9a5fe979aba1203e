#include "other_formats.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace hale::onnx_frontend {

namespace {

using namespace std::string_view_literals;

/// Bytes at a fixed place that only files of one format have.
struct Signature {
  std::size_t offset;
  std::string_view bytes;
  std::string_view says;
};

constexpr std::string_view packed =
    "a compressed file found, expected an ONNX model: unpack it and give the .onnx file in it";

constexpr std::array signatures = {
    Signature{
        0, "version https://git-lfs.github.com/spec/"sv,
        "a git-lfs pointer found, expected the model that it stands for: 'git lfs pull' in its "
        "repository fetches it"},
    Signature{4, "TFL3"sv,
              "a TensorFlow Lite model found, expected an ONNX model: 'python -m tf2onnx.convert "
              "--tflite' makes one of it"},
    Signature{4, "ORTM"sv,
              "a model in ONNX Runtime's own format (.ort) found, expected an ONNX model: give the "
              ".onnx file that it was made from"},
    Signature{0, "\x89HDF\r\n\x1a\n"sv,
              "an HDF5 file found, as Keras writes, expected an ONNX model: 'tf2onnx' makes one of "
              "it"},
    Signature{0, "\x89HALE\r\n\x1a"sv,
              "a file of hale's own found, expected an ONNX model: a device file is given with "
              "--device, a base with --base"},
    Signature{0, "\x93NUMPY"sv,
              "a NumPy array found, expected an ONNX model: architectures as codes are given with "
              "--archs"},
    Signature{0, "GGUF"sv,
              "a GGUF file found, which has weights and no graph, expected an ONNX model"},
    Signature{
        0, "ftrt"sv,
        "a TensorRT engine found, expected an ONNX model: give the .onnx file that it was made "
        "from"},
    Signature{0, "\x1f\x8b"sv, packed},
    Signature{0, "BZh"sv, packed},
    Signature{0,
              "\xfd"
              "7zXZ"sv,
              packed},
    Signature{0, "\x28\xb5\x2f\xfd"sv, packed},
    Signature{0, "7z\xbc\xaf\x27\x1c"sv, packed},
    Signature{257, "ustar"sv, packed},
};

constexpr std::string_view pytorch =
    "a file of PyTorch's found, expected an ONNX model: load it and call torch.onnx.export()";

/// Of an archive whose first entry is named in its first bytes.
std::string_view zip_says(std::string_view text) {
  constexpr std::size_t names = 1024;
  const std::string_view begin = text.substr(0, names);
  if (begin.find("data.pkl") != std::string_view::npos ||
      begin.find("/.format_version") != std::string_view::npos ||
      begin.find("/byteorder") != std::string_view::npos)
    return pytorch;
  return "a zip archive found, expected an ONNX model: unpack it and give the .onnx file in it";
}

/// A field of a protobuf message whose content has a length: its number, and that content.
struct Part {
  std::uint64_t field = 0;
  std::string_view content{};
};

/// The first field of a message where its content has a length below 2 MiB; else number 0.
Part first_part(std::string_view text) {
  if (text.empty() || (static_cast<unsigned char>(text[0]) & 7U) != 2U) return {};
  const auto field = static_cast<std::uint64_t>(static_cast<unsigned char>(text[0]) >> 3U);
  std::size_t length = 0;
  for (std::size_t i = 1; i < std::min<std::size_t>(text.size(), 4); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    length |= static_cast<std::size_t>(byte & 0x7fU) << (7 * (i - 1));
    if ((byte & 0x80U) == 0) return {field, text.substr(i + 1, length)};
  }
  return {};
}

/// A graph of TensorFlow's is messages of nodes, each with its name and its operation; in a saved
/// model one lies behind a version number and tags.
std::string_view tensorflow_says(std::string_view text) {
  constexpr std::string_view says =
      "a TensorFlow graph (.pb) found, expected an ONNX model: 'python -m tf2onnx.convert' makes "
      "one "
      "of it";
  const Part node = first_part(text);
  const Part name = first_part(node.content);
  if (node.field == 1 && name.field == 1 && node.content.size() > name.content.size() + 2) {
    const Part operation = first_part(node.content.substr(name.content.size() + 2));
    if (operation.field == 2 && !operation.content.empty()) return says;
  }
  constexpr std::string_view saved_model = "\x08\x01\x12";
  constexpr std::size_t tags = 4096;
  if (text.starts_with(saved_model) && text.substr(0, tags).find("serve") != std::string_view::npos)
    return says;
  return {};
}

/// Whether these bytes are text that is mostly of ASCII.
bool is_text(std::string_view begin) {
  std::size_t others = 0;
  for (const char letter : begin) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_space = byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
    if ((byte < 0x20 && !is_space) || byte == 0x7f) return false;
    others += byte >= 0x80 ? 1 : 0;
  }
  return others <= begin.size() / 4;
}

bool begins_with(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(), [](char wanted, char found) {
           return wanted == (found >= 'A' && found <= 'Z' ? static_cast<char>(found + 32) : found);
         });
}

std::string_view text_says(std::string_view begin) {
  const std::size_t first = begin.find_first_not_of(" \t\r\n\f");
  if (first == std::string_view::npos) return "blank text found, expected an ONNX model";
  const std::string_view text = begin.substr(first);
  if (begins_with(text, "<!doctype html") || begins_with(text, "<html"))
    return "a web page (HTML) found, expected an ONNX model: download the file itself, by its raw "
           "link";
  if (begins_with(text, "<?xml") || begins_with(text, "<net"))
    return "XML found, as OpenVINO writes, expected an ONNX model: give the .onnx file that it was "
           "made from";
  if (text.front() == '{' || text.front() == '[')
    return "JSON text found, expected an ONNX model, which is a binary file";
  return "text found, as an exporter prints a graph, expected an ONNX model, which is a binary "
         "file: "
         "save it with onnx.save() or torch.onnx.export()";
}

}  // namespace

std::string_view other_format(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const Signature& each : signatures)
    if (text.size() >= each.offset && text.substr(each.offset).starts_with(each.bytes))
      return each.says;
  if (text.starts_with("PK\x03\x04")) return zip_says(text);
  constexpr std::string_view pickle = "\x80\x02";
  if (text.starts_with(pickle)) return pytorch;
  constexpr std::size_t looked_at = 512;
  const std::string_view begin = text.substr(0, looked_at);
  if (is_text(begin)) return text_says(begin);
  return tensorflow_says(text);
}

}  // namespace hale::onnx_frontend
