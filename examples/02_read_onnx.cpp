#include <cstdio>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/onnx.hpp>
#include <string>

namespace graph = hale::graph;

/// Prints what an ONNX model computes: each operation's results with their shapes, then the cost.
int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: %s MODEL.onnx\n", argv[0]), 2;
  // Weights are not read: a file of gigabytes takes no longer than one of kilobytes.
  auto model = hale::onnx_frontend::import_file(argv[1]);
  if (!model) return std::fprintf(stderr, "%s\n", model.error().message.c_str()), 1;

  // A pipeline is a list of passes; the first error names the node that it is about.
  using Prepare = graph::Pipeline<graph::Verify, graph::InferShapes>;
  if (const auto status = Prepare::run(*model); !status)
    return std::fprintf(stderr, "%s: %s\n", argv[1], status.error().message.c_str()), 1;

  for (const graph::OperationId id : model->body().operations) {
    const graph::Operation& op = model->operation(id);
    if (op.is("Constant")) continue;
    std::printf("%-24s", op.name.c_str());
    for (const graph::ValueId result : op.results) {
      if (result == graph::ValueId::none) continue;
      const graph::Value& value = model->value(result);
      std::printf(" %s: %s", value.name.c_str(), graph::describe(value.type).c_str());
    }
    std::printf("\n");
  }

  const graph::Count macs = graph::macs(*model);
  const graph::Count parameters = graph::parameters(*model);
  std::printf("%llu MACs, %llu parameters\n", static_cast<unsigned long long>(macs.total),
              static_cast<unsigned long long>(parameters.total));
  // What nobody can count is said, and never taken as zero.
  for (const graph::OperationId id : macs.uncosted)
    std::printf("without a cost: %s\n", model->location_of(id).c_str());
}
