#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/random.hpp>
#include <numeric>
#include <set>
#include <vector>

namespace hale {
namespace {

TEST(Rng, IsSeededBySplitmix64) {
  const Rng::State expected = {0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f,
                               0xf88bb8a8724c81ec};
  EXPECT_EQ(Rng(0).state(), expected);
}

TEST(Rng, GivesTheNumbersOfXoshiro256PlusPlus) {
  Rng rng(Rng::State{1, 2, 3, 4});
  for (const std::uint64_t expected :
       {41943041ULL, 58720359ULL, 3588806011781223ULL, 3591011842654386ULL, 9228616714210784205ULL,
        9973669472204895162ULL, 14011001112246962877ULL, 12406186145184390807ULL,
        15849039046786891736ULL, 10450023813501588000ULL})
    EXPECT_EQ(rng.bits(), expected);
}

TEST(Rng, GivesTheSameNumbersForASeedEverywhere) {
  Rng rng(42);
  for (const std::uint64_t expected :
       {0xd0764d4f4476689fULL, 0x519e4174576f3791ULL, 0xfbe07cfb0c24ed8cULL, 0xb37d9f600cd835b8ULL})
    EXPECT_EQ(rng.bits(), expected);
}

TEST(Rng, GoesOnWhereAStateWasTaken) {
  Rng rng(7);
  rng.bits();
  Rng resumed(rng.state());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(resumed.bits(), rng.bits());
}

static_assert(Rng(42).bits() == 0xd0764d4f4476689fU, "usable in a constant expression");

TEST(Rng, TakesUniformNumbersFromTheUpper53Bits) {
  Rng rng(42);
  EXPECT_EQ(rng.uniform(), std::ldexp(static_cast<double>(0xd0764d4f4476689fU >> 11), -53));
  Rng same(42);
  EXPECT_EQ(same.uniform(-1, 3), -1 + 4 * Rng(42).uniform());
}

TEST(Rng, SpreadsUniformNumbersOverTheirInterval) {
  Rng rng(1);
  double sum = 0;
  double low = 1;
  double high = 0;
  for (int i = 0; i < 100000; ++i) {
    const double x = rng.uniform();
    sum += x;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  EXPECT_NEAR(sum / 100000, 0.5, 0.003);  // 3 standard errors
  EXPECT_GE(low, 0);
  EXPECT_LT(low, 1e-3);
  EXPECT_GT(high, 0.999);
  EXPECT_LT(high, 1);
}

TEST(Rng, DrawsEachNumberBelowASmallBoundEquallyOften) {
  Rng rng(2);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[rng.below(7)];
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - 10000.0) * (count - 10000.0) / 10000.0;
  EXPECT_LT(chi_squared, 22.5);  // 6 degrees of freedom, p = 0.001
}

// A remainder alone would draw from the lowest third of this bound every second time.
TEST(Rng, IsWithoutBiasBelowABoundThatDoesNotDivideItsRange) {
  Rng rng(3);
  const std::size_t third = std::size_t{1} << 62;
  int lowest = 0;
  for (int i = 0; i < 30000; ++i) lowest += rng.below(3 * third) < third ? 1 : 0;
  EXPECT_NEAR(lowest, 10000, 250);  // 3 standard errors
}

TEST(Rng, KnowsOneNumberBelowOne) {
  Rng rng(4);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(rng.below(1), 0U);
}

TEST(Rng, DrawsNormalNumbersWithTheirFirstFourMoments) {
  Rng rng(5);
  const int count = 200000;
  std::array<double, 4> moments{};
  for (int i = 0; i < count; ++i) {
    double power = 1;
    const double x = rng.normal();
    for (double& moment : moments) moment += (power *= x) / count;
  }
  EXPECT_NEAR(moments[0], 0, 0.007);  // 3 standard errors each
  EXPECT_NEAR(moments[1], 1, 0.01);
  EXPECT_NEAR(moments[2], 0, 0.03);
  EXPECT_NEAR(moments[3], 3, 0.07);
}

TEST(Rng, ChoosesDistinctNumbersBelowTheBound) {
  Rng rng(6);
  const auto chosen = rng.choose(100, 40);
  EXPECT_EQ(chosen.size(), 40U);
  EXPECT_EQ(std::set<std::size_t>(chosen.begin(), chosen.end()).size(), 40U);
  EXPECT_LT(*std::max_element(chosen.begin(), chosen.end()), 100U);
  EXPECT_TRUE(rng.choose(5, 0).empty());
}

TEST(Rng, ChoosesAPermutationWhenItChoosesAll) {
  Rng rng(7);
  auto order = rng.choose(50, 50);
  std::vector<std::size_t> sorted(50);
  std::iota(sorted.begin(), sorted.end(), std::size_t{0});
  EXPECT_NE(order, sorted);
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, sorted);
}

TEST(Rng, ChoosesEachOrderedPairEquallyOften) {
  Rng rng(8);
  std::array<int, 16> counts{};
  for (int i = 0; i < 12000; ++i) {
    const auto pair = rng.choose(4, 2);
    ++counts[pair[0] * 4 + pair[1]];
  }
  double chi_squared = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i / 4 == i % 4) {
      EXPECT_EQ(counts[i], 0);
      continue;
    }
    chi_squared += (counts[i] - 1000.0) * (counts[i] - 1000.0) / 1000.0;
  }
  EXPECT_LT(chi_squared, 31.3);  // 11 degrees of freedom, p = 0.001
}

}  // namespace
}  // namespace hale
