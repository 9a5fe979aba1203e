// A compiler's own graph becomes a hale graph without ONNX, and then the kernels that a runtime
// would run for it: a layer of a transformer's feed-forward network, priced operation by operation.
#include <cstdio>
#include <hale/graph/builder.hpp>
#include <hale/lift/workload.hpp>
#include <string>
#include <utility>

namespace {

using namespace hale::graph;

hale::Result<Graph> feed_forward(std::int64_t tokens, std::int64_t width) {
  constexpr ElementType f16 = ElementType::f16;
  Builder builder("feed_forward");
  const ValueId x = builder.input("x", tensor_type(f16, {1, tokens, width}));
  const ValueId up = builder.weight("up", tensor_type(f16, {width, 4 * width}));
  const ValueId bias = builder.weight("bias", tensor_type(f16, {4 * width}));
  const ValueId down = builder.weight("down", tensor_type(f16, {4 * width, width}));
  // Each step has its shape at once, and says what is wrong where an operand does not fit.
  HALE_TRY(const ValueId wide, builder.add("MatMul", {x, up}, {}, "up"));
  HALE_TRY(const ValueId biased, builder.add("Add", {wide, bias}, {}, "bias"));
  HALE_TRY(const ValueId active, builder.add("Relu", {biased}, {}, "relu"));
  HALE_TRY(const ValueId narrow, builder.add("MatMul", {active, down}, {}, "down"));
  HALE_TRY(const ValueId y, builder.add("Add", {narrow, x}, {}, "residual"));
  builder.output(y, "y");
  return std::move(builder).finish();
}

hale::Result<hale::workload::Workload> kernels() {
  HALE_TRY(const Graph graph, feed_forward(128, 256));
  return hale::lift::workload(graph);
}

}  // namespace

int main() {
  const auto work = kernels();
  if (!work) return std::puts(work.error().message.c_str()), 1;
  for (const hale::workload::Kernel& kernel : work->kernels) {
    std::string fused;
    for (const std::string& operation : kernel.operations)
      fused += (fused.empty() ? "" : "+") + operation;
    std::printf("%-16s %12llu MACs\n", fused.c_str(), static_cast<unsigned long long>(kernel.macs));
  }
  return work->kernels.size() == 2 && work->uncovered.empty() ? 0 : 1;
}
