#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/graph/ir.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/device.hpp>
#include <hale/session/kernel_times.hpp>
#include <hale/session/open_dimensions.hpp>
#include <hale/session/precision.hpp>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::session {

namespace detail {

[[nodiscard]] inline std::string described(const workload::Uncovered& one) {
  return concat(one.operation, " (", one.location, "): ", one.reason);
}

/// What to add where the size of an input is not fixed: "; the size of input 'x' is not fixed: give
/// dim N=N shape x:1xN, a number for each N". Empty where all are.
[[nodiscard]] inline std::string open_size(const graph::Graph& graph, const InputWords& words) {
  std::string_view first;
  std::size_t count = 0;
  for (const graph::ValueId id : graph.body().inputs) {
    const graph::Value& value = graph.value(id);
    if (!value.type.is_tensor() || value.type.is_static()) continue;
    if (count++ == 0) first = value.name;
  }
  if (count == 0) return {};
  const std::string others =
      count == 1 ? " is" : concat(" and of ", count - 1, count == 2 ? " other are" : " others are");
  return concat("; the size of input '", first, "'", others, " not fixed: give ",
                closing_words(graph, words), ", a number for each N");
}

/// Errors: the cost of too much of the model is not known.
[[nodiscard]] inline Result<> require_covered(const lift::Reading& reading,
                                              const InputWords& words) {
  const double covered = workload::covered_share(reading.network->unfused);
  if (covered >= least_covered) return {};
  return fail(concat("the cost of ", percent_text(covered),
                     " of its operations is known, expected at least ", percent_text(least_covered),
                     ": ",
                     reading.uncovered().empty() ? "operations without figures"
                                                 : described(reading.uncovered().front()),
                     open_size(reading.graph, words)));
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
  auto answer = unnamed_answer(model, options);
  if (!answer && !model.name().empty()) return fail_in(model.name(), answer.error());
  return answer;
}

/// As answer(); its errors do not name the model.
HALE_SESSION_INLINE Result<Answer> Device::unnamed_answer(const Model& model,
                                                          const AnswerOptions& options) const {
  HALE_TRY(const std::shared_ptr<const ModelReading> read, model.at(profile().batch));
  HALE_TRY(runtime::Recognition recognition, recognise(model, *read, options.space));
  HALE_CHECK(check_batch(model.inputs(), recognition.space));
  const bool is_any = recognition.archs.empty();
  if (is_any) HALE_CHECK(detail::require_covered(read->reading, model.inputs().words));
  HALE_TRY(const Adapted* adapted, adapted_to(recognition.space));
  HALE_TRY(runtime::GraphAnswer found, adapted->predictor.answer(read->reading, recognition));
  Answer answer{.model = model.name(),
                .device = name(),
                .batch = profile().batch,
                .precision = profile().precision,
                .space = recognition.space,
                .arch = std::move(found.arch),
                .prediction = found.prediction,
                .reason = std::move(found.reason),
                .interval_level = adapted->interval_level,
                .cost = read->reading.cost};
  answer.assumptions = std::move(recognition.assumptions);
  answer.assumptions.insert(answer.assumptions.end(),
                            std::move_iterator(recognition.differences.begin()),
                            std::move_iterator(recognition.differences.end()));
  if (found.class_size > 1)
    answer.assumptions.insert(
        answer.assumptions.begin(),
        concat(found.class_size,
               " architectures give this graph: arch is the first of them, the latency is their "
               "median, the interval covers all"));
  if (is_any)
    for (const workload::Uncovered& each : read->reading.uncovered())
      answer.warnings.push_back(concat("cost not known: ", detail::described(each)));
  assume_batch(model, recognition, answer);
  if (options.kernels) HALE_CHECK(add_kernels(read->reading, answer));
  assume_precision(answer);
  if (!answer.cost.unknown_operations.empty()) {
    answer.prediction.verdict = Verdict::unknown;
    answer.reason =
        concat("the cost of ", joined(answer.cost.unknown_operations, ", "), " is not known");
  }
  if (answer.reason.empty() && answer.prediction.verdict == Verdict::extrapolating &&
      !answer.assumptions.empty())
    answer.reason = answer.assumptions.back();
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
  std::vector<const workload::Network*> networks;
  networks.reserve(subjects.size());
  for (const device::Subject* each : subjects) networks.push_back(each->network.get());
  return adapted->predictor.score(networks, out);
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
  if (section == nullptr) {
    std::vector<std::string_view> spaces;
    for (const device::ProfileSection& each : profile().sections) spaces.push_back(each.space);
    return fail(concat("device '", name(), "' was not measured for space '", space,
                       "'; it was measured for: ", joined(spaces)));
  }
  State::Section& found =
      state_->sections[static_cast<std::size_t>(section - profile().sections.data())];
  std::call_once(found.once, [&] {
    found.adapted.emplace([&]() -> Result<Adapted> {
      HALE_TRY(const auto base, state_->catalogue.base_of(*section));
      if (base->info().space != space)
        return fail(concat("its measurements for space '", space, "' name the base '",
                           section->base, "', which is of space '", base->info().space, "'"));
      HALE_TRY(runtime::AnyPredictor predictor, base->adapt(section->measurements));
      return Adapted{std::move(predictor), base->info().interval_level};
    }());
  });
  const Result<Adapted>& adapted = *found.adapted;
  if (!adapted) return fail_in(concat("device '", name(), "'"), adapted.error());
  return &*adapted;
}

/// A searched space was measured at one batch; an answer at another would be a guess.
HALE_SESSION_INLINE Result<> Device::check_batch(const Inputs& inputs,
                                                 std::string_view space) const {
  if (!inputs.batch || *inputs.batch == profile().batch || space == any_space()) return {};
  return fail(concat(inputs.words.batch, " ", *inputs.batch, " conflicts with device '", name(),
                     "', which was measured with batch ", profile().batch));
}

/// The space that answers, and what the model is there. First the space that is named; else the
/// searched space that the model lies in, where the device was measured for it on the same
/// macro-structure; else that of any graph.
///
/// Errors: the device was measured for none of these; the model does not lie in the named space.
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
  return fail(concat("device '", name(), "' was measured ",
                     is_searched
                         ? concat("neither for space '", searched->space, "' nor for 'graph'")
                         : concat("for searched spaces alone, not for 'graph'",
                                  searched ? std::string() : concat(": the graph ", read.reason))));
}

