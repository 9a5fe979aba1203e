#pragma once

#include <cstddef>
#include <functional>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/device/latency_table.hpp>
#include <hale/predictor/concepts.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/recipe.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hale::runtime {

/// A baseline over a space, behind functions.
struct BaselineEntry {
  std::string_view space;
  std::string_view name;
  std::size_t usual_rows;  // of the target, where it is not said otherwise
  /// Errors: as predictor::evaluate_baseline().
  Result<std::vector<predictor::DeviceEvaluation>> (*evaluate)(
      const device::LatencyTable& table, const std::vector<std::string>& devices,
      const std::string& proxy, const predictor::EvaluationOptions& options,
      const std::function<void(std::size_t, std::size_t)>& progress);
};

/// The functions of a baseline's entry. They are declared here, so that a catalogue does not
/// compile them; hale/runtime/compiled_baseline.hpp defines them, for the one unit that
/// instantiates them. R says how the space's table is read.
template <predictor::Baseline B, predictor::Recipe R>
struct CompiledBaseline {
  [[nodiscard]] static Result<std::vector<predictor::DeviceEvaluation>> evaluate(
      const device::LatencyTable& table, const std::vector<std::string>& devices,
      const std::string& proxy, const predictor::EvaluationOptions& options,
      const std::function<void(std::size_t, std::size_t)>& progress);
  [[nodiscard]] static constexpr BaselineEntry entry() {
    return {R::Space::name, B::name, B::usual_rows, evaluate};
  }
};

/// Errors: no such baseline of that space; the message lists those there are.
[[nodiscard]] inline Result<const BaselineEntry*> find_baseline(
    std::span<const BaselineEntry> baselines, std::string_view space, std::string_view name) {
  std::string known;
  for (const BaselineEntry& entry : baselines) {
    if (entry.space != space) continue;
    if (entry.name == name) return &entry;
    known += concat(known.empty() ? "" : ", ", entry.name);
  }
  return fail(concat("no baseline '", name, "' for space '", space,
                     "'; there are: ", known.empty() ? "none" : known));
}

}  // namespace hale::runtime
