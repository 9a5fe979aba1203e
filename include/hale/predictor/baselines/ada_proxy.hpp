#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/numeric/ridge.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/baselines/calibrated.hpp>
#include <hale/predictor/baselines/look_up_table.hpp>
#include <hale/predictor/baselines/one_hot.hpp>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

namespace hale::predictor {

/// The linear model of one proxy device. It is used as it is where it ranks the target's rows well;
/// else each weight is scaled for the target.
///
/// With w the proxy's weights and X one-hot features, the target's latency is X ((a 1 + b) * w) +
/// c, where a, b and c minimise |..|^2 / n + lambda |b|_2; lambda is chosen on held-out rows.
/// Source: Lu et al., SIGMETRICS 2022 (arXiv 2111.01203), with p = 2.
template <space::Encoder E>
class AdaProxyModel {
 public:
  using Space = typename E::Space;
  using Architecture = typename Space::Architecture;
  static constexpr std::string_view name = "ada-proxy";
  static constexpr std::size_t usual_rows = 70;  // 60 and 10 in the authors' notebook

  /// Errors: no rows of a proxy; too few of the target.
  [[nodiscard]] static Result<AdaProxyModel> fit(const MeasuredRows<Space>& target,
                                                 const MeasuredRows<Space>& proxy, Rng& rng) {
    if (proxy.size() < 2)
      return fail(concat("found ", proxy.size(), " rows of a proxy device, expected at least 2"));
    if (target.size() < 3)
      return fail(concat("found ", target.size(), " measured rows, expected at least 3"));
    AdaProxyModel model;
    model.model_ = fit_one_hot(proxy);
    const std::vector<double> known = model.milliseconds(target.architectures);
    if (numeric::spearman(known, target.latency_ms) >= good_rank) {
      model.scale(numeric::fit_line(known, target.latency_ms));
      return model;
    }
    model.model_ = adapted(model.model_, target, rng);
    return model;
  }

  [[nodiscard]] std::vector<double> milliseconds(
      std::span<const Architecture> architectures) const {
    const std::vector<double> x = OneHot<E>::rows(architectures);
    std::vector<double> out;
    for (std::size_t row = 0; row < architectures.size(); ++row)
      out.push_back(model_(std::span(x).subspan(row * size, size)));
    return out;
  }

 private:
  static constexpr std::size_t size = OneHot<E>::size;
  static constexpr double good_rank = 0.9;
  static constexpr std::array<double, 5> lambdas = {1e-4, 1e-3, 1e-2, 1e-1, 1};

  static numeric::LinearModel fit_one_hot(const MeasuredRows<Space>& rows) {
    const std::vector<double> x = OneHot<E>::rows(rows.architectures);
    const std::vector<double> penalty(size, 1e-3);
    return numeric::fit_ridge({x.data(), rows.size(), size}, rows.latency_ms, penalty);
  }

  void scale(const numeric::Line& line) {
    for (double& weight : model_.weights) weight *= line.slope;
    model_.intercept = line(model_.intercept);
  }

  /// Chooses lambda on a seventh of the rows, then takes all of them.
  static numeric::LinearModel adapted(const numeric::LinearModel& proxy,
                                      const MeasuredRows<Space>& target, Rng& rng) {
    const std::vector<std::size_t> order = rng.choose(target.size(), target.size());
    const std::size_t held = std::max<std::size_t>(1, target.size() / 7);
    MeasuredRows<Space> kept;
    MeasuredRows<Space> tried;
    for (std::size_t i = 0; i < order.size(); ++i) {
      MeasuredRows<Space>& side = i < held ? tried : kept;
      side.architectures.push_back(target.architectures[order[i]]);
      side.latency_ms.push_back(target.latency_ms[order[i]]);
    }
    double best_lambda = lambdas.back();
    double least = std::numeric_limits<double>::infinity();
    for (const double lambda : lambdas) {
      AdaProxyModel model;
      model.model_ = minimise(proxy, kept, lambda);
      const std::vector<double> predicted = model.milliseconds(tried.architectures);
      double error = 0;
      for (std::size_t i = 0; i < predicted.size(); ++i)
        error += std::pow(predicted[i] - tried.latency_ms[i], 2);
      if (error < least) {
        least = error;
        best_lambda = lambda;
      }
    }
    return minimise(proxy, target, best_lambda);
  }

  /// Solves the convex problem, in units of the mean latency. |b| is the least (|b|^2 / t + t) / 2
  /// over t, so ridge regressions that set t to the last |b| converge to it.
  static numeric::LinearModel minimise(const numeric::LinearModel& proxy,
                                       const MeasuredRows<Space>& target, double lambda) {
    const std::size_t n = target.size();
    const double unit = numeric::mean(target.latency_ms);
    std::vector<double> x = OneHot<E>::rows(target.architectures);
    std::vector<double> features;  // a's column, then b's
    std::vector<double> y;
    for (std::size_t row = 0; row < n; ++row) {
      double sum = 0;
      for (std::size_t i = 0; i < size; ++i) sum += x[row * size + i] *= proxy.weights[i] / unit;
      features.push_back(sum);
      features.insert(features.end(), x.begin() + static_cast<std::ptrdiff_t>(row * size),
                      x.begin() + static_cast<std::ptrdiff_t>((row + 1) * size));
      y.push_back(target.latency_ms[row] / unit);
    }
    std::vector<double> penalty(size + 1, 1e-9);
    numeric::LinearModel solution;
    double norm = 1;
    for (int round = 0; round < 30; ++round) {
      std::fill(penalty.begin() + 1, penalty.end(), lambda / (2 * norm));
      solution = numeric::fit_ridge({features.data(), n, size + 1}, y, penalty);
      double square = 0;
      for (std::size_t i = 1; i <= size; ++i) square += solution.weights[i] * solution.weights[i];
      norm = std::max(std::sqrt(square), 1e-9);
    }
    numeric::LinearModel model{proxy.weights, solution.intercept * unit};
    for (std::size_t i = 0; i < size; ++i)
      model.weights[i] *= solution.weights[0] + solution.weights[i + 1];
    return model;
  }

  numeric::LinearModel model_;
};

template <space::Encoder E>
using AdaProxy = Calibrated<AdaProxyModel<E>>;

}  // namespace hale::predictor
