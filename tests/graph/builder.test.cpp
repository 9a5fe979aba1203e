#include <gtest/gtest.h>

#include <hale/graph/builder.hpp>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <string>
#include <utility>

namespace hale::graph {
namespace {

constexpr ElementType f32 = ElementType::f32;

TEST(Builder, makes_a_graph_whose_values_have_their_types) {
  Builder builder("net");
  const ValueId x = builder.input("x", tensor_type(f32, {2, 4, 8, 8}));
  const ValueId w = builder.weight("w", tensor_type(f32, {6, 4, 3, 3}));
  const auto y = builder.add("Conv", {x, w}, {{"strides", std::vector<std::int64_t>{2, 2}}}, "c");
  ASSERT_TRUE(y) << y.error().message;
  const auto flat = builder.add("Reshape", {*y, builder.integers({2, -1})});
  ASSERT_TRUE(flat) << flat.error().message;
  builder.output(*flat, "y");
  const auto graph = std::move(builder).finish();
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_EQ(describe(graph->value(*y).type), "2x6x3x3");
  EXPECT_EQ(describe(graph->value(graph->body().outputs[0]).type), "2x54");
  EXPECT_EQ(graph->value(graph->body().outputs[0]).name, "y");
  EXPECT_EQ(macs(*graph).total, 2U * 54 * 36);
  EXPECT_EQ(parameters(*graph).total, 6U * 36);
  const auto parsed = parse(print(*graph));
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(print(*parsed), print(*graph));
}

TEST(Builder, takes_operations_that_are_not_declared_with_the_types_it_is_told) {
  Builder builder;
  const ValueId x = builder.input("x", tensor_type(f32, {2, 3}));
  const auto results = builder.add({.name = "Split3",
                                    .operands = {x, ValueId::none},
                                    .results = 2,
                                    .domain = "com.example",
                                    .types = {tensor_type(f32, {1, 3})}});
  ASSERT_TRUE(results) << results.error().message;
  ASSERT_EQ(results->size(), 2U);
  builder.output((*results)[0]);
  const auto graph = std::move(builder).finish();
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_EQ(describe(graph->value((*results)[0]).type), "1x3");
  EXPECT_EQ(describe(graph->value((*results)[1]).type), "?");
}

TEST(Builder, nests_regions) {
  Builder builder;
  const ValueId x = builder.input("x", tensor_type(f32, {2, 3}));
  const ValueId c = builder.input("c", tensor_type(ElementType::boolean, {}));
  std::vector<NamedRegion> branches;
  for (const std::string name : {"then_branch", "else_branch"}) {
    branches.push_back({name, builder.open()});
    builder.output(*builder.add(name == "then_branch" ? "Relu" : "Tanh", {x}));
    ASSERT_TRUE(builder.close());
  }
  const auto y = builder.add(
      {.name = "If", .operands = {c}, .regions = branches, .types = {tensor_type(f32, {2, 3})}});
  ASSERT_TRUE(y) << y.error().message;
  EXPECT_FALSE(builder.add({.name = "If", .operands = {c}, .regions = branches}));
  builder.output(y->front(), "y");
  const auto graph = std::move(builder).finish();
  ASSERT_TRUE(graph) << graph.error().message;
  EXPECT_EQ(graph->body().operations.size(), 1U);
  EXPECT_EQ(graph->operation(graph->body().operations[0]).regions.size(), 2U);
}

TEST(Builder, refuses_what_does_not_fit_where_it_is_added) {
  Builder builder;
  const ValueId x = builder.input("x", tensor_type(f32, {2, 3}));
  const auto message = [](const auto& result) {
    return result ? std::string("taken") : result.error().message;
  };
  EXPECT_EQ(message(builder.add("MatMul", {x}, {}, "m")),
            "node 'm' (MatMul): operand B is missing, expected it");
  EXPECT_NE(message(builder.add("MatMul", {x, x}, {}, "m")).find("inner extents"),
            std::string::npos);
  EXPECT_EQ(message(builder.add("Relu", {ValueId{77}})),
            "operation Relu: operand 0 found, expected a value of this graph");
  EXPECT_EQ(message(builder.add("Conv", {x, x}, {{"group", 1.0F}}, "c")),
            "node 'c' (Conv): attribute 'group' is a float, expected an integer");
  EXPECT_EQ(message(builder.close()), "close() found no open region, expected one");
}

TEST(Builder, refuses_an_input_of_less_than_nothing) {
  Builder builder;
  const ValueId x = builder.input("x", tensor_type(ElementType::f32, {-5, 8}));
  builder.output(x, "y");
  const auto graph = std::move(builder).finish();
  ASSERT_FALSE(graph);
  EXPECT_NE(graph.error().message.find("input 'x'"), std::string::npos) << graph.error().message;
}

TEST(Builder, finish_says_what_is_missing) {
  const auto message = [](Builder builder) {
    const auto graph = std::move(builder).finish();
    return graph ? std::string("taken") : graph.error().message;
  };
  EXPECT_EQ(message(Builder()), "no output found, expected at least one");
  Builder open;
  open.output(open.input("x", tensor_type(f32, {1})));
  static_cast<void>(open.open());
  EXPECT_EQ(message(open), "a region is still open, expected close()");
  ASSERT_TRUE(open.close());
  EXPECT_EQ(message(open), "a region was closed, expected an operation that takes it");
  Builder lost;
  lost.output(ValueId{5}, "y");
  EXPECT_EQ(message(lost), "output 'y' found, expected a value of this graph");
  Builder weight;
  static_cast<void>(weight.weight("w", Type{f32}));
  EXPECT_EQ(message(weight), "weight 'w' is ?, expected extents that are known");
}

}  // namespace
}  // namespace hale::graph
