#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <hale/core/buffer.hpp>
#include <hale/core/view.hpp>
#include <hale/numeric/tensor.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <vector>
#include <xtensor/xmath.hpp>

namespace hale {
namespace {

using numeric::Tensor;
using numeric::tensor_view;
using numeric::TensorView;

template <class R>
concept Viewable = requires(R&& values) {
  tensor_view(static_cast<R&&>(values), {std::size_t{2}, std::size_t{3}});
};

static_assert(numeric::Element<const double>);
static_assert(!numeric::Element<std::string>);
static_assert(Viewable<std::vector<double>&>);
static_assert(Viewable<const Buffer<float>&>);
static_assert(Viewable<std::span<const std::int64_t>>);
static_assert(!Viewable<std::vector<double>>);  // gone when the view is used
static_assert(!Viewable<std::vector<std::string>&>);
static_assert(!Viewable<std::vector<bool>&>);  // has no elements in one piece
static_assert(std::is_same_v<decltype(tensor_view(std::span<const double>(), {std::size_t{0}})),
                             TensorView<const double, 1>>);

TEST(TensorView, OfASpanReadsRowByRowWithoutACopy) {
  std::vector<double> values = {1, 2, 3, 4, 5, 6};
  const TensorView<double, 2> view = tensor_view(values, {2, 3});
  EXPECT_EQ(view.data(), values.data());
  EXPECT_EQ(view.shape(0), 2U);
  EXPECT_EQ(view(1, 0), 4);
  values[3] = 7;
  EXPECT_EQ(view(1, 0), 7);
}

TEST(TensorView, WritesThroughToABuffer) {
  Buffer<float> buffer(6);
  TensorView<float, 3> view = tensor_view(buffer, {1, 3, 2});
  view(0, 2, 1) = 5;
  EXPECT_EQ(buffer[5], 5.F);
}

TEST(TensorView, IsAnExpressionLikeAnyOther) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6};
  const Tensor<double, 1> sums = xt::sum(tensor_view(values, {2, 3}), {1});
  EXPECT_EQ(sums, (Tensor<double, 1>{6, 15}));
}

TEST(TensorView, OfAMatrixKeepsTheStrideBetweenRows) {
  std::vector<int> values = {1, 2, 9, 3, 4, 9, 5, 6};
  const auto view = tensor_view(MatrixView<int>(values.data(), 3, 2, 3));
  EXPECT_EQ((Tensor<int, 2>(view)), (Tensor<int, 2>{{1, 2}, {3, 4}, {5, 6}}));
  const auto first = tensor_view(MatrixView<const int>(values.data(), 1, 3, 3));
  EXPECT_EQ((Tensor<int, 2>(first)), (Tensor<int, 2>{{1, 2, 9}}));
  const auto column = tensor_view(MatrixView<const int>(values.data(), 3, 1, 3));
  EXPECT_EQ((Tensor<int, 2>(column)), (Tensor<int, 2>{{1}, {3}, {5}}));
  EXPECT_EQ(tensor_view(MatrixView<int>()).size(), 0U);
}

TEST(Tensor, IsFilledOverItsShapeWhateverItHolds) {
  EXPECT_EQ(numeric::filled<std::uint8_t>({3}), (Tensor<std::uint8_t, 1>{0, 0, 0}));
  EXPECT_EQ(numeric::filled<double>({2, 1}, 1.5), (Tensor<double, 2>{{1.5}, {1.5}}));
  EXPECT_EQ(numeric::filled<double>({0, 4}).shape(1), 4U);
}

TEST(Tensor, IsASpanAndAMatrixWithoutACopy) {
  Tensor<double, 2> tensor = {{1, 2, 3}, {4, 5, 6}};
  numeric::flat(tensor)[5] = 8;
  EXPECT_EQ(tensor(1, 2), 8);
  const MatrixView<double> matrix = numeric::matrix_view(tensor);
  EXPECT_EQ(matrix.data, tensor.data());
  EXPECT_EQ(matrix(1, 0), 4);
  const Tensor<double, 2>& read = tensor;
  EXPECT_EQ(numeric::flat(read).size(), 6U);
  EXPECT_EQ(numeric::matrix_view(read).columns, 3U);
}

}  // namespace
}  // namespace hale
