// How well any graph is predicted on hardware that nothing was learned from, by a few measurements
// of it: all devices of one chip are left out of what is learned before, in turn.
//
//   hardware_left_out PUBLIC DATA [SAMPLES..]
//
// PUBLIC is the folder that data/public/tables.py wrote: its tables *.csv, the batches *_batch.csv
// and facts.csv. DATA is the folder data of hale: corpus/latency_ms.csv and devices.csv.
//
// In each of three draws SAMPLES rows (10 and 20, where none are named) of a device are measured,
// those that the base chooses among a random half of its rows; the other half alone is scored. This
// is `hale evaluate --protocol halves --draws 3`. Devices with few rows are left out. The figures
// of a device are the means over the draws; those of a group are the medians over its devices. A
// group has one runtime, kind of processor, precision and source. The tables are Markdown.
//
// "unfamiliar" is the error where the network that is asked for is among none that a known device
// ran: half of all networks are hidden from those that are familiar, then the other half.
//
// Two things are learned once, of all devices: the fit of each under the prior of its class, and
// the intervals' widening, for which each device was answered with its hardware left out. So a
// device's own errors count, a little, in the widening of its class. Its fit never counts.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <hale/core/text.hpp>
#include <hale/io/device_facts.hpp>
#include <hale/measured.hpp>
#include <hale/numeric/statistics.hpp>
#include <hale/predictor/baselines/graph.hpp>
#include <hale/predictor/evaluate.hpp>
#include <hale/predictor/learn_prior.hpp>
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
using predictor::FittedSources;
using predictor::Metrics;
using predictor::SimulatedBase;
using predictor::SourceRows;

constexpr std::size_t draws = 3;
constexpr std::size_t least_asked = 6;  // rows of a device beside those that are measured

/// What is known of a device before it is measured.
struct Known {
  SimulatedBase all;
  SimulatedBase without_odd;  // numbers, among the networks that are familiar
  SimulatedBase without_even;
};

/// The means over the draws of one device.
struct Figures {
  Metrics hale;
  double unfamiliar = 0;  // these are median errors
  double proportional = 0;
  double affine = 0;
  double operation_wise = 0;

  Figures& operator+=(const Figures& other) {
    for (const auto metric :
         {&Metrics::median_error, &Metrics::within_20, &Metrics::spearman, &Metrics::coverage_90})
      hale.*metric += other.hale.*metric / draws;
    for (const auto error :
         {&Figures::unfamiliar, &Figures::proportional, &Figures::affine, &Figures::operation_wise})
      this->*error += other.*error / draws;
    return *this;
  }
};

/// The devices of all tables, and what they are called in the table that is printed.
struct Sources {
  std::vector<SourceRows> rows;
  std::map<std::string, std::string> groups;  // by device
};

/// The text up to the first space: "Tencent/ncnn".
std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

Result<session::TableFiles> tables_in(const std::filesystem::path& folder,
                                      const std::filesystem::path& corpus) {
  std::error_code failed;
  session::TableFiles files{{corpus.string()}};
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const std::string path = entry.path().string();
    if (path.ends_with("_batch.csv"))
      files.batches.push_back(path);
    else if (path.ends_with(".csv") && entry.path().filename() != "facts.csv")
      files.tables.push_back(path);
  }
  if (failed) return fail(concat(folder.string(), ": ", failed.message()));
  std::sort(files.tables.begin(), files.tables.end());
  return files;
}

/// Errors: as session::read_tables() and io::read_device_facts(); a device without facts.
Result<Sources> read_sources(const std::filesystem::path& folder,
                             const std::filesystem::path& data) {
  HALE_TRY(const session::TableFiles files, tables_in(folder, data / "corpus/latency_ms.csv"));
  HALE_TRY(const session::ReadTable read, session::read_tables(files, "graph"));
  for (const std::string& left_out : read.left_out)
    std::fprintf(stderr, "hardware_left_out: %s\n", left_out.c_str());
  HALE_TRY(io::DeviceFacts facts, io::read_device_facts(folder / "facts.csv"));
  HALE_TRY(io::DeviceFacts own, io::read_device_facts(data / "devices.csv"));
  facts.merge(own);
  HALE_TRY(const std::vector<workload::Terms> models, runtime::terms_of(read.table));
  Sources sources;
  for (const std::string& device : read.table.devices) {
    const auto known = facts.find(device);
    if (known == facts.end()) return fail(concat("no facts of device '", device, "'"));
    HALE_TRY(auto source, runtime::SimulatedRecipe::source_of(read.table, models, device, facts));
    sources.groups.emplace(
        device, concat(source.class_name, " | ", first_word(known->second.facts.source)));
    sources.rows.push_back(std::move(source));
  }
  return sources;
}

