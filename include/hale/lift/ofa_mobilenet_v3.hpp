#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/inverted_residual.hpp>
#include <hale/space/ofa_mobilenet_v3.hpp>
#include <hale/space/ofa_mobilenet_v3_network.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::lift {

/// A graph read as an OFA-MobileNetV3.
struct OfaMobileNetV3Reading {
  /// With filter 3 and expansion 3 at absent layers, where any other would give the same graph.
  space::OfaMobileNetV3::Architecture architecture;
  space::OfaMobileNetV3Network network;
  /// What the graph does not show and was assumed, a sentence each; empty as a rule.
  std::vector<std::string> assumptions;
};

namespace detail {

/// The operations that an OFA-MobileNetV3 may hold, those that compute shapes included.
inline constexpr auto ofa_mobilenet_v3_operations =
    std::to_array<std::string_view>({"Add",
                                     "AveragePool",
                                     "BatchNormalization",
                                     "Cast",
                                     "Clip",
                                     "Concat",
                                     "Constant",
                                     "Conv",
                                     "Div",
                                     "Flatten",
                                     "Gather",
                                     "Gemm",
                                     "GlobalAveragePool",
                                     "HardSigmoid",
                                     "HardSwish",
                                     "MatMul",
                                     "Min",
                                     "Mul",
                                     "ReduceMean",
                                     "Relu",
                                     "Reshape",
                                     "Shape",
                                     "Slice",
                                     "Squeeze",
                                     "Unsqueeze"});

struct OfaHead {
  ValueId features = ValueId::none;  // what the last layer gives
  std::size_t expanded = 0;
  std::size_t mixed = 0;
  std::size_t classes = 0;
  std::vector<ValueId> passed;
};

[[nodiscard]] inline Result<OfaHead> match_ofa_head(const Graph& graph, ValueId output) {
  HALE_TRY(Classifier classifier, match_classifier(graph, output));
  const auto mixing = conv_unit(graph, classifier.features);
  if (!mixing || !mixing->shape.is(1, 1) || mixing->activation != Activation::hard_swish)
    return refuse(graph, classifier.features,
                  "a 1x1 convolution and h-swish before the classifier");
  const ValueId plane = mean_input(graph, mixing->input);
  if (plane == ValueId::none) return refuse(graph, mixing->input, "the mean over the whole plane");
  const auto expanding = conv_unit(graph, plane);
  if (!expanding || !expanding->shape.is(1, 1) || expanding->activation != Activation::hard_swish)
    return refuse(graph, plane, "a 1x1 convolution and h-swish before the mean over the plane");
  OfaHead head;
  head.features = expanding->input;
  head.classes = classifier.classes;
  head.expanded = static_cast<std::size_t>(expanding->shape.out);
  head.mixed = static_cast<std::size_t>(mixing->shape.out);
  head.passed = std::move(classifier.passed);
  head.passed.push_back(mixing->input);
  return head;
}

struct OfaBody {
  std::vector<InvertedResidual> layers;  // the first block, then those of the stages
  ConvUnit stem;
};

[[nodiscard]] inline Result<OfaBody> match_ofa_body(const Graph& graph, ValueId id) {
  OfaBody body;
  for (;;) {
    const auto unit = conv_unit(graph, id);
    if (unit && unit->activation != Activation::none) {
      const bool is_stem = unit->activation == Activation::hard_swish && unit->shape.is(3, 2);
      if (!is_stem || graph.producer(unit->input) != nullptr || body.layers.empty())
        return refuse(graph, id,
                      "an inverted residual block, or the stem: a 3x3 convolution of "
                      "stride 2 and h-swish");
      body.stem = *unit;
      std::reverse(body.layers.begin(), body.layers.end());
      return body;
    }
    HALE_TRY(const InvertedResidual layer, match_inverted_residual(graph, id));
    if (layer.is_residual != layer.keeps_shape())
      return graph::fail_at(graph, *graph.producer(id), "a block with ",
                            layer.is_residual ? "a" : "no", " sum with its input found, expected ",
                            layer.is_residual ? "none" : "one");
    id = layer.input;
    body.layers.push_back(layer);
  }
}

/// What does not fit a stage in one of its layers.
[[nodiscard]] inline Result<> check_layer(const Graph& graph, const InvertedResidual& layer,
                                          std::size_t stage, bool is_first) {
  using Network = space::OfaMobileNetV3Network;
  const auto no = [&](const auto&... parts) {
    return graph::fail_at(graph, *graph.producer(layer.output), "stage ", stage + 1, ": ",
                          parts...);
  };
  const auto name = [](bool is_hard_swish) { return is_hard_swish ? "h-swish" : "Relu"; };
  const bool is_hard_swish = layer.activation == Activation::hard_swish;
  if (is_hard_swish != Network::has_hard_swish[stage])
    return no(name(is_hard_swish), " found, expected ", name(!is_hard_swish));
  if ((layer.squeezed != 0) != Network::has_squeeze[stage])
    return no(layer.squeezed != 0 ? "squeeze-and-excitation found, expected none"
                                  : "no squeeze-and-excitation found, expected it");
  const std::size_t squeezed = Network::squeezed(static_cast<std::size_t>(layer.inside));
  if (layer.squeezed != 0 && static_cast<std::size_t>(layer.squeezed) != squeezed)
    return no(layer.squeezed, " channels inside squeeze-and-excitation found, expected ", squeezed);
  if (!layer.is_widened || layer.groups != 1 || layer.is_shuffled)
    return no("a block without a first 1x1 convolution, or with groups, found; expected one group");
  const auto stride = static_cast<std::int64_t>(is_first ? Network::strides[stage] : 1);
  if (layer.stride != stride)
    return no("a block of stride ", layer.stride, " found, expected ", stride);
  return {};
}

/// The choice that one of three gives, by what it should make of a layer.
template <class Makes>
[[nodiscard]] const std::uint8_t* find_choice(const std::array<std::uint8_t, 3>& choices,
                                              const Makes& makes) {
  const auto* found = std::find_if(choices.begin(), choices.end(), makes);
  return found == choices.end() ? nullptr : found;
}

/// Reads the filters and expansions of one stage's layers into the architecture.
[[nodiscard]] inline Result<> read_stage(const Graph& graph,
                                         std::span<const InvertedResidual> found, std::size_t stage,
                                         space::OfaMobileNetV3::Architecture& architecture) {
  using Space = space::OfaMobileNetV3;
  if (found.size() < Space::depths.front() || found.size() > Space::depths.back())
    return graph::fail_at(graph, *graph.producer(found.back().output), "stage ", stage + 1,
                          " with ", found.size(), " layers found, expected 2, 3 or 4");
  architecture.depth[stage] = static_cast<std::uint8_t>(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    const InvertedResidual& layer = found[i];
    HALE_CHECK(check_layer(graph, layer, stage, i == 0));
    const auto* kernel =
        find_choice(Space::kernels, [&](std::uint8_t each) { return each == layer.kernel; });
    const auto* expansion = find_choice(Space::expansions, [&](std::uint8_t each) {
      const auto wide = static_cast<std::size_t>(layer.in) * each;
      return space::OfaMobileNetV3Network::divisible(wide) ==
             static_cast<std::size_t>(layer.inside);
    });
    if (kernel == nullptr || expansion == nullptr)
      return graph::fail_at(graph, *graph.producer(layer.output), "a filter of ", layer.kernel,
                            " and ", layer.in, " channels widened to ", layer.inside,
                            " found, expected 3, 5 or 7 and 3, 4 or 6 times");
    architecture.kernel[stage * Space::deepest + i] = *kernel;
    architecture.expansion[stage * Space::deepest + i] = *expansion;
  }
  return {};
}

/// The first block has neither expansion nor choice.
[[nodiscard]] inline Result<> check_first_block(const Graph& graph, const InvertedResidual& block) {
  const bool fits = block.kernel == 3 && block.stride == 1 && block.inside == block.in &&
                    block.groups == 1 && !block.is_widened && block.squeezed == 0 &&
                    block.activation == Activation::relu;
  if (fits) return {};
  return graph::fail_at(graph, *graph.producer(block.output),
                        "another block found, expected the first: a depthwise 3x3 convolution, "
                        "Relu, and a 1x1 convolution, with no expansion");
}

/// The resolution of the space that is nearest to what the image has.
inline void read_resolution(OfaMobileNetV3Reading& reading) {
  using Space = space::OfaMobileNetV3;
  constexpr std::size_t most =
      Space::least_resolution + Space::resolution_step * (Space::resolution_count - 1);
  const std::size_t height = reading.network.height;
  if (height == 0)
    reading.assumptions.push_back(
        concat("the graph leaves the resolution open; ", most, " is assumed"));
  const std::size_t inside = height == 0 ? most : std::clamp(height, Space::least_resolution, most);
  reading.architecture.resolution =
      static_cast<std::uint8_t>((inside + 1) / Space::resolution_step * Space::resolution_step);
}

using StageStarts = std::array<std::size_t, space::OfaMobileNetV3Network::stage_count + 1>;

/// Where the first layer of each stage is, and after the last stage's layers the end.
///
/// Errors: not as many blocks change channels or resolution as there are stages.
[[nodiscard]] inline Result<StageStarts> stage_starts(const OfaBody& body) {
  constexpr std::size_t stages = space::OfaMobileNetV3Network::stage_count;
  StageStarts starts{};
  std::size_t found = 0;
  for (std::size_t i = 1; i < body.layers.size(); ++i) {
    if (body.layers[i].keeps_shape()) continue;
    if (found < stages) starts[found] = i;
    ++found;
  }
  if (found != stages || starts.front() != 1)
    return fail(concat("found ", found, " blocks that change channels or resolution, expected ",
                       stages, ": the first layer of each stage"));
  starts[stages] = body.layers.size();
  return starts;
}

}  // namespace detail

