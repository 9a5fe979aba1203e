// Any graph: to terms, on a bank of simulated devices, adapting, predicting and scoring on ten
// devices; beside the loop over devices that a bank replaces.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <hale/lift/read.hpp>
#include <hale/lower/families.hpp>
#include <hale/predictor/simulated.hpp>
#include <string>
#include <vector>

namespace {

using namespace hale;

graph::Graph network() { return *lower::named_network("ofa-mobilenetv3/3"); }

workload::Terms terms() { return lift::read(network())->network->terms; }

predictor::MeasuredRows<space::AnyGraph> measured(std::size_t count) {
  Rng rng(1);
  const workload::SimulatedDevice device = workload::broad_prior().sample(rng);
  predictor::MeasuredRows<space::AnyGraph> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.architectures.push_back(space::AnyGraph::sample(rng));
    rows.latency_ms.push_back(device.milliseconds(rows.architectures.back()));
  }
  return rows;
}

void graph_to_terms(benchmark::State& state) {
  const graph::Graph graph = network();
  for (auto _ : state) benchmark::DoNotOptimize(lift::read(graph));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(graph_to_terms);

constexpr std::size_t devices = 500;

void on_a_bank(benchmark::State& state) {
  Rng rng(1);
  const workload::DeviceBank bank(workload::broad_prior(), devices, rng);
  const workload::Terms model = terms();
  std::vector<double> out(devices);
  for (auto _ : state) {
    bank.latencies(model, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(devices));
}
BENCHMARK(on_a_bank);

void device_by_device(benchmark::State& state) {
  Rng rng(1);
  const workload::DevicePrior prior = workload::broad_prior();
  std::vector<workload::SimulatedDevice> bank;
  for (std::size_t i = 0; i < devices; ++i) bank.push_back(prior.sample(rng));
  const workload::Terms model = terms();
  for (auto _ : state)
    for (const workload::SimulatedDevice& device : bank)
      benchmark::DoNotOptimize(device.milliseconds(model));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(devices));
}
BENCHMARK(device_by_device);

/// About as large as the base that is built in: classes, their known devices and familiar networks.
predictor::SimulatedBase base() {
  constexpr std::size_t classes = 25;
  constexpr std::size_t known = 25;  // of each
  Rng rng(2);
  predictor::SimulatedBase base;
  for (int i = 0; i < 100; ++i) base.networks.push_back(space::AnyGraph::sample(rng));
  for (std::size_t c = 0; c < classes; ++c) {
    predictor::DeviceClass one{.name = concat("class ", c), .prior = base.prior};
    one.prior.mean = base.prior.sample(rng).log_rates;
    for (std::size_t i = 0; i < known; ++i)
      one.known.push_back({"known", base.prior.sample(rng).log_rates});
    for (std::size_t i = 0; i < base.networks.size(); ++i) one.familiar.push_back({i, 0.01, 3});
    base.classes.push_back(std::move(one));
  }
  return base;
}

void adapt(benchmark::State& state) {
  const auto rows = measured(static_cast<std::size_t>(state.range(0)));
  const predictor::SimulatedBase before = base();
  for (auto _ : state) benchmark::DoNotOptimize(predictor::SimulatedPredictor::adapt(before, rows));
}
BENCHMARK(adapt)->Arg(10)->Arg(20)->Arg(48)->Arg(100)->Arg(300)->Arg(1000)->Unit(
    benchmark::kMillisecond);

std::vector<workload::Terms> many_models() {
  Rng rng(3);
  std::vector<workload::Terms> models;
  for (int i = 0; i < 64; ++i) models.push_back(space::AnyGraph::sample(rng));
  return models;
}

/// Each prediction with memory of its own, which the next two save.
void predict_one_by_one(benchmark::State& state) {
  const auto predictor = predictor::SimulatedPredictor::adapt(
      base(), measured(static_cast<std::size_t>(state.range(0))));
  const std::vector<workload::Terms> models = many_models();
  for (auto _ : state)
    for (const workload::Terms& model : models) benchmark::DoNotOptimize(predictor->predict(model));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(models.size()));
}
BENCHMARK(predict_one_by_one)->Arg(10)->Arg(48);

void predict_in_kept_memory(benchmark::State& state) {
  const auto predictor = predictor::SimulatedPredictor::adapt(
      base(), measured(static_cast<std::size_t>(state.range(0))));
  const std::vector<workload::Terms> models = many_models();
  predictor::SimulatedPredictor::Scratch scratch;
  for (auto _ : state)
    for (const workload::Terms& model : models)
      benchmark::DoNotOptimize(predictor->predict(model, scratch));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(models.size()));
}
BENCHMARK(predict_in_kept_memory)->Arg(10)->Arg(48);

void predict_a_batch(benchmark::State& state) {
  const auto predictor = predictor::SimulatedPredictor::adapt(
      base(), measured(static_cast<std::size_t>(state.range(0))));
  const std::vector<workload::Terms> models = many_models();
  std::vector<predictor::Prediction> out(models.size());
  for (auto _ : state) {
    predictor->predict(models, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(models.size()));
}
BENCHMARK(predict_a_batch)->Arg(10)->Arg(48);

/// All but the reading of the file.
void score_on_ten_devices(benchmark::State& state) {
  const auto predictor = predictor::SimulatedPredictor::adapt(base(), measured(10));
  const graph::Graph graph = network();
  for (auto _ : state) {
    const auto reading = lift::read(graph);
    for (int device = 0; device < 10; ++device)
      benchmark::DoNotOptimize(predictor->predict(reading->network->terms));
  }
}
BENCHMARK(score_on_ten_devices);

}  // namespace

BENCHMARK_MAIN();
