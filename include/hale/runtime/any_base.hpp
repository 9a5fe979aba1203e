#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/device/measurements.hpp>
#include <hale/graph/ir.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/prediction.hpp>
#include <hale/runtime/spaces.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The one place where types are erased: what a program that learns of its base and its device at
/// run time talks to. Each recipe is compiled behind it in a unit of its own.
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
  std::string arch;  // the canonical one of its class
  std::size_t class_size = 1;
};

/// A predictor adapted to one device.
///
/// Not to be shared between threads.
class AnyPredictor {
 public:
  class Interface {
   public:
    virtual ~Interface() = default;
    virtual Result<> score(std::span<const std::string_view> archs,
                           std::span<predictor::Prediction> out) = 0;
  };

  explicit AnyPredictor(std::unique_ptr<Interface> predictor) : predictor_(std::move(predictor)) {}

  /// Shapes: archs (n) -> out (n). Errors: the first text that is no architecture of the space.
  Result<> score(std::span<const std::string_view> archs, std::span<predictor::Prediction> out) {
    return predictor_->score(archs, out);
  }

  /// The class's median latency, with an interval that covers the class. Errors: as above.
  Result<GraphAnswer> score(const Recognition& recognition) {
    const std::vector<std::string_view> archs(recognition.archs.begin(), recognition.archs.end());
    std::vector<predictor::Prediction> each(archs.size());
    HALE_CHECK(score(archs, each));
    GraphAnswer answer{each[0], recognition.archs[0], archs.size()};
    std::vector<double> medians;
    for (const predictor::Prediction& prediction : each) {
      medians.push_back(prediction.median.value);
      answer.prediction.low = std::min(answer.prediction.low, prediction.low);
      answer.prediction.high = std::max(answer.prediction.high, prediction.high);
    }
    answer.prediction.median = Milliseconds{numeric::median(std::move(medians))};
    if (!recognition.differences.empty())
      answer.prediction.verdict = predictor::Verdict::extrapolating;
    return answer;
  }

  /// Recognises the graph, then as above. Errors: a graph that lies in no supported space.
  Result<GraphAnswer> score(const graph::Graph& graph) {
    HALE_TRY(const Recognition recognition, recognise(graph));
    return score(recognition);
  }

 private:
  std::unique_ptr<Interface> predictor_;
};

/// A base of any recipe.
class AnyBase {
 public:
  class Interface {
   public:
    virtual ~Interface() = default;
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
