#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/numeric/statistics.hpp>
#include <hale/workload/simulated_device.hpp>
#include <limits>
#include <span>
#include <utility>
#include <vector>

/// Log latencies as functions of log rates, near enough to linear for Gauss-Newton, and the
/// covariances that go with them.
namespace hale::predictor {

/// How far latencies are from those of any simulated device, as standard deviations of logarithms.
struct SimulationError {
  double noise = 0.1;         // of each model on its own: of measuring, of what no term counts
  double discrepancy = 0.15;  // shared by models that spend their time alike
  double degrees = 4;         // of freedom: fewer make outliers count less

  friend bool operator==(const SimulationError&, const SimulationError&) = default;
};

namespace detail::simulated {

using Index = Eigen::Index;
using workload::term_count;
using workload::Terms;
constexpr auto width = static_cast<Index>(term_count);

/// A model on a device: the logarithm of its milliseconds, and the share that each term has.
struct Share {
  double log_ms = 0;
  Eigen::Matrix<double, 1, width> share;
};

/// Milliseconds a unit of each term takes.
using Rates = Eigen::Matrix<double, width, 1>;

[[nodiscard]] inline Rates rates_of(const Eigen::VectorXd& log_rates) {
  Rates rates;
  for (Index i = 0; i < width; ++i) rates(i) = std::exp(log_rates(i));
  return rates;
}

[[nodiscard]] inline Share share_of(const Terms& terms, const Rates& rates) {
  Share result;
  double sum = 0;
  for (Index i = 0; i < width; ++i) {
    const double amount = terms.amounts[static_cast<std::size_t>(i)];
    const double part = amount > 0 ? amount * rates(i) : 0;
    result.share(i) = part;
    sum += part;
  }
  sum = std::max(sum, std::numeric_limits<double>::min());
  result.share /= sum;
  result.log_ms = std::log(sum);
  return result;
}

/// Rows of length one; those without length stay so.
struct Directions {
  Eigen::MatrixXd rows;     // (models, terms)
  Eigen::VectorXd lengths;  // (models), of what they were made of

  /// Allocates nothing where there were as many rows before.
  void assign(const Eigen::MatrixXd& of) {
    lengths = of.rowwise().norm().cwiseMax(std::numeric_limits<double>::min());
    rows = (of.array().colwise() / lengths.array()).matrix();
  }

  /// The squared cosines to others, by a factor, into `out`: how alike models spend their time.
  void likeness(const Directions& others, double factor, Eigen::MatrixXd& out) const {
    out.noalias() = rows * others.rows.transpose();
    out.array() = factor * out.array().square();
  }
};

/// The models' shares as rows, with their log latencies.
struct Linearised {
  Eigen::VectorXd log_ms;  // (models)
  Eigen::MatrixXd shares;  // (models, terms)

  Linearised() = default;
  Linearised(std::span<const Terms> models, const Eigen::VectorXd& log_rates) {
    assign(models, rates_of(log_rates));
  }

  /// Allocates nothing where there were as many models before.
  void assign(std::span<const Terms> models, const Rates& rates) {
    log_ms.resize(static_cast<Index>(models.size()));
    shares.resize(log_ms.size(), width);
    for (Index m = 0; m < log_ms.size(); ++m) {
      const Share one = share_of(models[static_cast<std::size_t>(m)], rates);
      log_ms(m) = one.log_ms;
      shares.row(m) = one.share;
    }
  }

