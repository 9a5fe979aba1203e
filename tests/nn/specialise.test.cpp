#include <gtest/gtest.h>

#include <hale/nn/initialise.hpp>
#include <hale/nn/specialise.hpp>
#include <hale/predictor/recipes.hpp>

#include "derivatives.hpp"

namespace hale {
namespace {

TEST(Specialise, GivesTheGeneralNetworksResultOnThatDevice) {
  using General = predictor::HelpNasBench201::Learner::Network;
  using Special = nn::Specialised<General>;
  static_assert(Special::parameter_count < General::parameter_count);
  Rng rng(1);
  Buffer<double> theta(General::parameter_count);
  nn::initialise<General>(std::span<double>(theta), rng);
  std::vector<std::uint8_t> codes;
  for (int i = 0; i < 7; ++i) {
    codes.resize(codes.size() + 9);
    space::NasBench201Encoder::encode(
        space::NasBench201::sample(rng),
        std::span<std::uint8_t, 9>(codes.data() + codes.size() - 9, 9));
  }
  const nn::NodeBatch<space::NasBench201Graph, double> cells(codes);
  const Buffer<double> device = testing::random_buffer(10, rng);
  const MatrixView<const double> embedding(device.data(), 1, 10);
  numeric::Arena<double> general_arena;
  numeric::Arena<double> special_arena;
  const auto expected = nn::predict<General, double>({theta.data(), 1, theta.size()},
                                                     {&cells, embedding}, general_arena);
  const Buffer<double> folded =
      nn::specialise<General, double>(std::span<const double>(theta), embedding);
  ASSERT_EQ(folded.size(), Special::parameter_count);
  const auto actual =
      nn::predict<Special, double>({folded.data(), 1, folded.size()}, &cells, special_arena);
  for (std::size_t row = 0; row < 7; ++row) EXPECT_NEAR(actual(row, 0), expected(row, 0), 1e-12);
}

}  // namespace
}  // namespace hale
