#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/session/device.hpp>
#include <hale/session/kernel_times.hpp>
#include <hale/session/precision.hpp>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace hale::session {

namespace detail {

[[nodiscard]] inline std::string described(const workload::Uncovered& one) {
  return concat(one.operation, " (", one.location, "): ", one.reason);
}

/// Errors: too little of the model can be costed.
[[nodiscard]] inline Result<> require_covered(const Model& model, const lift::Reading& reading) {
  const double covered = workload::covered_share(reading.network->unfused);
  if (covered >= least_covered) return {};
  return fail(concat(percent_text(covered), " of its operations can be costed, expected at least ",
                     percent_text(least_covered), ": ",
                     reading.uncovered().empty() ? "operations without figures"
                                                 : described(reading.uncovered().front()),
                     is_open(model.graph()) ? "; --dim and --shape close open extents" : ""));
}

}  // namespace detail

struct Device::Adapted {
  runtime::AnyPredictor predictor;
  double interval_level;
};

struct Device::State {
  /// A base of the device, adapted once.
  struct Section {
    std::once_flag once{};
    std::optional<Result<Adapted>> adapted{};
  };

  State(device::Profile of, const Catalogue& in)
      : profile(std::move(of)), catalogue(in), sections(profile.sections.size()) {}

  device::Profile profile;
  const Catalogue& catalogue;
  mutable std::vector<Section> sections;  // as the profile's
};

HALE_SESSION_INLINE Device::Device(device::Profile profile, const Catalogue& catalogue)
    : state_(std::make_shared<const State>(std::move(profile), catalogue)) {}

HALE_SESSION_INLINE const device::Profile& Device::profile() const { return state_->profile; }

HALE_SESSION_INLINE std::string_view Device::any_space() const {
  return state_->catalogue.any_graph().name;
}

HALE_SESSION_INLINE Result<Answer> Device::answer(const Model& model,
                                                  const AnswerOptions& options) const {
  HALE_TRY(const std::shared_ptr<const ModelReading> read, model.at(profile().batch));
  HALE_TRY(const runtime::Recognition recognition, recognise(model, *read, options.space));
  HALE_CHECK(check_batch(model.inputs(), recognition.space));
  const bool is_any = recognition.archs.empty();
  if (is_any) HALE_CHECK(detail::require_covered(model, read->reading));
  HALE_TRY(const Adapted* adapted, adapted_to(recognition.space));
  HALE_TRY(runtime::GraphAnswer found, adapted->predictor.answer(read->reading, recognition));
  Answer answer{.model = model.name(),
                .device = name(),
                .batch = profile().batch,
                .precision = profile().precision,
                .space = recognition.space,
                .arch = std::move(found.arch),
                .prediction = found.prediction,
                .interval_level = adapted->interval_level,
                .cost = read->reading.cost};
  if (found.class_size > 1)
    answer.assumptions.push_back(
        concat("stands for ", found.class_size,
               " architectures that the graph cannot tell apart: arch is the first of them, the "
               "latency their median, the interval covers all"));
  for (const auto* lines : {&recognition.assumptions, &recognition.differences})
    answer.assumptions.insert(answer.assumptions.end(), lines->begin(), lines->end());
  if (is_any)
    for (const workload::Uncovered& each : read->reading.uncovered())
      answer.warnings.push_back(concat("not costed: ", detail::described(each)));
  assume_batch(model, recognition, answer);
  if (options.kernels) HALE_CHECK(add_kernels(read->reading, answer));
  assume_precision(answer);
  if (!answer.cost.unknown_operations.empty()) answer.prediction.verdict = Verdict::unknown;
  return answer;
}

HALE_SESSION_INLINE Result<> Device::score(std::string_view space,
                                           std::span<const std::string_view> archs,
                                           std::span<Prediction> out) const {
  HALE_TRY(const Adapted* adapted, adapted_to(space));
  return adapted->predictor.score(archs, out);
}

HALE_SESSION_INLINE Result<> Device::score(std::string_view space,
                                           std::span<const device::Subject* const> subjects,
                                           std::span<Prediction> out) const {
  HALE_TRY(const Adapted* adapted, adapted_to(space));
  if (space != any_space()) {
    std::vector<std::string_view> archs;
    archs.reserve(subjects.size());
    for (const device::Subject* each : subjects) archs.emplace_back(each->arch);
    return adapted->predictor.score(archs, out);
  }
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    HALE_TRY(out[i], adapted->predictor.score(*subjects[i]->network));
  }
  return {};
}

HALE_SESSION_INLINE Result<double> Device::ready(std::string_view space,
                                                 const Inputs& inputs) const {
  HALE_CHECK(check_batch(inputs, space));
  return adapted_to(space).map([](const Adapted* adapted) { return adapted->interval_level; });
}

