#include <benchmark/benchmark.h>
#include <onnx/onnx_pb.h>

#include <cstddef>
#include <hale/lift/nasbench201.hpp>
#include <hale/lower/nasbench201.hpp>
#include <hale/onnx.hpp>
#include <hale/space/nasbench201.hpp>
#include <span>
#include <string>

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

}  // namespace
}  // namespace hale

BENCHMARK_MAIN();
