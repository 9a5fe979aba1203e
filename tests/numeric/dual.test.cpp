#include <gtest/gtest.h>

#include <hale/core/buffer.hpp>
#include <hale/core/random.hpp>
#include <hale/numeric/arena.hpp>
#include <hale/numeric/dual.hpp>
#include <hale/numeric/operations.hpp>

namespace hale::numeric {
namespace {

TEST(Dual, ProductFollowsLeibniz) {
  const Dual<double> x{3, 1};
  const Dual<double> y = x * x * x + x;  // x^3 + x: 30, and 3 x^2 + 1
  EXPECT_EQ(y, (Dual<double>{30, 28}));
}

MatrixView<double> filled(Arena<double>& arena, std::size_t rows, std::size_t columns, Rng& rng) {
  const auto m = arena.take<double>(rows, columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (double& x : m.row(r)) x = rng.normal();
  return m;
}

TEST(DualProduct, OfMatricesIsElementWiseTheProductOfDuals) {
  Rng rng(1);
  Arena<double> arena;
  const DualView<double> a(filled(arena, 3, 4, rng), filled(arena, 3, 4, rng));
  const DualView<double> b(filled(arena, 4, 2, rng), filled(arena, 4, 2, rng));
  const DualView<double> c(filled(arena, 3, 2, rng), filled(arena, 3, 2, rng));
  const auto dual = [](const DualView<double>& m, std::size_t r, std::size_t col) {
    return Dual<double>{m.value(r, col), m.tangent(r, col)};
  };
  std::vector<Dual<double>> expected;
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t col = 0; col < 2; ++col) {
      Dual<double> sum = dual(c, r, col);
      for (std::size_t k = 0; k < 4; ++k) sum = sum + dual(a, r, k) * dual(b, k, col);
      expected.push_back(sum);
    }
  multiply<Dual<double>, Dual<double>>(a, b, c, Update::add);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(c.value(i / 2, i % 2), expected[i].value, 1e-12);
    EXPECT_NEAR(c.tangent(i / 2, i % 2), expected[i].tangent, 1e-12);
  }
}

TEST(DualProduct, OfAConstantHasNoTermOfItsOwn) {
  Rng rng(2);
  Arena<double> arena;
  const auto a = filled(arena, 3, 4, rng);
  const DualView<double> b(filled(arena, 4, 2, rng), filled(arena, 4, 2, rng));
  const auto c = arena.take<Dual<double>>(3, 2);
  multiply<double, Dual<double>>(a, b, c, Update::assign);
  const auto tangent = arena.take<double>(3, 2);
  multiply<double, double>(a, b.tangent, tangent, Update::assign);
  for (std::size_t r = 0; r < 3; ++r)
    for (std::size_t col = 0; col < 2; ++col) EXPECT_EQ(c.tangent(r, col), tangent(r, col));
}

TEST(Rectify, StopsTheTangentWhereTheValueIsNotPositive) {
  Buffer<double> value(3);
  Buffer<double> tangent(3);
  value[0] = -1;
  value[1] = 2;
  value[2] = 0;
  for (double& t : tangent) t = 5;
  rectify<Dual<double>>({{value.data(), 1, 3}, {tangent.data(), 1, 3}});
  EXPECT_EQ(value[0], 0);
  EXPECT_EQ(value[1], 2);
  EXPECT_EQ(tangent[0], 0);
  EXPECT_EQ(tangent[1], 5);
  EXPECT_EQ(tangent[2], 0);
}

TEST(GatherRows, AndScatterRowsAreTransposes) {
  Rng rng(3);
  Arena<double> arena;
  const std::vector<std::uint32_t> offsets = {0, 2, 3, 6};
  const std::vector<std::uint32_t> sources = {0, 1, 3, 1, 2, 1};
  const auto x = filled(arena, 4, 5, rng);
  const auto y = filled(arena, 3, 5, rng);
  const auto gathered = arena.take<double>(3, 5);
  const auto scattered = arena.take<double>(4, 5);
  gather_rows<double>(offsets, sources, x, gathered);
  scatter_rows<double>(offsets, sources, y, scattered);
  double left = 0;
  double right = 0;
  for (std::size_t c = 0; c < 5; ++c) {
    for (std::size_t r = 0; r < 3; ++r) left += gathered(r, c) * y(r, c);
    for (std::size_t r = 0; r < 4; ++r) right += x(r, c) * scattered(r, c);
  }
  EXPECT_NEAR(left, right, 1e-12);
  EXPECT_NE(left, 0);
}

TEST(Arena, KeepsMatricesApartUntilItIsReset) {
  Arena<float> arena;
  std::vector<MatrixView<float>> taken;
  for (std::size_t i = 1; i < 60; ++i) {
    taken.push_back(arena.take<float>(i, 37));
    for (std::size_t r = 0; r < i; ++r)
      std::fill_n(taken.back().row(r).data(), 37, static_cast<float>(i));
  }
  for (std::size_t i = 1; i < 60; ++i)
    for (std::size_t r = 0; r < i; ++r)
      for (const float x : taken[i - 1].row(r)) ASSERT_EQ(x, static_cast<float>(i));
  arena.reset();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arena.take<float>(1, 1).data) % 64, 0U);
}

}  // namespace
}  // namespace hale::numeric