/// Errors: a device that was not measured for this space.
HALE_SESSION_INLINE Result<const Device::Adapted*> Device::adapted_to(
    std::string_view space) const {
  const device::ProfileSection* section = profile().section_of_space(space);
  if (section == nullptr)
    return fail(concat("device '", name(), "' was measured neither for space '", space,
                       "' nor for 'graph'"));
  State::Section& found =
      state_->sections[static_cast<std::size_t>(section - profile().sections.data())];
  std::call_once(found.once, [&] {
    found.adapted = [&]() -> Result<Adapted> {
      HALE_TRY(const auto base, state_->catalogue.base_of(*section));
      HALE_TRY(runtime::AnyPredictor predictor, base->adapt(section->measurements));
      return Adapted{std::move(predictor), base->info().interval_level};
    }();
  });
  const Result<Adapted>& adapted = *found.adapted;
  if (!adapted) return fail_in(concat("device '", name(), "'"), adapted.error());
  return &*adapted;
}

/// A searched space was measured at one batch; another one would be a guess.
HALE_SESSION_INLINE Result<> Device::check_batch(const Inputs& inputs,
                                                 std::string_view space) const {
  if (!inputs.batch || *inputs.batch == profile().batch || space == any_space()) return {};
  return fail(concat("--batch ", *inputs.batch, " conflicts with device '", name(),
                     "', which was measured with batch ", profile().batch));
}

/// What the device answers a model as: of the space that is named; else of the searched space that
/// the model lies in, where the device was measured for it on the same macro-structure; else as any
/// graph.
///
/// Errors: the device was measured for none of these; the model lies in another space than the one
/// that is named.
HALE_SESSION_INLINE Result<runtime::Recognition> Device::recognise(const Model& model,
                                                                   const ModelReading& read,
                                                                   std::string_view named) const {
  const auto& searched = read.searched;
  if (!named.empty() && named != any_space()) {
    if (searched && searched->space == named) return *searched;
    return fail(concat("lies in space '", searched ? searched->space : any_space(), "', expected '",
                       named, "'"));
  }
  const bool is_searched = searched && named.empty();
  if (is_searched && has(searched->space) &&
      (is_as_measured(model, *searched) || !has(any_space())))
    return *searched;
  if (has(any_space())) return state_->catalogue.any_graph().recognise(read.reading);
  return fail(concat(
      "device '", name(), "' was measured ",
      is_searched ? concat("neither for space '", searched->space, "' nor for 'graph'")
                  : concat("for searched spaces alone, not for 'graph': the graph ", read.reason)));
}

/// Whether a network of a searched space is as the device was measured: a batch that the user asks
/// for conflicts, and is none of the model's.
HALE_SESSION_INLINE bool Device::is_as_measured(const Model& model,
                                                const runtime::Recognition& found) const {
  return found.differences.empty() &&
         (found.batch == 0 || model.inputs().batch || found.batch == profile().batch);
}

HALE_SESSION_INLINE void Device::assume_batch(const Model& model,
                                              const runtime::Recognition& recognition,
                                              Answer& answer) const {
  const bool is_any = recognition.archs.empty();
  const std::uint32_t measured = profile().batch;
  const auto& asked = model.inputs().batch;
  if (!model.batch() || (!is_any && recognition.batch == 0)) {
    answer.assumptions.push_back(
        concat("batch left open by the graph, taken as ", measured, " as measured"));
  } else if (is_any && asked && *asked != measured) {
    answer.assumptions.push_back(concat("answered for a batch of ", *asked,
                                        ", as asked; the device was measured with ", measured));
  } else if (!is_any && recognition.batch != measured) {
    answer.assumptions.push_back(concat("batch ", recognition.batch, ", measured with ", measured));
    answer.prediction.verdict = Verdict::extrapolating;
  }
}

HALE_SESSION_INLINE void Device::assume_precision(Answer& answer) const {
  std::string assumed = assumed_precision(answer.cost, profile().precision);
  if (assumed.empty()) return;
  answer.assumptions.push_back(std::move(assumed));
  answer.prediction.verdict = Verdict::extrapolating;
}

/// Where the time goes, as the device's predictor of any graph has it, else by multiply-adds.
HALE_SESSION_INLINE Result<> Device::add_kernels(const lift::Reading& reading,
                                                 Answer& answer) const {
  std::optional<workload::SimulatedDevice> rates;
  if (has(any_space())) {
    HALE_TRY(const Adapted* adapted, adapted_to(any_space()));
    rates = adapted->predictor.device();
  } else {
    answer.assumptions.push_back(
        "where the time goes is by multiply-adds: the device was not measured for 'graph', "
        "whose predictor times kernels");
  }
  answer.kernels = kernel_times(reading, rates, answer.prediction.median);
  return {};
}

}  // namespace hale::session
