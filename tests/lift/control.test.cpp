#include <gtest/gtest.h>

#include <chrono>
#include <hale/graph/control.hpp>
#include <hale/graph/text.hpp>
#include <hale/lift/read.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// How often what stands in If, Loop and Scan runs, and what shapes they give.
namespace hale::lift {
namespace {

using Lines = std::vector<std::string>;

/// An input, whose extents operations in the text need not repeat.
struct Input {
  std::string_view name;
  graph::Type type;
};
graph::Type f32(const std::vector<std::int64_t>& extents) {
  return graph::tensor_type(graph::ElementType::f32, extents);
}
const graph::Type truth = graph::tensor_type(graph::ElementType::boolean, {});
const graph::Type number = graph::tensor_type(graph::ElementType::i64, {});

graph::Graph parsed(const std::vector<Input>& inputs, std::string_view body,
                    std::string_view outputs) {
  std::string arguments;
  for (const auto& [name, type] : inputs)
    arguments += concat(arguments.empty() ? "" : ", ", name, ": tensor<",
                        type.rank() == 0 ? "" : "*x", graph::name_of(type.element), ">");
  std::string types;
  for (const char c : outputs)
    if (c == '%') types += types.empty() ? "tensor<*xf32>" : ", tensor<*xf32>";
  auto graph = graph::parse(concat("\"onnx.graph\"() ({\n^bb0(", arguments, "):\n", body,
                                   "\n  \"onnx.return\"(", outputs, ") : (", types,
                                   ") -> ()\n}) {} : () -> ()"));
  EXPECT_TRUE(graph) << graph.error().message;
  if (!graph) return {};
  for (std::size_t i = 0; i < inputs.size(); ++i)
    graph->value(graph->body().inputs[i]).type = inputs[i].type;
  return *std::move(graph);
}

/// What is read of a graph: shapes of its outputs, products of one run, and what is assumed.
struct Found {
  Lines outputs{};
  std::uint64_t macs = 0;
  double covered = 0;
  Lines assumptions{};
};

Found found_in(const graph::Graph& graph) {
  graph::Graph inferred = graph;
  const auto status = graph::InferShapes::run(inferred);
  EXPECT_TRUE(status) << status.error().message;
  const auto reading = read(graph);
  EXPECT_TRUE(reading) << reading.error().message;
  if (!status || !reading) return {};
  Found found{.macs = reading->cost.macs,
              .covered = reading->cost.covered,
              .assumptions = reading->network->unfused.assumptions};
  for (const graph::ValueId id : inferred.body().outputs)
    found.outputs.push_back(graph::describe(inferred.value(id).type));
  std::uint64_t by_operators = 0;
  graph::for_each_run(
      inferred, graph::Graph::body_id(), 1, [&](graph::OperationId id, std::uint64_t runs) {
        by_operators = workload::saturating_sum(
            by_operators, workload::saturating_product(macs_of(inferred, id).value_or(0), runs));
      });
  EXPECT_EQ(by_operators, found.macs) << "the table of operators counts what the total does";
  return found;
}

constexpr std::string_view weight =
    "  %20 = \"onnx.Constant\"() {value = dense_resource<__elided__> : tensor<8x8xf32>} : () -> "
    "tensor<8x8xf32>\n";

/// An If on %1 whose else branch has a product more; the layer behind it.
graph::Graph branches(const std::vector<Input>& inputs, std::string_view condition) {
  return parsed(inputs, concat(weight, condition, R"(
  %2 = "onnx.If"(%1) ({
    %3 = "onnx.Concat"(%0, %0) {axis = 0 : i64} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    "onnx.return"(%3) : (tensor<*xf32>) -> ()
  }, {
    %4 = "onnx.MatMul"(%0, %20) : (tensor<*xf32>, tensor<8x8xf32>) -> tensor<*xf32>
    "onnx.return"(%4) : (tensor<*xf32>) -> ()
  }) {region_names = ["then_branch", "else_branch"]} : (tensor<i1>) -> tensor<*xf32> loc("if")
  %5 = "onnx.MatMul"(%2, %20) : (tensor<*xf32>, tensor<8x8xf32>) -> tensor<*xf32>)"),
                "%2, %5");
}

TEST(control, a_known_condition_is_followed_and_nothing_is_assumed) {
  const Found then = found_in(branches(
      {{"%0", f32({4, 8})}},
      R"(  %1 = "onnx.Constant"() {value = dense<true> : tensor<i1>} : () -> tensor<i1>)"));
  EXPECT_EQ(then.outputs, (Lines{"8x8", "8x8"}));
  EXPECT_EQ(then.macs, 512U);
  EXPECT_EQ(then.assumptions, Lines{});
  EXPECT_EQ(then.covered, 1);
  const Found other = found_in(branches(
      {{"%0", f32({4, 8})}},
      R"(  %1 = "onnx.Constant"() {value = dense<false> : tensor<i1>} : () -> tensor<i1>)"));
  EXPECT_EQ(other.outputs, (Lines{"4x8", "4x8"}));
  EXPECT_EQ(other.macs, 512U);
}

TEST(control, a_condition_on_an_extent_is_known) {
  constexpr std::string_view is_long = R"(
  %30 = "onnx.Shape"(%0) : (tensor<*xf32>) -> tensor<2xi64>
  %31 = "onnx.Constant"() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %32 = "onnx.Gather"(%30, %31) : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  %33 = "onnx.Constant"() {value = dense<10> : tensor<i64>} : () -> tensor<i64>
  %1 = "onnx.Greater"(%32, %33) : (tensor<i64>, tensor<i64>) -> tensor<i1>)";
  EXPECT_EQ(found_in(branches({{"%0", f32({11, 8})}}, is_long)).outputs[0], "22x8");
  EXPECT_EQ(found_in(branches({{"%0", f32({10, 8})}}, is_long)).outputs[0], "10x8");
}

TEST(control, of_an_unknown_condition_the_costlier_branch_goes_on) {
  const Found found = found_in(branches({{"%0", f32({4, 8})}, {"%1", truth}}, ""));
  EXPECT_EQ(found.outputs, (Lines{"4x8", "4x8"}));
  EXPECT_EQ(found.macs, 512U);
  EXPECT_EQ(found.covered, 1);
  EXPECT_EQ(found.assumptions,
            Lines{"node 'if' (If): takes its costlier branch, else_branch, of 4x8"});
}

TEST(control, a_branch_that_is_asked_for_goes_on) {
  graph::Graph graph = branches({{"%0", f32({4, 8})}, {"%1", truth}}, "");
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    graph::Operation& op = graph.operation(id);
    if (op.is("If")) op.control = {graph::Decision::asked, graph::find_branch(op, true)};
  });
  const Found found = found_in(graph);
  EXPECT_EQ(found.outputs, (Lines{"8x8", "8x8"}));
  EXPECT_EQ(found.macs, 512U);
  EXPECT_EQ(found.assumptions, Lines{"node 'if' (If): takes then_branch, as asked"});
}

