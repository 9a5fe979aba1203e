#pragma once

#include <array>
#include <cstddef>
#include <hale/core/fixed_string.hpp>
#include <hale/core/shape.hpp>
#include <hale/meta/learner.hpp>
#include <hale/nn/fork.hpp>
#include <hale/nn/graph_conv.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/space/concepts.hpp>
#include <hale/space/nasbench201_encoder.hpp>
#include <span>
#include <string_view>

/// The catalogue of predictors: each recipe is a type composed of a search space's encoder, a
/// network, a modulator and an inner loop.
namespace hale::predictor {

/// How a space's table is divided, and what a device is embedded by.
struct TableProtocol {
  std::size_t train_rows;                        // from the first on
  std::size_t query_rows;                        // the next ones, in the protocol `help`
  std::span<const std::string_view> references;  // architectures
};

/// What a predictor is trained and adapted with.
template <class R>
concept Recipe = space::Encoder<typename R::Encoder> &&
    nn::BoundNetwork<typename R::Learner::Network> && requires {
  { R::name } -> std::convertible_to<std::string_view>;
  { R::protocol } -> std::convertible_to<TableProtocol>;
};

/// A meta-learner over a search space under a name.
template <FixedString Name, space::Encoder E, class L, const TableProtocol& Protocol>
struct MetaRecipe {
  using Encoder = E;
  using Space = typename E::Space;
  using Learner = L;
  static constexpr FixedString name_storage = Name;
  static constexpr std::string_view name = name_storage.view();
  static constexpr TableProtocol protocol = Protocol;
};

inline constexpr std::size_t help_references = 10;

/// The device's side of every HELP network: ten reference latencies in, 100 features out.
using HardwareTower = nn::Sequential<nn::Linear<100>, nn::Relu, nn::Linear<100>, nn::Relu>;

/// An architecture's side for cells: four graph convolutions, read out at the global node.
using CellTower = nn::Sequential<nn::GraphConv<100>, nn::Relu, nn::GraphConv<100>, nn::Relu,
                                 nn::GraphConv<100>, nn::Relu, nn::GraphConv<100>, nn::Relu,
                                 nn::TakeNode<space::NasBench201Graph::nodes - 1>>;

template <class ArchitectureTower, class ArchitectureInput>
using HelpNetwork =
    nn::Network<nn::Sequential<nn::Fork<ArchitectureTower, HardwareTower>, nn::Linear<200>,
                               nn::Relu, nn::Linear<200>, nn::Relu, nn::Linear<1>>,
                nn::Inputs<ArchitectureInput, Given<help_references>>>;

template <class Network>
using HelpLearner =
    meta::Learner<Network, meta::Modulator<Network, help_references>, meta::MetaSgd<2>>;

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

/// HELP on NAS-Bench-201. Source: Lee et al., NeurIPS 2021.
using HelpNasBench201 =
    MetaRecipe<"help", space::NasBench201Encoder,
               HelpLearner<HelpNetwork<CellTower, space::NasBench201Encoder::Output>>,
               nasbench201_protocol>;

}  // namespace hale::predictor
