#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/inverted_residual.hpp>
#include <hale/space/fbnet.hpp>
#include <hale/space/fbnet_network.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lift {

/// A graph read as an FBNet.
struct FBNetReading {
  /// Every architecture with this graph, in the order of their strings: a skip that changes nothing
  /// may stand at any place of its stage behind the first.
  std::vector<space::FBNet::Architecture> architectures;
  space::FBNetNetwork network;
};

namespace detail {

/// The operations that an FBNet may hold, those that compute shapes included.
inline constexpr auto fbnet_operations =
    std::to_array<std::string_view>({"Add",      "AveragePool", "BatchNormalization",
                                     "Cast",     "Concat",      "Constant",
                                     "Conv",     "Div",         "Flatten",
                                     "Gather",   "Gemm",        "GlobalAveragePool",
                                     "MatMul",   "Mul",         "ReduceMean",
                                     "Relu",     "Reshape",     "Shape",
                                     "Slice",    "Squeeze",     "Transpose",
                                     "Unsqueeze"});

/// A place of the graph that is no skip without a trace.
struct FBNetPlace {
  space::FBNet::Block block = space::FBNet::Block::skip;
  ValueId output = ValueId::none;
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t stride = 1;

  [[nodiscard]] bool keeps_shape() const { return in == out && stride == 1; }
};

struct FBNetHead {
  ValueId features = ValueId::none;  // what the last place gives
  std::size_t channels = 0;
  std::size_t classes = 0;
  std::vector<ValueId> passed;
};

[[nodiscard]] inline Result<FBNetHead> match_fbnet_head(const Graph& graph, ValueId output) {
  HALE_TRY(Classifier classifier, match_classifier(graph, output));
  const ValueId plane = mean_input(graph, classifier.features);
  if (plane == ValueId::none)
    return refuse(graph, classifier.features, "the mean over the whole plane");
  const auto unit = conv_unit(graph, plane);
  if (!unit || !unit->shape.is(1, 1) || unit->activation != Activation::relu)
    return refuse(graph, plane, "the head: a 1x1 convolution and a Relu");
  classifier.passed.push_back(plane);
  return FBNetHead{unit->input, static_cast<std::size_t>(unit->shape.out), classifier.classes,
                   std::move(classifier.passed)};
}

/// The kind of a block. Errors: what no block of the space is.
[[nodiscard]] inline Result<space::FBNet::Block> fbnet_block(const Graph& graph,
                                                             const InvertedResidual& found) {
  using Space = space::FBNet;
  const auto no = [&](const auto&... parts) {
    return graph::fail_at(graph, *graph.producer(found.output), "a block with ", parts...);
  };
  if (!found.is_widened) return no("no first 1x1 convolution found, expected one");
  if (found.activation != Activation::relu || found.squeezed != 0)
    return no(found.squeezed != 0 ? "squeeze-and-excitation" : "h-swish", " found, expected Relu");
  if (found.is_shuffled != (found.groups > 1))
    return no(found.groups, " groups and ", found.is_shuffled ? "a" : "no",
              " channel shuffle found, expected both or neither");
  if (found.is_residual != found.keeps_shape())
    return no(found.is_residual ? "a" : "no", " sum with its input found, expected ",
              found.is_residual ? "none" : "one");
  for (std::size_t i = 0; i + 1 < Space::block_count; ++i) {
    const auto block = static_cast<Space::Block>(i);
    if (found.kernel == static_cast<std::int64_t>(Space::kernel_of(block)) &&
        found.inside == found.in * static_cast<std::int64_t>(Space::expansion_of(block)) &&
        found.groups == static_cast<std::int64_t>(Space::groups_of(block)))
      return block;
  }
  return no("a filter of ", found.kernel, ", ", found.in, " channels widened to ", found.inside,
            " and ", found.groups, " groups found, expected 3 or 5, 1, 3 or 6 times, 1 group or 2");
}

/// The places from the first to the last, and the stem before them.
struct FBNetBody {
  std::vector<FBNetPlace> places;
  ConvUnit stem;
};

[[nodiscard]] inline Result<FBNetBody> match_fbnet_body(const Graph& graph, ValueId id) {
  FBNetBody body;
  for (;;) {
    const auto unit = conv_unit(graph, id);
    const bool is_activated = unit && unit->activation == Activation::relu;
    if (is_activated && unit->shape.kernel == 3 && unit->shape.groups == 1 &&
        graph.producer(unit->input) == nullptr) {
      body.stem = *unit;
      std::reverse(body.places.begin(), body.places.end());
      return body;
    }
    if (is_activated && unit->shape.kernel == 1 && unit->shape.groups == 1) {
      body.places.push_back(
          {space::FBNet::Block::skip, id, unit->shape.in, unit->shape.out, unit->shape.stride});
      if (body.places.back().keeps_shape())
        return refuse(graph, id, "a block, since a skip that keeps the shape is nothing");
      id = unit->input;
      continue;
    }
    if (unit && unit->activation != Activation::none)
      return refuse(graph,
                    operand_of(graph, id, "Relu") == ValueId::none ? id : behind_relu(graph, id),
                    "a block, a skip's 1x1 convolution or the stem's 3x3 one");
    HALE_TRY(const InvertedResidual found, match_inverted_residual(graph, id));
    HALE_TRY(const space::FBNet::Block block, fbnet_block(graph, found));
    body.places.push_back({block, id, found.in, found.out, found.stride});
    id = found.input;
  }
}

/// How the places fall into stages: each stage's begins with one that changes the shape, but for
/// the first stage where the stem has its channels already.
using FBNetStages = std::array<std::span<const FBNetPlace>, space::FBNetNetwork::stage_count>;

[[nodiscard]] inline Result<FBNetStages> split_stages(const Graph& graph,
                                                      const std::vector<FBNetPlace>& places) {
  constexpr std::size_t count = space::FBNetNetwork::stage_count;
  std::vector<std::size_t> first;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (!places[i].keeps_shape()) first.push_back(i);
  if (first.size() + 1 == count) first.insert(first.begin(), 0);
  if (first.size() != count || first.front() != 0)
    return fail(concat("found ", first.size(),
                       " blocks that change channels or resolution, expected ", count - 1,
                       ": the first of each stage behind the first stage"));
  FBNetStages stages;
  for (std::size_t s = 0; s < count; ++s) {
    const std::size_t end = s + 1 < count ? first[s + 1] : places.size();
    stages[s] = std::span(places).subspan(first[s], end - first[s]);
    if (stages[s].size() > space::FBNetNetwork::places[s])
      return graph::fail_at(graph, *graph.producer(stages[s].back().output), "stage ", s + 1,
                            " with ", stages[s].size(), " blocks found, expected ",
                            space::FBNetNetwork::places[s], " at the most");
  }
  return stages;
}

/// All architectures of the stages. A stage's blocks keep their order; skips fill the rest.
/// Cost: at most 6^5 architectures.
[[nodiscard]] inline std::vector<space::FBNet::Architecture> fbnet_class(
    const FBNetStages& stages) {
  using Space = space::FBNet;
  std::vector<Space::Architecture> all(1);
  std::size_t begin = 0;
  for (std::size_t s = 0; s < stages.size(); ++s) {
    const std::size_t size = space::FBNetNetwork::places[s];
    std::vector<bool> is_skip(size, false);
    std::fill(is_skip.begin() + static_cast<std::ptrdiff_t>(stages[s].size()), is_skip.end(), true);
    const bool first_is_fixed = !stages[s].empty() && !stages[s].front().keeps_shape();
    std::vector<Space::Architecture> next;
    do {
      if (first_is_fixed && is_skip.front()) continue;
      for (Space::Architecture architecture : all) {
        auto block = stages[s].begin();
        for (std::size_t place = 0; place < size; ++place)
          architecture.blocks[begin + place] =
              is_skip[place] ? Space::Block::skip : (block++)->block;
        next.push_back(architecture);
      }
    } while (std::next_permutation(is_skip.begin(), is_skip.end()));
    all = std::move(next);
    begin += size;
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.blocks < b.blocks; });
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace detail

/// Recognises an FBNet of any width, strides, resolution, batch and class count, with its
/// BatchNormalizations folded or not.
///
/// Pre: graph::Simplify ran. Errors: the first node from the end that fits no such network, with
/// what was found and expected.
/// Cost: O(operations).
[[nodiscard]] inline Result<FBNetReading> match_fbnet(const graph::Graph& simple) {
  HALE_CHECK(detail::check_operations(simple, detail::fbnet_operations, "FBNet"));
  HALE_TRY(const detail::FBNetHead head, detail::find_head(simple, detail::match_fbnet_head));
  HALE_TRY(const detail::FBNetBody body, detail::match_fbnet_body(simple, head.features));
  HALE_TRY(const detail::FBNetStages stages, detail::split_stages(simple, body.places));
  FBNetReading reading;
  reading.architectures = detail::fbnet_class(stages);
  space::FBNetNetwork& network = reading.network;
  const graph::Type& image = simple.value(body.stem.input).type;
  network.stem = static_cast<std::size_t>(body.stem.shape.out);
  network.stem_stride = static_cast<std::size_t>(body.stem.shape.stride);
  for (std::size_t s = 0; s < stages.size(); ++s) {
    const bool has_blocks = !stages[s].empty();
    network.channels[s] =
        has_blocks ? static_cast<std::size_t>(stages[s].front().out) : network.stem;
    network.strides[s] = has_blocks ? static_cast<std::size_t>(stages[s].front().stride) : 1;
  }
  network.head = head.channels;
  network.classes = head.classes;
  network.batch = detail::extent(image, 0);
  network.input_channels = detail::extent(image, 1);
  network.height = detail::extent(image, 2);
  network.width = detail::extent(image, 3);
  return reading;
}

/// The same of a graph as it was imported. Errors: those of graph::Simplify too.
[[nodiscard]] inline Result<FBNetReading> fbnet(graph::Graph imported) {
  HALE_CHECK(graph::Simplify::run(imported));
  return match_fbnet(imported);
}

}  // namespace hale::lift
