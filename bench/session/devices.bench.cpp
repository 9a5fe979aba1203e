// What 500 built-in devices cost: bytes of the program, and the time until one of them is there.
// They are the built-in ones many times over, each with other latencies and names of its own.
#include <benchmark/benchmark.h>

#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <hale/io/container.hpp>
#include <string>
#include <vector>

namespace {

using namespace hale;

constexpr std::size_t count = 500;

std::string other_latencies(std::string_view lines, Rng& rng) {
  std::string all;
  for (const std::string_view line : split(lines, '\n')) {
    if (line.empty()) continue;
    const std::size_t tab = line.find('\t');
    all += concat(*parse_number<double>(line.substr(0, tab)) * (0.5 + rng.uniform()),
                  line.substr(tab), "\n");
  }
  return all;
}

/// A device like a built-in one, under another name and alias.
std::string device_like(std::string_view bytes, std::size_t number, Rng& rng) {
  const io::Container from = *io::parse_container(bytes);
  io::Container made;
  for (const auto& [name, payload] : from.sections) {
    if (name == "device") {
      io::Notes notes = *io::Notes::parse(payload);
      notes.set("name", concat("device-", number));
      notes.set("aliases", concat("board-", number));
      made.add(name, notes.format());
      continue;
    }
    const io::Container measured = *io::parse_container(payload);
    io::Container section;
    for (const auto& [part, text] : measured.sections)
      section.add(part, part == "measurements" ? other_latencies(text, rng) : text);
    made.add(name, io::serialise(section));
  }
  return io::serialise(made);
}

struct Devices {
  std::vector<std::string> names;
  std::vector<std::string> files;
  std::vector<session::BuiltIn> built_in;
  session::Contents contents = hale::built_in().contents();

  Devices() {
    Rng rng(1);
    const std::span<const session::BuiltIn> real = contents.devices;
    for (std::size_t i = 0; i < count; ++i) {
      names.push_back(concat("device-", i));
      files.push_back(device_like(real[i % real.size()].bytes, i, rng));
    }
    for (std::size_t i = 0; i < count; ++i) built_in.push_back({names[i], files[i]});
    contents.devices = built_in;
  }
  [[nodiscard]] std::size_t bytes() const {
    std::size_t sum = contents.networks.size();
    for (const std::string& file : files) sum += file.size();
    return sum;
  }
};

const Devices& devices() {
  static const Devices all;
  return all;
}

/// A program that starts, and looks for a device by its alias behind all others.
void open_by_alias(benchmark::State& state) {
  const std::string alias = concat("board-", count - 1);
  for (auto _ : state) {
    const session::Catalogue catalogue(devices().contents);
    benchmark::DoNotOptimize(catalogue.built_in_device(alias));
  }
  state.counters["bytes"] = static_cast<double>(devices().bytes());
}
BENCHMARK(open_by_alias)->Unit(benchmark::kMillisecond);

/// A program that starts, and asks for one device by its name.
void open_by_name(benchmark::State& state) {
  for (auto _ : state) {
    const session::Catalogue catalogue(devices().contents);
    benchmark::DoNotOptimize(catalogue.built_in_device("device-30"));
  }
}
BENCHMARK(open_by_name)->Unit(benchmark::kMillisecond);

/// The same with the kernels of what was measured.
void open_with_kernels(benchmark::State& state) {
  for (auto _ : state) {
    const session::Catalogue catalogue(devices().contents);
    benchmark::DoNotOptimize(
        catalogue.built_in_device("device-30", workload::NetworkParts::kernels));
  }
}
BENCHMARK(open_with_kernels)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
