#include <gtest/gtest.h>

#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/passes/verify.hpp>
#include <hale/graph/text.hpp>
#include <string>
#include <string_view>

namespace hale::graph {
namespace {

/// The type of an operation's result, or the message of what is wrong: `line` defines %y from the
/// inputs %a and %b, whose types are given.
std::string inferred(std::string_view a, std::string_view b, std::string_view line) {
  const std::string text =
      concat("\"onnx.graph\"() ({\n^bb0(%a: ", a, ", %b: ", b, "):\n  %y = ", line,
             " loc(\"n\")\n  \"onnx.return\"(%y) : (tensor<*xf32>) -> ()\n}) {inputs = [\"a\", "
             "\"b\"], name = \"\", operator_sets = [], outputs = [\"y\"]} : () -> ()\n");
  auto graph = parse(text);
  if (!graph) return graph.error().message;
  if (const auto status = Verify::run(*graph); !status) return status.error().message;
  if (const auto status = InferShapes::run(*graph); !status) return status.error().message;
  return describe(graph->value(graph->body().outputs[0]).type);
}

constexpr std::string_view image = "tensor<2x3x8x10xf32>";
constexpr std::string_view filter = "tensor<4x3x3x3xf32>";

std::string conv(std::string_view attributes, std::string_view x = image,
                 std::string_view w = filter) {
  return inferred(
      x, w,
      concat("\"onnx.Conv\"(%a, %b) {", attributes, "} : (", x, ", ", w, ") -> tensor<*xf32>"));
}

std::string unary(std::string_view name, std::string_view attributes, std::string_view x = image) {
  return inferred(
      x, "tensor<1xf32>",
      concat("\"onnx.", name, "\"(%a) {", attributes, "} : (", x, ") -> tensor<*xf32>"));
}

std::string binary(std::string_view name, std::string_view attributes, std::string_view a,
                   std::string_view b) {
  return inferred(a, b,
                  concat("\"onnx.", name, "\"(%a, %b) {", attributes, "} : (", a, ", ", b,
                         ") -> tensor<*xf32>"));
}

TEST(Conv, keeps_shrinks_and_strides) {
  EXPECT_EQ(conv("pads = array<i64: 1, 1, 1, 1>"), "2x4x8x10");
  EXPECT_EQ(conv(""), "2x4x6x8");
  EXPECT_EQ(conv("pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 2, 2>"), "2x4x4x5");
  EXPECT_EQ(conv("dilations = array<i64: 2, 3>"), "2x4x4x4");
  EXPECT_EQ(conv("auto_pad = \"SAME_UPPER\", strides = array<i64: 3, 3>"), "2x4x3x4");
  EXPECT_EQ(conv("group = 3 : i64", image, "tensor<6x1x3x3xf32>"), "2x6x6x8");
  EXPECT_EQ(conv("", "tensor<?x3x?x10xf32, {dims = [\"N\", \"\", \"\", \"\"]}>"), "Nx4x?x8");
  EXPECT_EQ(conv("", "tensor<*xf32>"), "?");
}

TEST(Conv, misfits_are_errors_that_name_the_node) {
  EXPECT_EQ(conv("kernel_shape = array<i64: 3, 3, 3>"),
            "node 'n' (Conv): kernel_shape has 3 entries, expected 2");
  EXPECT_EQ(conv("kernel_shape = array<i64: 5, 3>"),
            "node 'n' (Conv): kernel_shape has the entry 5, expected 3 as in the weight 4x3x3x3");
  EXPECT_EQ(conv("", "tensor<2x5x8x8xf32>"),
            "node 'n' (Conv): operand of 5 channels found, expected 3 in each of 1 group(s) as in "
            "the weight 4x3x3x3");
  EXPECT_EQ(conv("", "tensor<2x3x2x2xf32>"),
            "node 'n' (Conv): kernel of 3 on 2 elements with 0 of padding found, expected one that "
            "fits");
  EXPECT_EQ(conv("group = 0 : i64"), "node 'n' (Conv): group is 0, expected at least 1");
  EXPECT_EQ(conv("strides = array<i64: 0, 1>"),
            "node 'n' (Conv): strides has the entry 0, expected one in [1, 2^31]");
  EXPECT_EQ(conv("pads = array<i64: -1, 0, 0, 0>"),
            "node 'n' (Conv): pads has the entry -1, expected one in [0, 2^31]");
  EXPECT_EQ(
      conv("auto_pad = \"SOME\""),
      "node 'n' (Conv): auto_pad is 'SOME', expected NOTSET, VALID, SAME_UPPER or SAME_LOWER");
  EXPECT_EQ(conv("", "tensor<3xf32>"),
            "node 'n' (Conv): operand of rank 1 found, expected at least 3");
  EXPECT_EQ(conv("", image, "tensor<4x3x3xf32>"),
            "node 'n' (Conv): weight of rank 3 found, expected 4 as the operand has");
}

TEST(AveragePool, slides_with_and_without_ceiling) {
  EXPECT_EQ(unary("AveragePool", "kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>"),
            "2x3x4x5");
  EXPECT_EQ(unary("AveragePool",
                  "kernel_shape = array<i64: 3, 3>, strides = array<i64: 2, 2>, "
                  "ceil_mode = 1 : i64"),
            "2x3x4x5");
  EXPECT_EQ(unary("AveragePool", "kernel_shape = array<i64: 3, 3>, strides = array<i64: 2, 2>"),
            "2x3x3x4");
}

TEST(GlobalAveragePool, leaves_one_element_of_the_plane) {
  EXPECT_EQ(unary("GlobalAveragePool", ""), "2x3x1x1");
}

TEST(ReduceMean, takes_axes_from_the_back_and_drops_them) {
  EXPECT_EQ(unary("ReduceMean", "axes = array<i64: -1, 2>, keepdims = 0 : i64"), "2x3");
  EXPECT_EQ(unary("ReduceMean", "axes = array<i64: 2>"), "2x3x1x10");
  EXPECT_EQ(unary("ReduceMean", ""), "1x1x1x1");
  EXPECT_EQ(unary("ReduceMean", "axes = array<i64: 4>"),
            "node 'n' (ReduceMean): axis is 4, expected one in [-4, 4)");
}

TEST(Flatten, merges_the_axes_around_one) {
  EXPECT_EQ(unary("Flatten", ""), "2x240");
  EXPECT_EQ(unary("Flatten", "axis = 0 : i64"), "1x480");
  EXPECT_EQ(unary("Flatten", "axis = -1 : i64"), "48x10");
  EXPECT_EQ(unary("Flatten", "axis = 5 : i64"),
            "node 'n' (Flatten): axis is 5, expected one in [-4, 4]");
}

TEST(Reshape, fills_in_what_is_left) {
  EXPECT_EQ(unary("Reshape", "shape = array<i64: 0, -1>"), "2x240");
  EXPECT_EQ(unary("Reshape", "shape = array<i64: 6, 80>"), "6x80");
  EXPECT_EQ(unary("Reshape", "shape = array<i64: 0, -1>",
                  "tensor<?x4x2xf32, {dims = [\"N\", \"\", \"\"]}>"),
            "Nx8");
  EXPECT_EQ(unary("Reshape", "shape = array<i64: 7, -1>"),
            "node 'n' (Reshape): operand 2x3x8x10 found, expected as many elements as 7x?");
  EXPECT_EQ(unary("Reshape", "shape = array<i64: -1, -1>"),
            "node 'n' (Reshape): shape has two entries of -1, expected at most one");
  EXPECT_EQ(unary("Reshape", "shape = array<i64: 480, 1, 1, 1, 0>"),
            "node 'n' (Reshape): shape keeps axis 4, expected one of the operand's 4");
}

TEST(Add, broadcasts) {
  EXPECT_EQ(binary("Add", "", "tensor<2x1x4xf32>", "tensor<3x1xf32>"), "2x3x4");
  EXPECT_EQ(binary("Add", "", "tensor<f32>", "tensor<3x1xf32>"), "3x1");
  EXPECT_EQ(binary("Add", "", "tensor<2x3xf32>", "tensor<4xf32>"),
            "node 'n' (Add): operands 2x3 and 4 found, expected shapes that broadcast");
}

TEST(Gemm, transposes_and_checks_the_inner_extent) {
  EXPECT_EQ(binary("Gemm", "", "tensor<2x3xf32>", "tensor<3x5xf32>"), "2x5");
  EXPECT_EQ(binary("Gemm", "transB = 1 : i64", "tensor<2x3xf32>", "tensor<5x3xf32>"), "2x5");
  EXPECT_EQ(binary("Gemm", "transA = 1 : i64", "tensor<3x2xf32>", "tensor<3x5xf32>"), "2x5");
  EXPECT_EQ(binary("Gemm", "", "tensor<2x4xf32>", "tensor<3x5xf32>"),
            "node 'n' (Gemm): operands 2x4 and 3x5 found, expected inner extents that agree");
  EXPECT_EQ(binary("Gemm", "", "tensor<4xf32>", "tensor<3x5xf32>"),
            "node 'n' (Gemm): operands 4 and 3x5 found, expected two matrices");
}

TEST(MatMul, multiplies_vectors_and_stacks) {
  EXPECT_EQ(binary("MatMul", "", "tensor<7x1x2x3xf32>", "tensor<4x3x5xf32>"), "7x4x2x5");
  EXPECT_EQ(binary("MatMul", "", "tensor<3xf32>", "tensor<3x5xf32>"), "5");
  EXPECT_EQ(binary("MatMul", "", "tensor<2x3xf32>", "tensor<3xf32>"), "2");
  EXPECT_EQ(binary("MatMul", "", "tensor<f32>", "tensor<3xf32>"),
            "node 'n' (MatMul): a scalar operand found, expected at least one axis");
}

TEST(Pad, widens_and_crops) {
  EXPECT_EQ(unary("Pad", "pads = array<i64: 0, 0, 1, 1, 0, 0, 2, 2>",
                  "tensor<?x3x?x10xf32, {dims = [\"N\", \"\", \"H\", \"\"]}>"),
            "Nx3xH + 3x13");
  EXPECT_EQ(unary("Pad", "pads = array<i64: 0, 0, 1, -2, 0, 0, 2, 0>"), "2x3x11x8");
  EXPECT_EQ(unary("Pad", "pads = array<i64: 1>"), "node 'n' (Pad): pads has 1 entries, expected 8");
  EXPECT_EQ(unary("Pad", "pads = array<i64: -3, 0, 0, 0, 0, 0, 0, 0>"),
            "node 'n' (Pad): pads takes axis 0 of 2 elements out of range, expected at least none "
            "left");
}

TEST(Concat, adds_up_one_axis) {
  EXPECT_EQ(binary("Concat", "axis = -1 : i64", "tensor<2x3xf32>", "tensor<2x4xf32>"), "2x7");
  EXPECT_EQ(binary("Concat", "axis = 0 : i64", "tensor<2x3xf32>", "tensor<2x4xf32>"),
            "node 'n' (Concat): operands 2x3 and 2x4 found, expected them to differ along axis 0 "
            "alone");
}

TEST(Concat, adds_names_up) {
  const auto along = [](std::string_view a, std::string_view b) {
    return binary("Concat", "axis = 1 : i64", a, b);
  };
  const std::string_view past = "tensor<2x?xf32, {dims = [\"\", \"past\"]}>";
  EXPECT_EQ(along(past, "tensor<2x?xf32, {dims = [\"\", \"seq\"]}>"), "2xpast + seq");
  EXPECT_EQ(along(past, "tensor<2x1xf32>"), "2xpast + 1");
  EXPECT_EQ(along(past, "tensor<2x0xf32>"), "2xpast");
  EXPECT_EQ(along(past, "tensor<2x?xf32>"), "2x?");
}

TEST(Conv, on_no_elements_gives_none) {
  EXPECT_EQ(conv("", "tensor<0x3x8x10xf32>"), "0x4x6x8");
  EXPECT_EQ(conv("", "tensor<2x3x0x10xf32>"), "2x4x0x8");
  EXPECT_EQ(conv("", "tensor<2x3x0x10xf32>", "tensor<4x3x1x1xf32>"), "2x4x0x10");
  EXPECT_EQ(conv("pads = array<i64: 2, 2, 2, 2>", "tensor<2x3x0x10xf32>"), "2x4x2x12");
  EXPECT_EQ(conv("auto_pad = \"SAME_UPPER\", strides = array<i64: 2, 2>", "tensor<2x3x0x9xf32>"),
            "2x4x0x5");
  EXPECT_EQ(unary("MaxPool", "kernel_shape = array<i64: 2, 2>", "tensor<1x3x0x8xf32>"), "1x3x0x7");
}

TEST(NonZero, finds_no_place_among_no_elements) {
  EXPECT_EQ(unary("NonZero", "", "tensor<0x4xf32>"), "2x0");
  EXPECT_EQ(unary("NonZero", "", "tensor<3x4xf32>"), "2x?");
}

TEST(Unsqueeze, puts_axes_in_and_squeeze_takes_them_out) {
  EXPECT_EQ(unary("Unsqueeze", "axes = array<i64: 0, -1>", "tensor<3xf32>"), "1x3x1");
  EXPECT_EQ(unary("Squeeze", "axes = array<i64: 0>", "tensor<1x3x1xf32>"), "3x1");
  EXPECT_EQ(unary("Squeeze", "", "tensor<1x3x1xf32>"), "3");
  EXPECT_EQ(unary("Unsqueeze", "axes = array<i64: 0, 0>", "tensor<3xf32>"),
            "node 'n' (Unsqueeze): axis 0 is given twice, expected once");
  EXPECT_EQ(unary("Squeeze", "axes = array<i64: 1>", "tensor<1x3x1xf32>"),
            "node 'n' (Squeeze): axis 1 of 1x3x1 found, expected one element there");
}

TEST(InferShapes, huge_extents_overflow_into_errors_and_open_extents) {
  EXPECT_EQ(conv("", "tensor<2x3x9223372036854775807x9223372036854775807xf32>"),
            "2x4x9223372036854775805x9223372036854775805");
  EXPECT_EQ(conv("pads = array<i64: 2147483648, 0, 2147483648, 0>",
                 "tensor<1x3x9223372036854775807x9xf32>"),
            "node 'n' (Conv): kernel of 3 on 9223372036854775807 elements with 4294967296 of "
            "padding found, expected one that fits");
  EXPECT_EQ(unary("Flatten", "", "tensor<2x9223372036854775807x2xf32>"), "2x?");
}

TEST(Verify, counts_operands_and_results) {
  EXPECT_EQ(
      inferred(image, filter,
               concat("\"onnx.Relu\"(%a, %b) : (", image, ", ", filter, ") -> tensor<*xf32>")),
      "node 'n' (Relu): 2 operands found, expected at most 1");
  EXPECT_EQ(inferred(image, filter, concat("\"onnx.Conv\"(%a) : (", image, ") -> tensor<*xf32>")),
            "node 'n' (Conv): operand W is missing, expected it");
}

}  // namespace
}  // namespace hale::graph
