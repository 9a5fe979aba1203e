#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/core/fixed_string.hpp>
#include <hale/core/shape.hpp>
#include <hale/device/concepts.hpp>
#include <hale/device/reference_latencies.hpp>
#include <hale/meta/concepts.hpp>
#include <hale/meta/inner_loop.hpp>
#include <hale/meta/learner.hpp>
#include <hale/meta/modulator.hpp>
#include <hale/nn/fork.hpp>
#include <hale/nn/linear.hpp>
#include <hale/nn/network.hpp>
#include <hale/nn/relu.hpp>
#include <hale/nn/sequential.hpp>
#include <hale/space/concepts.hpp>
#include <span>
#include <string_view>
#include <type_traits>

/// A recipe is a type composed of a search space's encoder, a hardware embedding, a network, a
/// modulator, an inner loop, a loss, an optimiser and a sampler: what a predictor is trained and
/// adapted with.
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
concept Recipe =
    space::Encoder<typename R::Encoder> && device::HardwareEmbedding<typename R::Embedding> &&
    meta::MetaLearner<typename R::Learner> && requires {
  { R::name } -> std::convertible_to<std::string_view>;
  { R::protocol } -> std::convertible_to<TableProtocol>;
  typename R::Check;  // RecipeCheck of its parts
};

namespace detail {

/// The architectures' part of a network's input, and how many numbers of the device there are
/// beside it.
template <class Input>
struct InputParts {
  using Architectures = Input;
  static constexpr std::size_t device = 0;
};
template <class A, std::size_t N>
struct InputParts<nn::Inputs<A, Given<N>>> {
  using Architectures = A;
  static constexpr std::size_t device = N;
};

/// Whether a modulator takes embeddings of `size` numbers: NoModulator takes all.
template <class M, std::size_t size>
inline constexpr bool takes_embedding = true;
template <class M, std::size_t size>
requires requires { M::embedding_size; }
inline constexpr bool takes_embedding<M, size> = M::embedding_size == size;

/// Stands in for an encoder that something does not fit, so that what follows compiles.
template <space::SearchSpace S>
struct NoEncoder {
  using Space = S;
  using Code = std::uint8_t;
  using Output = Given<1>;
  static constexpr std::string_view name = "none";
  static constexpr std::size_t size = 1;
  static void encode(const typename S::Architecture&, std::span<Code, size>) noexcept {}
};
using NoLearner = meta::Learner<nn::Network<nn::Linear<1>, Given<1>>, meta::NoModulator,
                                meta::Maml<1, meta::Order::first>>;

/// Which of a recipe's parts fit the others, and what stands in for them where one does not.
template <space::Encoder E, device::HardwareEmbedding H, meta::MetaLearner L,
          std::size_t References>
struct RecipeFit {
  using Input = InputParts<typename L::Network::Input>;
  static constexpr bool parts =
      space::sizes_agree<E> && space::codes_fit<E> && L::Network::is_bound;
  static constexpr bool references = H::references == References;
  static constexpr bool modulator = takes_embedding<typename L::Modulator, H::size>;
  static constexpr bool device = Input::device == 0 || Input::device == H::size;
  static constexpr bool codes = std::is_same_v<typename Input::Architectures, typename E::Output>;
  static constexpr bool all = parts && references && modulator && device && codes;

  using Encoder = std::conditional_t<all, E, NoEncoder<typename E::Space>>;
  using Learner = std::conditional_t<all, L, NoLearner>;
};

}  // namespace detail

/// Says at compile time, once, which of a recipe's parts does not fit the others; `is_said` is true
/// either way, for those who go on as if all did.
template <space::Encoder E, device::HardwareEmbedding H, meta::MetaLearner L,
          std::size_t References>
struct RecipeCheck {
  static constexpr bool is_said = true;

