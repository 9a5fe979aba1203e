#include <benchmark/benchmark.h>

#include <hale/meta/trainer.hpp>
#include <hale/predictor/recipes.hpp>
#include <string>
#include <vector>

namespace hale {
namespace {

/// Random architectures and latencies: the time of an episode does not depend on their values.
template <predictor::Recipe R>
class RandomEpisodes {
  using Learner = typename R::Learner;
  using Encoder = typename R::Encoder;

 public:
  RandomEpisodes() {
    constexpr std::size_t row_count = 900;
    for (std::size_t row = 0; row < row_count; ++row) encoded_.push_back(R::Space::sample(rng_));
    for (std::size_t d = 0; d < 9; ++d) {
      meta::SourceDevice<float> device;
      for (std::size_t i = 0; i < predictor::help_references; ++i)
        device.embedding.push_back(static_cast<float>(rng_.uniform()));
      for (std::size_t row = 0; row < row_count; ++row) {
        device.rows.push_back(row);
        device.targets.push_back(static_cast<float>(rng_.uniform()));
      }
      devices_.push_back(std::move(device));
    }
  }

  meta::Trainer<Learner, Encoder, float> trainer() const {
    return {meta::EpisodeSampler<Learner, Encoder, float>(encoded_, devices_, {}),
            meta::TrainerOptions{}, [](const auto&, const auto&) { return 0.0; }};
  }

 private:
  Rng rng_{1};
  meta::EncodedRows<Encoder> encoded_;
  std::vector<meta::SourceDevice<float>> devices_;
};

/// One step of meta-training as in HELP: 8 tasks of 10 + 200 rows, two inner steps, exact second
/// order, one Adam step. One thread.
template <predictor::Recipe R>
void BM_MetaTrainingEpisode(benchmark::State& state) {
  const RandomEpisodes<R> episodes;
  auto trainer = episodes.trainer();
  meta::TrainingState<typename R::Learner, float> training(1, 1e-4);
  for (auto _ : state) {
    benchmark::DoNotOptimize(trainer.episode_gradient(training, Executor{}));
    trainer.step(training, Executor{});
  }
  state.SetItemsProcessed(state.iterations() * 8);
}
void name_as(benchmark::internal::Benchmark* bench, const char* space) {
  bench->Name(std::string("BM_MetaTrainingEpisode/") + space)->Unit(benchmark::kMillisecond);
}
BENCHMARK(BM_MetaTrainingEpisode<predictor::HelpNasBench201>)->Apply([](auto* bench) {
  name_as(bench, "nasbench201");
});
BENCHMARK(BM_MetaTrainingEpisode<predictor::HelpFBNet>)->Apply([](auto* bench) {
  name_as(bench, "fbnet");
});
BENCHMARK(BM_MetaTrainingEpisode<predictor::HelpOfaMobileNetV3>)->Apply([](auto* bench) {
  name_as(bench, "ofa-mobilenetv3");
});

}  // namespace
}  // namespace hale

BENCHMARK_MAIN();
