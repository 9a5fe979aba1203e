#pragma once

#include <array>
#include <hale/predictor/recipe.hpp>
#include <hale/space/fbnet_encoder.hpp>
#include <string_view>

namespace hale::predictor {

/// The reference architectures of the published checkpoint.
inline constexpr std::array<std::string_view, help_references> fbnet_references = {
    "1-8-6-6-8-0-3-4-3-7-8-7-4-3-2-5-7-3-0-1-3-7", "5-4-8-5-1-6-8-5-3-0-4-8-0-2-4-5-0-6-6-0-0-5",
    "7-2-7-5-4-6-8-0-6-6-5-1-2-4-0-7-5-6-0-3-3-2", "8-1-6-1-6-2-7-1-6-8-7-5-2-0-1-8-0-3-2-2-5-4",
    "1-7-0-7-4-3-4-6-6-1-1-0-5-6-7-7-6-7-6-3-1-2", "2-2-4-5-7-2-5-7-2-2-1-2-3-1-4-6-3-6-3-2-0-1",
    "4-4-5-5-3-1-1-0-4-2-2-4-2-0-5-0-5-6-2-5-2-5", "8-8-4-4-6-8-1-8-0-3-1-2-8-8-5-8-2-2-8-1-4-8",
    "0-7-6-7-3-3-6-1-7-4-3-7-7-0-8-4-8-5-6-8-5-1", "1-2-4-0-7-3-0-5-6-4-5-7-0-1-4-3-2-3-3-3-0-6"};

inline constexpr TableProtocol fbnet_protocol = {
    .train_rows = 4000, .query_rows = 1000, .references = fbnet_references, .episodes = 4000};

using FBNetMethods = HelpMethods<space::FBNetEncoder, FeatureTower, fbnet_protocol>;

/// HELP on FBNet. Source: Lee et al., NeurIPS 2021.
using HelpFBNet = FBNetMethods::Help;

}  // namespace hale::predictor
