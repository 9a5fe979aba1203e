#include <array>
#include <cstdint>
#include <hale/core/topology.hpp>

namespace hale {
namespace {

// A chain of three nodes and what a topology must not be, each one change away from it.
struct Chain {
  static constexpr std::size_t nodes = 3;
  static constexpr std::size_t categories = 2;
  static constexpr std::array<std::uint64_t, 3> sources = {0b001, 0b011, 0b110};
};
struct WithoutItself : Chain {
  static constexpr std::array<std::uint64_t, 3> sources = {0b001, 0b001, 0b110};
};
struct Backward : Chain {
  static constexpr std::array<std::uint64_t, 3> sources = {0b101, 0b011, 0b110};
};
struct TooFewSources : Chain {
  static constexpr std::array<std::uint64_t, 2> sources = {0b001, 0b011};
};
struct WithoutCategories {
  static constexpr std::size_t nodes = 1;
  [[maybe_unused]] static constexpr std::array<std::uint64_t, 1> sources = {1};
};

static_assert(Topology<Chain>);
static_assert(!Topology<WithoutItself>);
static_assert(!Topology<Backward>);
static_assert(!Topology<TooFewSources>);
static_assert(!Topology<WithoutCategories>);
static_assert(!Topology<int>);

}  // namespace
}  // namespace hale
