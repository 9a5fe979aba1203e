#include <gtest/gtest.h>

#include <hale/core/text.hpp>
#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/text.hpp>
#include <ostream>
#include <string>
#include <string_view>

// What models compute with extents: each case is some lines that make %s of the input's shape %h, a
// tensor of 2 x 15 x 21, and what ConstantOfShape(%s) then is.

namespace hale::graph {
namespace {

struct Arithmetic {
  std::string_view what;
  std::string_view lines;
  std::string_view type_of_s;
  std::string_view expected;
};
void PrintTo(const Arithmetic& one, std::ostream* out) { *out << one.what; }

std::string shape_of(const Arithmetic& one, std::string_view input) {
  const auto graph = parse(concat(
      "\"onnx.graph\"() ({\n^bb0(%x: tensor<", input, ">):\n  %h = \"onnx.Shape\"(%x) : (tensor<",
      input, ">) -> tensor<3xi64>\n", one.lines, "  %y = \"onnx.ConstantOfShape\"(%s) : (tensor<",
      one.type_of_s,
      ">) -> tensor<*xf32>\n  \"onnx.return\"(%y) : (tensor<*xf32>) -> ()\n}) {inputs = [\"x\"], "
      "name = \"\", operator_sets = [], outputs = [\"y\"]} : () -> ()\n"));
  if (!graph) return graph.error().message;
  Graph inferred = *graph;
  const auto done = InferShapes::run(inferred);
  if (!done) return done.error().message;
  return describe(inferred.value(inferred.body().outputs.front()).type);
}

class ShapeArithmetic : public testing::TestWithParam<Arithmetic> {};

TEST_P(ShapeArithmetic, GivesTheExtents) {
  EXPECT_EQ(shape_of(GetParam(), "2x15x21xf32"), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, ShapeArithmetic,
    testing::Values(Arithmetic{"times 1.5 in floats, rounded down", R"(
  %k = "onnx.Constant"() {value = dense<1.5> : tensor<f32>} : () -> tensor<f32>
  %f = "onnx.Cast"(%h) {to = 1 : i64} : (tensor<3xi64>) -> tensor<3xf32>
  %m = "onnx.Mul"(%f, %k) : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %d = "onnx.Floor"(%m) : (tensor<3xf32>) -> tensor<3xf32>
  %s = "onnx.Cast"(%d) {to = 7 : i64} : (tensor<3xf32>) -> tensor<3xi64>
)",
                               "3xi64", "3x22x31"},
                    Arithmetic{"halved and rounded up", R"(
  %k = "onnx.Constant"() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %f = "onnx.Cast"(%h) {to = 1 : i64} : (tensor<3xi64>) -> tensor<3xf32>
  %m = "onnx.Div"(%f, %k) : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %d = "onnx.Ceil"(%m) : (tensor<3xf32>) -> tensor<3xf32>
  %s = "onnx.Cast"(%d) {to = 7 : i64} : (tensor<3xf32>) -> tensor<3xi64>
)",
                               "3xi64", "1x8x11"},
                    Arithmetic{"halves go to even when rounded", R"(
  %k = "onnx.Constant"() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
  %f = "onnx.Cast"(%h) {to = 1 : i64} : (tensor<3xi64>) -> tensor<3xf32>
  %m = "onnx.Mul"(%f, %k) : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %d = "onnx.Round"(%m) : (tensor<3xf32>) -> tensor<3xf32>
  %s = "onnx.Cast"(%d) {to = 7 : i64} : (tensor<3xf32>) -> tensor<3xi64>
)",
                               "3xi64", "1x8x10"},
                    Arithmetic{"square roots, and limits", R"(
  %l = "onnx.Constant"() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %u = "onnx.Constant"() {value = dense<4.0> : tensor<f32>} : () -> tensor<f32>
  %f = "onnx.Cast"(%h) {to = 1 : i64} : (tensor<3xi64>) -> tensor<3xf32>
  %m = "onnx.Sqrt"(%f) : (tensor<3xf32>) -> tensor<3xf32>
  %c = "onnx.Clip"(%m, %l, %u) : (tensor<3xf32>, tensor<f32>, tensor<f32>) -> tensor<3xf32>
  %s = "onnx.Cast"(%c) {to = 7 : i64} : (tensor<3xf32>) -> tensor<3xi64>
)",
                               "3xi64", "2x3x4"},
                    Arithmetic{"one extent overwritten", R"(
  %i = "onnx.Constant"() {value = dense<[[1]]> : tensor<1x1xi64>} : () -> tensor<1x1xi64>
  %u = "onnx.Constant"() {value = dense<[50]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s = "onnx.ScatterND"(%h, %i, %u) : (tensor<3xi64>, tensor<1x1xi64>, tensor<1xi64>) -> tensor<3xi64>
)",
                               "3xi64", "2x50x21"},
                    Arithmetic{"one element put from behind", R"(
  %i = "onnx.Constant"() {value = dense<[-1]> : tensor<1xi64>} : () -> tensor<1xi64>
  %u = "onnx.Constant"() {value = dense<[9]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s = "onnx.ScatterElements"(%h, %i, %u) {axis = 0 : i64} : (tensor<3xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xi64>
)",
                               "3xi64", "2x15x9"},
                    Arithmetic{"the second part of a split", R"(
  %z = "onnx.Constant"() {value = dense<[1, 2]> : tensor<2xi64>} : () -> tensor<2xi64>
  %a, %s = "onnx.Split"(%h, %z) {axis = 0 : i64} : (tensor<3xi64>, tensor<2xi64>) -> (tensor<1xi64>, tensor<2xi64>)
)",
                               "2xi64", "15x21"},
                    Arithmetic{"repeated", R"(
  %z = "onnx.Constant"() {value = dense<[2]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s = "onnx.Tile"(%h, %z) : (tensor<3xi64>, tensor<1xi64>) -> tensor<6xi64>
)",
                               "6xi64", "2x15x21x2x15x21"},
                    Arithmetic{"running sums", R"(
  %z = "onnx.Constant"() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %s = "onnx.CumSum"(%h, %z) : (tensor<3xi64>, tensor<i64>) -> tensor<3xi64>
)",
                               "3xi64", "2x17x38"},
                    Arithmetic{"running sums from behind", R"(
  %z = "onnx.Constant"() {value = dense<-1> : tensor<i64>} : () -> tensor<i64>
  %s = "onnx.CumSum"(%h, %z) {reverse = 1 : i64} : (tensor<3xi64>, tensor<i64>) -> tensor<3xi64>
)",
                               "3xi64", "38x36x21"},
                    Arithmetic{"the largest, kept as an axis", R"(
  %s = "onnx.ReduceMax"(%h) {axes = array<i64: 0>, keepdims = 1 : i64} : (tensor<3xi64>) -> tensor<1xi64>
)",
                               "1xi64", "21"},
                    Arithmetic{"sums of rows of a matrix", R"(
  %z = "onnx.Constant"() {value = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>} : () -> tensor<2x3xi64>
  %m = "onnx.Mul"(%z, %h) : (tensor<2x3xi64>, tensor<3xi64>) -> tensor<2x3xi64>
  %s = "onnx.ReduceSum"(%m) {axes = array<i64: 1>, keepdims = 0 : i64} : (tensor<2x3xi64>) -> tensor<2xi64>
)",
                               "2xi64", "95x209"},
                    Arithmetic{"where the largest stands", R"(
  %a = "onnx.ArgMax"(%h) {axis = 0 : i64, keepdims = 1 : i64} : (tensor<3xi64>) -> tensor<1xi64>
  %z = "onnx.Constant"() {value = dense<[7]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s = "onnx.Add"(%a, %z) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
)",
                               "1xi64", "9"},
                    Arithmetic{"the two largest", R"(
  %z = "onnx.Constant"() {value = dense<[2]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s, %i = "onnx.TopK"(%h, %z) {axis = 0 : i64} : (tensor<3xi64>, tensor<1xi64>) -> (tensor<2xi64>, tensor<2xi64>)
)",
                               "2xi64", "21x15"},
                    Arithmetic{"the places of what is above ten, as many as there are", R"(
  %z = "onnx.Constant"() {value = dense<[10]> : tensor<1xi64>} : () -> tensor<1xi64>
  %g = "onnx.Greater"(%h, %z) : (tensor<3xi64>, tensor<1xi64>) -> tensor<3xi1>
  %n = "onnx.NonZero"(%g) : (tensor<3xi1>) -> tensor<*xi64>
  %s = "onnx.Shape"(%n) : (tensor<*xi64>) -> tensor<2xi64>
)",
                               "2xi64", "1x2"},
                    Arithmetic{"held above zero", R"(
  %z = "onnx.Constant"() {value = dense<[3, 20, 20]> : tensor<3xi64>} : () -> tensor<3xi64>
  %d = "onnx.Sub"(%h, %z) : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
  %s = "onnx.Relu"(%d) : (tensor<3xi64>) -> tensor<3xi64>
)",
                               "3xi64", "0x0x1"},
                    Arithmetic{"the places of ones, of any number", R"(
  %c = "onnx.ConstantOfShape"(%h) {value = dense<1.0> : tensor<1xf32>} : (tensor<3xi64>) -> tensor<*xf32>
  %n = "onnx.NonZero"(%c) : (tensor<*xf32>) -> tensor<*xi64>
  %s = "onnx.Shape"(%n) : (tensor<*xi64>) -> tensor<2xi64>
)",
                               "2xi64", "3x630"},
                    Arithmetic{"the places of zeros", R"(
  %c = "onnx.ConstantOfShape"(%h) : (tensor<3xi64>) -> tensor<*xf32>
  %n = "onnx.NonZero"(%c) : (tensor<*xf32>) -> tensor<*xi64>
  %s = "onnx.Shape"(%n) : (tensor<*xi64>) -> tensor<2xi64>
)",
                               "2xi64", "3x0"},
                    Arithmetic{"bits moved", R"(
  %z = "onnx.Constant"() {value = dense<[1, 0, 2]> : tensor<3xi64>} : () -> tensor<3xi64>
  %s = "onnx.BitShift"(%h, %z) {direction = "LEFT"} : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
)",
                               "3xi64", "4x15x84"},
                    Arithmetic{"columns of a matrix by Transpose, Slice and Reshape", R"(
  %z = "onnx.Constant"() {value = dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi64>} : () -> tensor<3x2xi64>
  %t = "onnx.Transpose"(%z) {perm = array<i64: 1, 0>} : (tensor<3x2xi64>) -> tensor<2x3xi64>
  %b = "onnx.Constant"() {value = dense<[1, 1]> : tensor<2xi64>} : () -> tensor<2xi64>
  %e = "onnx.Constant"() {value = dense<[2, 3]> : tensor<2xi64>} : () -> tensor<2xi64>
  %c = "onnx.Slice"(%t, %b, %e) : (tensor<2x3xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x2xi64>
  %m = "onnx.Constant"() {value = dense<[-1]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s = "onnx.Reshape"(%c, %m) : (tensor<1x2xi64>, tensor<1xi64>) -> tensor<2xi64>
)",
                               "2xi64", "4x6"},
                    Arithmetic{"a power, and the type of another tensor", R"(
  %k = "onnx.Constant"() {value = dense<2.0> : tensor<f32>} : () -> tensor<f32>
  %f = "onnx.CastLike"(%h, %k) : (tensor<3xi64>, tensor<f32>) -> tensor<3xf32>
  %p = "onnx.Pow"(%f, %k) : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %s = "onnx.CastLike"(%p, %h) : (tensor<3xf32>, tensor<3xi64>) -> tensor<3xi64>
)",
                               "3xi64", "4x225x441"},
                    Arithmetic{"eight bits do not hold the extent", R"(
  %k = "onnx.Constant"() {value = dense<[100]> : tensor<1xi64>} : () -> tensor<1xi64>
  %m = "onnx.Mul"(%h, %k) : (tensor<3xi64>, tensor<1xi64>) -> tensor<3xi64>
  %b = "onnx.Cast"(%m) {to = 2 : i64} : (tensor<3xi64>) -> tensor<3xui8>
  %s = "onnx.Cast"(%b) {to = 7 : i64} : (tensor<3xui8>) -> tensor<3xi64>
)",
                               "3xi64", "200x?x?"}));

