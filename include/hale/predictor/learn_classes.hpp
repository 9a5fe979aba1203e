#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/device_class.hpp>
#include <hale/predictor/fit_sources.hpp>
#include <hale/workload/simulated_device.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What fitted devices have in common and how they differ: of each class, and of all classes.
namespace hale::predictor::detail::classes {

using fits::Index;
using fits::width;

/// Some of the sources, with the fit of each.
struct Member {
  const SourceRows* source = nullptr;
  const Fit* fit = nullptr;
};
using Members = std::vector<Member>;

/// How much each member counts: devices of one hardware together as the root of their number.
[[nodiscard]] inline std::vector<double> weights_of(const Members& members) {
  std::map<std::string_view, double> counts;
  for (const Member& each : members) counts[each.source->hardware] += 1;
  std::vector<double> weights;
  weights.reserve(members.size());
  for (const Member& each : members)
    weights.push_back(1 / std::sqrt(counts[each.source->hardware]));
  return weights;
}

[[nodiscard]] inline double hardware_of(const Members& members) {
  std::set<std::string_view> names;
  for (const Member& each : members) names.insert(each.source->hardware);
  return static_cast<double>(names.size());
}

/// Sums over members of what their rows say of each rate: off the broad prior's mean but for the
/// speed, and how much that is.
struct Told {
  Eigen::VectorXd off = Eigen::VectorXd::Zero(width);
  Eigen::VectorXd weight = Eigen::VectorXd::Zero(width);
};

[[nodiscard]] inline Told told_by(const Members& members) {
  const Eigen::VectorXd broad = fits::broad_mean();
  const std::vector<double> weights = weights_of(members);
  Told sum;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Fit& fit = *members[i].fit;
    const Eigen::VectorXd off = (fit.log_rates - broad).array() - fits::speed_of(fit.log_rates);
    sum.off += weights[i] * fit.told.cwiseProduct(off);
    sum.weight += weights[i] * fit.told;
  }
  return sum;
}

/// What all classes have in common, and how they differ beside the speed.
struct Common {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

/// Each class counts once for a rate that its rows tell of. The broad prior counts as two more
/// classes for the mean, as ten for the covariance.
[[nodiscard]] inline Common common_of(const std::map<std::string, Members>& classes) {
  constexpr double broad_mean_counts = 2;
  constexpr double broad_covariance_counts = 10;
  std::vector<std::pair<Eigen::VectorXd, Eigen::VectorXd>> each;  // off, and how much that is told
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(width);
  Eigen::VectorXd weight = Eigen::VectorXd::Zero(width);
  for (const auto& [name, members] : classes) {
    const Told told = told_by(members);
    each.emplace_back(told.off.array() / (told.weight.array() + 0.3),
                      told.weight.array() / (told.weight.array() + 1));
    sum += each.back().first.cwiseProduct(each.back().second);
    weight += each.back().second;
  }
  const Eigen::VectorXd off = sum.array() / (weight.array() + broad_mean_counts);
  Eigen::MatrixXd products = broad_covariance_counts * fits::broad_covariance();
  Eigen::MatrixXd counts = Eigen::MatrixXd::Constant(width, width, broad_covariance_counts);
  for (const auto& [mean, told] : each) {
    const Eigen::VectorXd differs = told.cwiseProduct(mean - off);
    products += differs * differs.transpose();
    counts += told.cwiseSqrt() * told.cwiseSqrt().transpose();
  }
  return {fits::broad_mean() + off, products.cwiseQuotient(counts)};
}

/// The prior of a class: the common one counts as one more device for the mean, the broad
/// covariance as three.
[[nodiscard]] inline FitPrior prior_of(const Members& members, const Common& common, double noise) {
  constexpr double broad_counts = 3;
  const Told told = told_by(members);
  const Eigen::VectorXd common_off = common.mean - fits::broad_mean();
  FitPrior prior{common.mean, broad_counts * fits::broad_covariance(), noise};
  prior.mean.array() +=
      (told.off - told.weight.cwiseProduct(common_off)).array() / (told.weight.array() + 1);
  const std::vector<double> weights = weights_of(members);
  double count = broad_counts;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Fit& fit = *members[i].fit;
    const Eigen::VectorXd differs =
        (fit.log_rates - prior.mean).array() - fits::speed_of(fit.log_rates);
    prior.covariance += weights[i] * (fit.covariance + differs * differs.transpose());
    count += weights[i];
  }
  prior.covariance /= count;
  return prior;
}

/// The noise of a class, by how far its rows are from what their fits explain: the quantile that a
/// standard deviation is, a little more since rates were fitted to them.
[[nodiscard]] inline double noise_of(const Members& members) {
  constexpr double one_deviation = 0.683;
  std::vector<double> sizes;
  for (const Member& each : members)
    for (const double residual : each.fit->residuals) sizes.push_back(std::abs(residual));
  return std::clamp(1.2 * numeric::quantile(std::move(sizes), one_deviation), 0.02, 0.3);
}

