#include <cmath>
#include <cstdio>
#include <hale/predictor/train.hpp>
using namespace hale;
struct Chains {  // eight layers, each 1 to 9 wide; its text is a digit a layer: "31415926"
  using Architecture = std::array<char, 8>;
  static constexpr std::string_view name = "chains";
  static Architecture sample(Rng& rng) {
    Architecture chain{};
    for (char& width : chain) width = static_cast<char>('1' + rng.below(9));
    return chain;
  }
  static std::string format(const Architecture& chain) { return {chain.begin(), chain.end()}; }
  static Result<Architecture> parse(std::string_view text) {
    Architecture chain{};
    if (text.size() != chain.size() || text.find_first_not_of("123456789") != text.npos)
      return fail(concat("found '", text, "', expected eight digits from 1 to 9"));
    std::copy(text.begin(), text.end(), chain.begin());
    return chain;
  }
};
struct ChainEncoder {  // a layer's width one-hot
  using Space = Chains;
  using Code = std::uint8_t;
  using Output = Given<72>;
  static constexpr std::string_view name = "widths";
  static constexpr std::size_t size = 72;
  static void encode(const Chains::Architecture& chain, std::span<Code, 72> out) noexcept {
    for (std::size_t i = 0; i < size; ++i) out[i] = chain[i / 9] == static_cast<char>('1' + i % 9);
  }
};
constexpr std::array<std::string_view, predictor::help_references> references = {
    "11111111", "99999999", "12345678", "87654321", "19191919",
    "55555555", "31415926", "27182818", "33339999", "14142135"};
constexpr predictor::TableProtocol protocol{200, 100, references};
using Mine = predictor::HelpMethods<ChainEncoder, predictor::FeatureTower, protocol>::Help;
double latency(std::string_view arch, double power) {  // made up
  double ms = 1;
  for (const char width : arch) ms += std::pow(width - '0', power);
  return ms;
}
int main() {
  Rng rng(1);
  device::LatencyTable table{{references.begin(), references.end()}, {"a", "b", "c"}, {}};
  while (table.archs.size() < 300) table.archs.push_back(Chains::format(Chains::sample(rng)));
  for (const double power : {1.0, 1.5, 2.0})
    for (auto& column = table.latency_ms.emplace_back(); const auto& arch : table.archs)
      column.push_back(latency(arch, power));
  const predictor::TrainingOptions options{
      .sources = {"a", "c"}, .validation = {"b"}, .outer = {40, 1e-3}, .tasks = 2, .query = 50};
  const auto training = predictor::Training<Mine>::prepare(table, options);
  auto state = training->initial();
  if (!training->run(state, {}, [](const auto&) { return true; })) return 1;
  const auto base = training->finish(state, "three made-up devices").value();
  std::vector<device::Measurement> measured;  // the references on a new device
  for (const auto& arch : base.references) measured.push_back({arch, {latency(arch, 1.7)}});
  auto device = predictor::HelpPredictor<Mine>::adapt(base, measured).value();
  const auto y = device.predict(Chains::sample(rng));
  std::printf("%.1f ms [%.1f .. %.1f]\n", y.median.value, y.low.value, y.high.value);
}
