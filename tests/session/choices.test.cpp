#include <gtest/gtest.h>

#include <hale/graph/builder.hpp>
#include <hale/graph/passes.hpp>
#include <hale/session/choices.hpp>
#include <hale/session/inputs.hpp>
#include <string>
#include <utility>

namespace hale::session {
namespace {

using graph::ElementType;

/// x: 4x8; y is x where the sample rate is 16000, else the half of it; `fast` is for a second If.
graph::Graph resampled() {
  graph::Builder builder("resampled");
  const auto x = builder.input("x", graph::tensor_type(ElementType::f32, {4, 8}));
  const auto rate = builder.input("rate", graph::tensor_type(ElementType::i64, {1}));
  const auto fast = builder.input("fast", graph::tensor_type(ElementType::boolean, {}));
  builder.input("scale", graph::tensor_type(ElementType::f16, {}));
  const auto expected = builder.constant(
      {.element = ElementType::i64, .dims = {1}, .elements = std::vector<std::int64_t>{16000}});
  const auto either = [&](graph::ValueId condition, graph::ValueId of, std::string name) {
    const graph::RegionId then = builder.open();
    builder.output(of);
    EXPECT_TRUE(builder.close());
    const graph::RegionId otherwise = builder.open();
    builder.output(*builder.add("Concat", {of, of}, {{"axis", std::int64_t{0}}}));
    EXPECT_TRUE(builder.close());
    return builder
        .add({.name = "If",
              .operands = {condition},
              .regions = {{"then_branch", then}, {"else_branch", otherwise}},
              .location = std::move(name)})
        ->front();
  };
  const auto first = either(*builder.add("Equal", {rate, expected}), x, "resample");
  builder.output(either(fast, first, ""), "y");
  return *std::move(builder).finish();
}

std::string message(const Result<>& result) { return result ? "" : result.error().message; }

/// The shape of y under these choices, or what is wrong with them.
std::string shape_of(const Choices& choices) {
  graph::Graph graph = resampled();
  if (const auto applied = apply({.choices = choices}, graph); !applied)
    return applied.error().message;
  EXPECT_EQ(message(graph::InferShapes::run(graph)), "");
  return graph::describe(graph.value(graph.body().outputs[0]).type);
}

TEST(Choices, AreReadFromWords) {
  EXPECT_EQ(parse_take("a=b=then")->node, "a=b");
  EXPECT_TRUE(parse_take("n=then")->is_then);
  EXPECT_FALSE(parse_take("n=else")->is_then);
  for (const char* word : {"=then", "n=", "n", "n=Then", "then", ""})
    EXPECT_FALSE(parse_take(word)) << word;
  EXPECT_EQ(parse_value("rate=16000")->number, graph::Number(std::int64_t{16000}));
  EXPECT_EQ(parse_value("fast=true")->number, graph::Number(std::int64_t{1}));
  EXPECT_EQ(parse_value("scale=-0.5")->number, graph::Number(-0.5));
  for (const char* word : {"=1", "rate=", "rate", "rate=much", "rate=nan", "rate=1e999", ""})
    EXPECT_FALSE(parse_value(word)) << word;
}

TEST(Choices, ABranchIsTakenByTheNodesName) {
  EXPECT_EQ(shape_of({.takes = {{"resample", true}, {"y", true}}}), "4x8");
  EXPECT_EQ(shape_of({.takes = {{"resample", false}, {"y", true}}}), "8x8");
  EXPECT_EQ(shape_of({.takes = {{"resample", false}, {"y", false}}}), "16x8");
  EXPECT_EQ(shape_of({.takes = {{"x", false}}}),
            "take: no If node 'x'; there are: 'resample', 'y'");
}

TEST(Choices, AnInputsValueDecides) {
  const auto number = [](std::int64_t value) { return graph::Number(value); };
  EXPECT_EQ(shape_of({.values = {{"rate", number(16000)}, {"fast", number(1)}}}), "4x8");
  EXPECT_EQ(shape_of({.values = {{"rate", number(8000)}, {"fast", number(1)}}}), "8x8");
  EXPECT_EQ(shape_of({.values = {{"rate", number(8000)}, {"fast", number(0)}}}), "16x8");
  EXPECT_EQ(shape_of({.takes = {{"y", true}}, .values = {{"rate", number(1)}}}), "8x8");
}

TEST(Choices, AnInputWithAValueStaysAnInput) {
  graph::Graph graph = resampled();
  ASSERT_EQ(message(apply({.choices = {.values = {{"scale", 0.5}}}}, graph)), "");
  EXPECT_EQ(graph.body().inputs.size(), 4U);
  EXPECT_EQ(message(graph::Verify::run(graph)), "");
}

TEST(Choices, ValuesThatAnInputDoesNotHoldAreRefused) {
  const auto refused = [](std::string input, graph::Number number) {
    return shape_of({.values = {{std::move(input), std::move(number)}}});
  };
  EXPECT_EQ(refused("rat", 0.5), "value: no input 'rat'; there are: 'x', 'rate', 'fast', 'scale'");
  EXPECT_EQ(refused("x", 0.5), "value: input 'x' is 4x8, expected one element");
  EXPECT_EQ(refused("rate", 0.5), "value: input 'rate' is of i64, expected a number that it holds");
  EXPECT_EQ(refused("fast", std::int64_t{2}),
            "value: input 'fast' is of i1, expected a number that it holds: 0 or 1");
}

}  // namespace
}  // namespace hale::session
