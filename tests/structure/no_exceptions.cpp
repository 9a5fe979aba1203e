// A compiler's program, built without exceptions and run-time types: it carries one base, one
// device and the networks that were measured on it as files, and asks how long a graph of its own
// takes. Arguments: BASE DEVICE NETWORKS.
#include <array>
#include <cstdio>
#include <hale/graph/builder.hpp>
#include <hale/io/file.hpp>
#include <hale/io/profile.hpp>
#include <hale/runtime/simulated_recipe.hpp>
#include <hale/session/device.hpp>
#include <string>
#include <utility>

namespace {

using namespace hale;

Result<graph::Graph> layer() {
  constexpr graph::ElementType f32 = graph::ElementType::f32;
  graph::Builder builder("layer");
  const graph::ValueId x = builder.input("x", graph::tensor_type(f32, {128, 256}));
  const graph::ValueId w = builder.weight("w", graph::tensor_type(f32, {256, 1024}));
  HALE_TRY(const graph::ValueId wide, builder.add("MatMul", {x, w}, {}, "up"));
  HALE_TRY(const graph::ValueId y, builder.add("Relu", {wide}, {}, "relu"));
  builder.output(y, "y");
  return std::move(builder).finish();
}

Result<double> milliseconds(const char* base, const char* device, const char* measured) {
  HALE_TRY(const std::string base_bytes, io::read_file(base));
  HALE_TRY(const std::string device_bytes, io::read_file(device));
  HALE_TRY(const std::string networks, io::read_file(measured));
  const std::array recipes = {runtime::SimulatedRecipe::entry()};
  const std::array bases = {session::BuiltIn{"graph", base_bytes}};
  const std::array devices = {session::BuiltIn{"board", device_bytes}};
  const session::Catalogue catalogue({.spaces = runtime::spaces(),
                                      .recipes = recipes,
                                      .bases = bases,
                                      .devices = devices,
                                      .networks = networks});
  HALE_TRY(auto profile, catalogue.built_in_device("board"));
  const session::Device asked(std::move(profile).value(), catalogue);
  HALE_TRY(graph::Graph graph, layer());
  HALE_TRY(const session::Model model, session::Model::make(runtime::spaces(), std::move(graph)));
  HALE_TRY(const session::Answer answer, asked.answer(model));
  for (const session::KernelTime& kernel : answer.kernels)
    std::printf("%-12s %-16s %.4f ms\n", kernel.location.c_str(), kernel.operations.c_str(),
                kernel.ms);
  return answer.prediction.median.value;
}

}  // namespace

int main(int, char** argv) {
  const auto ms = milliseconds(argv[1], argv[2], argv[3]);
  if (!ms) return std::puts(ms.error().message.c_str()), 1;
  std::printf("%.4f ms\n", *ms);
  return *ms > 0 ? 0 : 1;
}
