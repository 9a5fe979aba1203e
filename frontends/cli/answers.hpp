#pragma once

#include <cstddef>
#include <hale/device/profile.hpp>
#include <hale/predictor/prediction.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inputs.hpp"
#include "kernels.hpp"
#include "models.hpp"
#include "output.hpp"

namespace hale::cli {

/// One answer. A line of `--archs` that cannot be answered keeps its place without a prediction.
struct Answer {
  std::string model{};  // empty for an architecture string
  std::string arch{};
  std::string_view space{};
  const device::Profile* device = nullptr;
  double interval_level = 0.9;
  std::optional<predictor::Prediction> prediction{};
  std::optional<ModelCost> cost{};
  std::vector<KernelShare> kernels{};  // where --ops asks for them
  std::vector<std::string> assumptions{};
  std::vector<std::string> warnings{};
};

/// All answers, and what was refused.
struct Answers {
  std::vector<Answer> given{};
  std::vector<Refusal> refused{};
  bool are_of_archs = false;     // else of models
  std::size_t devices = 0;       // that were asked
  std::string default_device{};  // the one that answers where none was named
};

/// As `score` prints them.
[[nodiscard]] std::string format_answers(const Answers& answers, Format format);

}  // namespace hale::cli
