#include <gtest/gtest.h>

#include <hale/core/random.hpp>
#include <hale/graph/text.hpp>
#include <limits>
#include <string>
#include <vector>

namespace hale::graph {
namespace {

/// A graph with one attribute of each kind, numbers that are hard to write, and nested regions.
Graph everything() {
  Graph graph;
  graph.name = "every\"thing\n\xc3\xa9";
  graph.operator_sets = {{"", 13}, {"com.example", 1}};
  const ValueId x = graph.add_value(
      Type{ElementType::f32, std::vector<Dim>{Dim{Dim::open, "N"}, Dim{3}, Dim{}}}, "x y");
  graph.body().inputs = {x};
  Operation odd{.domain = "com.example", .name = "Odd", .operands = {x, ValueId::none, x}};
  constexpr float infinity = std::numeric_limits<float>::infinity();
  odd.attributes = {
      {"integer", std::int64_t{-5}},
      {"float", 1e-5F},
      {"infinite", -infinity},
      {"string", std::string("a\\b\"c\n\x01")},
      {"no integers", std::vector<std::int64_t>{}},
      {"integers", std::vector<std::int64_t>{1, -2}},
      {"no floats", std::vector<float>{}},
      {"floats", std::vector<float>{0.1F, infinity, 3}},
      {"strings", std::vector<std::string>{"", "s"}},
      {"other", Opaque{"TENSORS"}},
      {"type", Type{.other = "optional", .inside = {tensor_type(ElementType::i4, {2})}}},
      {"elided", Tensor{ElementType::f16, {2, 3}}},
      {"empty", Tensor{ElementType::i64, {0}, std::vector<std::int64_t>{}}},
      {"matrix", Tensor{ElementType::i32, {2, 2}, std::vector<std::int64_t>{1, 2, 3, 4}}},
      {"splat", Tensor{ElementType::f64, {4}, std::vector<double>{0.1}}},
      {"booleans", Tensor{ElementType::boolean, {2}, std::vector<std::int64_t>{1, 0}}},
      {"large", Tensor{ElementType::u64, {}, std::vector<std::int64_t>{-1}}},
      {"scalar",
       Tensor{
           ElementType::f32, {}, std::vector<double>{-std::numeric_limits<double>::infinity()}}}};
  odd.location = "loc \"ation\"";
  const RegionId region = graph.add_region();
  const ValueId argument = graph.add_value(Type{ElementType::string}, "argument");
  graph.region(region).inputs = {argument};
  graph.region(region).outputs = {argument, x};
  odd.regions = {{"body", region}};
  const ValueId y = graph.add_value(Type{.other = "sequence"}, "y");
  odd.results = {ValueId::none, y};
  graph.append(Graph::body_id(), std::move(odd));
  graph.append(Graph::body_id(), {.name = "Last", .operands = {y}});
  graph.body().outputs = {y};
  return graph;
}

TEST(print, is_read_back_as_the_same_text) {
  const std::string text = print(everything());
  const auto parsed = parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message << "\n" << text;
  EXPECT_EQ(print(*parsed), text);
}

TEST(print, keeps_attributes_types_and_names) {
  const Graph before = everything();
  const auto after = parse(print(before));
  ASSERT_TRUE(after) << after.error().message;
  const Operation& a = before.operation(before.body().operations[0]);
  const Operation& b = after->operation(after->body().operations[0]);
  EXPECT_EQ(a.attributes, b.attributes);
  EXPECT_EQ(a.domain, b.domain);
  EXPECT_EQ(a.location, b.location);
  EXPECT_EQ(b.operands[1], ValueId::none);
  EXPECT_EQ(b.results[0], ValueId::none);
  EXPECT_EQ(b.regions[0].name, "body");
  EXPECT_EQ(after->name, before.name);
  EXPECT_EQ(after->operator_sets, before.operator_sets);
  EXPECT_EQ(after->value(after->body().inputs[0]).name, "x y");
  EXPECT_EQ(after->value(after->body().inputs[0]).type, before.value(before.body().inputs[0]).type);
}

/// A graph whose only input has this type.
Graph with_input(Type type) {
  Graph graph;
  const ValueId x = graph.add_value(std::move(type), "x");
  graph.body() = {{x}, {x}, {}};
  return graph;
}

TEST(print, every_element_type_is_read_back) {
  for (std::size_t i = 0; i < element_type_names.size(); ++i) {
    const Type type = tensor_type(static_cast<ElementType>(i), {2, 3});
    const auto parsed = parse(print(with_input(type)));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->value(parsed->body().inputs[0]).type, type) << element_type_names[i];
  }
}

TEST(print, types_with_types_inside_are_read_back) {
  const Type tensor{ElementType::string, std::vector<Dim>{Dim{Dim::open, "N>"}, Dim{3}}};
  const Type sequence{.other = "sequence", .inside = {tensor}};
  const std::vector<Type> types = {
      sequence,
      Type{.other = "sequence"},
      Type{.other = "optional", .inside = {sequence}},
      Type{.element = ElementType::i64, .other = "map", .inside = {sequence}},
      Type{.element = ElementType::string, .other = "map"},
      Type{.element = ElementType::f32, .dims = {{Dim{3}, Dim{}}}, .other = "sparse_tensor"},
      Type{.element = ElementType::f32, .other = "sparse_tensor"},
      Type{.other = "opaque"}};
  for (const Type& type : types) {
    const auto parsed = parse(print(with_input(type)));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->value(parsed->body().inputs[0]).type, type) << print(with_input(type));
  }
}