/// What is left out together: tables of others write one chip in several ways.
std::string chip_of(std::string hardware) {
  constexpr std::array<std::string_view, 13> chips = {
      "raspberry pi 4", "raspberry pi 5", "jetson agx orin", "rk3588",  "rk3399",
      "rk3566",         "kunpeng 920",    "d64as v7",        "d64s v6", "macbook",
      "rtx3090",        "snapdragon 855", "snapdragon 710"};
  std::transform(hardware.begin(), hardware.end(), hardware.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  for (const std::string_view chip : chips)
    if (hardware.find(chip) != std::string::npos) return std::string(chip);
  return hardware;
}

/// Takes the widening of each class from a base that was calibrated.
void widen_as(const SimulatedBase& calibrated, SimulatedBase& base) {
  base.widening = calibrated.widening;
  base.most_deviation = calibrated.most_deviation;
  for (predictor::DeviceClass& each : base.classes)
    for (const predictor::DeviceClass& known : calibrated.classes)
      if (known.name == each.name) each.widening = known.widening;
}

Known known_without(const std::string& chip, const FittedSources& fitted,
                    const SimulatedBase& calibrated) {
  const auto others = [&](const SourceRows& source) { return chip_of(source.hardware) != chip; };
  const auto hides = [](std::size_t remainder) {
    return [remainder](std::size_t network) { return network % 2 == remainder; };
  };
  Known known{fitted.base(others), fitted.base(others, hides(1)), fitted.base(others, hides(0))};
  for (SimulatedBase* each : {&known.all, &known.without_odd, &known.without_even})
    widen_as(calibrated, *each);
  return known;
}

double median_error(const predictor::MeasuredRows<space::AnyGraph>& asked,
                    const std::function<double(const workload::Terms&)>& milliseconds) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < asked.size(); ++i)
    errors.push_back(std::abs(milliseconds(asked.architectures[i]) / asked.latency_ms[i] - 1));
  return numeric::median(std::move(errors));
}

template <class Baseline>
double baseline_error(const predictor::MeasuredRows<space::AnyGraph>& measured,
                      const predictor::MeasuredRows<space::AnyGraph>& asked) {
  const Baseline model = Baseline::fit(measured);
  return median_error(asked, [&](const auto& terms) { return model.milliseconds(terms); });
}

/// The median error where each network is asked of a base that it is not familiar to. Networks that
/// no known device ran are so to both; the first answers them.
Result<double> unfamiliar_error(const Known& known,
                                const predictor::MeasuredRows<space::AnyGraph>& measured,
                                const predictor::MeasuredRows<space::AnyGraph>& asked) {
  HALE_TRY(const auto without_odd,
           predictor::SimulatedPredictor::adapt(known.without_odd, measured));
  HALE_TRY(const auto without_even,
           predictor::SimulatedPredictor::adapt(known.without_even, measured));
  const auto& networks = known.without_odd.networks;
  return median_error(asked, [&](const workload::Terms& terms) {
    const bool is_familiar = std::find(networks.begin(), networks.end(), terms) != networks.end();
    return (is_familiar ? without_even : without_odd).predict(terms).median.value;
  });
}