/// A Loop with a state %0 that is multiplied, and what is stacked of it; %1 is its count, %2 its
/// condition.
graph::Graph loop(const std::vector<Input>& inputs, std::string_view count) {
  return parsed(inputs, concat(weight, count, R"(
  %3, %4 = "onnx.Loop"(%1, %2, %0) ({
  ^bb0(%5: tensor<i64>, %6: tensor<i1>, %7: tensor<*xf32>):
    %8 = "onnx.MatMul"(%7, %20) : (tensor<*xf32>, tensor<8x8xf32>) -> tensor<*xf32>
    %9 = "onnx.Identity"(%6) : (tensor<i1>) -> tensor<i1>
    "onnx.return"(%9, %8, %8) : (tensor<i1>, tensor<*xf32>, tensor<*xf32>) -> ()
  }) {region_names = ["body"]} : (tensor<i64>, tensor<i1>, tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>) loc("loop"))"),
                "%3, %4");
}

std::string counted(std::string_view count, std::string_view condition = "true") {
  return concat("  %1 = \"onnx.Constant\"() {value = dense<", count,
                "> : tensor<i64>} : () -> tensor<i64>\n  %2 = \"onnx.Constant\"() {value = dense<",
                condition, "> : tensor<i1>} : () -> tensor<i1>\n");
}

TEST(control, a_loop_of_known_trips_stacks_as_many_and_counts_them) {
  const Found found = found_in(loop({{"%0", f32({1, 8})}}, counted("37")));
  EXPECT_EQ(found.outputs, (Lines{"1x8", "37x1x8"}));
  EXPECT_EQ(found.macs, 37U * 64);
  EXPECT_EQ(found.assumptions, Lines{"node 'loop' (Loop): its body runs 37 times"});
}

TEST(control, a_loop_runs_as_often_as_an_extent_says) {
  constexpr std::string_view count = R"(
  %30 = "onnx.Shape"(%0) : (tensor<*xf32>) -> tensor<2xi64>
  %31 = "onnx.Constant"() {value = dense<0> : tensor<i64>} : () -> tensor<i64>
  %1 = "onnx.Gather"(%30, %31) : (tensor<2xi64>, tensor<i64>) -> tensor<i64>
  %2 = "onnx.Constant"() {value = dense<true> : tensor<i1>} : () -> tensor<i1>)";
  const Found found = found_in(loop({{"%0", f32({5, 8})}}, count));
  EXPECT_EQ(found.outputs, (Lines{"5x8", "5x5x8"}));
  EXPECT_EQ(found.macs, 5U * 5 * 64);
  graph::Graph open = loop({{"%0", f32({1, 8})}}, count);
  open.value(open.body().inputs[0]).type.dims->front() = {graph::Dim::open, "N"};
  ASSERT_TRUE(graph::InferShapes::run(open));
  EXPECT_EQ(graph::describe(open.value(open.body().outputs[1]).type), "NxNx8");
}

