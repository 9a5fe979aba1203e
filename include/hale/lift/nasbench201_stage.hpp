#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/lift/cell_graph.hpp>
#include <hale/lift/nasbench201_pattern.hpp>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace hale::lift::detail {

/// The values of one stage, from its input to its output, each after those it is computed from.
struct Stage {
  std::vector<ValueId> values;           // the input first, the output last
  std::vector<Step> steps;               // of values[i + 1]
  std::vector<std::size_t> checkpoints;  // places of values that every way to the output passes

  [[nodiscard]] std::size_t pieces() const { return checkpoints.size() - 1; }
};

/// The place of each value in the order of the graph's body.
[[nodiscard]] inline std::vector<std::size_t> places(const Graph& graph) {
  std::vector<std::size_t> place(graph.value_count(), 0);
  std::size_t next = 1;
  for (const graph::OperationId id : graph.body().operations)
    for (const ValueId result : graph.operation(id).results)
      if (result != ValueId::none) place[graph::index_of(result)] = next++;
  return place;
}

/// Finds the values that every way from the stage's input to its output passes.
inline void find_checkpoints(Stage& stage) {
  std::map<ValueId, std::size_t> index;
  for (std::size_t i = 0; i < stage.values.size(); ++i) index[stage.values[i]] = i;
  std::vector<std::size_t> reach(stage.values.size(), 0);
  for (std::size_t i = 0; i < stage.steps.size(); ++i)
    for (const ValueId operand : stage.steps[i].operands)
      if (operand != ValueId::none) {
        std::size_t& furthest = reach[index.at(operand)];
        furthest = std::max(furthest, i + 1);
      }
  std::size_t furthest = 0;
  for (std::size_t i = 0; i < stage.values.size(); ++i) {
    if (furthest <= i) stage.checkpoints.push_back(i);
    furthest = std::max(furthest, reach[i]);
  }
}

/// The stage that ends at `output`, back to a residual block's result or the stem's.
/// Errors: the first operation from the end that no cell has.
[[nodiscard]] inline Result<Stage> match_stage(const Graph& graph,
                                               const std::vector<std::size_t>& place,
                                               ValueId output) {
  std::map<std::size_t, std::pair<ValueId, Step>> found;
  ValueId input = ValueId::none;
  std::vector<ValueId> pending{output};
  while (!pending.empty()) {
    const ValueId id = pending.back();
    pending.pop_back();
    if (id == input || found.contains(place[graph::index_of(id)])) continue;
    const bool is_border = is_stem(graph, id) || residual_input(graph, id) != ValueId::none;
    const Operation* op = graph.producer(id);
    if (is_border && input == ValueId::none) {
      input = id;
      continue;
    }
    const auto step = is_border ? std::nullopt : step_of(graph, id);
    if (!step && op == nullptr)
      return fail(concat("'", graph.value(id).name,
                         "', an input, found inside a stage; expected the stem before it"));
    if (!step)
      return graph::fail_at(
          graph, *op, describe(graph, *op),
          " found, expected an operation of a cell (Relu-Conv 1x1 or 3x3, "
          "AveragePool 3x3, Add, a factor of zero), a residual block or the stem");
    found.emplace(place[graph::index_of(id)], std::pair(id, *step));
    for (const ValueId operand : step->operands)
      if (operand != ValueId::none) pending.push_back(operand);
  }
  Stage stage{{input}, {}, {}};
  for (const auto& [where, entry] : found) {
    const graph::Type& type = graph.value(entry.first).type;
    const graph::Type& expected = graph.value(input).type;
    if (type.is_ranked() && expected.is_ranked() && type != expected)
      return graph::fail_at(graph, *graph.producer(entry.first), "result ", graph::describe(type),
                            " found, expected ", graph::describe(expected), " as the stage has");
    stage.values.push_back(entry.first);
    stage.steps.push_back(entry.second);
  }
  find_checkpoints(stage);
  return stage;
}

/// The keys of one cell: of what it computes, and of how it is written, operations on zeros and
/// all.
struct CellKeys {
  std::uint64_t computed = 0;
  std::uint64_t written = 0;
  friend bool operator==(const CellKeys&, const CellKeys&) = default;
};

[[nodiscard]] inline std::optional<std::uint64_t> cell_key(const Stage& stage, std::size_t first,
                                                           std::size_t last, Zeros zeros) {
  CellGraph cell(zeros);
  std::map<ValueId, CellGraph::Value> built{{stage.values[first], CellGraph::input()}};
  for (std::size_t i = first + 1; i <= last; ++i) {
    const Step& step = stage.steps[i - 1];
    const CellGraph::Value& operand = built.at(step.operands[0]);
    using Kind = Step::Kind;
    switch (step.kind) {
      case Kind::sum:
        built[stage.values[i]] = cell.sum(operand, built.at(step.operands[1]));
        break;
      case Kind::avg_pool_3x3:
        built[stage.values[i]] = cell.apply(CellOperation::avg_pool_3x3, operand);
        break;
      case Kind::nor_conv_1x1:
        built[stage.values[i]] = cell.apply(CellOperation::nor_conv_1x1, operand);
        break;
      case Kind::nor_conv_3x3:
        built[stage.values[i]] = cell.apply(CellOperation::nor_conv_3x3, operand);
        break;
      case Kind::zero:
        built[stage.values[i]] = cell.apply(CellOperation::zero, operand);
        break;
    }
  }
  return cell.key(built.at(stage.values[last]));
}

/// The keys of each cell of a stage, if a cell is as long as `length` pieces between checkpoints.
/// Nothing where one of them cannot be a cell. Pre: `length` divides the number of pieces.
[[nodiscard]] inline std::optional<std::vector<CellKeys>> cell_keys(const Stage& stage,
                                                                    std::size_t length) {
  std::vector<CellKeys> keys;
  for (std::size_t piece = 0; piece < stage.pieces(); piece += length) {
    const std::size_t first = stage.checkpoints[piece];
    const std::size_t last = stage.checkpoints[piece + length];
    const auto computed = cell_key(stage, first, last, Zeros::fold);
    const auto written = cell_key(stage, first, last, Zeros::keep);
    if (!computed || !written) return std::nullopt;
    keys.push_back({*computed, *written});
  }
  return keys;
}

}  // namespace hale::lift::detail
