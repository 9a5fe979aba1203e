#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <hale/graph/builder.hpp>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/inputs.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Small graphs whose batch lies somewhere, and what tests ask of them.
namespace hale::session {

using graph::Builder;
using graph::Dim;
using graph::ElementType;
using graph::Graph;
using graph::NewOperation;
using graph::ValueId;

/// Numbers are extents, words are symbols, "" is open without one.
struct Extent : Dim {
  Extent(int number) : Dim{number} {}                                     // NOLINT
  Extent(const char* name) : Dim{.extent = Dim::open, .symbol = name} {}  // NOLINT
};

inline graph::Type of(const std::vector<Extent>& extents, ElementType element = ElementType::f32) {
  return {element, std::vector<Dim>(extents.begin(), extents.end())};
}

/// The graph as an ONNX file has it: nothing is said of what is computed.
inline Graph as_read(Builder builder) {
  Graph graph = *std::move(builder).finish();
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const graph::Operation* producer = graph.producer(id);
    if (producer != nullptr && !producer->is("Constant")) graph.value(id).type = {};
  }
  return graph;
}

inline std::string message(const Result<>& result) { return result ? "" : result.error().message; }

/// "x:1 state:1": the axis of each input that has a batch; with a "?" behind one that is a guess.
inline std::string axes_text(const Graph& graph, const Inputs& inputs = {}) {
  std::string text;
  for (const BatchAxis& each : batch_axes(graph, inputs))
    text += concat(text.empty() ? "" : " ", graph.value(each.input).name, ":", each.axis,
                   each.source == BatchSource::guessed ? "?" : "");
  return text;
}

inline std::string shapes_text(const Graph& graph) {
  std::string text;
  for (const ValueId id : graph.body().inputs)
    text += concat(text.empty() ? "" : " ", graph::describe(graph.value(id).type));
  return text;
}

inline std::uint64_t macs_of(Graph graph) {
  EXPECT_TRUE(graph::InferShapes::run(graph));
  const graph::Count count = graph::macs(graph);
  EXPECT_TRUE(count.uncosted.empty());
  return count.total;
}

inline std::uint64_t parameters_of(Graph graph) {
  EXPECT_TRUE(graph::InferShapes::run(graph));
  return graph::parameters(graph).total;
}

inline ValueId recurrent(Builder& builder, const char* name, ValueId x, std::int64_t inputs,
                         std::int64_t gates, std::vector<graph::Attribute> attributes = {},
                         std::vector<ValueId> states = {}) {
  attributes.push_back({"hidden_size", std::int64_t{16}});
  std::vector<ValueId> operands = {
      x, builder.weight("w", graph::tensor_type(ElementType::f32, {1, gates * 16, inputs})),
      builder.weight("r", graph::tensor_type(ElementType::f32, {1, gates * 16, 16}))};
  if (!states.empty()) operands.resize(5, ValueId::none);
  operands.insert(operands.end(), states.begin(), states.end());
  return *builder.add(name, operands, attributes);
}

/// x: steps x batch x 8, multiplied by a matrix before an LSTM takes it.
inline Graph steps_first() {
  Builder builder("steps-first");
  const ValueId x = builder.input("x", of({30, 1, 8}));
  const ValueId w = builder.weight("in", graph::tensor_type(ElementType::f32, {8, 12}));
  builder.output(recurrent(builder, "LSTM", *builder.add("MatMul", {x, w}), 12, 4), "h");
  return as_read(std::move(builder));
}

/// ids: steps x batch token numbers, looked up for a GRU.
inline Graph steps_of_ids(const char* steps, const char* batch) {
  Builder builder("ids");
  const ValueId ids = builder.input("ids", of({steps, batch}, ElementType::i64));
  const ValueId table = builder.weight("table", graph::tensor_type(ElementType::f32, {500, 12}));
  builder.output(recurrent(builder, "GRU", *builder.add("Gather", {table, ids}), 12, 3), "h");
  return as_read(std::move(builder));
}

/// A user is compared with items, which are an input too.
inline Graph user_and_items() {
  Builder builder("items");
  const ValueId user = builder.input("user", of({1, 10, 64}));
  const ValueId item = builder.input("item", of({1, 50, 64}));
  const ValueId w = builder.weight("w", graph::tensor_type(ElementType::f32, {64, 64}));
  const ValueId turned =
      *builder.add("Transpose", {item}, {{"perm", std::vector<std::int64_t>{0, 2, 1}}});
  const ValueId fits = *builder.add("MatMul", {*builder.add("MatMul", {user, w}), turned});
  builder.output(*builder.add("MatMul", {*builder.add("Softmax", {fits}), item}), "y");
  return as_read(std::move(builder));
}

}  // namespace hale::session
