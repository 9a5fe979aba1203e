#pragma once

#include <array>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>

namespace hale::runtime {

/// What stands in a catalogue: a type that gives its own entry, a RecipeEntry or a BaselineEntry.
template <class T>
concept Listed = requires {
  T::entry();
};

/// The table of a catalogue from its tuple of types, in their order, at compile time.
///
///     constexpr auto mine = hana::tuple_t<CompiledRecipe<MyRecipe>, SimulatedRecipe>;
///     constexpr auto table = runtime::entries(mine);  // std::array<RecipeEntry, 2>
template <class Tuple>
[[nodiscard]] constexpr auto entries(const Tuple& types) {
  return boost::hana::unpack(
      types, []<Listed... T>(boost::hana::basic_type<T>...) { return std::array{T::entry()...}; });
}

}  // namespace hale::runtime