TEST(control, a_loop_without_a_trip_gives_what_it_is_given) {
  for (const std::string& count : {counted("0"), counted("-3"), counted("5", "false"),
                                   counted("9223372036854775807", "false")}) {
    const Found found = found_in(loop({{"%0", f32({1, 8})}}, count));
    EXPECT_EQ(found.outputs, (Lines{"1x8", "0x1x8"})) << count;
    EXPECT_EQ(found.macs, 0U);
    EXPECT_EQ(found.assumptions, Lines{"node 'loop' (Loop): its body runs 0 times"});
  }
}

TEST(control, a_loop_that_hale_cannot_count_says_so) {
  const Found found = found_in(loop({{"%0", f32({1, 8})}, {"%1", number}, {"%2", truth}}, ""));
  EXPECT_EQ(found.outputs, (Lines{"1x8", "?x1x8"}));
  EXPECT_EQ(found.macs, 64U);
}

TEST(control, what_a_body_changes_of_its_state_is_open) {
  const graph::Graph graph = parsed({{"%0", f32({1, 8})}}, concat(weight, counted("3"), R"(
  %3 = "onnx.Loop"(%1, %2, %0) ({
  ^bb0(%5: tensor<i64>, %6: tensor<i1>, %7: tensor<*xf32>):
    %8 = "onnx.Concat"(%7, %0) {axis = 0 : i64} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    "onnx.return"(%6, %8) : (tensor<i1>, tensor<*xf32>) -> ()
  }) {region_names = ["body"]} : (tensor<i64>, tensor<i1>, tensor<*xf32>) -> tensor<*xf32>)"),
                                    "%3");
  graph::Graph inferred = graph;
  ASSERT_TRUE(graph::InferShapes::run(inferred));
  EXPECT_EQ(graph::describe(inferred.value(inferred.body().outputs[0]).type), "?x8");
}

/// Loops in loops, `depth` of them of `count` trips each, around a product.
graph::Graph nested_loops(int depth, std::string_view count) {
  std::string open;
  std::string close;
  for (int i = 0; i < depth; ++i) {
    const int at = 100 + 10 * i;
    const std::string state = i == 0 ? "%0" : concat("%", at - 8);
    open += concat("  %", at + 5, " = \"onnx.Loop\"(%1, %2, ", state, ") ({\n  ^bb0(%", at,
                   ": tensor<i64>, %", at + 1, ": tensor<i1>, %", at + 2, ": tensor<*xf32>):\n");
    const std::string inner = i == depth - 1 ? concat("%", at + 6) : concat("%", at + 15);
    close = concat("  \"onnx.return\"(%", at + 1, ", ", inner,
                   ") : (tensor<i1>, tensor<*xf32>) -> ()\n  }) {region_names = [\"body\"]} : "
                   "(tensor<i64>, tensor<i1>, tensor<*xf32>) -> tensor<*xf32>\n",
                   close);
    if (i == depth - 1)
      open += concat("  %", at + 6, " = \"onnx.MatMul\"(%", at + 2,
                     ", %20) : (tensor<*xf32>, tensor<8x8xf32>) -> tensor<*xf32>\n");
  }
  return parsed({{"%0", f32({1, 8})}}, concat(weight, counted(count), open, close), "%105");
}

