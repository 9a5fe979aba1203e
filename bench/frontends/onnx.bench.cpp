#include <benchmark/benchmark.h>
#include <onnx/onnx_pb.h>

#include <cstddef>
#include <filesystem>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/lift/nasbench201.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/onnx.hpp>
#include <hale/space/nasbench201.hpp>
#include <span>
#include <string>

#include "../../tests/frontends/onnx/large_model.hpp"

namespace hale {
namespace {

/// A NAS-Bench-201 network of the benchmark's own size, with weights.
const std::string& model() {
  static const std::string bytes =
      onnx_frontend::export_model(lower::nasbench201(space::NasBench201::at(7777)),
                                  onnx_frontend::HeNormal{1})
          .value();
  return bytes;
}

void BM_OnnxToArchitecture(benchmark::State& state) {
  const auto bytes = std::as_bytes(std::span(model()));
  for (auto _ : state) {
    const auto graph = onnx_frontend::import_bytes(bytes, "model");
    const auto reading = lift::nasbench201(*graph);
    benchmark::DoNotOptimize(reading->architectures.size());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(BM_OnnxToArchitecture)->Unit(benchmark::kMicrosecond);

void BM_OnnxImport(benchmark::State& state) {
  const auto bytes = std::as_bytes(std::span(model()));
  for (auto _ : state) benchmark::DoNotOptimize(onnx_frontend::import_bytes(bytes, "model"));
}
BENCHMARK(BM_OnnxImport)->Unit(benchmark::kMicrosecond);

/// What a program does without hale before it knows anything: parse the file, weights and all.
void BM_ProtobufParseWithWeights(benchmark::State& state) {
  for (auto _ : state) {
    onnx::ModelProto proto;
    benchmark::DoNotOptimize(proto.ParseFromString(model()));
  }
}
BENCHMARK(BM_ProtobufParseWithWeights)->Unit(benchmark::kMicrosecond);

/// The file of light_resnet50, or none where the data folder is absent.
std::filesystem::path resnet50() {
  return std::filesystem::path(HALE_DATA) / "onnx" / "networks" / "light_resnet50.onnx";
}

void BM_OnnxFileToGraph(benchmark::State& state) {
  if (!std::filesystem::exists(resnet50())) return state.SkipWithError("light_resnet50 is absent");
  for (auto _ : state) benchmark::DoNotOptimize(onnx_frontend::import_file(resnet50()));
}
BENCHMARK(BM_OnnxFileToGraph)->Unit(benchmark::kMicrosecond);

/// light_resnet50 from its file to its cost, as `hale inspect` goes.
void BM_OnnxFileToCost(benchmark::State& state) {
  if (!std::filesystem::exists(resnet50())) return state.SkipWithError("light_resnet50 is absent");
  for (auto _ : state) {
    auto graph = onnx_frontend::import_file(resnet50());
    const auto status = graph::Pipeline<graph::Verify, graph::InferShapes>::run(*graph);
    benchmark::DoNotOptimize(status.has_value());
    benchmark::DoNotOptimize(graph::macs(*graph).total + graph::parameters(*graph).total);
  }
}
BENCHMARK(BM_OnnxFileToCost)->Unit(benchmark::kMicrosecond);

/// A chain of `range` nodes from memory to its cost: linear in the nodes.
void BM_OnnxNodesToCost(benchmark::State& state) {
  const std::string bytes = onnx_frontend::long_model(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    auto graph = onnx_frontend::import_bytes(std::as_bytes(std::span(bytes)), "model");
    const auto status = graph::Pipeline<graph::Verify, graph::InferShapes>::run(*graph);
    benchmark::DoNotOptimize(status.has_value());
    benchmark::DoNotOptimize(graph::macs(*graph).total + graph::parameters(*graph).total);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_OnnxNodesToCost)->Arg(50'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// The same, to the graph alone.
void BM_OnnxNodesToGraph(benchmark::State& state) {
  const std::string bytes = onnx_frontend::long_model(static_cast<int>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(onnx_frontend::import_bytes(std::as_bytes(std::span(bytes)), "model"));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_OnnxNodesToGraph)->Arg(50'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// Text of a chain of nodes, and back.
void BM_OnnxNodesPrintAndParse(benchmark::State& state) {
  const std::string bytes = onnx_frontend::long_model(static_cast<int>(state.range(0)));
  const auto graph = onnx_frontend::import_bytes(std::as_bytes(std::span(bytes)), "model").value();
  for (auto _ : state) benchmark::DoNotOptimize(graph::parse(graph::print(graph)));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_OnnxNodesPrintAndParse)->Arg(50'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// A file with `range` MiB of weights, or none, to its graph.
void BM_OnnxFileWithWeights(benchmark::State& state) {
  const auto mebibytes = static_cast<std::uint64_t>(state.range(0));
  const auto path =
      std::filesystem::temp_directory_path() / concat("hale-onnx-bench-", mebibytes, ".onnx");
  constexpr std::uint64_t layer_bytes = std::uint64_t{256} << 20;
  const std::uint64_t layers = mebibytes == 0 ? 12 : mebibytes / 256;
  if (!onnx_frontend::write_file(path, {layers, layer_bytes, mebibytes > 0}))
    return state.SkipWithError("the file system takes no file of this length");
  for (auto _ : state) benchmark::DoNotOptimize(onnx_frontend::import_file(path));
  std::filesystem::remove(path);
}
BENCHMARK(BM_OnnxFileWithWeights)->Arg(0)->Arg(1024)->Arg(3072)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace hale

BENCHMARK_MAIN();
