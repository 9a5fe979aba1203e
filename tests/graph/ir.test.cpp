#include <gtest/gtest.h>

#include <hale/graph/ir.hpp>
#include <hale/graph/rewrite.hpp>
#include <string>

namespace hale::graph {
namespace {

TEST(Graph, an_operation_produces_its_results) {
  Graph graph;
  const ValueId x = graph.add_value({}, "x");
  const ValueId y = graph.add_value({}, "y");
  graph.body().inputs = {x};
  const OperationId relu =
      graph.append(Graph::body_id(), {.name = "Relu", .operands = {x}, .results = {y}});
  EXPECT_EQ(graph.producer(x), nullptr);
  EXPECT_EQ(graph.producer(ValueId::none), nullptr);
  EXPECT_EQ(graph.producer(y), &graph.operation(relu));
}

TEST(Graph, a_node_without_a_name_is_named_by_its_result) {
  Graph graph;
  const Operation named{.name = "Relu", .location = "r"};
  const Operation anonymous{.name = "Relu", .results = {graph.add_value({}, "y")}};
  EXPECT_EQ(graph.location_of(named), "node 'r' (Relu)");
  EXPECT_EQ(graph.location_of(anonymous), "node of 'y' (Relu)");
  EXPECT_EQ(graph.location_of(Operation{.name = "Relu"}), "a node without a name (Relu)");
}

TEST(Graph, references_stay_valid_while_operations_are_added) {
  Graph graph;
  const OperationId first = graph.append(Graph::body_id(), {.name = "First"});
  const Operation& kept = graph.operation(first);
  for (int i = 0; i < 1000; ++i) graph.append(Graph::body_id(), {.name = "Other"});
  EXPECT_EQ(kept.name, "First");
}

TEST(Rewriter, an_output_of_the_graph_keeps_its_name) {
  Graph graph;
  const ValueId x = graph.add_value({}, "x");
  const ValueId a = graph.add_value({}, "a");
  const ValueId y = graph.add_value({}, "y");
  graph.append(Graph::body_id(), {.name = "Relu", .operands = {x}, .results = {a}});
  const OperationId copy =
      graph.append(Graph::body_id(), {.name = "Identity", .operands = {a}, .results = {y}});
  graph.body() = {{x}, {y}, graph.body().operations};
  Rewriter rewriter(graph);
  const auto status = rewriter.walk([&](OperationId id) -> Result<> {
    if (id == copy) rewriter.replace(y, a);
    return {};
  });
  ASSERT_TRUE(status);
  ASSERT_EQ(graph.body().outputs, std::vector{a});
  EXPECT_EQ(graph.value(a).name, "y");
}

TEST(Rewriter, an_input_does_not_take_an_outputs_place) {
  Graph graph;
  const ValueId x = graph.add_value({}, "x");
  const ValueId y = graph.add_value({}, "y");
  graph.append(Graph::body_id(), {.name = "Identity", .operands = {x}, .results = {y}});
  graph.body() = {{x}, {y}, graph.body().operations};
  Rewriter rewriter(graph);
  ASSERT_TRUE(rewriter.walk([&](OperationId) -> Result<> {
    rewriter.replace(y, x);
    return {};
  }));
  EXPECT_EQ(graph.body().outputs, std::vector{y});
}

TEST(Rewriter, an_error_ends_the_walk_and_leaves_every_operation_in_place) {
  Graph graph;
  for (int i = 0; i < 3; ++i) graph.append(Graph::body_id(), {.name = "Op"});
  int visits = 0;
  Rewriter rewriter(graph);
  const auto status = rewriter.walk([&](OperationId) -> Result<> {
    if (++visits == 2) return fail("stop");
    return {};
  });
  EXPECT_FALSE(status);
  EXPECT_EQ(visits, 2);
  EXPECT_EQ(graph.body().operations.size(), 3U);
}

TEST(count_uses, operands_outputs_and_nested_outputs_count) {
  Graph graph;
  const ValueId x = graph.add_value({}, "x");
  const ValueId y = graph.add_value({}, "y");
  const RegionId branch = graph.add_region();
  graph.region(branch).outputs = {x};
  graph.append(Graph::body_id(), {.name = "If",
                                  .operands = {x, ValueId::none, x},
                                  .results = {y},
                                  .regions = {{"then_branch", branch}}});
  graph.body().outputs = {y};
  const auto uses = count_uses(graph);
  EXPECT_EQ(uses[index_of(x)], 3U);
  EXPECT_EQ(uses[index_of(y)], 1U);
}

}  // namespace
}  // namespace hale::graph
