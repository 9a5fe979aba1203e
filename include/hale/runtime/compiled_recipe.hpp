#pragma once

#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/fingerprint.hpp>
#include <hale/core/pool.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/io/checkpoint.hpp>
#include <hale/io/container.hpp>
#include <hale/meta/trainer.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/help.hpp>
#include <hale/predictor/train.hpp>
#include <hale/runtime/any_base.hpp>
#include <hale/runtime/catalogue.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::runtime {

namespace detail {

template <predictor::Recipe R>
class RecipePredictor final : public AnyPredictor::Interface {
 public:
  explicit RecipePredictor(predictor::HelpPredictor<R> predictor)
      : adapted_(std::move(predictor)) {}

  Result<> score(std::span<const std::string_view> archs,
                 std::span<predictor::Prediction> out) const override {
    auto one = pool_.borrow([this] { return Worker{adapted_, {}}; });
    one->architectures.clear();
    for (const std::string_view arch : archs) {
      HALE_TRY(const auto architecture, R::Space::parse(arch));
      one->architectures.push_back(architecture);
    }
    one->predictor.predict(one->architectures, out);
    return {};
  }

 private:
  /// What each thread has of its own, since a prediction writes to the predictor's memory.
  struct Worker {
    predictor::HelpPredictor<R> predictor;
    std::vector<typename R::Space::Architecture> architectures;
  };

  predictor::HelpPredictor<R> adapted_;
  mutable Pool<Worker> pool_;
};

template <predictor::Recipe R>
class RecipeBase final : public AnyBase::Interface {
 public:
  explicit RecipeBase(predictor::Base<R> base) : base_(std::move(base)) {}

  [[nodiscard]] Result<AnyPredictor> adapt(
      const std::vector<device::Measurement>& measurements) const override {
    HALE_TRY(auto predictor, predictor::HelpPredictor<R>::adapt(base_, measurements));
    return AnyPredictor(std::make_unique<RecipePredictor<R>>(std::move(predictor)));
  }

  [[nodiscard]] Result<Suggestions> suggest(
      std::span<const device::Subject> /*candidates*/,
      const std::vector<device::Measurement>& /*measured*/, std::size_t /*count*/,
      const std::vector<device::Measurement>& /*like*/) const override {
    return fail(concat("recipe '", R::name, "' is adapted with its references and no others"));
  }

  [[nodiscard]] Result<std::vector<predictor::DeviceEvaluation>> evaluate(
      const device::LatencyTable& table, const std::vector<std::string>& devices,
      const predictor::EvaluationOptions& options,
      const std::function<void(std::size_t, std::size_t)>& progress) const override {
    return predictor::evaluate<R>(base_, table, devices, options, progress);
  }

 private:
  predictor::Base<R> base_;
};

/// Identifies a training: a saved state is resumed only by the same training.
inline std::string purpose(const device::LatencyTable& table,
                           const predictor::TrainingOptions& options) {
  Fingerprint hash;
  for (const std::string& arch : table.archs) hash.add(arch);
  for (const auto& column : table.latency_ms)
    hash.add(std::as_bytes(std::span<const double>(column)));
  std::string text = concat("table ", hash.value(), ", seed ", options.seed, ", sources");
  for (const std::string& name : options.sources) text += concat(" ", name);
  text += ", validation";
  for (const std::string& name : options.validation) text += concat(" ", name);
  return concat(text, ", ", options.tasks, " tasks of ", options.support, " + ", options.query,
                " rows");
}

}  // namespace detail

template <predictor::Recipe R>
Result<AnyBase> CompiledRecipe<R>::load(const io::Container& container, std::string_view name) {
  HALE_TRY(predictor::Base<R> base, io::load_base<R>(container));
  BaseInfo info{.name = std::string(name),
                .space = std::string(R::Space::name),
                .recipe = std::string(R::name),
                .references = base.references,
                .least_measurements = base.references.size(),
                .exact = true,
                .interval_level = base.interval.level,
                .made_from = base.made_from};
  return AnyBase(std::move(info), std::make_unique<detail::RecipeBase<R>>(std::move(base)));
}

template <predictor::Recipe R>
Result<std::string> CompiledRecipe<R>::train(const device::LatencyTable& table,
                                             const predictor::TrainingOptions& options,
                                             const TrainingHooks& hooks) {
  HALE_TRY(const auto training, predictor::Training<R>::prepare(table, options));
  auto state = training.initial();
  const std::string what = detail::purpose(table, options);
  if (!hooks.resume.empty()) {
    if (const auto resumed = io::resume_training<R>(hooks.resume, what, state); !resumed)
      return fail_in(hooks.resume_name, resumed.error());
  }
  bool stopped = false;
  HALE_CHECK(training.run(state, hooks.executor, [&](const meta::TrainingProgress& progress) {
    stopped = !hooks.report(progress) ||
              (progress.validated && !hooks.save(io::serialise_training<R>(state, what)));
    return !stopped;
  }));
  if (stopped) return std::string();
  HALE_TRY(const predictor::Base<R> base, training.finish(state, hooks.made_from, hooks.executor));
  return io::serialise_base<R>(base);
}

}  // namespace hale::runtime