 private:
  using Fit = detail::RecipeFit<E, H, L, References>;
  static_assert(Fit::references || !Fit::parts,
                "hale: MetaRecipe: the protocol has another number of references than the "
                "embedding takes; use ReferenceLatencies of that number, or name as many");
  static_assert(Fit::modulator || !(Fit::parts && Fit::references),
                "hale: MetaRecipe: the modulator takes another size than the embedding has; make "
                "its second argument Embedding::size");
  static_assert(Fit::device || !(Fit::parts && Fit::references && Fit::modulator),
                "hale: MetaRecipe: the network takes another size than the embedding has; make "
                "its second input Given<Embedding::size>");
  static_assert(
      Fit::codes || !(Fit::parts && Fit::references && Fit::modulator && Fit::device),
      "hale: MetaRecipe: the network takes another input than the encoder gives; make its first "
      "input Encoder::Output");
  static_assert(sizeof(space::EncoderCheck<E>) > 0);  // says what it has to say
};

/// A meta-learner over a search space under a name.
template <FixedString Name, space::Encoder E, device::HardwareEmbedding H, meta::MetaLearner L,
          const TableProtocol& Protocol>
struct MetaRecipe {
  using Check = RecipeCheck<E, H, L, Protocol.references.size()>;
  using Fit = detail::RecipeFit<E, H, L, Protocol.references.size()>;
  using Encoder = typename Fit::Encoder;
  using Space = typename E::Space;
  using Embedding = H;
  using Learner = typename Fit::Learner;
  static constexpr FixedString name_storage = Name;
  static constexpr std::string_view name = name_storage.view();
  static constexpr TableProtocol protocol = Protocol;
};

/// How many references the published checkpoints have.
inline constexpr std::size_t help_references = 10;

/// The device's side of every HELP network: its embedding in, 100 features out.
using HardwareTower = nn::Sequential<nn::Linear<100>, nn::Relu, nn::Linear<100>, nn::Relu>;

/// An architecture's side where it is a row of features.
using FeatureTower = nn::Sequential<nn::Linear<100>, nn::Relu, nn::Linear<100>, nn::Relu>;

/// HELP's network: the architecture's tower beside the device's, and three layers on both.
template <class ArchitectureTower, class ArchitectureInput, device::HardwareEmbedding H>
using HelpNetwork =
    nn::Network<nn::Sequential<nn::Fork<ArchitectureTower, HardwareTower>, nn::Linear<200>,
                               nn::Relu, nn::Linear<200>, nn::Relu, nn::Linear<1>>,
                nn::Inputs<ArchitectureInput, Given<H::size>>>;

/// The same without the device.
template <class ArchitectureTower, class ArchitectureInput>
using ArchitectureNetwork = nn::Network<nn::Sequential<ArchitectureTower, nn::Linear<200>, nn::Relu,
                                                       nn::Linear<200>, nn::Relu, nn::Linear<1>>,
                                        ArchitectureInput>;

/// HELP and what its paper compares it with, over one encoder and one hardware embedding: each is
/// another choice of a network, a modulator and an inner loop.
///
/// Source: Lee et al., NeurIPS 2021, sections 4.2 and 4.3.
template <space::Encoder E, class ArchitectureTower, const TableProtocol& Protocol,
          device::HardwareEmbedding H = device::ReferenceLatencies<Protocol.references.size()>>
struct HelpMethods {
  using Network = HelpNetwork<ArchitectureTower, typename E::Output, H>;
  using PlainNetwork = ArchitectureNetwork<ArchitectureTower, typename E::Output>;

  template <FixedString Name, class Net, meta::Modulation M, meta::InnerLoop I>
  using Method = MetaRecipe<Name, E, H, meta::Learner<Net, M, I>, Protocol>;
  template <class Net>
  using Modulator = meta::Modulator<Net, H::size>;
  using Steps = meta::MetaSgd<2>;

  using Help = Method<"help", Network, Modulator<Network>, Steps>;
  using WithoutModulator = Method<"help-no-modulator", Network, meta::NoModulator, Steps>;
  using WithoutEmbedding =
      Method<"help-no-embedding", PlainNetwork, Modulator<PlainNetwork>, Steps>;
  using MetaSgd = Method<"meta-sgd", PlainNetwork, meta::NoModulator, Steps>;
  using Maml = Method<"maml", PlainNetwork, meta::NoModulator, meta::Maml<2>>;
  using FirstOrderMaml = Method<"maml-first-order", PlainNetwork, meta::NoModulator,
                                meta::Maml<2, meta::Order::first>>;
};

}  // namespace hale::predictor
