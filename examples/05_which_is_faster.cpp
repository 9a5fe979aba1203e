// Ten stopwatch numbers of a device, and which of two networks is faster there: how sure is it?
#include <cmath>
#include <cstdio>
#include <hale/lift/read.hpp>
#include <hale/lower/families.hpp>
#include <hale/predictor/simulated.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// What a device takes time for in a network; yours comes from hale::onnx_frontend::import_file().
hale::Result<hale::workload::Terms> terms_of(std::string_view name) {
  HALE_TRY(hale::graph::Graph graph, hale::lower::named_network(name));
  HALE_TRY(const hale::lift::Reading reading, hale::lift::read(std::move(graph)));
  return reading.network->terms;
}

hale::Result<> run() {
  const std::vector<std::pair<std::string_view, double>> measured = {
      {"inception/0", 0.741},         {"text-encoder/8", 1.69}, {"text-encoder/0", 0.192},
      {"ofa-mobilenetv3/10", 16.8},   {"recurrent/6", 4.48},    {"super-resolution/11", 9.46},
      {"perceptron/8", 0.0466},       {"residual/4", 0.529},    {"detector/9", 3.82},
      {"vision-transformer/11", 68.0}};
  std::vector<hale::workload::Terms> models;
  std::vector<double> latency_ms;
  for (const auto& [name, ms] : measured) {
    HALE_TRY(const hale::workload::Terms terms, terms_of(name));
    models.push_back(terms);
    latency_ms.push_back(ms);
  }
  HALE_TRY(const auto device, hale::predictor::SimulatedPosterior::infer({}, models, latency_ms));
  HALE_TRY(const hale::workload::Terms one, terms_of("residual/3"));
  HALE_TRY(const hale::workload::Terms other, terms_of("depthwise/5"));
  const std::vector<hale::workload::Terms> pair = {one, other};
  const hale::predictor::JointPrediction joint = device.predict_jointly(pair);
  std::printf("residual/3 %.2f ms, depthwise/5 %.2f ms: the first is faster with %.0f %%\n",
              std::exp(joint.mean(0)), std::exp(joint.mean(1)), 100 * joint.faster(0, 1));
  return {};
}

}  // namespace

int main() {
  const auto done = run();
  if (!done) std::printf("%s\n", done.error().message.c_str());
  return done ? 0 : 1;
}
