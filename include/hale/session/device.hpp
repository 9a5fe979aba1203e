#pragma once

#include <hale/core/config.hpp>
#include <hale/core/error.hpp>
#include <hale/device/measurements.hpp>
#include <hale/device/profile.hpp>
#include <hale/session/answer.hpp>
#include <hale/session/catalogue.hpp>
#include <hale/session/inputs.hpp>
#include <hale/session/model.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace hale::session {

/// A model is refused where the cost of a smaller share of its operations is known: its latency
/// would be a guess.
inline constexpr double least_covered = 0.5;

/// A device. It decides which of its bases answers for a model, what it refuses and what it warns
/// of.
///
/// A cheap handle to a value that never changes; threads may share it. Each base is adapted to the
/// device's measurements when it is first asked.
class Device {
 public:
  /// `catalogue` holds the bases that the profile names, and must outlive the device.
  Device(device::Profile profile, const Catalogue& catalogue);

  [[nodiscard]] const device::Profile& profile() const;
  [[nodiscard]] const std::string& name() const { return profile().name; }

  /// Whether the device was measured for a space.
  [[nodiscard]] bool has(std::string_view space) const {
    return profile().section_of_space(space) != nullptr;
  }

  /// How long a model takes here.
  ///
  /// Errors: begin with the model's name, if it has one; the device was measured neither for the
  /// searched space that the model lies in nor for any graph; a batch that a searched space was not
  /// measured at; the cost of less than half of the operations is known; as Model::at(). Cost: some
  /// microseconds and the answer's own memory, once the model is read and the base adapted.
  [[nodiscard]] Result<Answer> answer(const Model& model, const AnswerOptions& options = {}) const;

  /// How long architectures take here, by their space's own strings; for `graph` also hale's own
  /// networks.
  ///
  /// Shapes: archs (n) -> out (n). Errors: as ready(); the first text that is no architecture.
  /// Cost: for a searched space no allocation once warm.
  [[nodiscard]] Result<> score(std::string_view space, std::span<const std::string_view> archs,
                               std::span<Prediction> out) const;

  /// The same for subjects: of a searched space by their strings, of any graph by their networks.
  [[nodiscard]] Result<> score(std::string_view space,
                               std::span<const device::Subject* const> subjects,
                               std::span<Prediction> out) const;

  /// Adapts the base of a space now, so that no answer has to. Returns the level of its intervals:
  /// the share of measured times that they should hold. Errors: the device was not measured for the
  /// space; a batch other than the measured one; measurements that the base refuses.
  [[nodiscard]] Result<double> ready(std::string_view space, const Inputs& inputs = {}) const;

 private:
  struct Adapted;
  struct State;

  [[nodiscard]] Result<Answer> unnamed_answer(const Model& model,
                                              const AnswerOptions& options) const;
  [[nodiscard]] std::string_view any_space() const;
  [[nodiscard]] Result<const Adapted*> adapted_to(std::string_view space) const;
  [[nodiscard]] Result<> check_batch(const Inputs& inputs, std::string_view space) const;
  [[nodiscard]] Result<runtime::Recognition> recognise(const Model& model, const ModelReading& read,
                                                       std::string_view named) const;
  [[nodiscard]] bool is_as_measured(const Model& model, const runtime::Recognition& found) const;
  void assume_batch(const Model& model, const runtime::Recognition& recognition,
                    Answer& answer) const;
  void assume_precision(Answer& answer) const;
  [[nodiscard]] Result<> add_kernels(const lift::Reading& reading, Answer& answer) const;

  std::shared_ptr<const State> state_;
};

}  // namespace hale::session

#ifndef HALE_SESSION
#include <hale/session/definitions/device.hpp>
#endif
