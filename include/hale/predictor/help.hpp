#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/measurements.hpp>
#include <hale/device/normalise.hpp>
#include <hale/meta/encoded.hpp>
#include <hale/meta/learner.hpp>
#include <hale/nn/incremental.hpp>
#include <hale/nn/specialise.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/base.hpp>
#include <hale/predictor/interval.hpp>
#include <hale/predictor/prediction.hpp>
#include <span>
#include <string>
#include <vector>

namespace hale::predictor {

namespace detail {

/// Pre: reference_ms holds the embedding's number of references.
template <Recipe R>
std::vector<float> embed(std::span<const double> reference_ms) {
  constexpr std::size_t references = R::Embedding::references;
  HALE_ASSERT(reference_ms.size() == references);
  const auto embedding =
      R::Embedding::embed(std::span<const double, references>(reference_ms.data(), references));
  return {embedding.begin(), embedding.end()};
}

}  // namespace detail

/// The support rows of an adaptation, with what the network should give for them.
template <Recipe R>
struct Support {
  std::vector<float> embedding;                    // (the embedding's size)
  meta::EncodedRows<typename R::Encoder> encoded;  // (support)
  std::vector<float> targets;                      // (support)
};

/// A network adapted to one device, with the device's side folded into its parameters.
///
/// Not to be shared between threads: a call writes to memory that the object owns.
template <Recipe R>
class AdaptedNetwork {
 public:
  using Learner = typename R::Learner;
  using General = typename Learner::Network;
  using Net = nn::Specialised<General>;
  using Code = typename R::Encoder::Code;

  /// Adapts on the support rows. Shapes: noise (latent_size), or empty for the modulator's mean.
  AdaptedNetwork(const meta::Knowledge<Learner, float>& knowledge, const Support<R>& support,
                 std::span<const float> noise = {}) {
    meta::EncodedBatch<typename R::Encoder, float> input;
    input.assign(support.encoded.codes());
    const Buffer<float> embedding{std::span<const float>(support.embedding)};
    const Buffer<float> targets{std::span<const float>(support.targets)};
    const MatrixView<const float> device(embedding.data(), 1, embedding.size());
    meta::InnerTape<Learner, float> tape;
    meta::adapt<Learner, float>(knowledge, device,
                                {Learner::template input<float>(input.value(), device),
                                 {targets.data(), targets.size(), 1}},
                                noise, tape);
    network_ = nn::Incremental<Net, float>(
        nn::specialise<General, float>(std::span<const float>(tape.adapted()), device));
  }

  /// Targets as the support's are. Shapes: codes (rows * Encoder::size) -> out (rows).
  /// Cost: no allocation once a batch as large has been through.
  void predict(std::span<const Code> codes, std::span<float> out) {
    for (std::size_t first = 0; first < out.size(); first += chunk) {
      const std::size_t rows = std::min(chunk, out.size() - first);
      const MatrixView<float> y =
          network_(input_, codes.subspan(first * R::Encoder::size, rows * R::Encoder::size));
      for (std::size_t row = 0; row < rows; ++row) out[first + row] = y(row, 0);
    }
  }

 private:
  static constexpr std::size_t chunk = 1024;  // keeps activations within the second-level cache

  nn::Incremental<Net, float> network_{Buffer<float>(Net::parameter_count)};
  meta::EncodedBatch<typename R::Encoder, float> input_;
};

/// HELP on one device: its references' latencies in, milliseconds with an interval out.
///
/// The references are embedding and support at once; the network's results become milliseconds by
/// a line through the measured rows.
template <Recipe R>
class HelpPredictor {
 public:
  using Space = typename R::Space;
  using Architecture = typename Space::Architecture;

  /// Shapes: noise (latent_size) of the modulator, or empty for its mean.
  /// Errors: measurements that are not exactly the base's references; latencies that are not
  /// positive and finite, or all equal.
  [[nodiscard]] static Result<HelpPredictor> adapt(
      const Base<R>& base, const std::vector<device::Measurement>& measurements,
      std::span<const float> noise = {}) {
    HALE_TRY(const std::vector<double> latency, reference_latencies(base, measurements));
    Support<R> support;
    support.embedding = detail::embed<R>(latency);
    const device::Limits references = device::limits_of(latency);
    for (std::size_t i = 0; i < latency.size(); ++i) {
      HALE_TRY(const Architecture architecture, Space::parse(base.references[i]));
      support.encoded.push_back(architecture);
      support.targets.push_back(static_cast<float>(
          device::target_of(base.limit_positions.position(references.position(latency[i])))));
    }
    HelpPredictor predictor(AdaptedNetwork<R>(base.knowledge, support, noise));
    predictor.calibrate(support, latency, base.interval);
    return predictor;
  }

