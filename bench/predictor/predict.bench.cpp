#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/predictor/help.hpp>
#include <hale/predictor/recipes.hpp>
#include <span>
#include <vector>

namespace hale {
namespace {

using predictor::HelpNasBench201;
using Encoder = HelpNasBench201::Encoder;
using Learner = HelpNasBench201::Learner;
using Space = HelpNasBench201::Space;
using Adapted = predictor::AdaptedNetwork<HelpNasBench201>;
using Net = Adapted::Net;

/// Ten random architectures on a device of random latencies.
struct Device {
  Rng rng{1};
  meta::Knowledge<Learner, float> knowledge = meta::Knowledge<Learner, float>::initial(rng);
  predictor::Support<HelpNasBench201> support;

  Device() {
    for (std::size_t i = 0; i < predictor::help_references; ++i) {
      support.embedding.push_back(static_cast<float>(rng.uniform()));
      support.encoded.push_back(Space::sample(rng));
      support.targets.push_back(static_cast<float>(rng.uniform()));
    }
  }
};

std::vector<std::uint8_t> codes_of(std::size_t count) {
  Rng rng(2);
  std::vector<std::uint8_t> codes(count * Encoder::size);
  for (std::size_t row = 0; row < count; ++row)
    Encoder::encode(
        count == Space::size ? Space::at(row) : Space::sample(rng),
        std::span<std::uint8_t, Encoder::size>(codes.data() + row * Encoder::size, Encoder::size));
  return codes;
}

void BM_Adapt(benchmark::State& state) {
  const Device device;
  for (auto _ : state) {
    Adapted network(device.knowledge, device.support);
    benchmark::DoNotOptimize(network);
  }
}
BENCHMARK(BM_Adapt)->Unit(benchmark::kMicrosecond);

void predict(benchmark::State& state, std::size_t rows) {
  const Device device;
  Adapted network(device.knowledge, device.support);
  const auto codes = codes_of(rows);
  std::vector<float> out(rows);
  for (auto _ : state) {
    network.predict(codes, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
}
void BM_Predict(benchmark::State& state) {
  predict(state, static_cast<std::size_t>(state.range(0)));
}
BENCHMARK(BM_Predict)->Arg(1)->Arg(64)->Arg(1024)->Unit(benchmark::kMicrosecond);
void BM_PredictSpace(benchmark::State& state) { predict(state, Space::size); }
BENCHMARK(BM_PredictSpace)->Unit(benchmark::kMicrosecond);

/// The same function as a programmer would write it for this one network: loops over each cell's
/// own nodes, weights through pointers. Vectorised by the compiler alone.
class HandWritten {
 public:
  explicit HandWritten(std::span<const float> theta) : theta_(theta) {}

  float operator()(std::span<const std::uint8_t> cell) const {
    std::array<std::array<float, width>, nodes> x{};
    const float* weights = theta_.data();
    for (std::size_t node = 0; node < nodes; ++node)
      std::copy_n(one_hot(cell[node]).begin(), categories, x[node].begin());
    std::size_t in = categories;
    for (int layer = 0; layer < 4; ++layer) {
      x = convolve(x, in, weights);
      weights += in * width + width;
      in = width;
    }
    std::array<float, 200> a{};
    std::array<float, 200> b{};
    weights = linear(x[nodes - 1].data(), width, a, weights, true);
    weights = linear(a.data(), 200, b, weights, true);
    std::array<float, 1> y{};
    linear(b.data(), 200, y, weights, false);
    return y[0];
  }

 private:
  static constexpr std::size_t nodes = Encoder::size;
  static constexpr std::size_t width = 100;
  static constexpr std::size_t categories = 8;
  using Features = std::array<std::array<float, width>, nodes>;

  static std::array<float, categories> one_hot(std::uint8_t category) {
    std::array<float, categories> row{};
    row[category] = 1;
    return row;
  }

  static Features convolve(const Features& x, std::size_t in, const float* weights) {
    Features y{};
    for (std::size_t node = 0; node < nodes; ++node) {
      std::array<float, width> sum{};
      for (std::size_t source = 0; source <= node; ++source)
        if (space::NasBench201Graph::sources[node] >> source & 1)
          for (std::size_t k = 0; k < in; ++k) sum[k] += x[source][k];
      std::copy_n(weights + in * width, width, y[node].begin());
      for (std::size_t k = 0; k < in; ++k)
        for (std::size_t c = 0; c < width; ++c) y[node][c] += sum[k] * weights[k * width + c];
      for (float& value : y[node]) value = std::max(value, 0.0F);
    }
    return y;
  }

  template <std::size_t Out>
  static const float* linear(const float* x, std::size_t in, std::array<float, Out>& y,
                             const float* weights, bool rectified) {
    std::copy_n(weights + in * Out, Out, y.begin());
    for (std::size_t k = 0; k < in; ++k)
      for (std::size_t c = 0; c < Out; ++c) y[c] += x[k] * weights[k * Out + c];
    if (rectified)
      for (float& value : y) value = std::max(value, 0.0F);
    return weights + in * Out + Out;
  }

  std::span<const float> theta_;
};

void BM_PredictHandWritten(benchmark::State& state) {
  Rng rng(1);
  std::vector<float> theta(Net::parameter_count);
  nn::initialise<Net>(std::span<float>(theta), rng);
  const HandWritten network(theta);
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto codes = codes_of(rows);
  std::vector<float> out(rows);
  for (auto _ : state) {
    for (std::size_t row = 0; row < rows; ++row)
      out[row] = network(std::span(codes).subspan(row * Encoder::size, Encoder::size));
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_PredictHandWritten)->Arg(1)->Arg(64)->Arg(1024)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace hale

BENCHMARK_MAIN();
