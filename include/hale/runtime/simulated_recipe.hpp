#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/pool.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/io/simulated_base.hpp>
#include <hale/predictor/learn_prior.hpp>
#include <hale/predictor/left_out.hpp>
#include <hale/runtime/any_base.hpp>
#include <hale/runtime/catalogue.hpp>
#include <hale/runtime/graph_table.hpp>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The recipe "simulated", of any graph, behind functions.
namespace hale::runtime {

namespace detail {

class AdaptedGraph final : public AnyPredictor::Interface {
 public:
  explicit AdaptedGraph(predictor::SimulatedPredictor predictor)
      : predictor_(std::move(predictor)) {}

  Result<> score(std::span<const std::string_view> archs,
                 std::span<predictor::Prediction> out) const override {
    auto scratch = borrow();
    for (std::size_t i = 0; i < archs.size(); ++i) {
      HALE_TRY(const workload::Terms terms, GraphEntry::parse(archs[i]));
      out[i] = predictor_.predict(terms, *scratch);
    }
    return {};
  }
  Result<> score(std::span<const workload::Network* const> networks,
                 std::span<predictor::Prediction> out) const override {
    auto scratch = borrow();
    for (std::size_t i = 0; i < networks.size(); ++i)
      out[i] = predictor_.predict(networks[i]->terms, *scratch);
    return {};
  }

  [[nodiscard]] std::string reason(const workload::Network& network,
                                   const predictor::Prediction& prediction) const override {
    return predictor_.reason(network.terms, prediction);
  }

  [[nodiscard]] std::optional<workload::SimulatedDevice> device() const override {
    return predictor_.posterior().likeliest().device();
  }
  [[nodiscard]] std::string nearest() const override { return predictor_.posterior().nearest(); }

 private:
  using Scratch = predictor::SimulatedPredictor::Scratch;

  [[nodiscard]] Pool<Scratch>::Loan borrow() const {
    return pool_.borrow([] { return Scratch{}; });
  }

  predictor::SimulatedPredictor predictor_;
  mutable Pool<Scratch> pool_;
};

class GraphBase final : public AnyBase::Interface {
 public:
  explicit GraphBase(predictor::SimulatedBase base) : base_(std::move(base)) {}

  [[nodiscard]] Result<AnyPredictor> adapt(
      const std::vector<device::Measurement>& measurements) const override {
    HALE_TRY(const Rows rows, rows_of(measurements));
    HALE_TRY(auto adapted, predictor::SimulatedPredictor::adapt(base_, rows));
    return AnyPredictor(std::make_unique<AdaptedGraph>(std::move(adapted)));
  }

  [[nodiscard]] Result<Suggestions> suggest(
      std::span<const device::Subject> candidates, const std::vector<device::Measurement>& measured,
      std::size_t count, const std::vector<device::Measurement>& like) const override {
    std::vector<workload::Terms> models;
    for (const device::Subject& candidate : candidates) {
      HALE_TRY(const workload::Terms terms, terms_of(candidate));
      models.push_back(terms);
    }
    if (models.empty()) return fail("found no candidate, expected at least one");
    HALE_TRY(const Rows rows, rows_of(measured));
    std::optional<predictor::SimulatedBase> narrowed;
    if (!like.empty()) {
      HALE_TRY(narrowed, base_like(like));
    }
    const predictor::SimulatedBase& base = narrowed ? *narrowed : base_;
    std::optional<predictor::SimulatedPosterior> posterior;
    if (rows.size() > 0) {
      HALE_TRY(posterior,
               predictor::SimulatedPosterior::infer(base, rows.architectures, rows.latency_ms));
    }
    predictor::MeasurementChoice choice(base, models, posterior ? &*posterior : nullptr);
    Suggestions suggestions{choice.half_width(), {}};
    for (std::size_t i = 0; i < models.size(); ++i) {
      const auto found = std::find(rows.architectures.begin(), rows.architectures.end(), models[i]);
      if (found == rows.architectures.end()) continue;
      const auto row = static_cast<Eigen::Index>(found - rows.architectures.begin());
      if (posterior->likeliest().weights()(row) < odd && suggestions.next.size() < count)
        suggestions.next.push_back({i, choice.half_width(), true});
      choice.skip(i);
    }
    while (suggestions.next.size() < count)
      if (const auto next = choice.next())
        suggestions.next.push_back({next->candidate, next->half_width, false});
      else
        break;
    return suggestions;
  }

  [[nodiscard]] Result<std::vector<std::pair<std::string, double>>> outliers(
      const std::vector<device::Measurement>& measurements) const override {
    const std::vector<device::Measurement> combined = device::combine(measurements);
    HALE_TRY(const Rows rows, rows_of(measurements));
    HALE_TRY(const auto posterior,
             predictor::SimulatedPosterior::infer(base_, rows.architectures, rows.latency_ms));
    std::vector<std::pair<std::string, double>> found;
    for (std::size_t i = 0; i < combined.size(); ++i) {
      const auto row = static_cast<Eigen::Index>(i);
      if (posterior.likeliest().weights()(row) < odd)
        found.emplace_back(combined[i].arch, posterior.likeliest().residuals()(row));
    }
    return found;
  }

