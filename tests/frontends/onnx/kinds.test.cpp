#include <gtest/gtest.h>

#include <hale/graph/text.hpp>
#include <hale/onnx.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "wire_text.hpp"

namespace hale::onnx_frontend {
namespace {

using graph::ElementType;

/// The graph of a model that is expected to be read, and to be the same after print and parse.
graph::Graph read(std::string_view model_bytes) {
  const auto imported = import_bytes(as_bytes(model_bytes), "m");
  EXPECT_TRUE(imported) << imported.error().message;
  if (!imported) return {};
  const std::string text = graph::print(*imported);
  const auto parsed = graph::parse(text);
  EXPECT_TRUE(parsed) << parsed.error().message << text;
  if (parsed) {
    EXPECT_EQ(graph::print(*parsed), text);
  }
  return *imported;
}

std::string verdict(std::string_view model_bytes) {
  const auto imported = import_bytes(as_bytes(model_bytes), "m");
  return imported ? "fine" : imported.error().message;
}

/// The type of an input with this TypeProto.
graph::Type type_of(std::string_view type) {
  const graph::Graph graph = read(model(bytes(11, bytes(1, "x") + bytes(2, type)) + output("x")));
  return graph.body().inputs.empty() ? graph::Type{} : graph.value(graph.body().inputs[0]).type;
}

TEST(types, say_what_is_inside) {
  const std::string tensor = bytes(1, number(1, 8) + bytes(2, extent(3)));
  const graph::Type strings = graph::tensor_type(ElementType::string, {3});
  EXPECT_EQ(type_of(tensor), strings);
  EXPECT_EQ(type_of(bytes(4, bytes(1, tensor))),
            (graph::Type{.other = "sequence", .inside = {strings}}));
  EXPECT_EQ(type_of(bytes(9, bytes(1, bytes(4, bytes(1, tensor))))),
            (graph::Type{.other = "optional",
                         .inside = {graph::Type{.other = "sequence", .inside = {strings}}}}));
  EXPECT_EQ(type_of(bytes(5, number(1, 7) + bytes(2, tensor))),
            (graph::Type{.element = ElementType::i64, .other = "map", .inside = {strings}}));
  EXPECT_EQ(type_of(bytes(8, number(1, 1) + bytes(2, extent(3)))),
            (graph::Type{.element = ElementType::f32,
                         .dims = std::vector{graph::Dim{3}},
                         .other = "sparse_tensor"}));
  EXPECT_EQ(type_of(bytes(7, bytes(2, "o"))), (graph::Type{.other = "opaque"}));
  EXPECT_EQ(type_of(""), graph::Type{});
}

TEST(types, an_unknown_element_type_is_undefined) {
  EXPECT_EQ(type_of(bytes(1, number(1, 77) + bytes(2, extent(3)))),
            graph::tensor_type(ElementType::undefined, {3}));
  EXPECT_EQ(type_of(bytes(1, number(1, 23) + bytes(2, extent(3)))),
            graph::tensor_type(ElementType::f4e2m1, {3}));
}

TEST(types, deep_types_are_an_error) {
  std::string type = bytes(1, number(1, 1));
  for (int i = 0; i < 33; ++i) type = bytes(9, bytes(1, type));
  EXPECT_EQ(verdict(model(bytes(11, bytes(1, "x") + bytes(2, type)) + output("x"))),
            "m: input 'x': types nested more than 32 deep found, expected fewer");
  for (int i = 0; i < 10000; ++i) type = bytes(9, bytes(1, type));
  EXPECT_EQ(verdict(model(bytes(11, bytes(1, "x") + bytes(2, type)) + output("x"))),
            "m: no ONNX model: fields that are no ModelProto found, expected one");
}

std::string sparse(std::string_view name, std::string_view dims) {
  const std::string values = bytes(8, name) + number(1, 2) + number(2, 1) + bytes(9, "12345678");
  const std::string indices = number(1, 2) + number(2, 7) + bytes(9, std::string(16, '\0'));
  return bytes(1, values) + bytes(2, indices) + std::string(dims);
}

TEST(sparse_tensors, stand_for_dense_ones_of_their_extents) {
  const std::string dims = number(3, 1000) + number(3, 1000);
  const graph::Tensor expected{ElementType::f32, {1000, 1000}};
  const graph::Graph initialized =
      read(model(bytes(15, sparse("w", dims)) + node("n", "Relu", "w", "y") + output("y")));
  ASSERT_EQ(initialized.body().operations.size(), 2U);
  EXPECT_EQ(
      *initialized.constant(initialized.operation(initialized.body().operations[0]).results[0]),
      expected);
  const graph::Graph constant = read(model(
      node("n", "Constant", "", "y", attribute("sparse_value", 11, bytes(22, sparse("", dims)))) +
      output("y")));
  EXPECT_EQ(*constant.constant(constant.body().outputs[0]), expected);
  EXPECT_EQ(verdict(model(bytes(15, sparse("w", number(3, -1))) + output("w"))),
            "m: tensor 'w': extent -1 found, expected none below 0");
}

TEST(attributes, types_and_sparse_tensors_are_kept_and_other_kinds_named) {
  const std::string type = bytes(4, bytes(1, bytes(1, number(1, 1))));
  const graph::Graph graph = read(
      model(node("n", "Optional", "", "y",
                 attribute("type", 13, bytes(14, type)) + attribute("types", 14, bytes(15, type)) +
                     attribute("tensors", 9, bytes(10, number(2, 1))) +
                     attribute("sparse", 11, bytes(22, sparse("", number(3, 4))))) +
            output("y")));
  const graph::Operation& op = graph.operation(graph.body().operations[0]);
  EXPECT_EQ(*op.attribute("type"),
            graph::AttributeValue(graph::Type{
                .other = "sequence", .inside = {graph::Type{.element = ElementType::f32}}}));
  EXPECT_EQ(*op.attribute("types"), graph::AttributeValue(graph::Opaque{"TYPE_PROTOS"}));
  EXPECT_EQ(*op.attribute("tensors"), graph::AttributeValue(graph::Opaque{"TENSORS"}));
  EXPECT_EQ(*op.attribute("sparse"), graph::AttributeValue(graph::Tensor{ElementType::f32, {4}}));
}

TEST(attributes, of_a_kind_that_is_younger_are_named) {
  const graph::Graph graph =
      read(model(input("x") + node("n", "Odd", "x", "y", attribute("a", 99, bytes(99, "future"))) +
                 output("y")));
  const graph::Operation& op = graph.operation(graph.body().operations[0]);
  EXPECT_EQ(*op.attribute("a"), graph::AttributeValue(graph::Opaque{"UNDEFINED"}));
}

TEST(attributes, without_a_kind_are_what_they_hold) {
  const auto value = [](std::string_view held) {
    const graph::Graph graph = read(
        model(input("x") + node("n", "Odd", "x", "y", bytes(5, bytes(1, "a") + std::string(held))) +
              output("y")));
    return *graph.operation(graph.body().operations[0]).attribute("a");
  };
  EXPECT_EQ(value(number(3, 5)), graph::AttributeValue(std::int64_t{5}));
  EXPECT_EQ(value(bytes(9, "s")), graph::AttributeValue(std::vector<std::string>{"s"}));
  EXPECT_EQ(value(""), graph::AttributeValue(std::vector<std::int64_t>{}));
}

TEST(attributes, hold_what_they_say_or_nothing) {
  const auto with = [](std::string_view written) {
    return model(input("x") + node("n", "Odd", "x", "y", written) + output("y"));
  };
  EXPECT_EQ(verdict(with(attribute("a", 2, bytes(4, "text")))),
            "m: node 'n' (Odd): attribute 'a': a value of kind STRING found, expected INT as the "
            "attribute says");
  EXPECT_EQ(verdict(with(attribute("a", 2, ""))), "fine");  // zero, as proto3 writes it
}

TEST(attributes, every_form_of_a_constant_is_a_tensor) {
  const auto value = [](std::string_view written) {
    const graph::Graph graph = read(model(node("n", "Constant", "", "y", written) + output("y")));
    const graph::Tensor* tensor = graph.constant(graph.body().outputs[0]);
    return tensor == nullptr ? graph::Tensor{} : *tensor;
  };
  using Integers = std::vector<std::int64_t>;
  EXPECT_EQ(value(attribute("value_int", 2, number(3, 5))),
            (graph::Tensor{ElementType::i64, {}, Integers{5}}));
  EXPECT_EQ(value(attribute("value_ints", 7, number(8, 5) + number(8, 6))),
            (graph::Tensor{ElementType::i64, {2}, Integers{5, 6}}));
  EXPECT_EQ(value(attribute("value_string", 3, bytes(4, "s"))),
            (graph::Tensor{ElementType::string, {}}));
  EXPECT_EQ(value(attribute("value_strings", 8, bytes(9, "s") + bytes(9, "t"))),
            (graph::Tensor{ElementType::string, {2}}));
  std::string many;
  for (int i = 0; i < 2000; ++i) many += number(8, i);
  EXPECT_EQ(value(attribute("value_ints", 7, many)), (graph::Tensor{ElementType::i64, {2000}}));
  EXPECT_EQ(verdict(model(node("n", "Constant", "", "y",
                               attribute("value_int", 2, number(3, 5)) +
                                   attribute("value_ints", 7, number(8, 5))) +
                          output("y"))),
            "m: node 'n' (Constant): attribute 'value_ints': a second value found, expected one");
}

TEST(names, of_nodes_may_repeat_or_be_absent_and_of_operators_be_any) {
  const graph::Graph graph =
      read(model(input("x") + node("n", "a.b", "x", "p") + node("n", "Relu", "p", "q") +
                 node("", "Relu", "q", "y") + output("y")));
  ASSERT_EQ(graph.body().operations.size(), 3U);
  EXPECT_EQ(graph.operation(graph.body().operations[0]).name, "a.b");
  EXPECT_EQ(graph.operation(graph.body().operations[1]).location, "n");
  EXPECT_EQ(graph.operation(graph.body().operations[2]).location, "");
}

TEST(names, a_constant_may_repeat_an_initializer_and_is_what_counts) {
  const graph::Graph graph =
      read(model(initializer("w", number(1, 2) + number(2, 7)) +
                 node("n", "Constant", "", "w", attribute("value_int", 2, number(3, 5))) +
                 node("relu", "Relu", "w", "y") + output("y")));
  ASSERT_EQ(graph.body().operations.size(), 2U);
  EXPECT_EQ(*graph.constant(graph.operation(graph.body().operations[1]).operands[0]),
            (graph::Tensor{ElementType::i64, {}, std::vector<std::int64_t>{5}}));
}

TEST(graphs, need_no_nodes_nor_operator_sets) {
  EXPECT_EQ(verdict(bytes(7, input("x") + output("x"))), "fine");
  EXPECT_EQ(verdict(bytes(7, initializer("w", number(2, 1)) + output("w"))), "fine");
}

TEST(graphs, documentation_metadata_and_training_are_passed_over) {
  const std::string metadata = bytes(14, bytes(1, "k") + bytes(2, "v"));
  const std::string training = bytes(20, bytes(1, node("n", "", "nowhere", "z")));
  const std::string annotation = bytes(14, bytes(1, "x"));
  EXPECT_EQ(verdict(number(1, 13) + bytes(6, "documentation") + metadata + training +
                    bytes(7, input("x") + annotation + bytes(10, "doc") +
                                 node("n", "Relu", "x", "y", bytes(6, "d") + bytes(9, "m")) +
                                 output("y"))),
            "fine");
}

TEST(external_data, is_never_looked_for) {
  for (const std::string_view path : {"/etc/passwd", "../../outside", "", "absent.bin"}) {
    const std::string entry = bytes(13, bytes(1, "location") + bytes(2, path));
    const graph::Graph graph =
        read(model(initializer("w", number(1, 2) + number(2, 7) + number(14, 1) + entry) +
                   node("n", "Relu", "w", "y") + output("y")));
    EXPECT_EQ(*graph.constant(graph.operation(graph.body().operations[1]).operands[0]),
              (graph::Tensor{ElementType::i64, {2}}))
        << path;
  }
}

}  // namespace
}  // namespace hale::onnx_frontend