  /// The rates that explain `target` best where they all are as `log_rates`, but for the speed.
  [[nodiscard]] static Eigen::VectorXd at_speed(std::span<const Terms> models,
                                                Eigen::VectorXd log_rates,
                                                const Eigen::VectorXd& target) {
    const Eigen::VectorXd off = target - Linearised(models, log_rates).log_ms;
    log_rates.array() += numeric::median(std::vector<double>(off.begin(), off.end()));
    return log_rates;
  }
};

/// The prior's covariance, by its factors: never a matrix of all terms.
class PriorCovariance {
 public:
  explicit PriorCovariance(const workload::DevicePrior& prior)
      : factors_(width, static_cast<Index>(prior.factors.size())), variances_(width) {
    for (Index f = 0; f < factors_.cols(); ++f)
      for (Index i = 0; i < width; ++i)
        factors_(i, f) = prior.factors[static_cast<std::size_t>(f)][static_cast<std::size_t>(i)];
    for (Index i = 0; i < width; ++i)
      variances_(i) = std::pow(prior.spread[static_cast<std::size_t>(i)], 2);
  }

  /// (terms, models) of shares (models, terms).
  [[nodiscard]] Eigen::MatrixXd times(const Eigen::MatrixXd& shares) const {
    Eigen::MatrixXd along;
    Eigen::MatrixXd out;
    times(shares, along, out);
    return out;
  }
  /// The same into `out`; `along` is written over, (models, factors). Allocates nothing where there
  /// was one model before.
  void times(const Eigen::MatrixXd& shares, Eigen::MatrixXd& along, Eigen::MatrixXd& out) const {
    along.noalias() = shares * factors_;
    out.noalias() = factors_ * along.transpose();
    out += variances_.asDiagonal() * shares.transpose();
  }

 private:
  Eigen::MatrixXd factors_;
  Eigen::VectorXd variances_;
};

/// How much each measurement counts, by a Student-t distribution: 1, less for an outlier.
[[nodiscard]] inline Eigen::VectorXd weights_of(const Eigen::VectorXd& residuals,
                                                const Eigen::VectorXd& variances, double degrees) {
  const Eigen::VectorXd weights =
      (degrees + 1) / (degrees + residuals.array().square() / variances.array());
  return weights.cwiseMin(1.0);
}

/// Shortens a step of Gauss-Newton that is too long for the models to be nearly linear along it.
/// Returns whether it was the last.
[[nodiscard]] inline bool take_step(Eigen::VectorXd move, Eigen::VectorXd& log_rates) {
  constexpr double longest = 1.5;  // of a step in any rate's logarithm
  constexpr double close = 1e-4;
  const double largest = move.cwiseAbs().maxCoeff();
  if (largest > longest) move *= longest / largest;
  log_rates += move;
  return largest < close;
}
inline constexpr int most_steps = 40;

[[nodiscard]] inline Eigen::VectorXd vector_of(const workload::DevicePrior::Rates& rates) {
  return Eigen::Map<const Eigen::VectorXd>(rates.data(), width);
}

/// The covariance of what no rates explain: the noise of each model, larger for outliers, and what
/// models that spend their time alike share. Shapes: shares (models, terms), noise and weights
/// (models).
[[nodiscard]] inline Eigen::MatrixXd error_covariance(const SimulationError& error,
                                                      const Eigen::MatrixXd& shares,
                                                      const Eigen::VectorXd& noise,
                                                      const Eigen::VectorXd& weights) {
  Directions directions;
  directions.assign(shares);
  Eigen::MatrixXd sum;
  directions.likeness(directions, std::pow(error.discrepancy, 2), sum);
  sum.diagonal().array() += noise.array() / weights.array();
  return sum;
}

/// The logarithm of a density; the lowest number where it is not finite.
[[nodiscard]] inline double finite_density(double log_density) {
  return std::isfinite(log_density) ? log_density : std::numeric_limits<double>::lowest();
}

/// The logarithm of a normal density by its factorised covariance, without what all densities
/// share; the lowest number where the factorisation failed.
[[nodiscard]] inline double log_density(const Eigen::LLT<Eigen::MatrixXd>& covariance,
                                        const Eigen::VectorXd& off) {
  if (covariance.info() != Eigen::Success) return std::numeric_limits<double>::lowest();
  return finite_density(-0.5 * off.dot(covariance.solve(off)) -
                        covariance.matrixLLT().diagonal().array().log().sum());
}

}  // namespace detail::simulated

}  // namespace hale::predictor
