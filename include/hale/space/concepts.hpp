#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/core/shape.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

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

/// The type of an encoder's codes.
template <class T>
concept Number = std::is_arithmetic_v<T> && !std::same_as<T, bool>;

/// Turns an architecture into the numbers that a network takes.
///
/// `size` codes describe one architecture. `Output` is the network's input shape: Given<size> for
/// features, whose `Code` is any number type, or GivenNodes of a graph of `size` nodes for their
/// categories, whose `Code` is std::uint8_t. EncoderCheck says which of these does not hold.
/// Laws: all codes are written, by the architecture alone; features are finite, categories exist.
template <class E>
concept Encoder = SearchSpace<typename E::Space> && Number<typename E::Code> &&
    requires(const typename E::Space::Architecture& architecture,
             std::span<typename E::Code, E::size> codes) {
  typename E::Output;
  { E::name } -> std::convertible_to<std::string_view>;
  { E::encode(architecture, codes) }
  noexcept->std::same_as<void>;
};

namespace detail {

/// How many codes an input shape takes.
template <class Output>
inline constexpr std::size_t code_count = 0;
template <std::size_t N>
inline constexpr std::size_t code_count<Given<N>> = N;
template <class G>
inline constexpr std::size_t code_count<GivenNodes<G>> = G::nodes;

template <class Output>
inline constexpr bool has_categories = false;
template <class G>
inline constexpr bool has_categories<GivenNodes<G>> = true;

}  // namespace detail

/// Whether an encoder's Output takes as many codes as its size says, and such as its Code is.
template <Encoder E>
inline constexpr bool sizes_agree = detail::code_count<typename E::Output> == E::size;
template <Encoder E>
inline constexpr bool codes_fit =
    !detail::has_categories<typename E::Output> || std::same_as<typename E::Code, std::uint8_t>;

/// Says at compile time, once, what contradicts itself in an encoder. `is_said` is always true, so
/// that who checks it goes on compiling and adds no error of its own.
template <Encoder E, class Output = typename E::Output, std::size_t size = E::size>
struct EncoderCheck {
  static constexpr bool is_said = true;
  static_assert(sizes_agree<E>,
                "hale: Encoder: Output takes another number of codes than size says; make Output "
                "Given<size>, or GivenNodes of a graph of that many nodes");
  static_assert(codes_fit<E> || !sizes_agree<E>,
                "hale: Encoder: nodes of a graph are given by category; make Code std::uint8_t, or "
                "Output Given<size>");
};

}  // namespace hale::space
