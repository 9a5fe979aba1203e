#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/nasbench201_class.hpp>
#include <hale/lift/nasbench201_stage.hpp>
#include <hale/space/nasbench201.hpp>
#include <hale/space/nasbench201_network.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lift {

/// A graph read as a network of NAS-Bench-201.
struct NasBench201Reading {
  /// Every architecture whose cell computes what the graph's does, in the order of their strings.
  std::vector<space::NasBench201::Architecture> architectures;
  space::NasBench201Network network;
  /// What the graph does not show and was assumed, a sentence each; empty as a rule.
  std::vector<std::string> assumptions;
};

namespace detail {

using Stages = std::array<Stage, space::NasBench201Network::stage_count>;

/// One way to cut all stages into cells that are the same.
struct Cutting {
  std::size_t length = 1;  // pieces between checkpoints that make one cell
  std::vector<space::NasBench201::Architecture> architectures;
  bool is_exact = false;  // some architecture is written just so, operations on zeros and all

  [[nodiscard]] std::array<std::size_t, 3> cells(const Stages& stages) const {
    return {stages[0].pieces() / length, stages[1].pieces() / length, stages[2].pieces() / length};
  }
  [[nodiscard]] bool is_usual(const Stages& stages) const {
    return cells(stages) == space::NasBench201Network{}.cells;
  }
};

/// The operations that a network of the space may hold, those that compute shapes included.
inline constexpr auto nasbench201_operations = std::to_array<std::string_view>(
    {"Add", "AveragePool", "BatchNormalization", "Cast", "Concat", "Constant", "Conv", "Flatten",
     "Gather", "Gemm", "GlobalAveragePool", "MatMul", "Mul", "ReduceMean", "Relu", "Reshape",
     "Shape", "Squeeze", "Unsqueeze"});

[[nodiscard]] inline std::optional<Cutting> cut_at(const Stages& stages, std::size_t length) {
  std::optional<CellKeys> all;
  for (const Stage& stage : stages) {
    if (stage.pieces() == 0 || stage.pieces() % length != 0) return std::nullopt;
    const auto keys = cell_keys(stage, length);
    if (!keys) return std::nullopt;
    for (const CellKeys& each : *keys)
      if (all.value_or(each) != each)
        return std::nullopt;
      else
        all = each;
  }
  Cutting cutting{length, nasbench201_class(all->computed)};
  cutting.is_exact = std::any_of(
      cutting.architectures.begin(), cutting.architectures.end(),
      [&](const auto& member) { return nasbench201_key(member, Zeros::keep) == all->written; });
  if (cutting.architectures.empty()) return std::nullopt;
  return cutting;
}

/// What to say of stages that are no cells, or not all the same.
[[nodiscard]] inline tl::unexpected<Error> refuse_cells(const Graph& graph, const Stages& stages) {
  const auto name = [&](const Stage& stage, std::size_t piece) {
    return graph.location_of(*graph.producer(stage.values[stage.checkpoints[piece]]));
  };
  std::optional<std::string> first;
  for (std::size_t s = 0; s < stages.size(); ++s)
    for (std::size_t piece = 0; piece < stages[s].pieces(); ++piece) {
      const auto where = concat("stage ", s + 1, ", from ", name(stages[s], piece), " to ",
                                name(stages[s], piece + 1));
      const auto key = cell_key(stages[s], stages[s].checkpoints[piece],
                                stages[s].checkpoints[piece + 1], Zeros::fold);
      const auto members =
          key ? nasbench201_class(*key) : std::vector<space::NasBench201::Architecture>{};
      if (members.empty())
        return fail(concat(where,
                           ": operations found that are no cell of NAS-Bench-201, expected "
                           "a sum of its six edges"));
      const std::string found = space::NasBench201::format(members.front());
      if (first.value_or(found) != found)
        return fail(concat(where, ": the cell ", found, " found, expected ", *first,
                           " as before: all cells of a NAS-Bench-201 network are the same"));
      first = found;
    }
  return fail("stages of different cells found, expected the same in all three");
}

[[nodiscard]] inline Result<Cutting> cut(const Graph& graph, const Stages& stages,
                                         std::vector<std::string>& assumptions) {
  const auto is_empty = [](const Stage& stage) { return stage.pieces() == 0; };
  if (std::all_of(stages.begin(), stages.end(), is_empty)) {
    assumptions.push_back(
        "the graph does not show how many cells a stage has, since they do "
        "nothing; 5 are assumed");
    return Cutting{1, nasbench201_class(*CellGraph(Zeros::fold).key(CellGraph::input())), false};
  }
  std::vector<Cutting> cuttings;
  for (std::size_t length = 1; length <= 3; ++length)
    if (auto next = cut_at(stages, length)) cuttings.push_back(*std::move(next));
  const auto is_exact = [](const Cutting& each) { return each.is_exact; };
  if (std::any_of(cuttings.begin(), cuttings.end(), is_exact))
    std::erase_if(cuttings, [&](const Cutting& each) { return !is_exact(each); });
  if (cuttings.empty()) return refuse_cells(graph, stages);
  const auto usual = std::find_if(cuttings.begin(), cuttings.end(),
                                  [&](const Cutting& each) { return each.is_usual(stages); });
  std::rotate(cuttings.begin(), usual == cuttings.end() ? cuttings.begin() : usual, cuttings.end());
  for (std::size_t i = 1; i < cuttings.size(); ++i)
    assumptions.push_back(concat("the graph may as well be ", cuttings[i].cells(stages)[0],
                                 " cells a stage of ",
                                 space::NasBench201::format(cuttings[i].architectures.front()),
                                 "; ", cuttings[0].cells(stages)[0], " are assumed"));
  return cuttings.front();
}

}  // namespace detail

