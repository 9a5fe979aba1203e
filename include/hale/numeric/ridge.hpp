#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cstddef>
#include <hale/core/config.hpp>
#include <hale/core/view.hpp>
#include <span>
#include <vector>

namespace hale::numeric {

/// intercept + weights . x
struct LinearModel {
  std::vector<double> weights;
  double intercept = 0;

  [[nodiscard]] double operator()(std::span<const double> x) const {
    HALE_ASSERT(x.size() == weights.size());
    double sum = intercept;
    for (std::size_t i = 0; i < x.size(); ++i) sum += weights[i] * x[i];
    return sum;
  }
};

/// The minimum over w and c of |x w + c - y|^2 / n + sum of penalty_j w_j^2.
///
/// Shapes: x (n, d), y (n), penalty (d), positive where columns of x may depend on each other.
/// Cost: O(n d^2 + d^3). Source: Eigen's Cholesky decomposition of the normal equations.
[[nodiscard]] inline LinearModel fit_ridge(MatrixView<const double> x, std::span<const double> y,
                                           std::span<const double> penalty) {
  HALE_ASSERT(x.rows == y.size() && x.columns == penalty.size() && x.rows > 0);
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rows = static_cast<Eigen::Index>(x.rows);
  const auto columns = static_cast<Eigen::Index>(x.columns);
  const Eigen::Map<const Matrix> given(x.data, rows, columns);
  const Eigen::Map<const Eigen::VectorXd> targets(y.data(), rows);
  const Eigen::Map<const Eigen::VectorXd> weight(penalty.data(), columns);
  const Eigen::RowVectorXd mean = given.colwise().mean();
  const Matrix centred = given.rowwise() - mean;
  const Eigen::VectorXd centred_targets = targets.array() - targets.mean();
  Eigen::MatrixXd normal = centred.transpose() * centred / static_cast<double>(rows);
  normal.diagonal() += weight;
  const Eigen::VectorXd product = centred.transpose() * centred_targets / static_cast<double>(rows);
  const Eigen::VectorXd solution = normal.ldlt().solve(product);
  LinearModel model;
  model.weights.assign(solution.data(), solution.data() + solution.size());
  model.intercept = targets.mean() - mean.dot(solution);
  return model;
}

}  // namespace hale::numeric
