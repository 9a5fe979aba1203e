#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/random.hpp>
#include <hale/device/concepts.hpp>

/// What every hardware embedding promises, as a typed suite: instantiate it with one.
namespace hale::laws {

template <device::HardwareEmbedding H>
class HardwareEmbeddingLaws : public ::testing::Test {};
TYPED_TEST_SUITE_P(HardwareEmbeddingLaws);

TYPED_TEST_P(HardwareEmbeddingLaws, GivesFiniteNumbersByTheLatenciesAlone) {
  Rng rng(10);
  bool varied = false;
  std::array<float, TypeParam::size> first{};
  for (int i = 0; i < 100; ++i) {
    std::array<double, TypeParam::references> latency{};
    for (double& ms : latency) ms = std::exp(rng.normal());
    const auto embedding = TypeParam::embed(latency);
    for (const float number : embedding) EXPECT_TRUE(std::isfinite(number));
    EXPECT_EQ(embedding, TypeParam::embed(latency));
    if (i == 0) first = embedding;
    varied = varied || embedding != first;
  }
  EXPECT_TRUE(varied);
}

REGISTER_TYPED_TEST_SUITE_P(HardwareEmbeddingLaws, GivesFiniteNumbersByTheLatenciesAlone);

}  // namespace hale::laws