/// Recognises a network of NAS-Bench-201 of any depth, width, resolution, batch and class count,
/// with its BatchNormalizations folded or not.
///
/// Run no other pass before: where factors of zero are folded away already, it may be open where a
/// cell ends.
/// Pre: graph::Simplify ran. Errors: the first node that fits no such network, with what was found
/// and expected.
/// Cost: O(operations), and O(15 625) once.
[[nodiscard]] inline Result<NasBench201Reading> match_nasbench201(const graph::Graph& simple) {
  HALE_CHECK(detail::check_operations(simple, detail::nasbench201_operations, "NAS-Bench-201"));
  HALE_TRY(const detail::Head head, detail::find_head(simple, detail::match_head));
  const std::vector<std::size_t> place = detail::places(simple);
  detail::Stages stages;
  graph::ValueId output = head.features;
  for (std::size_t s = stages.size(); s-- > 0;) {
    HALE_TRY(stages[s], detail::match_stage(simple, place, output));
    const graph::ValueId input = stages[s].values.front();
    const graph::Operation& border = *simple.producer(input);
    const bool is_stem = detail::is_stem(simple, input);
    if (is_stem != (s == 0))
      return graph::fail_at(simple, border, is_stem ? "the stem" : "a residual block",
                            " found before stage ", s + 1, " of 3, expected ",
                            s == 0 ? "the stem" : "a residual block");
    output = is_stem ? border.operands[0] : detail::residual_input(simple, input);
  }
  NasBench201Reading reading;
  HALE_TRY(detail::Cutting cutting, detail::cut(simple, stages, reading.assumptions));
  reading.architectures = std::move(cutting.architectures);
  if (stages[0].pieces() > 0) reading.network.cells = cutting.cells(stages);
  for (std::size_t s = 0; s < stages.size(); ++s)
    reading.network.channels[s] = detail::extent(simple.value(stages[s].values.front()).type, 1);
  const graph::Type& image = simple.value(output).type;
  reading.network.classes = head.classes;
  reading.network.batch = detail::extent(image, 0);
  reading.network.input_channels = detail::extent(image, 1);
  reading.network.height = detail::extent(image, 2);
  reading.network.width = detail::extent(image, 3);
  return reading;
}

/// The same of a graph as it was imported. Errors: those of graph::Simplify too.
[[nodiscard]] inline Result<NasBench201Reading> nasbench201(graph::Graph imported) {
  HALE_CHECK(graph::Simplify::run(imported));
  return match_nasbench201(imported);
}

}  // namespace hale::lift
