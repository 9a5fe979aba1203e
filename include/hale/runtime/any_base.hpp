#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <hale/lift/reading.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/prediction.hpp>
#include <hale/runtime/recognition.hpp>
#include <hale/workload/simulated_device.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The one place where types are erased: a program that chooses its base and device at run time
/// talks to these classes. Each recipe is compiled behind them in a unit of its own.
namespace hale::runtime {

/// What a base says of itself.
struct BaseInfo {
  std::string name;  // empty for a file that is not built in
  std::string space;
  std::string recipe;
  std::vector<std::string> references;  // what to measure
  std::size_t least_measurements = 0;
  bool exact = false;  // exactly the references, no more and no others
  double interval_level = 0.9;
  std::string made_from;
};

/// The answer for a graph: of all architectures it may be.
struct GraphAnswer {
  predictor::Prediction prediction;
  std::string arch{};  // the canonical one of its class; empty for any graph
  std::size_t class_size = 1;
  std::string reason{};  // why the prediction is uncertain; empty where nothing says that it is
};

/// A predictor adapted to one device. Never changed, so that threads may share it.
class AnyPredictor {
 public:
  class Interface {
   public:
    virtual ~Interface() = default;
    virtual Result<> score(std::span<const std::string_view> archs,
                           std::span<predictor::Prediction> out) const = 0;
    /// Errors: a predictor of a searched space's architectures alone.
    virtual Result<> score(std::span<const workload::Network* const> /*networks*/,
                           std::span<predictor::Prediction> /*out*/) const {
      return fail("answers for the architectures of its space, and not for any graph");
    }
    /// Why a graph's prediction is uncertain; empty where it is not, or where nobody knows.
    [[nodiscard]] virtual std::string reason(const workload::Network& /*network*/,
                                             const predictor::Prediction& /*prediction*/) const {
      return {};
    }
    /// The device's rates; nothing where the predictor has no terms.
    [[nodiscard]] virtual std::optional<workload::SimulatedDevice> device() const {
      return std::nullopt;
    }
    /// The device of the base that this one is most like, by name; empty where it is like none.
    [[nodiscard]] virtual std::string nearest() const { return {}; }
  };

  explicit AnyPredictor(std::unique_ptr<const Interface> predictor)
      : predictor_(std::move(predictor)) {}

  /// Shapes: archs (n) -> out (n). Errors: the first text that is no architecture of the space;
  /// latencies that are not finite or in order, which a damaged base gives. Cost: for a searched
  /// space no allocation, once as many threads have asked before.
  Result<> score(std::span<const std::string_view> archs,
                 std::span<predictor::Prediction> out) const {
    HALE_CHECK(predictor_->score(archs, out));
    return require_answers(out);
  }

  /// The latencies of any graphs. Shapes: networks (n) -> out (n). Errors: a predictor of a
  /// searched space; latencies of a damaged base. Cost: no allocation, once as many threads have
  /// asked before (up to 120 measurements or so).
  Result<> score(std::span<const workload::Network* const> networks,
                 std::span<predictor::Prediction> out) const {
    HALE_CHECK(predictor_->score(networks, out));
    return require_answers(out);
  }
  [[nodiscard]] Result<predictor::Prediction> score(const workload::Network& network) const {
    const workload::Network* const one = &network;
    predictor::Prediction found;
    HALE_CHECK(score(std::span(&one, 1), {&found, 1}));
    return found;
  }

  /// The latency of a graph, as what it was recognised as. A class of architectures is answered
  /// with its median and an interval that covers all of them. Errors: as score().
  [[nodiscard]] Result<GraphAnswer> answer(const lift::Reading& reading,
                                           const Recognition& recognition) const {
    GraphAnswer answer;
    if (recognition.archs.empty()) {
      HALE_TRY(answer.prediction, score(*reading.network));
      answer.reason = predictor_->reason(*reading.network, answer.prediction);
    } else {
      HALE_TRY(answer, answer_class(recognition.archs));
    }
    if (!recognition.differences.empty())
      answer.prediction.verdict = predictor::Verdict::extrapolating;
    if (!reading.uncovered().empty()) answer.prediction.verdict = predictor::Verdict::unknown;
    return answer;
  }

  /// The device's rates, a rate for each term; nothing where the predictor has no terms.
  [[nodiscard]] std::optional<workload::SimulatedDevice> device() const {
    return predictor_->device();
  }

  /// The name of the known device that this one is most like; empty where it is like none.
  [[nodiscard]] std::string nearest() const { return predictor_->nearest(); }

