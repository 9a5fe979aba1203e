#include <gtest/gtest.h>

#include <hale/meta/encoded.hpp>
#include <hale/nn/incremental.hpp>
#include <hale/nn/initialise.hpp>
#include <hale/nn/specialise.hpp>
#include <hale/predictor/recipes.hpp>
#include <vector>

namespace hale {
namespace {

using Net = nn::Specialised<predictor::HelpNasBench201::Learner::Network>;
using Batch = meta::InputBatch<space::NasBench201Encoder::Output, float>;

std::vector<std::uint8_t> random_codes(std::size_t count, Rng& rng) {
  meta::EncodedRows<space::NasBench201Encoder> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(space::NasBench201::sample(rng));
  return {rows.codes().begin(), rows.codes().end()};
}

TEST(Incremental, GivesWhatTheWholeNetworkGivesBatchAfterBatch) {
  Rng rng(1);
  Buffer<float> theta(Net::parameter_count);
  nn::initialise<Net>(std::span<float>(theta), rng);
  nn::Incremental<Net, float> incremental{Buffer<float>(theta)};
  numeric::Arena<float> arena;
  Batch unused;
  for (const std::size_t count : {1U, 1U, 7U, 64U, 1U, 700U, 3U}) {
    const auto codes = random_codes(count, rng);
    Batch batch;
    batch.assign(codes);
    const auto expected =
        nn::predict<Net, float>({theta.data(), 1, theta.size()}, batch.value(), arena);
    const auto actual = incremental(unused, codes);
    ASSERT_EQ(actual.rows, count);
    for (std::size_t row = 0; row < count; ++row)
      EXPECT_NEAR(actual(row, 0), expected(row, 0), 1e-6F) << count << " " << row;
  }
}

TEST(Incremental, PassesRowsOfFeaturesThroughAsTheyAre) {
  using Rows = nn::Network<nn::Sequential<nn::Linear<4>, nn::Relu, nn::Linear<1>>, Given<3>>;
  Rng rng(2);
  Buffer<float> theta(Rows::parameter_count);
  nn::initialise<Rows>(std::span<float>(theta), rng);
  nn::Incremental<Rows, float> incremental{Buffer<float>(theta)};
  meta::InputBatch<Given<3>, float> input;
  const std::vector<std::uint8_t> codes = {1, 0, 2, 0, 1, 1};
  const auto actual = incremental(input, codes);
  numeric::Arena<float> arena;
  const auto expected =
      nn::predict<Rows, float>({theta.data(), 1, theta.size()}, input.value(), arena);
  ASSERT_EQ(actual.rows, 2U);
  for (std::size_t row = 0; row < 2; ++row) EXPECT_EQ(actual(row, 0), expected(row, 0));
}

}  // namespace
}  // namespace hale
