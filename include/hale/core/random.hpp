#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/config.hpp>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace hale {

/// A seeded generator whose numbers are the same on every platform and standard library.
///
/// Source: xoshiro256++ 1.0 of Blackman and Vigna, seeded by splitmix64.
class Rng {
 public:
  using State = std::array<std::uint64_t, 4>;

  explicit constexpr Rng(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      seed += 0x9e3779b97f4a7c15ULL;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
      word = z ^ (z >> 31);
    }
  }
  /// Goes on where another generator stood. Pre: `state` is one that state() returned.
  explicit constexpr Rng(const State& state) : state_(state) {}

  [[nodiscard]] constexpr const State& state() const { return state_; }

  /// 64 random bits.
  constexpr std::uint64_t bits() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, 1).
  constexpr double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  /// Uniform in [low, high).
  constexpr double uniform(double low, double high) { return low + (high - low) * uniform(); }

  /// Uniform in {0, ..., bound - 1}, without bias. Pre: bound > 0.
  constexpr std::size_t below(std::size_t bound) {
    HALE_ASSERT(bound > 0);
    const std::uint64_t threshold = (0 - std::uint64_t{bound}) % bound;
    while (true)
      if (const std::uint64_t candidate = bits(); candidate >= threshold) return candidate % bound;
  }

  /// Standard normal. Source: Marsaglia's polar method; the second variate is not kept.
  double normal() {
    while (true) {
      const double u = uniform(-1, 1);
      const double v = uniform(-1, 1);
      const double s = u * u + v * v;
      if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
    }
  }

  /// `count` distinct numbers below `bound`, in random order. Pre: count <= bound. Cost: O(bound).
  std::vector<std::size_t> choose(std::size_t bound, std::size_t count) {
    HALE_ASSERT(count <= bound);
    std::vector<std::size_t> order(bound);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = 0; i < count; ++i) std::swap(order[i], order[i + below(bound - i)]);
    order.resize(count);
    return order;
  }

 private:
  State state_{};
};

}  // namespace hale
