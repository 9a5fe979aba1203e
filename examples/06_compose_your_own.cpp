#include <cmath>
#include <cstdio>
#include <hale/predictor/train.hpp>
using namespace hale;
struct Perceptrons {  // two hidden layers of 1 to 999 units; the text is "128x32"
  using Architecture = std::array<int, 2>;
  static constexpr std::string_view name = "perceptrons";
  static int width(Rng& rng) { return static_cast<int>(1 + rng.below(999)); }
  static Architecture sample(Rng& rng) { return {width(rng), width(rng)}; }
  static std::string format(const Architecture& a) { return concat(a[0], "x", a[1]); }
  static Result<Architecture> parse(std::string_view text) {
    Architecture a{};
    std::sscanf(std::string(text).c_str(), "%3dx%3d", &a[0], &a[1]);
    if (format(a) != text) return fail(concat("found '", text, "', expected one like 128x32"));
    return a;
  }
};
struct Widths {  // an encoder of real numbers
  using Space = Perceptrons;
  using Code = float;
  using Output = Given<2>;
  static constexpr std::string_view name = "widths";
  static constexpr std::size_t size = 2;
  static void encode(const Perceptrons::Architecture& a, std::span<Code, 2> out) noexcept {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<float>(a[i]) / 999;
  }
};
struct LogRatios {  // a hardware embedding: three references' latencies against a fourth
  static constexpr std::string_view name = "log-ratios";
  static constexpr std::size_t references = 4, size = 3;
  static std::array<float, size> embed(std::span<const double, references> ms) noexcept {
    const auto log = [](double x) { return static_cast<float>(std::log(x)); };
    return {log(ms[1] / ms[0]), log(ms[2] / ms[0]), log(ms[3] / ms[0])};
  }
};
struct Cooling : meta::Maml<3, meta::Order::first> {  // an inner loop of ever shorter steps
  template <class T>
  static void step(std::size_t k, std::span<const T> theta, std::span<const T> rates,
                   std::span<const T> gradient, std::span<T> next) noexcept {
    for (std::size_t i = 0; i < next.size(); ++i)
      next[i] = theta[i] - rates[i] / static_cast<T>(k + 1) * gradient[i];
  }
};
using Tower = nn::Sequential<nn::Linear<16>, nn::Relu>;
using Layers = nn::Sequential<nn::Fork<Tower, Tower>, nn::Linear<16>, nn::Relu, nn::Linear<1>>;
using Net = nn::Network<Layers, nn::Inputs<Widths::Output, Given<LogRatios::size>>>;
using Learner = meta::Learner<Net, meta::NoModulator, Cooling>;
constexpr std::array<std::string_view, 4> references = {"9x9", "900x9", "9x900", "900x900"};
constexpr predictor::TableProtocol protocol{400, 100, references};
using Mine = predictor::MetaRecipe<"mine", Widths, LogRatios, Learner, protocol>;
int main() {
  device::LatencyTable table{{references.begin(), references.end()}, {"a", "b", "c"}, {}};
  for (int i = 1; i <= 400; ++i) table.archs.push_back(concat(7 * i % 997, "x", 3 * i % 991));
  const auto latency = [](std::string_view arch, double cost) {  // made up
    const auto widths = Perceptrons::parse(arch).value();
    return 1 + cost * widths[0] + 1e-5 * widths[0] * widths[1];
  };
  for (const double cost : {1e-3, 2e-3, 4e-3})
    for (auto& column = table.latency_ms.emplace_back(); const auto& arch : table.archs)
      column.push_back(latency(arch, cost));
  const auto training = predictor::Training<Mine>::prepare(
      table, {.sources = {"a", "c"}, .validation = {"b"}, .outer = {300, 3e-3}, .tasks = 2});
  auto state = training->initial();
  if (!training->run(state, {}, [](const auto&) { return true; })) return 1;
  const auto base = training->finish(state, "three made-up devices").value();
  std::vector<device::Measurement> measured;  // the references on a new device
  for (const auto& arch : base.references) measured.push_back({arch, {latency(arch, 3e-3)}});
  const auto y = predictor::HelpPredictor<Mine>::adapt(base, measured).value().predict({300, 400});
  std::printf("%.2f ms [%.2f .. %.2f]\n", y.median.value, y.low.value, y.high.value);
}
