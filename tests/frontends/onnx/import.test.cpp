#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <hale/core/random.hpp>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/onnx.hpp>
#include <string>
#include <string_view>

#include "wire_text.hpp"

namespace hale::onnx_frontend {
namespace {

using Space = space::NasBench201;

/// What is wrong with a model, or "fine".
std::string verdict(std::string_view model_bytes) {
  const auto imported = import_bytes(as_bytes(model_bytes), "m");
  return imported ? "fine" : imported.error().message;
}

/// A model of a few hundred bytes that holds attributes, constants, weights and a nested graph.
std::string small_model() {
  const std::string branch = node("t", "Tanh", "a", "inner") + output("inner");
  const std::string kernel = attribute("kernel_shape", 7, number(8, 1) + number(8, 1)) +
                             attribute("group", 2, number(3, 1));
  const std::string weight =
      number(1, 1) + number(1, 1) + number(1, 1) + number(1, 1) + number(2, 1) + bytes(9, "1234");
  const std::string dims = extent(1) + extent(1) + bytes(1, bytes(2, "H")) + extent(4);
  return model(initializer("w", weight) + input("x", dims) +
               bytes(1, bytes(1, "x") + bytes(1, "w") + bytes(2, "a") + bytes(3, "conv") +
                            bytes(4, "Conv") + kernel) +
               node("if", "If", "w", "y", attribute("then_branch", 5, bytes(6, branch))) +
               output("y"));
}

TEST(import_bytes, reads_a_model) {
  const auto imported = import_bytes(as_bytes(small_model()), "m");
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->body().inputs.size(), 1U);
  EXPECT_EQ(imported->body().operations.size(), 3U);
  EXPECT_EQ(imported->operator_sets.front().version, 13);
  EXPECT_EQ(graph::describe(imported->value(imported->body().inputs[0]).type), "1x1xHx4");
  const graph::Operation& conv = imported->operation(imported->body().operations[1]);
  EXPECT_EQ(conv.location, "conv");
  ASSERT_NE(conv.attribute("group"), nullptr);
  EXPECT_EQ(*conv.attribute("group"), graph::AttributeValue(std::int64_t{1}));
  EXPECT_EQ(*conv.attribute("kernel_shape"),
            graph::AttributeValue(std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(imported->operation(imported->body().operations[2]).regions[0].name, "then_branch");
}

TEST(import_bytes, a_model_cut_anywhere_is_an_error) {
  const std::string whole = small_model();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string cut(whole.data(), length);  // of its own, for the sanitizers to see the end
    EXPECT_NE(verdict(cut), "fine") << length;
    EXPECT_EQ(verdict(cut).substr(0, 3), "m: ") << length;
  }
  EXPECT_EQ(verdict(whole), "fine");
}

TEST(import_bytes, an_exported_network_cut_anywhere_is_an_error) {
  const auto bytes = export_model(
      lower::nasbench201(Space::at(7), {.channels = {1, 1, 1}, .cells = {1, 1, 1}, .classes = 1}));
  ASSERT_TRUE(bytes) << bytes.error().message;
  ASSERT_EQ(verdict(*bytes), "fine");
  // The operator sets come last: without them the graph is whole, and they are not needed.
  for (std::size_t length = 0; length + 8 < bytes->size(); length += 1 + length / 64) {
    const std::string cut(bytes->data(), length);
    EXPECT_NE(verdict(cut), "fine") << length;
  }
}

TEST(import_bytes, random_bytes_are_errors) {
  Rng rng(11);
  for (int round = 0; round < 20000; ++round) {
    std::string random(rng.below(200), '\0');
    for (char& c : random) c = static_cast<char>(rng.bits());
    EXPECT_NE(verdict(random), "fine");
  }
}

TEST(import_bytes, changed_bytes_are_errors_or_graphs_that_every_reader_can_take) {
  const std::string whole = small_model();
  Rng rng(12);
  for (int round = 0; round < 20000; ++round) {
    std::string changed = whole;
    for (std::size_t i = 0; i <= rng.below(4); ++i)
      changed[rng.below(changed.size())] = static_cast<char>(rng.bits());
    const auto imported = import_bytes(as_bytes(changed), "m");
    if (!imported) continue;
    const std::string text = graph::print(*imported);
    const auto parsed = graph::parse(text);
    ASSERT_TRUE(parsed) << parsed.error().message << text;
    EXPECT_EQ(graph::print(*parsed), text);
    static_cast<void>(lift::nasbench201(*imported));
    static_cast<void>(graph::canonicalise(*imported));
    static_cast<void>(export_model(*imported));
  }
}

TEST(import_bytes, what_is_no_model_says_what_was_found) {
  EXPECT_EQ(verdict(""), "m: an empty file found, expected an ONNX model");
  EXPECT_EQ(verdict("\x7f"
                    "ELF: no such thing"),
            "m: no ONNX model: at byte 0: wire type 7 found, expected 0, 1, 2 or 5 of a protobuf "
            "message");
  EXPECT_EQ(verdict(number(1, 8)),
            "m: no ONNX model: a message without a graph found, expected a ModelProto");
  EXPECT_EQ(verdict(model(bytes(2, "g") + node("n", "Relu", "x", "y") + input("x"))),
            "m: graph 'g' without outputs found, expected some");
  EXPECT_EQ(verdict(varint(7 << 3 | 2) + varint(1ULL << 40)),
            "m: no ONNX model: at byte 0: a field of 1099511627776 bytes found, expected at most "
            "the 0 that are left of a protobuf message");
  EXPECT_EQ(verdict(std::string(30, '\xff')),
            "m: no ONNX model: at byte 0: an unfinished number found, expected the key of a field "
            "of a protobuf message");
}

TEST(import_bytes, names_must_be_produced_once_and_without_cycles) {
  EXPECT_EQ(verdict(model(node("n", "Relu", "nowhere", "y") + output("y"))),
            "m: node 'n' (Relu): input 'nowhere' found, which nothing produces; expected an input "
            "of the graph, an initializer or an output of a node");
  EXPECT_EQ(verdict(model(node("a", "Relu", "q", "p") + node("b", "Relu", "p", "q") + output("q"))),
            "m: node 'a' (Relu): a cycle found that it lies on or comes after, expected none");
  EXPECT_EQ(verdict(model(node("a", "Relu", "p", "p") + output("p"))),
            "m: node 'a' (Relu): a cycle found that it lies on or comes after, expected none");
  EXPECT_EQ(verdict(model(input("x") + node("a", "Relu", "x", "y") + node("b", "Relu", "x", "y") +
                          output("y"))),
            "m: node 'b' (Relu): value 'y' is defined twice, expected once");
  EXPECT_EQ(verdict(model(input("x") + node("a", "Relu", "x", "y") + output("z"))),
            "m: output 'z' is produced by no node, expected one that does");
  EXPECT_EQ(verdict(model(input("x") + node("a", "", "x", "y") + output("y"))),
            "m: node 'a' (): a node without an operator found, expected its name");
}

TEST(import_bytes, nodes_out_of_order_are_sorted) {
  const auto imported = import_bytes(as_bytes(model(input("x") + node("second", "Relu", "p", "y") +
                                                    node("first", "Tanh", "x", "p") + output("y"))),
                                     "m");
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->operation(imported->body().operations[0]).location, "first");
  auto graph = *imported;
  EXPECT_TRUE(graph::Verify::run(graph));
}

TEST(import_bytes, extents_that_cannot_be_are_errors) {
  const auto with_input = [](std::int64_t value) {
    return model(input("x", extent(value)) + node("n", "Relu", "x", "y") + output("y"));
  };
  EXPECT_EQ(verdict(with_input(-7)), "m: input 'x': extent -7 found, expected none below 0");
  EXPECT_EQ(verdict(with_input(-1)), "fine");  // how some exporters write an open extent
  EXPECT_EQ(verdict(with_input(std::int64_t{1} << 62)), "fine");
  const auto with_tensor = [](std::string_view content) {
    return model(initializer("w", content) + node("n", "Relu", "w", "y") + output("y"));
  };
  EXPECT_EQ(verdict(with_tensor(number(1, -3) + number(2, 1))),
            "m: tensor 'w': extent -3 found, expected none below 0");
  EXPECT_EQ(verdict(with_tensor(number(1, std::int64_t{1} << 40) +
                                number(1, std::int64_t{1} << 40) + number(2, 1))),
            "m: tensor 'w': more than 2^63 elements found, expected fewer");
  EXPECT_EQ(verdict(with_tensor(number(1, 3) + number(2, 7) + bytes(9, "1234567"))),
            "m: tensor 'w': 7 bytes of raw_data found, expected 8 for each of 3 elements");
  EXPECT_EQ(verdict(with_tensor(number(1, 3) + number(2, 7) + number(7, 5))),
            "m: tensor 'w': 1 elements found, expected 3");
}

TEST(import_bytes, wrong_kinds_of_attributes_are_named_by_the_passes) {
  const auto imported = import_bytes(
      as_bytes(
          model(input("x", extent(1) + extent(1) + extent(8)) +
                node("p", "MaxPool", "x", "y", attribute("kernel_shape", 3, bytes(4, "three"))) +
                output("y"))),
      "m");
  ASSERT_TRUE(imported) << imported.error().message;
  const auto canonical = graph::canonicalise(*imported);
  ASSERT_FALSE(canonical);
  EXPECT_EQ(
      canonical.error().message,
      "node 'p' (MaxPool): attribute 'kernel_shape' is a string, expected a list of integers");
}

TEST(import_bytes, attributes_come_once_and_have_names) {
  const std::string twice = attribute("axis", 2, number(3, 1)) + attribute("axis", 2, number(3, 1));
  EXPECT_EQ(verdict(model(input("x") + node("n", "Flatten", "x", "y", twice) + output("y"))),
            "m: node 'n' (Flatten): attribute 'axis' is given twice, expected once");
  EXPECT_EQ(verdict(model(input("x") + node("n", "Flatten", "x", "y", attribute("", 2, "")) +
                          output("y"))),
            "m: node 'n' (Flatten): an attribute without a name found, expected one");
}

TEST(import_bytes, deep_nesting_is_an_error) {
  std::string graph = node("n", "Relu", "x", "y") + output("y");
  for (int depth = 0; depth < 200; ++depth)
    graph = node("n", "If", "x", "y", attribute("then_branch", 5, bytes(6, graph))) + output("y");
  const std::string message = verdict(model(input("x") + graph));
  EXPECT_NE(message.find("messages nested more than 80 deep found"), std::string::npos) << message;
}

TEST(import_bytes, small_constants_are_kept_in_every_form_and_large_ones_are_not) {
  const auto kept = [](std::string_view content) {
    const auto imported = import_bytes(
        as_bytes(model(initializer("w", content) + node("n", "Relu", "w", "y") + output("y"))),
        "m");
    EXPECT_TRUE(imported) << imported.error().message;
    const graph::Tensor* tensor =
        imported
            ? imported->constant(imported->operation(imported->body().operations[1]).operands[0])
            : nullptr;
    return tensor == nullptr ? graph::Tensor::Elements{} : tensor->elements;
  };
  using Integers = std::vector<std::int64_t>;
  using Reals = std::vector<double>;
  using Elements = graph::Tensor::Elements;
  const std::string two = number(1, 2);
  EXPECT_EQ(kept(two + number(2, 7) + number(7, 5) + number(7, -1)), Elements(Integers{5, -1}));
  EXPECT_EQ(kept(two + number(2, 7) + bytes(7, varint(5) + varint(6))), Elements(Integers{5, 6}));
  EXPECT_EQ(kept(two + number(2, 3) + bytes(9, "\x05\xff")), Elements(Integers{5, -1}));
  EXPECT_EQ(kept(two + number(2, 9) + bytes(9, std::string("\x01\x00", 2))),
            Elements(Integers{1, 0}));
  EXPECT_EQ(kept(number(2, 1) + bytes(9, std::string("\0\0\x80\x3f", 4))), Elements(Reals{1.0}));
  EXPECT_EQ(kept(number(2, 10) + bytes(9, std::string("\0\x3c", 2))), Elements(Reals{1.0}));
  EXPECT_EQ(kept(number(2, 16) + bytes(9, std::string("\x80\x3f", 2))), Elements(Reals{1.0}));
  EXPECT_EQ(kept(number(1, 17) + number(2, 1) + bytes(9, std::string(68, '\0'))), Elements());
  EXPECT_EQ(kept(number(1, 2000) + number(2, 7) + bytes(9, std::string(16000, '\0'))), Elements());
  EXPECT_EQ(kept(two + number(2, 1)), Elements());
  EXPECT_EQ(kept(two + number(2, 8) + bytes(6, "a") + bytes(6, "b")), Elements());
}

/// A file that is removed at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content)
      : path_(
            std::filesystem::temp_directory_path() /
            concat("hale-import-test-", std::filesystem::hash_value(testing::TempDir()), ".onnx")) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(import_file, reads_a_file_and_names_it_in_errors) {
  const TemporaryFile good(small_model());
  EXPECT_TRUE(import_file(good.path()));
  const TemporaryFile bad("no model");
  const auto refused = import_file(bad.path());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.find(bad.path().string() + ": no ONNX model: "), 0U);
  const TemporaryFile empty("");
  const auto nothing = import_file(empty.path());
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().message,
            empty.path().string() + ": an empty file found, expected an ONNX model");
}

TEST(import_file, folders_devices_and_absent_files_are_errors) {
  const auto message = [](const char* path) { return import_file(path).error().message; };
  ASSERT_FALSE(import_file("/"));
  EXPECT_EQ(message("/"), "/: a folder found, expected an ONNX file");
  EXPECT_EQ(message("/dev/zero"), "/dev/zero: no regular file found, expected an ONNX file");
  EXPECT_EQ(message("/no/such.onnx"), "/no/such.onnx: cannot be read: No such file or directory");
}

}  // namespace
}  // namespace hale::onnx_frontend
