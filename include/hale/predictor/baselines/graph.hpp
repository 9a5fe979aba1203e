#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <hale/core/random.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/concepts.hpp>
#include <hale/space/any_graph.hpp>
#include <hale/workload/simulated_device.hpp>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

/// What people use for any graph instead of hale. Each is fitted to a device's measured rows only.
namespace hale::predictor::baselines {

using GraphMeasurements = MeasuredRows<space::AnyGraph>;

namespace detail {

using workload::Term;
using workload::Terms;

[[nodiscard]] inline double sum_of(const Terms& terms, Term first, Term last) {
  double sum = 0;
  for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i)
    sum += terms.amounts[i];
  return sum;
}
[[nodiscard]] inline double macs_of(const Terms& terms) {
  return sum_of(terms, Term::pointwise_macs, Term::integer_product_macs);
}
[[nodiscard]] inline double bytes_of(const Terms& terms) {
  return terms[Term::weight_bytes] + terms[Term::vector_weight_bytes] + terms[Term::input_bytes] +
         sum_of(terms, Term::normalisation_bytes, Term::pooling_bytes);
}

}  // namespace detail

/// Milliseconds in proportion to multiply-adds.
struct MacsProportional {
  static constexpr std::string_view name = "MACs-proportional";
  double log_rate = 0;

  [[nodiscard]] static MacsProportional fit(const GraphMeasurements& rows) {
    std::vector<double> rates;
    for (std::size_t i = 0; i < rows.size(); ++i)
      rates.push_back(std::log(rows.latency_ms[i] / (detail::macs_of(rows.architectures[i]) + 1)));
    return {numeric::median(std::move(rates))};
  }
  [[nodiscard]] double milliseconds(const workload::Terms& terms) const {
    return std::exp(log_rate) * (detail::macs_of(terms) + 1);
  }
};

/// Affine in logarithms: a power of the multiply-adds, by least squares.
struct MacsAffine {
  static constexpr std::string_view name = "affine in log MACs";
  double constant = 0;
  double power = 1;

  [[nodiscard]] static MacsAffine fit(const GraphMeasurements& rows) {
    const auto count = static_cast<double>(rows.size());
    double mean_x = 0;
    double mean_y = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      mean_x += std::log(detail::macs_of(rows.architectures[i]) + 1) / count;
      mean_y += std::log(rows.latency_ms[i]) / count;
    }
    double along = 0;
    double spread = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double x = std::log(detail::macs_of(rows.architectures[i]) + 1) - mean_x;
      along += x * (std::log(rows.latency_ms[i]) - mean_y);
      spread += x * x;
    }
    const double power = spread > 0 ? along / spread : 0;
    return {mean_y - power * mean_x, power};
  }
  [[nodiscard]] double milliseconds(const workload::Terms& terms) const {
    return std::exp(constant + power * std::log(detail::macs_of(terms) + 1));
  }
};

/// A fixed time and the longer of computing and moving data: the best fit of a grid of these three.
/// Source: Williams, Waterman and Patterson, CACM 2009.
struct Roofline {
  static constexpr std::string_view name = "roofline, fitted";
  double mac = 0;
  double byte = 0;
  double fixed = 0;

  [[nodiscard]] static Roofline fit(const GraphMeasurements& rows) {
    Roofline best;
    double least = std::numeric_limits<double>::max();
    const double smallest = *std::min_element(rows.latency_ms.begin(), rows.latency_ms.end());
    constexpr std::size_t mac_steps = 62;   // to 1e-5
    constexpr std::size_t byte_steps = 40;  // to 1e-4
    for (std::size_t m = 0; m < mac_steps; ++m)
      for (std::size_t b = 0; b < byte_steps; ++b)
        for (const double fixed : {0.0, 0.1 * smallest, 0.5 * smallest, 0.9 * smallest}) {
          const Roofline one{1e-11 * std::pow(1.25, m), 1e-11 * std::pow(1.5, b), fixed};
          double off = 0;
          for (std::size_t i = 0; i < rows.size(); ++i)
            off += std::abs(std::log(one.milliseconds(rows.architectures[i]) / rows.latency_ms[i]));
          if (off >= least) continue;
          least = off;
          best = one;
        }
    return best;
  }
  [[nodiscard]] double milliseconds(const workload::Terms& terms) const {
    return fixed + std::max({mac * detail::macs_of(terms), byte * detail::bytes_of(terms), 1e-9});
  }
};