Result<Figures> draw(const SourceRows& source, const Known& known, std::size_t samples,
                     std::size_t number) {
  const predictor::EvaluationOptions options{.samples = samples};
  const predictor::Split split = runtime::detail::split_in_halves(known.all, source.rows, options,
                                                                  options.seed * 1000003 + number);
  const auto measured = predictor::rows_at(source.rows, split.measured);
  const auto asked = predictor::rows_at(source.rows, split.asked);
  HALE_TRY(const auto adapted, predictor::SimulatedPredictor::adapt(known.all, measured));
  predictor::Scored scored{asked.latency_ms, std::vector<predictor::Prediction>(asked.size())};
  adapted.predict(asked.architectures, scored.predicted);
  Figures figures{.hale = predictor::measure(scored)};
  HALE_TRY(figures.unfamiliar, unfamiliar_error(known, measured, asked));
  using namespace predictor::baselines;
  figures.proportional = baseline_error<MacsProportional>(measured, asked);
  figures.affine = baseline_error<MacsAffine>(measured, asked);
  figures.operation_wise = baseline_error<OperationWise>(measured, asked);
  return figures;
}

using Groups = std::map<std::string, std::vector<Figures>>;

/// A line of the table: medians over a group's devices.
void print(const std::string& name, const std::vector<Figures>& devices) {
  const auto median = [&](const auto& figure) {
    std::vector<double> all;
    for (const Figures& each : devices) all.push_back(figure(each));
    return numeric::median(std::move(all));
  };
  const auto percent = [&](const auto& figure) { return 100 * median(figure); };
  double least = 1;
  double covered = 0;
  for (const Figures& each : devices) {
    least = std::min(least, each.hale.coverage_90);
    covered += each.hale.coverage_90 / static_cast<double>(devices.size());
  }
  std::printf("| %s | %zu | %.1f | %.1f | %.0f | %.2f | %.0f | %.0f | %.1f | %.1f | %.1f |\n",
              name.c_str(), devices.size(),
              percent([](const Figures& one) { return one.hale.median_error; }),
              percent([](const Figures& one) { return one.unfamiliar; }),
              percent([](const Figures& one) { return one.hale.within_20; }),
              median([](const Figures& one) { return one.hale.spearman; }), 100 * covered,
              100 * least, percent([](const Figures& one) { return one.proportional; }),
              percent([](const Figures& one) { return one.affine; }),
              percent([](const Figures& one) { return one.operation_wise; }));
}

void print(const Groups& groups, std::size_t samples) {
  std::printf(
      "K = %zu\n\n"
      "| class | source | devices | error | unfamiliar | within 20 %% | Spearman | 90 %% holds | "
      "least | MACs | affine | operation-wise |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|\n",
      samples);
  for (const auto& [name, devices] : groups) print(name, devices);
  std::printf("\n");
}

Result<> run(const std::string& folder, const std::string& data,
             const std::vector<std::size_t>& samples) {
  HALE_TRY(Sources sources, read_sources(folder, data));
  HALE_TRY(const FittedSources fitted, FittedSources::fit(std::move(sources.rows)));
  HALE_TRY(const SimulatedBase calibrated,
           predictor::learn_base(
               fitted, [](const SourceRows&) { return true; }, [] {}));
  std::map<std::string, std::vector<const SourceRows*>> by_chip;
  const std::size_t least = *std::min_element(samples.begin(), samples.end()) + least_asked;
  for (const SourceRows& source : fitted.sources())
    if (source.rows.size() >= least) by_chip[chip_of(source.hardware)].push_back(&source);
  std::map<std::size_t, Groups> found;  // by the number of measurements
  for (const auto& [chip, targets] : by_chip) {
    const Known known = known_without(chip, fitted, calibrated);
    for (const SourceRows* target : targets)
      for (const std::size_t count : samples) {
        if (target->rows.size() < count + least_asked) continue;
        Figures& figures = found[count][sources.groups.at(target->device)].emplace_back();
        for (std::size_t number = 0; number < draws; ++number) {
          HALE_TRY(const Figures one, draw(*target, known, count, number));
          figures += one;
        }
      }
    std::fprintf(stderr, "%s\n", chip.c_str());
  }
  for (const auto& [count, groups] : found) print(groups, count);
  return {};
}

}  // namespace

int main(int count, char** words) {
  return hale::bench::run_with_samples(count, words,
                                       "expected the folders of public tables and of data", run);
}