/// A covariance as factors, the speed first, and a spread of each rate beside them. Source:
/// principal factors, iterated.
[[nodiscard]] inline workload::DevicePrior factorised(const Eigen::VectorXd& mean,
                                                      const Eigen::MatrixXd& covariance) {
  constexpr Index factors = 12;
  constexpr double least_variance = 0.01;
  Eigen::VectorXd own = 0.5 * covariance.diagonal();
  Eigen::MatrixXd shared(width, factors);
  for (int round = 0; round < 4; ++round) {
    Eigen::MatrixXd left = covariance;
    left.diagonal() -= own;
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(left);
    shared = solved.eigenvectors().rightCols(factors) *
             solved.eigenvalues().tail(factors).cwiseMax(0).cwiseSqrt().asDiagonal();
    own = (covariance.diagonal() - shared.rowwise().squaredNorm()).cwiseMax(least_variance);
  }
  workload::DevicePrior prior;
  workload::DevicePrior::Rates speed{};
  speed.fill(std::sqrt(fits::speed_variance));
  prior.factors.push_back(speed);
  for (Index f = 0; f < factors; ++f) {
    workload::DevicePrior::Rates factor{};
    for (Index i = 0; i < width; ++i) factor[static_cast<std::size_t>(i)] = shared(i, f);
    prior.factors.push_back(factor);
  }
  for (Index i = 0; i < width; ++i) {
    prior.mean[static_cast<std::size_t>(i)] = mean(i);
    prior.spread[static_cast<std::size_t>(i)] = std::sqrt(own(i));
  }
  return prior;
}

/// The devices of a class, at the speed of its mean.
[[nodiscard]] inline std::vector<KnownDevice> known_of(const Members& members) {
  std::vector<KnownDevice> known;
  for (const Member& each : members) {
    KnownDevice one{each.source->device};
    const double speed = fits::speed_of(each.fit->log_rates);
    for (Index i = 0; i < width; ++i)
      one.log_rates[static_cast<std::size_t>(i)] = each.fit->log_rates(i) - speed;
    known.push_back(std::move(one));
  }
  return known;
}

/// The networks that a class's devices ran, with how far these were off what their rates explain,
/// the mean over kinds of hardware, as the pull. At most `most`, those that most hardware ran.
/// `numbers` gives each row of a source its network's number; `hides` says which networks are left
/// out.
template <class Numbers, class Hides>
[[nodiscard]] std::vector<FamiliarNetwork> networks_of(const Members& members,
                                                       const Numbers& numbers, const Hides& hides) {
  constexpr std::size_t most = 200;
  constexpr double most_off = 0.7;  // of a logarithm
  std::map<std::size_t, std::map<std::string_view, std::vector<double>>> ran;
  for (const Member& each : members)
    for (Index row = 0; row < each.fit->residuals.size(); ++row)
      if (const std::size_t network = numbers(*each.source, static_cast<std::size_t>(row));
          !hides(network))
        ran[network][each.source->hardware].push_back(each.fit->residuals(row));
  std::vector<FamiliarNetwork> networks;
  for (const auto& [network, by_hardware] : ran) {
    double sum = 0;
    for (const auto& [hardware, residuals] : by_hardware) sum += numeric::mean(residuals);
    const auto count = static_cast<double>(by_hardware.size());
    networks.push_back({network, std::clamp(sum / count, -most_off, most_off), count});
  }
  std::stable_sort(networks.begin(), networks.end(),
                   [](const auto& a, const auto& b) { return a.hardware > b.hardware; });
  if (networks.size() > most) networks.resize(most);
  return networks;
}

/// A familiar network's pull is at first how far that network was off. Replaces it by how much it
/// moves networks like it: the weights of a Gaussian process. Cost: cubic in the familiar networks.
inline void solve_pulls(DeviceClass& of, const std::vector<workload::Terms>& networks) {
  const Eigen::MatrixXf rows = Familiarity(of, networks).directions();
  Eigen::MatrixXf alike = rows * rows.transpose();
  for (Index i = 0; i < alike.cols(); ++i) Familiarity::to_likeness(alike.col(i));
  Eigen::MatrixXd total = alike.cast<double>();
  Eigen::VectorXd off(total.rows());
  for (Index i = 0; i < off.size(); ++i) {
    const FamiliarNetwork& one = of.familiar[static_cast<std::size_t>(i)];
    off(i) = one.pull;
    total(i, i) += Familiarity::own_noise / one.hardware;
  }
  const Eigen::VectorXd pulls = total.ldlt().solve(off);
  for (Index i = 0; i < pulls.size(); ++i) of.familiar[static_cast<std::size_t>(i)].pull = pulls(i);
}

}  // namespace hale::predictor::detail::classes