/// A rate for each kind of operation, by ridge regression on relative errors, none below zero.
/// Source: in kind, Li et al., ICPE 2023 (arXiv 2210.02620), a regressor an operation type, summed.
struct OperationWise {
  static constexpr std::string_view name = "operation-wise regression";
  static constexpr std::size_t kinds = 8;
  std::array<double, kinds> rates{};

  [[nodiscard]] static std::array<double, kinds> features(const workload::Terms& terms) {
    using enum workload::Term;
    return {detail::sum_of(terms, pointwise_macs, grouped_macs) +
                detail::sum_of(terms, integer_pointwise_macs, integer_grouped_macs),
            detail::sum_of(terms, depthwise_macs, depthwise_wide_macs) +
                detail::sum_of(terms, integer_depthwise_macs, integer_depthwise_wide_macs),
            detail::sum_of(terms, product_macs, attention_macs) + terms[integer_product_macs],
            terms[recurrent_macs],
            detail::sum_of(terms, normalisation_bytes, arithmetic_bytes),
            terms[movement_bytes] + terms[transpose_bytes] + terms[pooling_bytes],
            detail::sum_of(terms, convolution_launches, movement_launches),
            1};
  }
  [[nodiscard]] static OperationWise fit(const GraphMeasurements& rows) {
    constexpr double ridge = 1e-2;
    constexpr auto width = static_cast<Eigen::Index>(kinds);
    Eigen::MatrixXd x(static_cast<Eigen::Index>(rows.size()), width);
    for (Eigen::Index i = 0; i < x.rows(); ++i) {
      const auto row = static_cast<std::size_t>(i);
      const auto each = features(rows.architectures[row]);
      for (Eigen::Index k = 0; k < width; ++k)
        x(i, k) = each[static_cast<std::size_t>(k)] / rows.latency_ms[row];
    }
    const Eigen::VectorXd scale = x.colwise().maxCoeff().transpose().cwiseMax(1e-30);
    x *= scale.cwiseInverse().asDiagonal();
    Eigen::MatrixXd normal = x.transpose() * x;
    normal.diagonal().array() += ridge;
    const Eigen::VectorXd target = x.colwise().sum().transpose();
    // Coordinate descent keeps the rates from falling below zero.
    Eigen::VectorXd beta = Eigen::VectorXd::Zero(width);
    for (int sweep = 0; sweep < 500; ++sweep)
      for (Eigen::Index k = 0; k < width; ++k) {
        const double rest = target(k) - normal.row(k).dot(beta) + normal(k, k) * beta(k);
        beta(k) = std::max(rest / normal(k, k), 0.0);
      }
    OperationWise model;
    for (Eigen::Index k = 0; k < width; ++k)
      model.rates[static_cast<std::size_t>(k)] = beta(k) / scale(k);
    return model;
  }
  [[nodiscard]] double milliseconds(const workload::Terms& terms) const {
    const auto each = features(terms);
    double sum = 1e-9;
    for (std::size_t k = 0; k < kinds; ++k) sum += rates[k] * each[k];
    return sum;
  }
};

/// The one of 2000 simulated devices whose latencies fit best, each at its best speed.
struct NearestDevice {
  static constexpr std::string_view name = "best single simulated device";
  workload::SimulatedDevice device;

  [[nodiscard]] static NearestDevice fit(const GraphMeasurements& rows) {
    constexpr std::size_t devices = 2000;
    const workload::DevicePrior prior = workload::broad_prior();
    Rng rng(1);
    NearestDevice best;
    double least = std::numeric_limits<double>::max();
    for (std::size_t d = 0; d < devices; ++d) {
      workload::SimulatedDevice one = prior.sample(rng);
      std::vector<double> off;
      for (std::size_t i = 0; i < rows.size(); ++i)
        off.push_back(std::log(rows.latency_ms[i] / one.milliseconds(rows.architectures[i])));
      const double speed = numeric::median(off);
      double spread = 0;
      for (const double each : off) spread += std::abs(each - speed);
      if (spread >= least) continue;
      least = spread;
      for (double& rate : one.log_rates) rate += speed;
      best.device = one;
    }
    return best;
  }
  [[nodiscard]] double milliseconds(const workload::Terms& terms) const {
    return device.milliseconds(terms);
  }
};

}  // namespace hale::predictor::baselines
