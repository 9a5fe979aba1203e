#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/random.hpp>
#include <hale/predictor/choose.hpp>
#include <hale/predictor/simulated.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// How well a predictor does on models of families that were not measured.
namespace hale::predictor {

/// How long models took on one device, and the family of each.
struct GraphRows {
  std::vector<workload::Terms> models;
  std::vector<std::string> families;
  std::vector<double> latency_ms;

  [[nodiscard]] std::size_t size() const { return models.size(); }
};

struct LeftOutOptions {
  std::size_t samples = 10;     // measured of the device
  bool leaves_family = true;    // they are of other families than what is predicted
  bool chooses = true;          // by MeasurementChoice; else drawn
  std::uint64_t seed = 1;       // of the draw
  std::size_t most_rows = 400;  // to choose from, drawn where there are more
};

/// Which rows are measured, and which are then predicted.
struct Split {
  std::vector<std::size_t> measured;
  std::vector<std::size_t> asked;
};

namespace detail {

[[nodiscard]] inline std::vector<std::size_t> measured_rows(const SimulatedBase& base,
                                                            const GraphRows& rows,
                                                            std::vector<std::size_t> candidates,
                                                            const LeftOutOptions& options) {
  Rng rng(options.seed);
  const std::size_t most = options.chooses ? options.most_rows : options.samples;
  if (candidates.size() > most) {
    std::vector<std::size_t> drawn;
    drawn.reserve(most);
    for (const std::size_t i : rng.choose(candidates.size(), most)) drawn.push_back(candidates[i]);
    candidates = std::move(drawn);
  }
  if (!options.chooses) return candidates;
  std::vector<workload::Terms> models;
  models.reserve(candidates.size());
  for (const std::size_t row : candidates) models.push_back(rows.models[row]);
  MeasurementChoice choice(base, models);
  std::vector<std::size_t> measured;
  while (measured.size() < options.samples)
    if (const auto next = choice.next())
      measured.push_back(candidates[next->candidate]);
    else
      break;
  return measured;
}

}  // namespace detail

/// Calls `visit` with each split of a device's rows and the base for it: a split for each family
/// where families are left out and there are several, else one split.
///
/// `base_of(family)`, a std::optional<std::string_view>, makes the base from the rows of the other
/// families; from all rows where it is empty. Cost: a choice among at most `most_rows` candidates
/// for each split.
template <class BaseOf, class Visit>
Result<> for_each_split(const BaseOf& base_of, const GraphRows& rows, const LeftOutOptions& options,
                        const Visit& visit) {
  const auto split_without = [&](const std::string* left) -> Result<> {
    const SimulatedBase& base =
        base_of(left == nullptr ? std::nullopt : std::optional<std::string_view>(*left));
    std::vector<std::size_t> candidates;
    Split one;
    for (std::size_t row = 0; row < rows.size(); ++row)
      (left != nullptr && rows.families[row] == *left ? one.asked : candidates).push_back(row);
    one.measured = detail::measured_rows(base, rows, candidates, options);
    if (left == nullptr)
      for (const std::size_t row : candidates)
        if (std::find(one.measured.begin(), one.measured.end(), row) == one.measured.end())
          one.asked.push_back(row);
    return visit(base, one);
  };
  const std::set families(rows.families.begin(), rows.families.end());
  if (!options.leaves_family || families.size() < 2) return split_without(nullptr);
  for (const std::string& family : families) HALE_CHECK(split_without(&family));
  return {};
}

[[nodiscard]] inline MeasuredRows<space::AnyGraph> rows_at(const GraphRows& rows,
                                                           const std::vector<std::size_t>& which) {
  MeasuredRows<space::AnyGraph> some;
  for (const std::size_t row : which) {
    some.architectures.push_back(rows.models[row]);
    some.latency_ms.push_back(rows.latency_ms[row]);
  }
  return some;
}

/// A row that was predicted while its family was left out.
struct LeftOut {
  std::size_t row = 0;
  Prediction prediction;
};

/// `base_of` as for for_each_split(). Errors: as SimulatedPredictor::adapt().
template <class BaseOf>
[[nodiscard]] Result<std::vector<LeftOut>> predict_left_out(const BaseOf& base_of,
                                                            const GraphRows& rows,
                                                            const LeftOutOptions& options) {
  std::vector<LeftOut> all;
  HALE_CHECK(for_each_split(
      base_of, rows, options, [&](const SimulatedBase& base, const Split& split) -> Result<> {
        HALE_TRY(const auto predictor,
                 SimulatedPredictor::adapt(base, rows_at(rows, split.measured)));
        for (const std::size_t row : split.asked)
          all.push_back({row, predictor.predict(rows.models[row])});
        return {};
      }));
  return all;
}

}  // namespace hale::predictor