 private:
  [[nodiscard]] Result<GraphAnswer> answer_class(const std::vector<std::string>& members) const {
    const std::vector<std::string_view> archs(members.begin(), members.end());
    std::vector<predictor::Prediction> each(archs.size());
    HALE_CHECK(score(archs, each));
    GraphAnswer answer{each[0], members[0], members.size(), {}};
    std::vector<double> medians;
    for (const predictor::Prediction& prediction : each) {
      medians.push_back(prediction.median.value);
      answer.prediction.low = std::min(answer.prediction.low, prediction.low);
      answer.prediction.high = std::max(answer.prediction.high, prediction.high);
    }
    answer.prediction.median = Milliseconds{numeric::median(std::move(medians))};
    return answer;
  }

  [[nodiscard]] static Result<> require_answers(std::span<const predictor::Prediction> found) {
    const auto is_answer = [](const predictor::Prediction& one) {
      return device::is_plausible(one.median) && one.low.value >= 0 &&
             one.low.value <= one.median.value && one.median.value <= one.high.value &&
             std::isfinite(one.high.value);
    };
    if (std::all_of(found.begin(), found.end(), is_answer)) return {};
    return fail(concat("the base gives latencies that are not ", device::plausible,
                       ": its numbers, or those of the device, are damaged"));
  }

  std::unique_ptr<const Interface> predictor_;
};

/// What to measure next.
struct Suggested {
  std::size_t candidate = 0;
  double half_width = 0;   // of the candidates' intervals once it is measured, relative
  bool is_repeat = false;  // measured already, and too odd to be trusted
};

/// What to measure next, and half the width of the candidates' intervals now.
struct Suggestions {
  double half_width = 0;
  std::vector<Suggested> next;
};

/// A base of any recipe.
class AnyBase {
 public:
  class Interface {
   public:
    virtual ~Interface() = default;
    [[nodiscard]] virtual Result<Suggestions> suggest(
        std::span<const device::Subject> candidates,
        const std::vector<device::Measurement>& measured, std::size_t count,
        const std::vector<device::Measurement>& like) const = 0;
    /// The known devices that explain measurements best, whatever their speed, the best first.
    [[nodiscard]] virtual Result<std::vector<std::string>> nearest(
        const std::vector<device::Measurement>& /*measurements*/, std::size_t /*most*/) const {
      return std::vector<std::string>{};
    }
    /// The measurements that the others do not explain, by architecture: log(measured / explained).
    [[nodiscard]] virtual Result<std::vector<std::pair<std::string, double>>> outliers(
        const std::vector<device::Measurement>& /*measurements*/) const {
      return std::vector<std::pair<std::string, double>>{};
    }
    [[nodiscard]] virtual Result<AnyPredictor> adapt(
        const std::vector<device::Measurement>& measurements) const = 0;
    [[nodiscard]] virtual Result<std::vector<predictor::DeviceEvaluation>> evaluate(
        const device::LatencyTable& table, const std::vector<std::string>& devices,
        const predictor::EvaluationOptions& options,
        const std::function<void(std::size_t, std::size_t)>& progress) const = 0;
  };

  AnyBase(BaseInfo info, std::unique_ptr<const Interface> base)
      : info_(std::move(info)), base_(std::move(base)) {}

  [[nodiscard]] const BaseInfo& info() const { return info_; }

  /// Errors: measurements that this base cannot be adapted with. Cost: about a millisecond.
  [[nodiscard]] Result<AnyPredictor> adapt(
      const std::vector<device::Measurement>& measurements) const {
    return base_->adapt(measurements);
  }

  /// Which of the candidates to measure next, the one that tells most first. `like`: measurements
  /// of a device that the new one is like; none: it may be any.
  ///
  /// Errors: candidates or measurements that are none of the space's; bases that take their
  /// references alone.
  [[nodiscard]] Result<Suggestions> suggest(
      std::span<const device::Subject> candidates, const std::vector<device::Measurement>& measured,
      std::size_t count, const std::vector<device::Measurement>& like = {}) const {
    return base_->suggest(candidates, measured, count, like);
  }
  /// The names of the known devices that explain measurements best, whatever their speed, the best
  /// first; none of a base that knows no devices. Errors: as adapt().
  [[nodiscard]] Result<std::vector<std::string>> nearest(
      const std::vector<device::Measurement>& measurements, std::size_t most) const {
    return base_->nearest(measurements, most);
  }
  /// The measurements that the others do not explain. Errors: as adapt().
  [[nodiscard]] Result<std::vector<std::pair<std::string, double>>> outliers(
      const std::vector<device::Measurement>& measurements) const {
    return base_->outliers(measurements);
  }

  /// `progress` is told (done, all) after each draw. Errors: as predictor::evaluate().
  [[nodiscard]] Result<std::vector<predictor::DeviceEvaluation>> evaluate(
      const device::LatencyTable& table, const std::vector<std::string>& devices,
      const predictor::EvaluationOptions& options,
      const std::function<void(std::size_t, std::size_t)>& progress) const {
    return base_->evaluate(table, devices, options, progress);
  }

 private:
  BaseInfo info_;
  std::unique_ptr<const Interface> base_;
};

}  // namespace hale::runtime
