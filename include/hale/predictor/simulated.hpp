#pragma once

#include <cmath>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/core/units.hpp>
#include <hale/numeric/gaussian.hpp>
#include <hale/predictor/concepts.hpp>
#include <hale/predictor/prediction.hpp>
#include <hale/predictor/simulated_base.hpp>
#include <hale/predictor/simulated_posterior.hpp>
#include <hale/space/any_graph.hpp>
#include <span>
#include <string>
#include <utility>

namespace hale::predictor {

/// Any graph on one device, after some measurements.
class SimulatedPredictor {
 public:
  using Space = space::AnyGraph;
  using Encoder = space::AnyGraphEncoder;
  using Architecture = Space::Architecture;

  /// Errors: as SimulatedPosterior::infer(). Cost: some milliseconds at ten measurements.
  [[nodiscard]] static Result<SimulatedPredictor> adapt(const SimulatedBase& base,
                                                        const MeasuredRows<Space>& measured) {
    HALE_TRY(auto posterior,
             SimulatedPosterior::infer(base, measured.architectures, measured.latency_ms));
    return SimulatedPredictor(base, std::move(posterior));
  }

  using Scratch = SimulatedPosterior::Scratch;

  /// Shapes: architectures (n) -> out (n). Cost: O(n K terms).
  void predict(std::span<const Architecture> architectures, std::span<Prediction> out) const {
    Scratch scratch;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = predict(architectures[i], scratch);
  }
  [[nodiscard]] Prediction predict(const Architecture& architecture) const {
    Scratch scratch;
    return predict(architecture, scratch);
  }
  /// Interpolating: the distribution is narrow, the latency within reach of those measured, and
  /// the measured networks spent time on what this one does. Cost: O(K terms); allocates as
  /// SimulatedPosterior::predict().
  [[nodiscard]] Prediction predict(const Architecture& architecture, Scratch& scratch) const {
    const auto [mean, variance] = posterior_.predict(architecture, scratch);
    const double deviation = std::sqrt(variance + noise_ * noise_);
    const double half = quantile_ * widening_ * deviation;
    return {Milliseconds{std::exp(mean)}, Milliseconds{std::exp(mean - half)},
            Milliseconds{std::exp(mean + half)},
            deviation <= most_deviation_ && posterior_.is_within_reach(mean) &&
                    !posterior_.likeliest().unmeasured(architecture)
                ? Verdict::interpolating
                : Verdict::extrapolating};
  }

  /// Why a prediction is uncertain, as a sentence: what the network spends its time on and no
  /// measured one did, or why it is extrapolating. Empty where neither is so; then it costs no
  /// allocation.
  [[nodiscard]] std::string reason(const Architecture& architecture,
                                   const Prediction& prediction) const {
    if (const auto open = posterior_.likeliest().unmeasured(architecture)) {
      const std::string& of = posterior_.class_name();
      return concat("'", workload::all_terms[open->term].name, "' take ", percent_text(open->share),
                    " of its time, at most ", percent_text(open->most),
                    " of any measured network's: inferred from ",
                    of.empty() ? "all known devices" : concat("other devices of '", of, "'"));
    }
    if (prediction.verdict != Verdict::extrapolating) return {};
    if (!posterior_.is_within_reach(std::log(prediction.median.value)))
      return "it is ten times as fast or as slow as any measured network";
    return "its interval is wider than those of four in five networks that hale learned from";
  }

  [[nodiscard]] double interval_level() const { return level_; }
  [[nodiscard]] const SimulatedPosterior& posterior() const { return posterior_; }

 private:
  SimulatedPredictor(const SimulatedBase& base, SimulatedPosterior posterior)
      : posterior_(std::move(posterior)),
        noise_(posterior_.noise()),
        widening_(posterior_.widening()),
        quantile_(numeric::normal_quantile((1 + base.level) / 2)),
        most_deviation_(base.most_deviation),
        level_(base.level) {}

  SimulatedPosterior posterior_;
  double noise_;
  double widening_;
  double quantile_;
  double most_deviation_;
  double level_;
};

static_assert(Predictor<SimulatedPredictor>);

}  // namespace hale::predictor
