#pragma once

#include <algorithm>
#include <array>
#include <hale/io/checkpoint.hpp>
#include <hale/nn/take_node.hpp>
#include <hale/predictor/train.hpp>
#include <string>
#include <string_view>

/// What the cases compose wrongly: a space of chains, its encoder, six references, and a program
/// that trains, stores, loads, adapts and predicts.
namespace chains {

using namespace hale;

struct Chains {
  using Architecture = std::array<char, 8>;
  static constexpr std::string_view name = "chains";
  static Architecture sample(Rng& rng) {
    Architecture chain{};
    for (char& width : chain) width = static_cast<char>('1' + rng.below(9));
    return chain;
  }
  static std::string format(const Architecture& chain) { return {chain.begin(), chain.end()}; }
  static Result<Architecture> parse(std::string_view text) {
    Architecture chain{};
    if (text.size() != chain.size()) return fail("expected eight digits");
    std::copy(text.begin(), text.end(), chain.begin());
    return chain;
  }
};

/// Eight real numbers, of which `Output` and `Code` may be said wrongly.
template <class OutputType, class CodeType = float>
struct EncoderOf {
  using Space = Chains;
  using Code = CodeType;
  using Output = OutputType;
  static constexpr std::string_view name = "widths";
  static constexpr std::size_t size = 8;
  static void encode(const Chains::Architecture& chain, std::span<Code, size> out) noexcept {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<Code>(chain[i] - '0');
  }
};
using Encoder = EncoderOf<Given<8>>;

inline constexpr std::array<std::string_view, 6> references = {"11111111", "99999999", "12345678",
                                                               "87654321", "19191919", "55555555"};
inline constexpr predictor::TableProtocol protocol{
    .train_rows = 200, .query_rows = 100, .references = references};

using Embedding = device::ReferenceLatencies<6>;
using Tower = nn::Sequential<nn::Linear<16>, nn::Relu>;

/// A network over what `In` says of the device; `Behind` follows the fork.
template <class In, class... Behind>
using Network =
    nn::Network<nn::Sequential<nn::Fork<Tower, Tower>, Behind...>, nn::Inputs<Encoder::Output, In>>;
using Net = Network<Given<6>, nn::Linear<16>, nn::Relu, nn::Linear<1>>;

template <class L, class E = Encoder, class H = Embedding>
using Recipe = predictor::MetaRecipe<"mine", E, H, L, protocol>;

template <class R>
void run(const device::LatencyTable& table) {
  const auto training = predictor::Training<R>::prepare(table, {}).value();
  auto state = training.initial();
  if (!training.run(state, {}, [](const auto&) { return true; })) return;
  const auto trained = training.finish(state, "made up").value();
  const auto base = io::load_base<R>(io::serialise_base<R>(trained)).value();
  if (!io::resume_training<R>(io::serialise_training<R>(state, ""), "", state)) return;
  auto device = predictor::HelpPredictor<R>::adapt(base, {}).value();
  static_cast<void>(device.predict(Chains::Architecture{}));
  static_cast<void>(predictor::evaluate<R>(base, table, {}, {}));
}

}  // namespace chains
