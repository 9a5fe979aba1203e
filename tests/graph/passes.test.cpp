#include <gtest/gtest.h>

#include <fstream>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <iterator>
#include <string>

namespace hale::graph {
namespace {

std::string read(const std::string& name) {
  std::ifstream file(std::string(HALE_GRAPH_TESTS) + "/" + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// <pass>.ir becomes <pass>.out.ir.
class GoldenPass : public testing::TestWithParam<std::string_view> {};

TEST_P(GoldenPass, writes_the_expected_text) {
  const std::string name(GetParam());
  const std::string input = read(name + ".ir");
  ASSERT_FALSE(input.empty()) << name << ".ir";
  auto graph = parse(input, name + ".ir");
  ASSERT_TRUE(graph) << graph.error().message;
  const auto status = find_pass(name)->run(*graph);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(print(*graph), read(name + ".out.ir"));
}

TEST_P(GoldenPass, does_nothing_more_the_second_time) {
  const std::string name(GetParam());
  auto graph = parse(read(name + ".out.ir"), name + ".out.ir");
  ASSERT_TRUE(graph) << graph.error().message;
  const std::string once = print(*graph);
  ASSERT_TRUE(find_pass(name)->run(*graph));
  ASSERT_TRUE(RemoveDeadCode::run(*graph));
  auto expected = parse(once);
  ASSERT_TRUE(expected && RemoveDeadCode::run(*expected));
  EXPECT_EQ(print(*graph), print(*expected));
}

constexpr auto golden = [] {
  std::array<std::string_view, passes().size()> names{};
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = passes()[i].name;
  return names;
}();
INSTANTIATE_TEST_SUITE_P(EveryPass, GoldenPass, testing::ValuesIn(golden), [](const auto& tested) {
  std::string name(tested.param);
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

TEST(passes, are_found_by_name) {
  for (const PassEntry& entry : passes()) {
    EXPECT_EQ(find_pass(entry.name), &entry);
    EXPECT_FALSE(entry.summary.empty());
  }
  EXPECT_EQ(find_pass("no-such-pass"), nullptr);
}

struct Fails {
  static constexpr std::string_view name = "fails";
  static constexpr std::string_view summary = "fails";
  static Result<> run(Graph&) { return fail("as always"); }
};
struct Renames {
  static constexpr std::string_view name = "renames";
  static constexpr std::string_view summary = "leaves a trace";
  static Result<> run(Graph& graph) {
    graph.name += "x";
    return {};
  }
};

TEST(Pipeline, stops_at_the_first_error) {
  Graph graph;
  const auto status = Pipeline<Renames, Fails, Renames>::run(graph);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "as always");
  EXPECT_EQ(graph.name, "x");
  EXPECT_TRUE((Pipeline<Renames, Renames>::run(graph)));
}

TEST(Verify, refuses_what_is_defined_late_twice_or_not_at_all) {
  Graph graph;
  const ValueId x = graph.add_value({}, "x");
  const ValueId y = graph.add_value({}, "y");
  const ValueId z = graph.add_value({}, "z");
  graph.body().inputs = {x};
  graph.append(Graph::body_id(),
               {.name = "Relu", .operands = {y}, .results = {z}, .location = "first"});
  graph.append(Graph::body_id(), {.name = "Relu", .operands = {x}, .results = {y}});
  const auto late = Verify::run(graph);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().message,
            "node 'first' (Relu): operand 'y' found before its definition, expected it after");
  std::swap(graph.body().operations[0], graph.body().operations[1]);
  EXPECT_TRUE(Verify::run(graph));
  graph.body().outputs = {graph.add_value({}, "lost")};
  const auto lost = Verify::run(graph);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().message,
            "output 'lost' is not defined, expected an operation that produces it");
  graph.append(Graph::body_id(),
               {.name = "Relu", .operands = {x}, .results = {y}, .location = "again"});
  const auto twice = Verify::run(graph);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message,
            "node 'again' (Relu): result 'y' is defined already, expected a new one");
}

TEST(canonicalise, an_open_batch_lets_zeros_fold_into_sums) {
  auto graph = parse(R"("onnx.graph"() ({
^bb0(%0: tensor<?x3xf32, {dims = ["N", ""]}>):
  %1 = "onnx.Constant"() {value = dense<0.0e+00> : tensor<f32>} : () -> tensor<f32>
  %2 = "onnx.Relu"(%0) : (tensor<?x3xf32, {dims = ["N", ""]}>) -> tensor<*xf32>
  %3 = "onnx.Mul"(%2, %1) : (tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
  %4 = "onnx.Add"(%3, %2) : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  "onnx.return"(%4) : (tensor<*xf32>) -> ()
}) {inputs = ["x"], name = "", operator_sets = [], outputs = ["y"]} : () -> ())");
  ASSERT_TRUE(graph) << graph.error().message;
  const auto canonical = canonicalise(*std::move(graph));
  ASSERT_TRUE(canonical) << canonical.error().message;
  ASSERT_EQ(canonical->body().operations.size(), 1U);
  EXPECT_TRUE(canonical->operation(canonical->body().operations[0]).is("Relu"));
}

}  // namespace
}  // namespace hale::graph