TEST(print, operators_keep_their_dots_and_domains) {
  Graph graph;
  const std::vector<std::pair<std::string, std::string>> names = {
      {"", "Relu"}, {"onnx", "Relu"}, {"a.b", "c.d"}, {"$6Fnnx", "$2E"}, {"a", "..."}, {".", "x"}};
  for (const auto& [domain, name] : names)
    graph.append(Graph::body_id(), {.domain = domain, .name = name});
  const auto parsed = parse(print(graph));
  ASSERT_TRUE(parsed) << parsed.error().message;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Operation& op = parsed->operation(parsed->body().operations[i]);
    EXPECT_EQ(std::pair(op.domain, op.name), names[i]);
  }
}

TEST(print, an_operation_called_NoValue_is_kept) {
  Graph graph;
  const ValueId x = graph.add_value(tensor_type(ElementType::f32, {}));
  graph.append(Graph::body_id(), {.name = "NoValue", .results = {x}});
  graph.append(Graph::body_id(), {.name = "NoValue", .results = {ValueId::none}});
  graph.append(Graph::body_id(), {.name = "Odd", .operands = {ValueId::none, x}});
  const std::string text = print(graph);
  const auto parsed = parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->body().operations.size(), 3U);
  EXPECT_EQ(print(*parsed), text);
}

TEST(parse, a_text_cut_anywhere_is_an_error) {
  const std::string text = print(everything());
  for (std::size_t length = 0; length + 1 < text.size(); ++length)
    EXPECT_FALSE(parse(text.substr(0, length))) << length;
}

TEST(parse, a_changed_character_never_crashes) {
  const std::string text = print(everything());
  Rng rng(1);
  constexpr std::string_view alphabet = "\"%(){}<>[]=:,.-0x9a \n\\";
  std::size_t refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string changed = text;
    for (std::size_t i = 0; i <= rng.below(3); ++i)
      changed[rng.below(changed.size())] = alphabet[rng.below(alphabet.size())];
    const auto parsed = parse(changed);
    if (!parsed) ++refused;
    if (parsed) {
      EXPECT_TRUE(parse(print(*parsed)));
    }
  }
  EXPECT_GT(refused, 10000U);
}

std::string error_of(std::string_view text) {
  const auto parsed = parse(text, "t.ir");
  return parsed ? "no error" : parsed.error().message;
}

TEST(parse, errors_name_the_line_and_what_was_expected) {
  EXPECT_EQ(error_of(""), "t.ir:1: found '', expected '\"onnx.graph\"() ('");
  EXPECT_EQ(error_of("\"onnx.graph\"() ({\n  \"onnx.return\"(%7) : () -> ()"),
            "t.ir:2: found '%7) : () -> ()', expected a value that is defined before");
  EXPECT_EQ(error_of("\"onnx.graph\"() ({\n^bb0(%0: tensor<3xf99>):"),
            "t.ir:2: found 'f99>):', expected an element type");
  EXPECT_EQ(error_of("\"onnx.graph\"() ({\n^bb0(%0: tensor<f32>, %0: tensor<f32>):"),
            "t.ir:2: found '):', expected %0 to be defined once");
  EXPECT_EQ(error_of("\"onnx.graph\"() ({\n^bb0(%0: !onnx.>):"),
            "t.ir:2: found '>):', expected the name of a type");
  EXPECT_EQ(error_of("\"onnx.graph\"() ({\n^bb0(%0: !onnx.sequence<f32>):"),
            "t.ir:2: found 'f32>):', expected a type");
  EXPECT_EQ(error_of("\"onnx.graph\"() ({\n^bb0(%0: tensor<f32>):\n\"onnx.return\"(%0) : () -> ()"),
            "t.ir:3: found ' -> ()', expected as many types as operands before this");
  EXPECT_EQ(error_of("\"onnx.graph\"() ({\n%none = \"onnx.Relu\"() : () -> none\n"),
            "t.ir:2: found '', expected %none to be the result of onnx.NoValue alone");
}

TEST(parse, deep_nesting_is_an_error) {
  std::string text = "\"onnx.graph\"() (";
  for (int i = 0; i < 100000; ++i) text += "{ \"onnx.If\"() (";
  EXPECT_NE(error_of(text).find("expected fewer nested regions"), std::string::npos);
  std::string list = "\"onnx.graph\"() ({ %0 = \"onnx.Constant\"() {value = dense<" +
                     std::string(100000, '[') + "> : tensor<1xi64>} : () -> tensor<1xi64>";
  EXPECT_NE(error_of(list).find("expected fewer elements"), std::string::npos);
  std::string type = "\"onnx.graph\"() ({\n^bb0(%0: ";
  for (int i = 0; i < 100000; ++i) type += "!onnx.optional<";
  EXPECT_NE(error_of(type).find("expected fewer nested types"), std::string::npos);
}

TEST(parse, elements_must_be_as_many_as_the_shape_says) {
  const auto constant = [](std::string_view tensor) {
    return error_of(concat("\"onnx.graph\"() ({ \"onnx.Constant\"() {value = ", tensor,
                           "} : () -> () \"onnx.return\"() : () -> () }) {} : () -> ()"));
  };
  EXPECT_EQ(constant("dense<[1, 2]> : tensor<2xi64>"), "no error");
  EXPECT_EQ(constant("dense<7> : tensor<2xi64>"), "no error");
  EXPECT_NE(constant("dense<[1, 2]> : tensor<3xi64>").find("as many elements as 3"),
            std::string::npos);
  EXPECT_NE(constant("dense<1> : tensor<0xi64>").find("as many elements as 0"), std::string::npos);
  EXPECT_NE(constant("dense<1> : tensor<?xi64>").find("known extents"), std::string::npos);
  EXPECT_NE(constant("dense<1.5> : tensor<1xi64>").find("expected an integer"), std::string::npos);
}

}  // namespace
}  // namespace hale::graph