/// Recognises an OFA-MobileNetV3 of any width, resolution, batch and class count, with its
/// BatchNormalizations folded or not, and h-swish as one operation or spelled out.
///
/// Pre: graph::Simplify ran. Errors: the first node from the end that fits no such network, with
/// what was found and expected.
/// Cost: O(operations).
[[nodiscard]] inline Result<OfaMobileNetV3Reading> match_ofa_mobilenet_v3(
    const graph::Graph& simple) {
  using Network = space::OfaMobileNetV3Network;
  HALE_CHECK(
      detail::check_operations(simple, detail::ofa_mobilenet_v3_operations, "OFA-MobileNetV3"));
  HALE_TRY(const detail::OfaHead head, detail::find_head(simple, detail::match_ofa_head));
  HALE_TRY(const detail::OfaBody body, detail::match_ofa_body(simple, head.features));
  HALE_CHECK(detail::check_first_block(simple, body.layers.front()));
  HALE_TRY(const detail::StageStarts first, detail::stage_starts(body));
  OfaMobileNetV3Reading reading;
  for (std::size_t s = 0; s < Network::stage_count; ++s) {
    const auto layers = std::span(body.layers).subspan(first[s], first[s + 1] - first[s]);
    HALE_CHECK(detail::read_stage(simple, layers, s, reading.architecture));
    reading.network.channels[s] = static_cast<std::size_t>(layers.front().out);
  }
  const graph::Type& image = simple.value(body.stem.input).type;
  reading.network.stem = static_cast<std::size_t>(body.stem.shape.out);
  reading.network.first = static_cast<std::size_t>(body.layers.front().out);
  reading.network.expanded = head.expanded;
  reading.network.features = head.mixed;
  reading.network.classes = head.classes;
  reading.network.batch = detail::extent(image, 0);
  reading.network.input_channels = detail::extent(image, 1);
  reading.network.height = detail::extent(image, 2);
  reading.network.width = detail::extent(image, 3);
  detail::read_resolution(reading);
  return reading;
}

/// The same of a graph as it was imported. Errors: those of graph::Simplify too.
[[nodiscard]] inline Result<OfaMobileNetV3Reading> ofa_mobilenet_v3(graph::Graph imported) {
  HALE_CHECK(graph::Simplify::run(imported));
  return match_ofa_mobilenet_v3(imported);
}

}  // namespace hale::lift
