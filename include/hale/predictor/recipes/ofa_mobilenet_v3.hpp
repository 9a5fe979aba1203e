#pragma once

#include <array>
#include <hale/predictor/recipe.hpp>
#include <hale/space/ofa_mobilenet_v3_encoder.hpp>
#include <string_view>

namespace hale::predictor {

/// The reference architectures of the published checkpoint.
inline constexpr std::array<std::string_view, help_references> ofa_mobilenet_v3_references = {
    "r196/d4-3-3-4-2/k7-7-5-5-7-7-3-5-7-7-5-7-3-5-3-3-3-5-5-7"
    "/e3-6-3-6-6-4-3-6-4-6-6-3-3-4-4-3-3-3-3-4",
    "r172/d3-2-2-3-2/k7-3-3-7-5-3-7-3-5-7-7-7-3-7-5-5-3-5-7-7"
    "/e4-3-6-6-6-6-4-3-3-6-3-4-6-3-3-4-6-3-4-3",
    "r204/d2-2-2-2-3/k7-5-7-3-3-3-7-3-7-7-5-7-5-5-7-7-7-7-7-3"
    "/e4-4-6-6-4-4-4-6-6-3-6-6-3-6-3-3-3-6-4-6",
    "r200/d4-3-4-4-4/k3-7-5-7-3-3-5-7-3-3-5-3-7-5-3-7-7-5-5-3"
    "/e4-3-3-6-3-3-4-4-6-6-4-6-3-6-6-6-4-4-4-6",
    "r136/d2-2-2-3-2/k5-7-3-5-7-7-3-7-7-3-7-7-7-7-7-3-7-7-5-5"
    "/e4-6-6-3-4-6-6-6-4-3-3-3-6-4-4-3-4-6-4-4",
    "r224/d4-2-3-4-4/k7-7-5-7-3-7-3-5-3-7-7-5-3-3-7-7-3-5-7-7"
    "/e6-4-3-6-6-6-6-3-6-4-6-6-6-6-4-3-4-6-6-3",
    "r132/d4-2-4-2-3/k5-5-7-3-3-3-3-7-7-3-3-5-7-3-3-7-3-3-3-5"
    "/e6-3-4-4-3-3-3-6-3-3-4-4-3-3-6-4-3-6-6-3",
    "r152/d2-4-2-4-4/k7-3-7-3-3-7-5-7-7-3-3-3-3-3-3-7-7-7-3-7"
    "/e3-6-6-4-6-4-3-4-6-4-4-3-6-3-4-3-4-3-3-6",
    "r152/d2-4-3-4-4/k7-3-3-5-3-7-3-5-5-5-5-3-5-5-3-5-5-5-3-7"
    "/e4-4-4-6-6-3-6-4-4-4-4-4-3-4-6-4-6-3-3-3",
    "r200/d4-4-3-4-2/k3-3-7-7-7-7-7-7-5-7-3-7-3-5-5-3-3-7-3-5"
    "/e3-3-4-6-6-6-4-3-6-3-3-3-3-3-6-3-6-6-6-3"};

inline constexpr TableProtocol ofa_mobilenet_v3_protocol = {
    .train_rows = 4000, .query_rows = 1000, .references = ofa_mobilenet_v3_references};

using OfaMobileNetV3Methods =
    HelpMethods<space::OfaMobileNetV3Encoder, FeatureTower, ofa_mobilenet_v3_protocol>;

/// HELP on OFA-MobileNetV3. Source: Lee et al., NeurIPS 2021.
using HelpOfaMobileNetV3 = OfaMobileNetV3Methods::Help;

}  // namespace hale::predictor
