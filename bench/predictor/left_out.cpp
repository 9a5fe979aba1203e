// How well any graph is predicted on a runtime that nothing was learned from, by measurements of
// other families: each runtime and each family of a latency table is left out in turn, of what is
// learned before as of what is measured.
//
//   left_out TABLE FACTS [SAMPLES..]
//
// FACTS is a CSV that says which runtime each device of the table has: columns name, runtime.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <hale/core/text.hpp>
#include <hale/io/device_facts.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/baselines/graph.hpp>
#include <hale/predictor/learn_prior.hpp>
#include <hale/readers.hpp>
#include <hale/runtime/simulated_recipe.hpp>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "samples.hpp"

namespace {

using namespace hale;
using predictor::GraphRows;
using predictor::LeftOutOptions;
using predictor::SimulatedBase;
using predictor::Split;

/// One predicted row.
struct Row {
  std::string device;
  std::string runtime;
  std::string family;
  double truth;
  predictor::Prediction said;
};

/// Predicts the rows that a split asks for.
using Method = std::function<std::vector<predictor::Prediction>(const SimulatedBase&,
                                                                const GraphRows&, const Split&)>;

template <class Baseline>
std::vector<predictor::Prediction> by_baseline(const SimulatedBase& /*base*/, const GraphRows& rows,
                                               const Split& split) {
  const Baseline model = Baseline::fit(predictor::rows_at(rows, split.measured));
  std::vector<predictor::Prediction> out;
  for (const std::size_t row : split.asked) {
    const Milliseconds ms{model.milliseconds(rows.models[row])};
    out.push_back({ms, ms, ms});
  }
  return out;
}

std::vector<predictor::Prediction> by_hale(const SimulatedBase& base, const GraphRows& rows,
                                           const Split& split) {
  const auto adapted =
      predictor::SimulatedPredictor::adapt(base, predictor::rows_at(rows, split.measured));
  std::vector<predictor::Prediction> out;
  if (!adapted) return out;
  for (const std::size_t row : split.asked) out.push_back(adapted->predict(rows.models[row]));
  return out;
}

template <class Baseline>
std::pair<std::string, Method> named() {
  return {std::string(Baseline::name), by_baseline<Baseline>};
}

/// Spearman within each family of each device, the mean.
double spearman_within(const std::vector<Row>& rows) {
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> groups;
  for (const Row& row : rows) {
    auto& [said, truth] = groups[row.device + "|" + row.family];
    said.push_back(row.said.median.value);
    truth.push_back(row.truth);
  }
  double sum = 0;
  std::size_t count = 0;
  for (const auto& [name, group] : groups) {
    if (group.first.size() < 5) continue;
    sum += numeric::spearman(group.first, group.second);
    ++count;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

struct Figures {
  double median = 0;
  double within_20 = 0;
};

Figures figures_of(const std::vector<Row>& rows) {
  std::vector<double> errors;
  double within = 0;
  for (const Row& row : rows) {
    errors.push_back(std::abs(row.said.median.value / row.truth - 1));
    within += errors.back() <= 0.2 ? 1 : 0;
  }
  return {numeric::median(errors), within / static_cast<double>(rows.size())};
}

void print(const char* name, const std::vector<Row>& rows, bool has_intervals) {
  std::map<std::string, std::vector<Row>> by_runtime;
  for (const Row& row : rows) by_runtime[row.runtime].push_back(row);
  double worst = 0;
  std::string worst_name;
  for (const auto& [runtime, own] : by_runtime)
    if (const double median = figures_of(own).median; median > worst) {
      worst = median;
      worst_name = runtime;
    }
  const Figures all = figures_of(rows);
  std::printf("  %-32s %5.1f %%  %5.1f %% (%s)  %5.1f %%  %.3f", name, 100 * all.median,
              100 * worst, worst_name.c_str(), 100 * all.within_20, spearman_within(rows));
  if (has_intervals) {
    std::size_t interpolating = 0;
    std::size_t covered = 0;
    std::vector<double> widths;
    for (const Row& row : rows) {
      if (row.said.verdict != predictor::Verdict::interpolating) continue;
      ++interpolating;
      covered += row.said.low.value <= row.truth && row.truth <= row.said.high.value ? 1 : 0;
      widths.push_back((row.said.high.value - row.said.low.value) / 2 / row.said.median.value);
    }
    const auto share = [](std::size_t part, std::size_t whole) {
      return whole == 0 ? 0.0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
    };
    std::printf("  covers %.1f %% of %.1f %% interpolating, half width %.1f %%",
                share(covered, interpolating), share(interpolating, rows.size()),
                widths.empty() ? 0.0 : 100 * numeric::median(widths));
  }
  std::printf("\n");
}

/// Adds what was said of the rows that a split asked for.
void append(const predictor::SourceRows& source, const Split& split,
            const std::vector<predictor::Prediction>& said, std::vector<Row>& out) {
  for (std::size_t i = 0; i < said.size(); ++i) {
    const std::size_t row = split.asked[i];
    out.push_back({source.device, source.class_name, source.rows.families[row],
                   source.rows.latency_ms[row], said[i]});
  }
}

/// Rates fitted to all that was measured: what no choice among it can be expected to beat, since
/// the form of the model is what is left.
struct FittedRates {
  workload::SimulatedDevice device;

  /// Pre: something was measured.
  static FittedRates fit(const predictor::MeasuredRows<space::AnyGraph>& measured) {
    const predictor::FitPrior broad{predictor::detail::fits::broad_mean(),
                                    predictor::detail::fits::broad_covariance()};
    FittedRates fitted;
    const auto fit =
        *predictor::fit_rates({measured.architectures, {}, measured.latency_ms}, broad);
    std::copy(fit.log_rates.begin(), fit.log_rates.end(), fitted.device.log_rates.begin());
    return fitted;
  }
  [[nodiscard]] double milliseconds(const workload::Terms& terms) const {
    return device.milliseconds(terms);
  }
};

/// Measures the rows that `counts` holds for, and asks for the others.
template <class Counts>
void predict_others(const predictor::SourceRows& source, const Counts& counts,
                    std::vector<Row>& out) {
  Split split;
  for (std::size_t row = 0; row < source.rows.size(); ++row)
    (counts(row) ? split.measured : split.asked).push_back(row);
  if (split.measured.empty()) return;
  append(source, split, by_baseline<FittedRates>({}, source.rows, split), out);
}

void print_limits(const std::vector<predictor::SourceRows>& sources) {
  constexpr std::size_t folds = 5;
  std::vector<Row> by_family;
  std::vector<Row> by_fold;
  for (const predictor::SourceRows& source : sources) {
    const std::vector<std::string>& families = source.rows.families;
    for (const std::string& left : std::set(families.begin(), families.end()))
      predict_others(
          source, [&](std::size_t row) { return families[row] != left; }, by_family);
    for (std::size_t fold = 0; fold < folds; ++fold)
      predict_others(
          source, [fold](std::size_t row) { return row % folds != fold; }, by_fold);
  }
  print("all rows of other families", by_family, false);
  print("four of five rows of all", by_fold, false);
}

/// What is measured and what is known before.
struct Mode {
  std::string name;
  LeftOutOptions options;
  bool knows_runtime = false;  // by other devices than the one asked for
  bool has_baselines = false;
};

std::vector<Mode> modes_of(std::size_t samples) {
  const LeftOutOptions chosen{.samples = samples};
  std::vector<Mode> modes = {{"hale, chosen", chosen, false, true}};
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    LeftOutOptions drawn = chosen;
    drawn.chooses = false;
    drawn.seed = seed;
    modes.push_back({concat("hale, drawn (", seed, ")"), drawn});
  }
  LeftOutOptions same = chosen;
  same.leaves_family = false;
  modes.push_back({"hale, chosen, same families", same});
  modes.push_back({"hale, chosen, runtime known", chosen, true});
  return modes;
}

/// The sources, what is learned without each runtime, and the methods.
class Trial {
 public:
  [[nodiscard]] static Result<Trial> prepare(predictor::FittedSources fitted) {
    Trial trial(std::move(fitted));
    for (const predictor::SourceRows& target : trial.fitted_.sources()) {
      for (const std::string& family : target.rows.families)
        if (!trial.without_.contains(family)) {
          HALE_TRY(auto fitted_without, trial.fitted_.without(family));
          trial.without_.emplace(family, std::move(fitted_without));
        }
      if (trial.learned_.contains(target.class_name)) continue;
      HALE_TRY(SimulatedBase base,
               predictor::learn_base(trial.fitted_, others_than(target.class_name), [] {}));
      trial.learned_.emplace(target.class_name, std::move(base));
    }
    return trial;
  }

  [[nodiscard]] Result<> run(const Mode& mode) const {
    std::vector<std::pair<std::string, Method>> methods = {{mode.name, by_hale}};
    if (mode.has_baselines) {
      using namespace predictor::baselines;
      for (const auto& baseline : {named<MacsProportional>(), named<Roofline>(),
                                   named<OperationWise>(), named<NearestDevice>()})
        methods.push_back(baseline);
    }
    std::vector<std::vector<Row>> rows(methods.size());
    for (const predictor::SourceRows& source : fitted_.sources())
      HALE_CHECK(predictor::for_each_split(
          base_for(source, mode), source.rows, mode.options,
          [&](const SimulatedBase& base, const Split& split) -> Result<> {
            for (std::size_t m = 0; m < methods.size(); ++m)
              append(source, split, methods[m].second(base, source.rows, split), rows[m]);
            return {};
          }));
    for (std::size_t m = 0; m < methods.size(); ++m)
      print(methods[m].first.c_str(), rows[m], m == 0);
    if (mode.has_baselines || mode.knows_runtime) print_by_device(rows.front());
    return {};
  }

 private:
  /// Which sources are learned from.
  using Filter = std::function<bool(const predictor::SourceRows&)>;

  explicit Trial(predictor::FittedSources fitted) : fitted_(std::move(fitted)) {}

  static Filter others_than(const std::string& runtime) {
    return [runtime](const predictor::SourceRows& source) { return source.class_name != runtime; };
  }

  static Filter other_devices_than(const std::string& device) {
    return [device](const predictor::SourceRows& source) { return source.device != device; };
  }

  /// What is known before a device is measured, of other families than one.
  [[nodiscard]] std::function<SimulatedBase(std::optional<std::string_view>)> base_for(
      const predictor::SourceRows& target, const Mode& mode) const {
    const SimulatedBase& learned = learned_.at(target.class_name);
    const Filter counts =
        mode.knows_runtime ? other_devices_than(target.device) : others_than(target.class_name);
    return [this, counts, &learned](std::optional<std::string_view> family) {
      const predictor::FittedSources& fitted = family ? without_.at(std::string(*family)) : fitted_;
      SimulatedBase base = fitted.base(counts);
      base.widening = learned.widening;
      for (predictor::DeviceClass& each : base.classes) each.widening = base.widening;
      base.most_deviation = learned.most_deviation;
      return base;
    };
  }

  static void print_by_device(const std::vector<Row>& rows) {
    std::map<std::string, std::vector<Row>> by_device;
    for (const Row& row : rows) by_device[row.device].push_back(row);
    for (const auto& [device, own] : by_device) print(concat("  ", device).c_str(), own, true);
  }

  predictor::FittedSources fitted_;
  std::map<std::string, predictor::FittedSources> without_{};  // by the family that is left out
  std::map<std::string, SimulatedBase> learned_{};             // by the runtime that is left out
};

/// The devices of a table with their runtimes. Errors: a device that has no runtime in `facts`.
Result<std::vector<predictor::SourceRows>> read_sources(const std::string& path,
                                                        const std::string& facts) {
  HALE_TRY(const device::LatencyTable table, readers::read_latency_table(path));
  HALE_TRY(const auto runtimes, io::read_runtimes(facts));
  HALE_TRY(const std::vector<workload::Terms> models, runtime::terms_of(table));
  std::vector<predictor::SourceRows> sources;
  for (const std::string& device : table.devices) {
    HALE_TRY(const std::span<const double> latency_ms, table.column(device));
    const auto found = runtimes.find(device);
    if (found == runtimes.end())
      return fail(concat(facts, ": no runtime for '", device, "', a device of ", path));
    sources.push_back({device, runtime::graph_rows(table, models, latency_ms), found->second});
  }
  return sources;
}

Result<> run(const std::string& path, const std::string& facts,
             const std::vector<std::size_t>& samples) {
  HALE_TRY(auto sources, read_sources(path, facts));
  std::printf("All that can be measured: median error, worst runtime, within 20 %%, Spearman\n");
  print_limits(sources);
  std::fflush(stdout);
  HALE_TRY(auto fitted, predictor::FittedSources::fit(std::move(sources)));
  HALE_TRY(const Trial trial, Trial::prepare(std::move(fitted)));
  for (const std::size_t count : samples) {
    std::printf("K = %zu: median error, worst runtime, within 20 %%, Spearman within a family\n",
                count);
    for (const Mode& mode : modes_of(count)) {
      HALE_CHECK(trial.run(mode));
      std::fflush(stdout);
    }
  }
  return {};
}

}  // namespace

int main(int count, char** words) {
  return hale::bench::run_with_samples(count, words,
                                       "expected a table and the facts of its devices", run);
}
