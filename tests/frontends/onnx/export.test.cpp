#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/onnx.hpp>
#include <set>
#include <string>

#include "wire_text.hpp"

namespace hale::onnx_frontend {
namespace {

using Space = space::NasBench201;
const space::NasBench201Network small{.channels = {4, 8, 16}, .cells = {1, 1, 1}};

TEST(export_model, comes_back_as_the_same_network) {
  for (std::size_t i = 0; i < Space::size; i += 131) {
    for (const Weights& weights : {Weights(HeNormal{}), Weights(NoWeights{})}) {
      const auto bytes = export_model(lower::nasbench201(Space::at(i), small), weights);
      ASSERT_TRUE(bytes) << bytes.error().message;
      auto imported = import_bytes(as_bytes(*bytes), "m");
      ASSERT_TRUE(imported) << imported.error().message;
      const auto reading = lift::nasbench201(*std::move(imported));
      ASSERT_TRUE(reading) << reading.error().message;
      EXPECT_EQ(reading->architectures, lift::nasbench201_class(Space::at(i)));
      EXPECT_EQ(reading->network, small);
    }
  }
}

TEST(export_model, keeps_operations_attributes_constants_and_names) {
  const auto bytes = export_model(lower::nasbench201(Space::at(4321), small));
  ASSERT_TRUE(bytes);
  const auto once = import_bytes(as_bytes(*bytes), "m");
  ASSERT_TRUE(once);
  const auto again = export_model(*once);
  ASSERT_TRUE(again);
  const auto twice = import_bytes(as_bytes(*again), "m");
  ASSERT_TRUE(twice);
  EXPECT_EQ(graph::print(*once), graph::print(*twice));
  EXPECT_EQ(once->value(once->body().inputs[0]).name, "input");
  EXPECT_EQ(once->value(once->body().outputs[0]).name, "logits");
}

TEST(export_model, without_weights_they_are_inputs) {
  const auto graph = lower::nasbench201(Space::at(4321), small);
  const auto with = export_model(graph);
  const auto without = export_model(graph, NoWeights{});
  ASSERT_TRUE(with && without);
  EXPECT_LT(without->size(), 16384U);
  EXPECT_GT(with->size(), without->size());
  const auto imported = import_bytes(as_bytes(*without), "m");
  ASSERT_TRUE(imported);
  EXPECT_GT(imported->body().inputs.size(), 10U);
  EXPECT_EQ(import_bytes(as_bytes(*with), "m")->body().inputs.size(), 1U);
}

TEST(export_model, a_seed_decides_the_weights) {
  const auto graph = lower::nasbench201(Space::at(4321), small);
  EXPECT_EQ(*export_model(graph, HeNormal{3}), *export_model(graph, HeNormal{3}));
  EXPECT_NE(*export_model(graph, HeNormal{3}), *export_model(graph, HeNormal{4}));
}

/// One Conv of 64 x 64 x 3 x 3 whose weights are the file's only large payload.
TEST(export_model, weights_are_he_normal_and_never_denormal) {
  graph::Graph graph;
  const graph::ValueId x =
      graph.add_value(graph::tensor_type(graph::ElementType::f32, {1, 64, 8, 8}), "x");
  const graph::ValueId w =
      graph::add_constant(graph, {graph::ElementType::f32, {64, 64, 3, 3}}, "w");
  const graph::ValueId y = graph.add_value({}, "y");
  graph.body().inputs = {x};
  graph.body().operations = {graph.value(w).producer};
  graph.append(graph::Graph::body_id(), {.name = "Conv", .operands = {x, w}, .results = {y}});
  graph.body().outputs = {y};
  const auto bytes = export_model(graph, HeNormal{1});
  ASSERT_TRUE(bytes) << bytes.error().message;
  constexpr std::size_t count = 64 * 64 * 9;
  const std::size_t begin = bytes->find(varint(9 << 3 | 2) + varint(4 * count));
  ASSERT_NE(begin, std::string::npos);
  std::vector<float> weights(count);
  std::memcpy(weights.data(), bytes->data() + begin + 4, 4 * count);
  double sum = 0;
  double squares = 0;
  for (const float weight : weights) {
    EXPECT_TRUE(std::isnormal(weight));
    sum += static_cast<double>(weight);
    squares += static_cast<double>(weight) * static_cast<double>(weight);
  }
  EXPECT_NEAR(sum / count, 0, 0.002);
  EXPECT_NEAR(squares / count, 2.0 / (64 * 9), 0.0001);
}

/// Or a norm's scale would make all zero that is behind it, and a runtime could leave both out.
TEST(export_model, a_vector_that_scales_is_about_one_and_one_that_is_added_about_zero) {
  constexpr std::int64_t count = 1000;
  graph::Graph graph;
  const auto vector = [&](const char* name) {
    return graph::add_constant(graph, {graph::ElementType::f32, {count}}, name);
  };
  const graph::ValueId x =
      graph.add_value(graph::tensor_type(graph::ElementType::f32, {count}), "x");
  const graph::ValueId scale = vector("scale");
  const graph::ValueId shift = vector("shift");
  const graph::ValueId scaled = graph.add_value({}, "scaled");
  const graph::ValueId y = graph.add_value({}, "y");
  graph.body().inputs = {x};
  graph.body().operations = {graph.value(scale).producer, graph.value(shift).producer};
  graph.append(graph::Graph::body_id(),
               {.name = "Mul", .operands = {x, scale}, .results = {scaled}});
  graph.append(graph::Graph::body_id(),
               {.name = "Add", .operands = {scaled, shift}, .results = {y}});
  graph.body().outputs = {y};
  const auto bytes = export_model(graph, HeNormal{1});
  ASSERT_TRUE(bytes) << bytes.error().message;
  std::size_t at = 0;
  for (const double expected : {1.0, 0.0}) {
    const std::string header = varint(9 << 3 | 2) + varint(4 * count);
    at = bytes->find(header, at);
    ASSERT_NE(at, std::string::npos);
    at += header.size();
    std::vector<float> numbers(count);
    std::memcpy(numbers.data(), bytes->data() + at, 4 * count);
    double sum = 0;
    double squares = 0;
    for (const float number : numbers) {
      sum += static_cast<double>(number);
      squares += std::pow(static_cast<double>(number) - expected, 2);
    }
    EXPECT_NEAR(sum / count, expected, 0.02);
    EXPECT_NEAR(squares / count, 0.01, 0.002);
  }
}

TEST(export_model, every_value_has_a_name_of_its_own) {
  graph::Graph graph;
  const graph::Type type = graph::tensor_type(graph::ElementType::f32, {4});
  const graph::ValueId x = graph.add_value(type, "same");
  const graph::ValueId a = graph.add_value(type, "same");
  const graph::ValueId b = graph.add_value(type);
  const graph::ValueId y = graph.add_value(type);
  graph.body().inputs = {x};
  graph.append(graph::Graph::body_id(), {.name = "Relu", .operands = {x}, .results = {a}});
  graph.append(graph::Graph::body_id(), {.name = "Relu", .operands = {a}, .results = {b}});
  graph.append(graph::Graph::body_id(), {.name = "Relu", .operands = {b}, .results = {y}});
  graph.body().outputs = {y};
  const auto bytes = export_model(graph);
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto imported = import_bytes(as_bytes(*bytes), "m");
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->body().operations.size(), 3U);
}

TEST(export_model, what_it_cannot_write_is_an_error_that_names_it) {
  graph::Graph graph;
  const graph::ValueId x = graph.add_value(graph::tensor_type(graph::ElementType::f32, {4}), "x");
  const graph::ValueId w = graph::add_constant(graph, {graph::ElementType::u8, {3}}, "w");
  graph.body().operations = {graph.value(w).producer};
  graph.body().outputs = {x};
  graph.body().inputs = {x};
  EXPECT_EQ(
      export_model(graph).error().message,
      "node 'w' (Constant): elements of type ui8 without their numbers found, expected f32 or "
      "f64");
  EXPECT_TRUE(export_model(graph, NoWeights{}));
  graph::Operation odd{.name = "Odd", .location = "o"};
  odd.attributes.push_back({"types", graph::Opaque{"TYPE_PROTO"}});
  graph.append(graph::Graph::body_id(), std::move(odd));
  EXPECT_EQ(export_model(graph, NoWeights{}).error().message,
            "node 'o' (Odd): attribute 'types' of kind TYPE_PROTO found, expected one that hale "
            "carries");
}

TEST(export_model, types_of_every_kind_are_written) {
  using graph::ElementType;
  const graph::Type tensor = graph::tensor_type(ElementType::f8e5m2, {2});
  const graph::Type sequence{.other = "sequence", .inside = {tensor}};
  const std::vector<graph::Type> types = {
      tensor, sequence, graph::Type{.other = "optional", .inside = {sequence}},
      graph::Type{.element = ElementType::i64, .other = "map", .inside = {tensor}},
      graph::Type{.element = ElementType::f32,
                  .dims = std::vector{graph::Dim{3}},
                  .other = "sparse_tensor"}};
  for (const graph::Type& type : types) {
    graph::Graph graph;
    const graph::ValueId x = graph.add_value(type, "x");
    graph.body() = {{x}, {x}, {}};
    graph.append(graph::Graph::body_id(), {.name = "Odd", .attributes = {{"type", type}}});
    const auto bytes = export_model(graph);
    ASSERT_TRUE(bytes) << bytes.error().message;
    const auto imported = import_bytes(as_bytes(*bytes), "m");
    ASSERT_TRUE(imported) << imported.error().message;
    EXPECT_EQ(imported->value(imported->body().inputs[0]).type, type);
    EXPECT_EQ(*imported->operation(imported->body().operations[0]).attribute("type"),
              graph::AttributeValue(type));
  }
  graph::Graph graph;
  const graph::ValueId x = graph.add_value(graph::Type{.other = "opaque"}, "x");
  graph.body() = {{x}, {x}, {}};
  EXPECT_EQ(export_model(graph).error().message,
            "value 'x': type opaque found, expected one with what is inside");
}

TEST(export_model, a_call_of_a_function_is_an_error) {
  graph::Graph graph;
  const graph::ValueId x = graph.add_value(graph::tensor_type(graph::ElementType::f32, {4}), "x");
  const graph::RegionId body = graph.add_region();
  graph.body() = {{x}, {x}, {}};
  graph.append(graph::Graph::body_id(),
               {.domain = "d", .name = "f", .regions = {{"body", body}}, .location = "n"});
  EXPECT_EQ(export_model(graph).error().message,
            "node 'n' (f): the call of a function found, expected it to be inlined");
}

}  // namespace
}  // namespace hale::onnx_frontend
