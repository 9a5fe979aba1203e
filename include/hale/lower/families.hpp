#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/cost.hpp>
#include <hale/lower/families/convolutional.hpp>
#include <hale/lower/families/planes.hpp>
#include <hale/lower/families/sequences.hpp>
#include <hale/lower/fbnet.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/lower/ofa_mobilenet_v3.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace hale::lower {

/// A generator of networks that are alike.
struct Family {
  std::string_view name;
  std::string_view summary;
  graph::Graph (*draw)(Rng& rng);
};

namespace families {

template <graph::Graph (*generate)(Draw&)>
[[nodiscard]] graph::Graph drawn(Rng& rng) {
  Draw draw(rng);
  return generate(draw);
}

template <class Space, auto lower>
[[nodiscard]] graph::Graph drawn_from_space(Rng& rng) {
  return lower(Space::sample(rng), {});
}

}  // namespace families

/// The families, by name. Each network of one is told by a seed.
inline constexpr std::array<Family, 21> all_families = {{
    {"classic", "convolutions, poolings, wide layers (VGG)", families::drawn<families::classic>},
    {"residual", "sums around blocks (ResNet)", families::drawn<families::residual>},
    {"grouped", "residual, convolutions in groups (ResNeXt)", families::drawn<families::grouped>},
    {"depthwise", "depthwise convolutions (MobileNet)", families::drawn<families::depthwise>},
    {"shuffled", "channels split and shuffled (ShuffleNet)", families::drawn<families::shuffled>},
    {"dense", "every layer reads all before it (DenseNet)", families::drawn<families::dense>},
    {"inception", "windows side by side (GoogLeNet)", families::drawn<families::inception>},
    {"modern", "wide depthwise windows, Gelu (ConvNeXt)", families::drawn<families::modern>},
    {"encoder-decoder", "down and up again (U-Net)", families::drawn<families::encoder_decoder>},
    {"super-resolution", "full resolution (EDSR)", families::drawn<families::super_resolution>},
    {"detector", "a pyramid of planes with heads (FPN)", families::drawn<families::detector>},
    {"vision-transformer", "patches as tokens (ViT)",
     families::drawn<families::vision_transformer>},
    {"text-encoder", "attention both ways (BERT)", families::drawn<families::text_encoder>},
    {"text-decoder", "causal attention (GPT)", families::drawn<families::text_decoder>},
    {"recurrent", "LSTM and GRU", families::drawn<families::recurrent>},
    {"perceptron", "wide layers in a row (MLP)", families::drawn<families::perceptron>},
    {"mixer", "layers over tokens and channels (MLP-Mixer)", families::drawn<families::mixer>},
    {"point-cloud", "sets of points (PointNet)", families::drawn<families::point_cloud>},
    {"temporal", "convolutions over time (TCN)", families::drawn<families::temporal>},
    {"nasbench201", "cells of NAS-Bench-201",
     families::drawn_from_space<space::NasBench201, nasbench201>},
    {"ofa-mobilenetv3", "sub-networks of Once-for-All",
     families::drawn_from_space<space::OfaMobileNetV3, ofa_mobilenet_v3>},
}};

/// The limits of all families' networks, so that one is measured in seconds.
struct FamilyLimits {
  std::uint64_t least_macs = 50'000;
  std::uint64_t most_macs = 1'500'000'000;
  std::uint64_t most_parameters = 12'000'000;
};

/// Errors: no family of this name, with those there are.
[[nodiscard]] inline Result<const Family*> find_family(std::string_view name) {
  std::string known;
  for (const Family& family : all_families) {
    if (family.name == name) return &family;
    known += concat(known.empty() ? "" : ", ", family.name);
  }
  return fail(concat("no family '", name, "'; there are: ", known));
}

/// The network of a family that a seed stands for: the same on every machine.
///
/// Cost: some tries, until one lies within the limits.
[[nodiscard]] inline graph::Graph draw_network(const Family& family, std::uint64_t seed,
                                               const FamilyLimits& limits = {}) {
  Rng rng(seed);
  while (true) {
    graph::Graph graph = family.draw(rng);
    const std::uint64_t products = graph::macs(graph).total;
    if (products < limits.least_macs || products > limits.most_macs) continue;
    if (graph::parameters(graph).total > limits.most_parameters) continue;
    return graph;
  }
}

/// A network of a family by its name, "residual/17": the family and the seed.
///
/// Errors: text of another form; no such family.
[[nodiscard]] inline Result<graph::Graph> named_network(std::string_view name) {
  const std::size_t slash = name.find('/');
  const auto seed = slash == std::string_view::npos
                        ? std::nullopt
                        : parse_number<std::uint64_t>(name.substr(slash + 1));
  if (!seed) return fail(concat("'", name.substr(0, 80), "' found, expected FAMILY/SEED"));
  HALE_TRY(const Family* family, find_family(name.substr(0, slash)));
  graph::Graph graph = draw_network(*family, *seed);
  graph.name = std::string(name);
  return graph;
}

}  // namespace hale::lower
