#pragma once

#include <array>
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/predictor/recipe.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <string_view>

namespace hale::predictor {

/// An architecture's side for cells: four graph convolutions, read out at the global node.
using CellTower = nn::Sequential<nn::GraphConv<100>, nn::Relu, nn::GraphConv<100>, nn::Relu,
                                 nn::GraphConv<100>, nn::Relu, nn::GraphConv<100>, nn::Relu,
                                 nn::TakeNode<space::NasBench201Graph::nodes - 1>>;

/// The reference architectures of the published checkpoint.
inline constexpr std::array<std::string_view, help_references> nasbench201_references = {
    "|avg_pool_3x3~0|+|none~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|",
    "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|skip_connect~2|",
    "|skip_connect~0|+|skip_connect~0|avg_pool_3x3~1|+|none~0|skip_connect~1|none~2|",
    "|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|",
    "|none~0|+|nor_conv_1x1~0|none~1|+|nor_conv_3x3~0|nor_conv_1x1~1|nor_conv_1x1~2|",
    "|skip_connect~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|none~1|nor_conv_3x3~2|",
    "|nor_conv_3x3~0|+|avg_pool_3x3~0|skip_connect~1|+|none~0|nor_conv_1x1~1|avg_pool_3x3~2|",
    "|skip_connect~0|+|nor_conv_3x3~0|nor_conv_1x1~1|+|avg_pool_3x3~0|nor_conv_3x3~1|"
    "nor_conv_3x3~2|",
    "|avg_pool_3x3~0|+|none~0|skip_connect~1|+|none~0|nor_conv_1x1~1|avg_pool_3x3~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "nor_conv_3x3~2|"};

inline constexpr TableProtocol nasbench201_protocol = {
    .train_rows = 900, .query_rows = 1000, .references = nasbench201_references};

using NasBench201Methods = HelpMethods<space::NasBench201Encoder, CellTower, nasbench201_protocol>;

/// HELP on NAS-Bench-201. Source: Lee et al., NeurIPS 2021.
using HelpNasBench201 = NasBench201Methods::Help;

}  // namespace hale::predictor
