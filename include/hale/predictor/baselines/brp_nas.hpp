#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/buffer.hpp>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/normalise.hpp>
#include <hale/meta/encoded.hpp>
#include <hale/nn/gradient.hpp>
#include <hale/nn/incremental.hpp>
#include <hale/nn/initialise.hpp>
#include <hale/nn/loss.hpp>
#include <hale/nn/optimizer.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/concepts.hpp>
#include <hale/predictor/interval.hpp>
#include <hale/predictor/prediction.hpp>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::predictor {

/// A network trained on many rows of the one target device, without meta-learning.
///
/// A tenth of the rows is held out: it chooses the epoch and calibrates the interval.
/// Source: BRP-NAS (Dudziak et al., NeurIPS 2020), with HELP's network without its device's side.
template <space::Encoder E, nn::BoundNetwork Net>
class BrpNas {
 public:
  using Space = typename E::Space;
  using Architecture = typename Space::Architecture;
  static constexpr std::string_view name = "brp-nas";
  static constexpr std::size_t usual_rows = 900;

  /// Errors: fewer than 20 rows; rows that all took the same time.
  [[nodiscard]] static Result<BrpNas> fit(const MeasuredRows<Space>& target,
                                          const MeasuredRows<Space>&, Rng& rng) {
    if (target.size() < 20)
      return fail(concat("found ", target.size(), " measured rows, expected at least 20"));
    BrpNas predictor;
    predictor.limits_ = device::limits_of(target.latency_ms);
    if (predictor.limits_.range() <= 0)
      return fail(concat("all ", target.size(), " measured rows took ", target.latency_ms[0],
                         " ms: there is nothing to learn from"));
    const std::vector<std::size_t> order = rng.choose(target.size(), target.size());
    const std::size_t held = target.size() / 10;
    const Rows tried(target, std::span(order).first(held), predictor.limits_);
    const Rows kept(target, std::span(order).subspan(held), predictor.limits_);
    predictor.train(kept, tried, rng);
    predictor.calibrate(target, std::span(order).first(held));
    return predictor;
  }

  /// Shapes: architectures (n) -> out (n).
  void predict(std::span<const Architecture> architectures, std::span<Prediction> out) {
    meta::EncodedRows<E> encoded;
    for (const Architecture& each : architectures) encoded.push_back(each);
    std::vector<float> results(out.size());
    run(network_, encoded, results);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const double position = device::position_of(static_cast<double>(results[i]));
      const double median = std::max(limits_.low + position * limits_.range(), 0.25 * limits_.low);
      out[i] = interval_.around(median);
    }
  }

  [[nodiscard]] double interval_level() const { return interval_.level; }

 private:
  using Code = typename E::Code;
  using Incremental = nn::Incremental<Net, float>;

  static constexpr std::size_t epochs = 150;
  static constexpr std::size_t batch_rows = 32;

  struct Rows {
    Rows(const MeasuredRows<Space>& measured, std::span<const std::size_t> chosen,
         const device::Limits& limits) {
      for (const std::size_t row : chosen) {
        encoded.push_back(measured.architectures[row]);
        targets.push_back(
            static_cast<float>(device::target_of(limits.position(measured.latency_ms[row]))));
      }
    }
    meta::EncodedRows<E> encoded;
    std::vector<float> targets;
  };

  static void run(Incremental& network, const meta::EncodedRows<E>& encoded, std::span<float> out) {
    constexpr std::size_t chunk = 1024;
    meta::EncodedBatch<E, float> input;
    for (std::size_t first = 0; first < out.size(); first += chunk) {
      const std::size_t rows = std::min(chunk, out.size() - first);
      const auto y = network(input, encoded.codes().subspan(first * E::size, rows * E::size));
      for (std::size_t row = 0; row < rows; ++row) out[first + row] = y(row, 0);
    }
  }

  static double mean_square(const Buffer<float>& theta, const Rows& rows) {
    Incremental network{Buffer<float>(theta)};
    std::vector<float> results(rows.targets.size());
    run(network, rows.encoded, results);
    double sum = 0;
    for (std::size_t i = 0; i < results.size(); ++i)
      sum += std::pow(static_cast<double>(results[i] - rows.targets[i]), 2);
    return sum;
  }

  void train(const Rows& kept, const Rows& tried, Rng& rng) {
    Buffer<float> theta(Net::parameter_count);
    nn::initialise<Net>(std::span<float>(theta), rng);
    Buffer<float> best = theta;
    double least = std::numeric_limits<double>::infinity();
    nn::Adam<float> adam(Net::parameter_count, {.rate = 1e-3});
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
      run_epoch(kept, theta, adam, rng);
      if (const double error = mean_square(theta, tried); error < least) {
        least = error;
        best = theta;
      }
    }
    network_ = Incremental(std::move(best));
  }

  static void run_epoch(const Rows& kept, Buffer<float>& theta, nn::Adam<float>& adam, Rng& rng) {
    const std::size_t count = kept.targets.size();
    const std::vector<std::size_t> order = rng.choose(count, count);
    meta::EncodedBatch<E, float> input;
    numeric::Arena<float> arena;
    Buffer<float> gradient(Net::parameter_count);
    std::vector<Code> codes;
    for (std::size_t first = 0; first < count; first += batch_rows) {
      const std::size_t rows = std::min(batch_rows, count - first);
      const auto chosen = std::span(order).subspan(first, rows);
      kept.encoded.select(chosen, codes);
      input.assign(codes);
      Buffer<float> targets(rows);
      for (std::size_t i = 0; i < rows; ++i) targets[i] = kept.targets[chosen[i]];
      nn::loss_and_gradient<Net, nn::MeanSquaredError, float>(
          {theta.data(), 1, theta.size()}, {input.value(), {targets.data(), rows, 1}},
          {gradient.data(), 1, gradient.size()}, arena);
      adam.step(theta, gradient);
    }
  }

  void calibrate(const MeasuredRows<Space>& target, std::span<const std::size_t> held) {
    std::vector<Architecture> architectures;
    for (const std::size_t row : held) architectures.push_back(target.architectures[row]);
    std::vector<Prediction> predicted(held.size());
    predict(architectures, predicted);
    std::vector<double> ratios;
    for (std::size_t i = 0; i < held.size(); ++i)
      ratios.push_back(target.latency_ms[held[i]] / predicted[i].median.value);
    interval_.low = numeric::quantile(ratios, (1 - interval_.level) / 2);
    interval_.high = numeric::quantile(std::move(ratios), (1 + interval_.level) / 2);
  }

  Incremental network_{Buffer<float>(Net::parameter_count)};
  device::Limits limits_;
  RelativeInterval interval_;
};

}  // namespace hale::predictor
