#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <hale/nn/concepts.hpp>

#include "../nn/derivatives.hpp"

/// What every loss promises, as a typed suite: instantiate it with a loss.
namespace hale::laws {

template <nn::Loss L>
class LossLaws : public ::testing::Test {
 protected:
  static constexpr std::size_t rows = 7;
  Rng rng{6};
  Buffer<double> prediction = testing::random_buffer(rows, rng);
  Buffer<double> target = testing::random_buffer(rows, rng);
  Buffer<double> direction = testing::random_buffer(rows, rng);

  double loss(Buffer<double>& at, Buffer<double>& cotangent) {
    return L::template value_and_cotangent<double>(MatrixView<const double>(at.data(), rows, 1),
                                                   MatrixView<const double>(target.data(), rows, 1),
                                                   MatrixView<double>(cotangent.data(), rows, 1));
  }
  Buffer<double> cotangent(Buffer<double>& at) {
    Buffer<double> out(rows);
    loss(at, out);
    return out;
  }
};
TYPED_TEST_SUITE_P(LossLaws);

TYPED_TEST_P(LossLaws, TheCotangentIsTheDerivative) {
  const auto value = [&](Buffer<double> at) {
    Buffer<double> unused(this->rows);
    return this->loss(at, unused);
  };
  EXPECT_CLOSE(testing::dot(this->cotangent(this->prediction), this->direction),
               testing::directional_derivative(value, this->prediction, this->direction));
}

TYPED_TEST_P(LossLaws, TangentsOfDualsAreExact) {
  constexpr std::size_t n = 7;
  Buffer<double> value(n);
  Buffer<double> tangent(n);
  const auto dual = TypeParam::template value_and_cotangent<numeric::Dual<double>>(
      {MatrixView<const double>(this->prediction.data(), n, 1),
       MatrixView<const double>(this->direction.data(), n, 1)},
      MatrixView<const double>(this->target.data(), n, 1),
      {MatrixView<double>(value.data(), n, 1), MatrixView<double>(tangent.data(), n, 1)});
  const Buffer<double> cotangent = this->cotangent(this->prediction);
  Buffer<double> unused(n);
  EXPECT_EQ(dual.value, this->loss(this->prediction, unused));
  EXPECT_EQ(value, cotangent);
  EXPECT_CLOSE(dual.tangent, testing::dot(cotangent, this->direction));
  for (std::size_t row = 0; row < n; ++row) {
    const auto of_row = [&](Buffer<double> at) { return this->cotangent(at)[row]; };
    EXPECT_CLOSE(tangent[row],
                 testing::directional_derivative(of_row, this->prediction, this->direction));
  }
}

REGISTER_TYPED_TEST_SUITE_P(LossLaws, TheCotangentIsTheDerivative, TangentsOfDualsAreExact);

}  // namespace hale::laws
