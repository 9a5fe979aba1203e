#include <gtest/gtest.h>

#include <hale/core/text.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/onnx.hpp>
#include <string>
#include <string_view>

#include "wire_text.hpp"

namespace hale::onnx_frontend {
namespace {

std::string verdict(std::string_view model_bytes) {
  const auto imported = import_bytes(as_bytes(model_bytes), "m");
  return imported ? "fine" : imported.error().message;
}

/// A model of an input x, an output y, nodes between them, and functions.
std::string with_functions(std::string_view nodes, std::string_view functions) {
  return model(input("x") + std::string(nodes) + output("y")) + std::string(functions);
}

TEST(functions, a_call_has_its_body_as_a_region) {
  const auto imported =
      import_bytes(as_bytes(with_functions(
                       call("outer", "f", "x", "y"),
                       function("f", node("a", "Relu", "x", "t") + call("b", "g", "t", "y")) +
                           function("g", node("c", "Tanh", "x", "y")))),
                   "m");
  ASSERT_TRUE(imported) << imported.error().message;
  const graph::Operation& outer = imported->operation(imported->body().operations[0]);
  EXPECT_EQ(outer.domain, "d");
  EXPECT_EQ(outer.name, "f");
  ASSERT_EQ(outer.regions.size(), 1U);
  EXPECT_EQ(outer.regions[0].name, "body");
  const graph::Region& body = imported->region(outer.regions[0].region);
  ASSERT_EQ(body.operations.size(), 2U);
  ASSERT_EQ(body.inputs.size(), 1U);
  EXPECT_EQ(imported->operation(body.operations[0]).operands, body.inputs);
  const graph::Operation& inner = imported->operation(body.operations[1]);
  EXPECT_EQ(inner.results, body.outputs);
  ASSERT_EQ(inner.regions.size(), 1U);
  EXPECT_EQ(imported->operation(imported->region(inner.regions[0].region).operations[0]).name,
            "Tanh");
  auto graph = *imported;
  EXPECT_TRUE(graph::Verify::run(graph));
  const std::string text = graph::print(*imported);
  const auto parsed = graph::parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(graph::print(*parsed), text);
}

/// The alpha of the only LeakyRelu, in a function f that calls a function g; 0 without one.
float alpha_of(std::string_view of_call, std::string_view of_inner_call,
               std::string_view of_function) {
  const auto imported = import_bytes(
      as_bytes(with_functions(
          call("outer", "f", "x", "y", of_call),
          function("f", call("inner", "g", "x", "y", of_inner_call)) +
              function("g", node("leaky", "LeakyRelu", "x", "y", reference("alpha", "slope")),
                       of_function))),
      "m");
  EXPECT_TRUE(imported) << imported.error().message;
  float alpha = 0;
  graph::for_each_operation(*imported, graph::Graph::body_id(), [&](graph::OperationId id) {
    const auto* found = imported->operation(id).is("LeakyRelu")
                            ? imported->operation(id).attribute("alpha")
                            : nullptr;
    if (found != nullptr) alpha = std::get<float>(*found);
  });
  return alpha;
}

TEST(functions, references_to_attributes_are_substituted) {
  const std::string declared = bytes(6, "slope");
  const std::string one = varint(2 << 3 | 5) + std::string("\0\0\x80\x3f", 4);
  const std::string two = varint(2 << 3 | 5) + std::string("\0\0\x00\x40", 4);
  const auto slope = [](std::string_view value) { return attribute("slope", 1, value); };
  const std::string default_of_two =
      bytes(11, bytes(1, "slope") + number(20, 1) + two);  // attribute_proto
  EXPECT_EQ(alpha_of("", slope(one), declared), 1);
  EXPECT_EQ(alpha_of("", "", declared), 0);
  EXPECT_EQ(alpha_of("", "", default_of_two), 2);
  EXPECT_EQ(alpha_of("", slope(one), default_of_two), 1);
  EXPECT_EQ(alpha_of(attribute("s", 1, one), reference("slope", "s"), declared), 1);
  EXPECT_EQ(alpha_of("", reference("slope", "s"), declared), 0);
  EXPECT_EQ(
      verdict(model(input("x") + node("n", "LeakyRelu", "x", "y", reference("alpha", "a")) +
                    output("y"))),
      "m: node 'n' (LeakyRelu): attribute 'alpha': a reference to attribute 'a' of a function "
      "found, expected it in functions only");
}

TEST(functions, a_graph_that_a_call_gives_sees_the_names_around_the_call) {
  const std::string branch = node("t", "Tanh", "x", "out") + output("out");
  const std::string given = attribute("branch", 5, bytes(6, branch));
  const auto imported = import_bytes(
      as_bytes(with_functions(
          call("outer", "f", "x", "y", given),
          function("f", node("if", "If", "x", "y", reference("then_branch", "branch"))))),
      "m");
  ASSERT_TRUE(imported) << imported.error().message;
  const graph::Operation& outer = imported->operation(imported->body().operations[0]);
  ASSERT_EQ(outer.regions.size(), 1U);
  const graph::Region& body = imported->region(outer.regions[0].region);
  const graph::Operation& branching = imported->operation(body.operations[0]);
  ASSERT_EQ(branching.regions.size(), 1U);
  EXPECT_EQ(branching.regions[0].name, "then_branch");
  const graph::Region& then = imported->region(branching.regions[0].region);
  EXPECT_EQ(imported->operation(then.operations[0]).operands, imported->body().inputs);
}

TEST(functions, what_a_call_leaves_out_is_left_out_inside) {
  const std::string rest = bytes(4, "min") + bytes(4, "max");
  const auto imported = import_bytes(
      as_bytes(with_functions(
          node("n", "f", "", "y", bytes(7, "d") + bytes(1, "") + bytes(1, "x")),
          function("f",
                   node("clip", "Clip", "", "y", bytes(1, "x") + bytes(1, "min") + bytes(1, "max")),
                   rest))),
      "m");
  ASSERT_TRUE(imported) << imported.error().message;
  const graph::Operation& outer = imported->operation(imported->body().operations[0]);
  const graph::Region& body = imported->region(outer.regions[0].region);
  EXPECT_EQ(body.inputs.size(), 2U);
  const graph::Operation& inner = imported->operation(body.operations[0]);
  EXPECT_EQ(inner.operands,
            (std::vector{graph::ValueId::none, body.inputs[1], graph::ValueId::none}));
}

TEST(functions, overloads_are_told_apart) {
  const std::string second = bytes(13, "second");
  const auto imported =
      import_bytes(as_bytes(with_functions(call("n", "f", "x", "y", bytes(8, "second")),
                                           function("f", node("a", "Relu", "x", "y")) +
                                               function("f", node("b", "Tanh", "x", "y"), second))),
                   "m");
  ASSERT_TRUE(imported) << imported.error().message;
  const graph::Operation& outer = imported->operation(imported->body().operations[0]);
  const graph::Region& body = imported->region(outer.regions[0].region);
  EXPECT_EQ(imported->operation(body.operations[0]).name, "Tanh");
}

TEST(functions, operator_sets_of_functions_count_where_the_model_names_none) {
  const std::string sets = bytes(9, bytes(1, "e") + number(2, 3)) + bytes(9, number(2, 99));
  const auto imported =
      import_bytes(as_bytes(with_functions(call("n", "f", "x", "y"),
                                           function("f", node("a", "Relu", "x", "y"), sets))),
                   "m");
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->operator_sets,
            (std::vector{graph::OperatorSet{"", 13}, graph::OperatorSet{"e", 3}}));
}

TEST(functions, functions_that_cannot_be_are_errors) {
  const std::string relu = node("a", "Relu", "x", "y");
  EXPECT_EQ(verdict(with_functions(
                call("n", "f", "x", "y"),
                function("f", call("a", "g", "x", "y")) + function("g", call("b", "f", "x", "y")))),
            "m: node 'n' (f): node 'a' (g): node 'b' (f): function 'f' found, which calls itself, "
            "expected none");
  EXPECT_EQ(
      verdict(with_functions(call("n", "f", "x", "y"), function("f", relu) + function("f", relu))),
      "m: function 'f' of domain 'd' is defined twice, expected once");
  EXPECT_EQ(verdict(with_functions(call("n", "f", "x", "y", bytes(1, "x")), function("f", relu))),
            "m: node 'n' (f): 2 inputs and 1 outputs found, expected at most the 1 and 1 of "
            "function 'f'");
  EXPECT_EQ(verdict(with_functions(call("n", "f", "x", "y"),
                                   function("f", node("a", "Relu", "nowhere", "y")))),
            "m: node 'n' (f): node 'a' (Relu): input 'nowhere' found, which nothing produces; "
            "expected an input of the graph, an initializer or an output of a node");
}

TEST(functions, exponential_expansion_is_an_error) {
  const auto name = [](int i) { return concat("f", i); };
  std::string functions = function(name(0), node("a", "Relu", "x", "y"));
  for (int i = 1; i <= 30; ++i)
    functions +=
        function(name(i), call("a", name(i - 1), "x", "t") + call("b", name(i - 1), "t", "y"));
  EXPECT_NE(verdict(with_functions(call("n", name(30), "x", "y"), functions))
                .find("calls of functions that stand for more than 131072 nodes found, expected "
                      "fewer"),
            std::string::npos);
  std::string chain = function(name(0), node("a", "Relu", "x", "y"));
  for (int i = 1; i <= 1000; ++i) chain += function(name(i), call("a", name(i - 1), "x", "y"));
  EXPECT_NE(verdict(with_functions(call("n", name(1000), "x", "y"), chain))
                .find("graphs nested more than 32 deep found, expected fewer"),
            std::string::npos);
}

}  // namespace
}  // namespace hale::onnx_frontend
