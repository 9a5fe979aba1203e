#include <gtest/gtest.h>

#include <hale/onnx.hpp>
#include <string>
#include <string_view>

#include "wire_text.hpp"

namespace hale::onnx_frontend {
namespace {

using namespace std::string_literals;

struct Other {
  std::string bytes;
  std::string says;
};

class OtherFormats : public testing::TestWithParam<Other> {};

TEST_P(OtherFormats, AreNamedWithWhatToDo) {
  const auto refused = import_bytes(as_bytes(GetParam().bytes), "m.onnx");
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.starts_with("m.onnx: no ONNX model: " + GetParam().says))
      << refused.error().message;
}

/// A node of a TensorFlow graph, as the first field of the message.
std::string tensorflow_node(const std::string& name, const std::string& operation) {
  return bytes(1, bytes(1, name) + bytes(2, operation));
}

const std::string zeros(600, '\0');

INSTANTIATE_TEST_SUITE_P(
    Files, OtherFormats,
    testing::Values(
        Other{"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
              "a git-lfs pointer found"},
        Other{"graph(%x : Float(1, 3)) {\n  return (%x)\n}\n", "text found, as an exporter prints"},
        Other{"  <!DOCTYPE HTML><html><body>Not found</body></html>", "a web page (HTML) found"},
        Other{"<HTML lang=en>", "a web page (HTML) found"},
        Other{"<?xml version=\"1.0\"?><net name=\"m\">", "XML found"},
        Other{"{\"error\": \"not found\"}", "JSON text found"}, Other{" \n", "blank text found"},
        Other{"\x1c\0\0\0TFL3"s + zeros, "a TensorFlow Lite model found"},
        Other{"\x24\0\0\0ORTM"s + zeros, "a model in ONNX Runtime's own format (.ort) found"},
        Other{"PK\x03\x04\x14\0\0\0model/weights.bin"s + zeros, "a zip archive found"},
        Other{"PK\x03\x04\0\0\x08\x08resnet/data.pkl"s + zeros, "a file of PyTorch's found"},
        Other{"\x80\x02}q\x01"s + zeros, "a file of PyTorch's found"},
        Other{"\x89HDF\r\n\x1a\n"s + zeros, "an HDF5 file found, as Keras writes"},
        Other{"\x1f\x8b\x08\0"s + zeros, "a compressed file found"},
        Other{std::string(257, '\1') + "ustar" + zeros, "a compressed file found"},
        Other{"\x93NUMPY\1\0"s + zeros, "a NumPy array found"},
        Other{"\x89HALE\r\n\x1a\n"s + zeros, "a file of hale's own found"},
        Other{"GGUF\3\0\0\0"s + zeros, "a GGUF file found"},
        Other{"ftrt"s + zeros, "a TensorRT engine found"},
        Other{tensorflow_node("input", "Placeholder") + tensorflow_node("y", "Relu"),
              "a TensorFlow graph (.pb) found"},
        Other{"\x08\x01\x12\x20\x0a\x07\x22\x05serve"s + zeros, "a TensorFlow graph (.pb) found"}));

TEST(OtherFormats, DamagedModelsSayWhereAsBefore) {
  const auto refused = import_bytes(as_bytes("\x08\x07\x12"), "m");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("at byte 2"), std::string::npos)
      << refused.error().message;
}

}  // namespace
}  // namespace hale::onnx_frontend
