#pragma once

#include <concepts>
#include <cstddef>
#include <hale/core/fixed_string.hpp>
#include <hale/core/shape.hpp>
#include <hale/meta/learner.hpp>
#include <hale/nn/fork.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/space/concepts.hpp>
#include <span>
#include <string_view>

/// A recipe is a type composed of a search space's encoder, a network, a modulator and an inner
/// loop: what a predictor is trained and adapted with.
namespace hale::predictor {

/// How a space's table is divided, and what a device is embedded by.
struct TableProtocol {
  std::size_t train_rows;                        // from the first on
  std::size_t query_rows;                        // the next ones, in the protocol `help`
  std::span<const std::string_view> references;  // architectures
  std::size_t episodes = 2000;                   // of a training, where it is not said otherwise
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

/// An architecture's side where it is a row of features.
using FeatureTower = nn::Sequential<nn::Linear<100>, nn::Relu, nn::Linear<100>, nn::Relu>;

/// HELP's network: the architecture's tower beside the device's, and three layers on both.
template <class ArchitectureTower, class ArchitectureInput>
using HelpNetwork =
    nn::Network<nn::Sequential<nn::Fork<ArchitectureTower, HardwareTower>, nn::Linear<200>,
                               nn::Relu, nn::Linear<200>, nn::Relu, nn::Linear<1>>,
                nn::Inputs<ArchitectureInput, Given<help_references>>>;

/// The same without the device.
template <class ArchitectureTower, class ArchitectureInput>
using ArchitectureNetwork = nn::Network<nn::Sequential<ArchitectureTower, nn::Linear<200>, nn::Relu,
                                                       nn::Linear<200>, nn::Relu, nn::Linear<1>>,
                                        ArchitectureInput>;

template <class Network>
using HelpLearner =
    meta::Learner<Network, meta::Modulator<Network, help_references>, meta::MetaSgd<2>>;

/// HELP and what its paper compares it with, over one encoder: each is another choice of a network,
/// a modulator and an inner loop.
///
/// Source: Lee et al., NeurIPS 2021, sections 4.2 and 4.3.
template <space::Encoder E, class ArchitectureTower, const TableProtocol& Protocol>
struct HelpMethods {
  using Network = HelpNetwork<ArchitectureTower, typename E::Output>;
  using PlainNetwork = ArchitectureNetwork<ArchitectureTower, typename E::Output>;

  using Help = MetaRecipe<"help", E, HelpLearner<Network>, Protocol>;
  using WithoutModulator =
      MetaRecipe<"help-no-modulator", E,
                 meta::Learner<Network, meta::NoModulator, meta::MetaSgd<2>>, Protocol>;
  using WithoutEmbedding = MetaRecipe<"help-no-embedding", E, HelpLearner<PlainNetwork>, Protocol>;
  using MetaSgd =
      MetaRecipe<"meta-sgd", E, meta::Learner<PlainNetwork, meta::NoModulator, meta::MetaSgd<2>>,
                 Protocol>;
  using Maml = MetaRecipe<"maml", E, meta::Learner<PlainNetwork, meta::NoModulator, meta::Maml<2>>,
                          Protocol>;
  using FirstOrderMaml =
      MetaRecipe<"maml-first-order", E,
                 meta::Learner<PlainNetwork, meta::NoModulator, meta::Maml<2, meta::Order::first>>,
                 Protocol>;
};

}  // namespace hale::predictor