TEST(control, loops_in_loops_multiply) {
  const Found found = found_in(nested_loops(3, "10"));
  EXPECT_EQ(found.macs, 64'000U);
  EXPECT_EQ(found.outputs, Lines{"1x8"});
}

TEST(control, trips_without_end_stop_at_the_largest_number_and_say_so) {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  for (const graph::Graph& graph :
       {nested_loops(1, "4611686018427387904"), nested_loops(3, "2147483648")}) {
    const auto begin = std::chrono::steady_clock::now();
    const Found found = found_in(graph);
    EXPECT_EQ(found.macs, most);
    EXPECT_NE(found.assumptions.back().find("stop at the largest number"), std::string::npos);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  }
}

TEST(control, deep_nests_are_inferred_in_no_time) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(found_in(nested_loops(30, "1")).macs, 64U);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(control, an_if_within_a_loop_costs_its_branch_each_trip) {
  const Found found =
      found_in(parsed({{"%0", f32({4, 8})}, {"%50", truth}}, concat(weight, counted("6"), R"(
  %3 = "onnx.Loop"(%1, %2, %0) ({
  ^bb0(%5: tensor<i64>, %6: tensor<i1>, %7: tensor<*xf32>):
    %8 = "onnx.If"(%50) ({
      "onnx.return"(%7) : (tensor<*xf32>) -> ()
    }, {
      %9 = "onnx.MatMul"(%7, %20) : (tensor<*xf32>, tensor<8x8xf32>) -> tensor<*xf32>
      "onnx.return"(%9) : (tensor<*xf32>) -> ()
    }) {region_names = ["then_branch", "else_branch"]} : (tensor<i1>) -> tensor<*xf32> loc("if")
    "onnx.return"(%6, %8) : (tensor<i1>, tensor<*xf32>) -> ()
  }) {region_names = ["body"]} : (tensor<i64>, tensor<i1>, tensor<*xf32>) -> tensor<*xf32> loc("loop"))"),
                      "%3"));
  EXPECT_EQ(found.macs, 6U * 4 * 64);
  EXPECT_EQ(found.outputs, Lines{"4x8"});
  EXPECT_EQ(found.assumptions, (Lines{"node 'if' (If): takes its costlier branch, else_branch",
                                      "node 'loop' (Loop): its body runs 6 times"}));
}

TEST(control, a_scan_has_shapes_and_so_has_the_layer_behind_it) {
  const Found found =
      found_in(parsed({{"%0", f32({4, 8})}, {"%1", f32({50, 4, 8})}}, concat(weight, R"(
  %2, %3 = "onnx.Scan"(%0, %1) ({
  ^bb0(%4: tensor<*xf32>, %5: tensor<*xf32>):
    %6 = "onnx.Add"(%4, %5) : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    %7 = "onnx.MatMul"(%6, %20) : (tensor<*xf32>, tensor<8x8xf32>) -> tensor<*xf32>
    "onnx.return"(%7, %6) : (tensor<*xf32>, tensor<*xf32>) -> ()
  }) {num_scan_inputs = 1 : i64, region_names = ["body"]} : (tensor<*xf32>, tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  %8 = "onnx.MatMul"(%3, %20) : (tensor<*xf32>, tensor<8x8xf32>) -> tensor<*xf32>)"),
                      "%2, %3, %8"));
  EXPECT_EQ(found.outputs, (Lines{"4x8", "50x4x8", "50x4x8"}));
  EXPECT_EQ(found.macs, 2U * 50 * 4 * 64);
  EXPECT_EQ(found.covered, 1);
}

TEST(control, a_scan_of_two_states_takes_and_stacks_along_its_axes) {
  const Found found = found_in(
      parsed({{"%0", f32({4, 8})}, {"%1", f32({4})}, {"%2", f32({4, 8, 6})}}, concat(weight, R"(
  %3, %4, %5 = "onnx.Scan"(%0, %1, %2) ({
  ^bb0(%6: tensor<*xf32>, %7: tensor<*xf32>, %8: tensor<*xf32>):
    %9 = "onnx.Add"(%6, %8) : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    "onnx.return"(%9, %7, %9) : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> ()
  }) {num_scan_inputs = 1 : i64, scan_input_axes = array<i64: -1>, scan_output_axes = array<i64: 1>, region_names = ["body"]} : (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>) loc("scan"))"),
             "%3, %4, %5"));
  EXPECT_EQ(found.outputs, (Lines{"4x8", "4", "4x6x8"}));
  EXPECT_EQ(found.assumptions, Lines{"node 'scan' (Scan): its body runs 6 times"});
}

TEST(control, a_scan_of_opset_8_runs_for_each_of_a_batch) {
  const Found found =
      found_in(parsed({{"%0", f32({3, 4, 8})}, {"%1", f32({3, 5, 4, 8})}}, concat(weight, R"(
  %none = "onnx.NoValue"() : () -> none
  %2, %3 = "onnx.Scan"(%none, %0, %1) ({
  ^bb0(%4: tensor<*xf32>, %5: tensor<*xf32>):
    %6 = "onnx.Add"(%4, %5) : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
    %7 = "onnx.MatMul"(%6, %20) : (tensor<*xf32>, tensor<8x8xf32>) -> tensor<*xf32>
    "onnx.return"(%7, %6) : (tensor<*xf32>, tensor<*xf32>) -> ()
  }) {num_scan_inputs = 1 : i64, region_names = ["body"]} : (none, tensor<*xf32>, tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>) loc("scan"))"),
                      "%2, %3"));
  EXPECT_EQ(found.outputs, (Lines{"3x4x8", "3x5x4x8"}));
  EXPECT_EQ(found.macs, 15U * 4 * 64);
  EXPECT_EQ(found.assumptions, Lines{"node 'scan' (Scan): its body runs 15 times"});
}

}  // namespace
}  // namespace hale::lift
