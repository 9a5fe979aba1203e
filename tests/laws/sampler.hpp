#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <hale/meta/concepts.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

/// What every sampler promises, as a typed suite: instantiate it with a sampler.
namespace hale::laws {

template <meta::Sampler S>
class SamplerLaws : public ::testing::Test {
 protected:
  std::vector<meta::SourceDevice<float>> devices;

  SamplerLaws() {
    for (std::size_t d = 0; d < 6; ++d) {
      meta::SourceDevice<float> device;
      device.name = "device " + std::to_string(d);
      for (std::size_t row = 0; row < 40; ++row) {
        device.targets.push_back(static_cast<float>((row * 7 + d) % 40));
        if (row % 2 == 0) device.rows.push_back(row);
      }
      devices.push_back(device);
    }
  }
};
TYPED_TEST_SUITE_P(SamplerLaws);

TYPED_TEST_P(SamplerLaws, GivesAsManyDifferentOnesAsAreAskedFor) {
  Rng rng(8);
  for (const std::size_t count : {1U, 3U, 6U}) {
    const auto chosen = TypeParam::choose_devices(
        std::span<const meta::SourceDevice<float>>(this->devices), count, rng);
    EXPECT_EQ(chosen.size(), count);
    EXPECT_EQ(std::set<std::size_t>(chosen.begin(), chosen.end()).size(), count);
    for (const std::size_t device : chosen) EXPECT_LT(device, this->devices.size());
  }
  const meta::SourceDevice<float>& device = this->devices[2];
  for (const std::size_t count : {1U, 12U, 20U}) {
    const auto rows = TypeParam::choose_rows(device, count, rng);
    EXPECT_EQ(rows.size(), count);
    EXPECT_EQ(std::set<std::size_t>(rows.begin(), rows.end()).size(), count);
    for (const std::size_t row : rows)
      EXPECT_EQ(std::count(device.rows.begin(), device.rows.end(), row), 1);
  }
}

TYPED_TEST_P(SamplerLaws, ChoosesByTheGeneratorsStateAlone) {
  Rng one(9);
  Rng other(9);
  for (int i = 0; i < 5; ++i) {
    const std::span<const meta::SourceDevice<float>> all(this->devices);
    EXPECT_EQ(TypeParam::choose_devices(all, 3, one), TypeParam::choose_devices(all, 3, other));
    EXPECT_EQ(TypeParam::choose_rows(this->devices[0], 7, one),
              TypeParam::choose_rows(this->devices[0], 7, other));
  }
}

REGISTER_TYPED_TEST_SUITE_P(SamplerLaws, GivesAsManyDifferentOnesAsAreAskedFor,
                            ChoosesByTheGeneratorsStateAlone);

}  // namespace hale::laws
