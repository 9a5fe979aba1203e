#pragma once

#include <concepts>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <span>
#include <string>
#include <string_view>

namespace hale::space {

/// A set of network architectures with a textual form of its own.
///
/// Laws: parse(format(a)) == a; sample(rng) depends on the generator's state alone.
template <class S>
concept SearchSpace = std::regular<typename S::Architecture> &&
    requires(const typename S::Architecture& architecture, std::string_view text, Rng& rng) {
  { S::name } -> std::convertible_to<std::string_view>;
  { S::sample(rng) } -> std::same_as<typename S::Architecture>;
  { S::parse(text) } -> std::same_as<Result<typename S::Architecture>>;
  { S::format(architecture) } -> std::same_as<std::string>;
};

/// Turns an architecture into the numbers that a network takes.
///
/// `Code` is what is stored for each number: a category of a node, or a feature. `Output` is the
/// network's input shape; `size` codes describe one architecture.
template <class E>
concept Encoder = SearchSpace<typename E::Space> &&
    requires(const typename E::Space::Architecture& architecture,
             std::span<typename E::Code, E::size> codes) {
  typename E::Output;
  { E::name } -> std::convertible_to<std::string_view>;
  { E::encode(architecture, codes) }
  noexcept->std::same_as<void>;
};

}  // namespace hale::space
