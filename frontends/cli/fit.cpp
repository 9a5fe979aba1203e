#include "fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <hale/numeric/statistics.hpp>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "output.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Errors: as AnyPredictor::score().
Result<Prediction> answer(const runtime::AnyPredictor& adapted, const device::Measurement& one) {
  if (one.network) return adapted.score(*one.network);
  const std::string_view arch = one.arch;
  Prediction found;
  HALE_CHECK(adapted.score({&arch, 1}, {&found, 1}));
  return found;
}

double error_of(const Prediction& predicted, const device::Measurement& one) {
  return std::abs(predicted.median.value / one.latency.value - 1);
}

/// Predicts each measurement by the others. Of many, thirty that stand evenly among them tell
/// enough.
Result<> leave_out_each(const runtime::AnyBase& base,
                        const std::vector<device::Measurement>& measurements, Fit& fit) {
  constexpr std::size_t enough = 30;
  const std::size_t count = std::min(enough, measurements.size());
  std::vector<double> errors;
  std::vector<double> widths;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t left = i * measurements.size() / count;
    std::vector<device::Measurement> others = measurements;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(left));
    HALE_TRY(const runtime::AnyPredictor adapted, base.adapt(others));
    HALE_TRY(const Prediction predicted, answer(adapted, measurements[left]));
    errors.push_back(error_of(predicted, measurements[left]));
    widths.push_back(predicted.high.value / predicted.median.value - 1);
  }
  fit.expected_error = numeric::median(std::move(errors));
  fit.half_width = numeric::median(std::move(widths));
  return {};
}

/// How a built-in device answers for the networks; nothing where it was not measured for any graph.
Result<std::optional<BuiltInFit>> fit_of_built_in(
    const std::string& name, const std::vector<device::Measurement>& measurements) {
  HALE_TRY(auto profile, built_in().built_in_device(name));
  const runtime::SpaceEntry& space = built_in().any_graph();
  if (!profile || profile->section_of_space(space.name) == nullptr) return std::nullopt;
  const Device device(*std::move(profile), built_in());
  std::vector<device::Subject> subjects;
  for (const device::Measurement& one : measurements) subjects.push_back({one.arch, one.network});
  std::vector<const device::Subject*> asked;
  for (const device::Subject& one : subjects) asked.push_back(&one);
  std::vector<Prediction> predicted(asked.size());
  HALE_CHECK(device.score(space.name, asked, predicted));
  std::vector<double> errors;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    errors.push_back(error_of(predicted[i], measurements[i]));
    ratios.push_back(std::log(measurements[i].latency.value / predicted[i].median.value));
  }
  return BuiltInFit{name, numeric::median(std::move(errors)), numeric::median(std::move(ratios))};
}

}  // namespace

Result<Fit> fit_of(const runtime::AnyBase& base, const runtime::AnyPredictor& adapted,
                   const std::vector<device::Measurement>& measurements) {
  constexpr std::size_t most_alike = 5;
  Fit fit;
  HALE_TRY(const auto odd, base.outliers(measurements));
  for (const device::Measurement& one : measurements) {
    HALE_TRY(const Prediction fitted, answer(adapted, one));
    const bool is_odd = std::any_of(odd.begin(), odd.end(),
                                    [&](const auto& found) { return found.first == one.arch; });
    fit.rows.push_back({one.arch, one.latency.value, fitted.median.value, is_odd});
  }
  if (base.info().exact) return fit;
  HALE_CHECK(leave_out_each(base, measurements, fit));
  HALE_TRY(const std::vector<std::string> nearest, base.nearest(measurements, most_alike));
  for (const std::string& name : nearest) {
    HALE_TRY(auto found, fit_of_built_in(name, measurements));
    if (found) fit.alike.push_back(*std::move(found));
  }
  return fit;
}

const BuiltInFit* equal_built_in(const Fit& fit) {
  if (fit.alike.empty() || !fit.expected_error) return nullptr;
  const auto best =
      std::min_element(fit.alike.begin(), fit.alike.end(),
                       [](const auto& a, const auto& b) { return a.error < b.error; });
  return best->error <= *fit.expected_error ? &*best : nullptr;
}

void warn_of_units(const Fit& fit) {
  // A device may be some hundred times faster or slower than the one that it is most like.
  const double far = std::log(300.0);
  if (fit.alike.empty() || std::abs(fit.alike.front().log_ratio) < far) return;
  const BuiltInFit& nearest = fit.alike.front();
  const bool is_fast = nearest.log_ratio < 0;
  warn(concat("these networks took ", short_number(std::exp(std::abs(nearest.log_ratio))),
              " times ", is_fast ? "less" : "longer", " than on ", nearest.device,
              ", a device much like this one: are the latencies ",
              is_fast ? "seconds" : "microseconds", "? Expected milliseconds"));
}

std::string fit_text(const Fit& fit) {
  TextTable table{{"arch", "measured_ms", "fitted_ms", "measured/fitted", ""},
                  {},
                  {false, true, true, true, false}};
  for (const FittedRow& row : fit.rows)
    table.rows.push_back({row.arch, short_number(row.measured_ms), short_number(row.fitted_ms),
                          short_number(row.measured_ms / row.fitted_ms), row.is_odd ? "odd" : ""});
  std::string text = concat("\n", table.format());
  if (fit.expected_error)
    text +=
        concat("\nexpect of networks like these: an error of ", percent_text(*fit.expected_error),
               " in the median, intervals of +- ", percent_text(*fit.half_width), "\n");
  if (const BuiltInFit* equal = equal_built_in(fit))
    text += concat("the built-in device ", equal->device,
                   " answers for these networks as well: an error of ", percent_text(equal->error),
                   "\n");
  return text;
}

Json fit_record(const Fit& fit) {
  Json rows = Json::array();
  for (const FittedRow& row : fit.rows)
    rows.push_back({{"arch", row.arch},
                    {"measured_ms", rounded(row.measured_ms)},
                    {"fitted_ms", rounded(row.fitted_ms)},
                    {"ratio", rounded(row.measured_ms / row.fitted_ms)},
                    {"odd", row.is_odd}});
  Json alike = Json::array();
  for (const BuiltInFit& one : fit.alike)
    alike.push_back({{"device", one.device},
                     {"error", rounded(one.error)},
                     {"speed_ratio", rounded(std::exp(one.log_ratio))}});
  const BuiltInFit* equal = equal_built_in(fit);
  return {{"rows", std::move(rows)},
          {"expected_error", fit.expected_error ? Json(rounded(*fit.expected_error)) : Json()},
          {"half_width", fit.half_width ? Json(rounded(*fit.half_width)) : Json()},
          {"equal_built_in", equal == nullptr ? Json() : Json(equal->device)},
          {"alike", std::move(alike)}};
}

}  // namespace hale::cli