  /// Shapes: architectures (n) -> out (n).
  void predict(std::span<const Architecture> architectures, std::span<Prediction> out) {
    codes_.assign(architectures.size() * R::Encoder::size, Code{});
    for (std::size_t i = 0; i < architectures.size(); ++i)
      R::Encoder::encode(architectures[i],
                         std::span<Code, R::Encoder::size>(codes_.data() + i * R::Encoder::size,
                                                           R::Encoder::size));
    results_.assign(architectures.size(), 0);
    network_.predict(codes_, results_);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = in_milliseconds(results_[i]);
  }

  [[nodiscard]] Prediction predict(const Architecture& architecture) {
    Prediction prediction;
    predict({&architecture, 1}, {&prediction, 1});
    return prediction;
  }

  [[nodiscard]] double interval_level() const { return interval_.level; }
  /// How far the measured rows stray from their own predictions: see spread_of().
  [[nodiscard]] double spread() const { return spread_; }

 private:
  using Code = typename R::Encoder::Code;

  explicit HelpPredictor(AdaptedNetwork<R> network) : network_(std::move(network)) {}

  static Result<std::vector<double>> reference_latencies(
      const Base<R>& base, const std::vector<device::Measurement>& measurements) {
    if (base.references.size() != R::Embedding::references)
      return fail(concat("the base has ", base.references.size(), " references, expected ",
                         R::Embedding::references, ", as recipe '", R::name, "' takes"));
    const auto combined = device::combine(measurements);
    std::vector<double> latency;
    for (const std::string& reference : base.references) {
      const auto found = std::find_if(combined.begin(), combined.end(),
                                      [&](const auto& m) { return m.arch == reference; });
      if (found == combined.end())
        return fail(concat("no measurement of the reference '", reference, "'; a base of recipe '",
                           R::name, "' needs exactly its ", base.references.size(), " references"));
      if (!device::is_plausible(found->latency))
        return fail(concat("'", reference, "' took ", found->latency.value, " ms, expected ",
                           device::plausible));
      latency.push_back(found->latency.value);
    }
    if (combined.size() != latency.size())
      return fail(concat("found measurements of ", combined.size(), " architectures, expected the ",
                         latency.size(), " references alone: a base of recipe '", R::name,
                         "' cannot use others"));
    if (device::limits_of(latency).range() <= 0)
      return fail(concat("all ", latency.size(), " references took ", latency[0],
                         " ms: nothing distinguishes this device's networks"));
    return latency;
  }

  /// Fits the line from the network's results to milliseconds on the measured rows, and sees how
  /// well it does there.
  void calibrate(const Support<R>& support, const std::vector<double>& latency,
                 const ScaledInterval& interval) {
    results_.assign(latency.size(), 0);
    network_.predict(support.encoded.codes(), results_);
    const std::vector<double> x(results_.begin(), results_.end());
    line_ = numeric::fit_line(x, latency);
    floor_ms_ = floor_share * device::limits_of(latency).low;
    std::vector<double> predicted;
    for (const float result : results_) predicted.push_back(in_milliseconds(result).median.value);
    spread_ = spread_of(latency, predicted);
    interval_ = interval.at(spread_);
  }

  Prediction in_milliseconds(float result) const {
    return interval_.around(std::max(line_(static_cast<double>(result)), floor_ms_));
  }

  /// No network is predicted faster than this share of the fastest reference.
  static constexpr double floor_share = 0.25;

  AdaptedNetwork<R> network_;
  RelativeInterval interval_;
  numeric::Line line_;
  double floor_ms_ = 0;
  double spread_ = 0;
  std::vector<Code> codes_;
  std::vector<float> results_;
};

}  // namespace hale::predictor