class OpenShapeArithmetic : public testing::TestWithParam<Arithmetic> {};

TEST_P(OpenShapeArithmetic, KeepsSymbols) {
  EXPECT_EQ(shape_of(GetParam(), "?x?x21xf32, {dims = [\"N\", \"L\", \"\"]}"), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Symbols, OpenShapeArithmetic,
                         testing::Values(Arithmetic{"halved as integers", R"(
  %k = "onnx.Constant"() {value = dense<[2]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s = "onnx.Div"(%h, %k) : (tensor<3xi64>, tensor<1xi64>) -> tensor<3xi64>
)",
                                                    "3xi64", "floor(N / 2)xfloor(L / 2)x10"},
                                         Arithmetic{"times 1.5 in floats", R"(
  %k = "onnx.Constant"() {value = dense<1.5> : tensor<f32>} : () -> tensor<f32>
  %f = "onnx.Cast"(%h) {to = 1 : i64} : (tensor<3xi64>) -> tensor<3xf32>
  %m = "onnx.Mul"(%f, %k) : (tensor<3xf32>, tensor<f32>) -> tensor<3xf32>
  %s = "onnx.Cast"(%m) {to = 7 : i64} : (tensor<3xf32>) -> tensor<3xi64>
)",
                                                    "3xi64", "floor(N * 1.5)xfloor(L * 1.5)x31"},
                                         Arithmetic{"a sum of two, and nothing added", R"(
  %i = "onnx.Constant"() {value = dense<[1, 0, 2]> : tensor<3xi64>} : () -> tensor<3xi64>
  %g = "onnx.Gather"(%h, %i) {axis = 0 : i64} : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
  %a = "onnx.Add"(%h, %g) : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
  %z = "onnx.Constant"() {value = dense<[0]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s = "onnx.Add"(%a, %z) : (tensor<3xi64>, tensor<1xi64>) -> tensor<3xi64>
)",
                                                    "3xi64", "N + LxL + Nx42"},
                                         Arithmetic{"by itself", R"(
  %s = "onnx.Div"(%h, %h) : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
)",
                                                    "3xi64", "1x1x1"},
                                         Arithmetic{"the larger one", R"(
  %k = "onnx.Constant"() {value = dense<[8]> : tensor<1xi64>} : () -> tensor<1xi64>
  %s = "onnx.Max"(%h, %k) : (tensor<3xi64>, tensor<1xi64>) -> tensor<3xi64>
)",
                                                    "3xi64", "max(N, 8)xmax(L, 8)x21"}));

}  // namespace
}  // namespace hale::graph