  [[nodiscard]] Result<std::vector<std::string>> nearest(
      const std::vector<device::Measurement>& measurements, std::size_t most) const override {
    HALE_TRY(const Rows rows, rows_of(measurements));
    Eigen::VectorXd log_ms(static_cast<Eigen::Index>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
      log_ms(static_cast<Eigen::Index>(i)) = std::log(rows.latency_ms[i]);
    std::vector<std::string> names;
    for (const predictor::Candidate& each :
         predictor::SimulatedPosterior::candidates_of(base_, rows.architectures, log_ms))
      if (!each.near.empty() && names.size() < most) names.push_back(each.near);
    return names;
  }

  /// Each draw measures rows that the base chooses among a random half, or random rows.
  [[nodiscard]] Result<std::vector<predictor::DeviceEvaluation>> evaluate(
      const device::LatencyTable& table, const std::vector<std::string>& devices,
      const predictor::EvaluationOptions& options,
      const std::function<void(std::size_t, std::size_t)>& progress) const override {
    const auto fit = [&](const Rows& measured) {
      return predictor::SimulatedPredictor::adapt(base_, measured);
    };
    return evaluate_graphs(base_, table, devices, options, fit, progress);
  }

 private:
  using Rows = predictor::MeasuredRows<space::AnyGraph>;
  /// Below this weight a measurement is an outlier.
  static constexpr double odd = 0.35;

  /// The terms of a subject or a measurement: of its network, else of what its string names.
  template <class One>
  static Result<workload::Terms> terms_of(const One& one) {
    if (one.network) return one.network->terms;
    return GraphEntry::parse(one.arch);
  }

  /// The base for a device that is like the one with these measurements. It has no classes: none is
  /// nearer than the device that is named.
  [[nodiscard]] Result<predictor::SimulatedBase> base_like(
      const std::vector<device::Measurement>& like) const {
    HALE_TRY(const Rows rows, rows_of(like));
    HALE_TRY(const auto known,
             predictor::SimulatedPosterior::infer(base_, rows.architectures, rows.latency_ms));
    predictor::SimulatedBase base;
    base.prior = predictor::prior_near(base_.prior, {{}, known.likeliest().device().log_rates});
    base.error = base_.error;
    base.level = base_.level;
    base.widening = base_.widening;
    base.most_deviation = base_.most_deviation;
    return base;
  }

  static Result<Rows> rows_of(const std::vector<device::Measurement>& measurements) {
    Rows rows;
    for (const device::Measurement& one : device::combine(measurements)) {
      HALE_TRY(const workload::Terms terms, terms_of(one));
      rows.architectures.push_back(terms);
      rows.latency_ms.push_back(one.latency.value);
    }
    return rows;
  }

  predictor::SimulatedBase base_;
};

}  // namespace detail

/// The functions behind the catalogue's entry.
struct SimulatedRecipe {
  static constexpr std::size_t least_measurements = 3;

  [[nodiscard]] static Result<AnyBase> load(const io::Container& container, std::string_view name) {
    HALE_TRY(predictor::SimulatedBase base, io::load_simulated_base(container));
    BaseInfo info{.name = std::string(name),
                  .space = std::string(space::AnyGraph::name),
                  .recipe = std::string(io::detail::simulated_recipe),
                  .references = {},
                  .least_measurements = least_measurements,
                  .exact = false,
                  .interval_level = base.level,
                  .made_from = base.made_from};
    return AnyBase(std::move(info), std::make_unique<detail::GraphBase>(std::move(base)));
  }

  /// What devices that are learned from together have in common: "tflite cpu f32". Empty where
  /// nothing of it is known.
  [[nodiscard]] static std::string class_of(const device::Described& device) {
    std::string name;
    for (const std::string* fact : {&device.facts.runtime, &device.facts.kind, &device.precision})
      if (!fact->empty()) name += concat(name.empty() ? "" : " ", *fact);
    return name;
  }

  /// A device of a table as learning takes it; `facts` says of what class and hardware it is.
  /// Shapes: models (rows of the table). Errors: no such device.
  [[nodiscard]] static Result<predictor::SourceRows> source_of(
      const device::LatencyTable& table, const std::vector<workload::Terms>& models,
      const std::string& name, const std::map<std::string, device::Described>& facts) {
    HALE_TRY(const std::span<const double> latency_ms, table.column(name));
    predictor::SourceRows source{name, graph_rows(table, models, latency_ms)};
    if (const auto known = facts.find(name); known != facts.end()) {
      source.class_name = class_of(known->second);
      source.hardware = known->second.facts.hardware;
    }
    return source;
  }

  /// Learns from sources and validation devices alike: there are no episodes to choose among.
  [[nodiscard]] static Result<std::string> train(const device::LatencyTable& table,
                                                 const predictor::TrainingOptions& options,
                                                 const TrainingHooks& hooks) {
    HALE_TRY(const std::vector<workload::Terms> models, runtime::terms_of(table));
    std::vector<predictor::SourceRows> sources;
    for (const auto* names : {&options.sources, &options.validation})
      for (const std::string& name : *names) {
        HALE_TRY(auto source, source_of(table, models, name, options.facts));
        sources.push_back(std::move(source));
      }
    HALE_TRY(predictor::SimulatedBase base, predictor::learn_base(std::move(sources), hooks.step));
    base.made_from = hooks.made_from;
    return io::serialise_base(base);
  }

  [[nodiscard]] static constexpr RecipeEntry entry() {
    return {space::AnyGraph::name, io::detail::simulated_recipe, 0, load, train};
  }
};

}  // namespace hale::runtime