/// Whether a network of a searched space has the macro-structure and batch that were measured. A
/// batch that the user asks for is not the model's own: check_batch() refuses it.
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
  if (model.has_open_batch()) {
    answer.assumptions.push_back(concat("the model leaves its batch open: taken as ", measured,
                                        ", as the device was measured"));
  } else if (is_any && asked && *asked != measured) {
    answer.assumptions.push_back(concat("answered for a batch of ", *asked,
                                        ", as asked; the device was measured with ", measured));
  } else if (!is_any && recognition.batch != measured) {
    answer.assumptions.push_back(concat("batch ", recognition.batch, ", measured with ", measured));
    answer.prediction.verdict = Verdict::extrapolating;
  }
  answer.assumptions.insert(answer.assumptions.end(), model.assumptions().begin(),
                            model.assumptions().end());
}

HALE_SESSION_INLINE void Device::assume_precision(Answer& answer) const {
  std::string assumed = assumed_precision(answer.cost, profile().precision);
  if (assumed.empty()) return;
  answer.assumptions.push_back(std::move(assumed));
  answer.prediction.verdict = Verdict::extrapolating;
}

/// Where the time goes: by the device's rates of any graph, else by multiply-adds.
HALE_SESSION_INLINE Result<> Device::add_kernels(const lift::Reading& reading,
                                                 Answer& answer) const {
  std::optional<workload::SimulatedDevice> rates;
  if (has(any_space())) {
    HALE_TRY(const Adapted* adapted, adapted_to(any_space()));
    rates = adapted->predictor.device();
  } else {
    answer.assumptions.push_back(
        "the kernels share the time by their multiply-adds: the device was not measured for "
        "'graph', which times kernels");
  }
  answer.kernels = kernel_times(reading, rates, answer.prediction.median);
  return {};
}

}  // namespace hale::session
