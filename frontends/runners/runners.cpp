#include <array>
#include <hale/core/text.hpp>
#include <hale/runners.hpp>

#include "command.hpp"
#include "onnxruntime.hpp"
#include "process.hpp"
#include "python.hpp"
#include "tfjs.hpp"
#include "tract.hpp"

namespace hale::runners {
namespace {

constexpr std::array<Runner, 9> runners = {{
    {"onnxruntime", "ONNX Runtime by npm's onnxruntime-node", measure_with_npm<onnxruntime_node>,
     install_with_npm<onnxruntime_node>},
    {"onnxruntime-web", "ONNX Runtime in WebAssembly by npm's onnxruntime-web",
     measure_with_npm<onnxruntime_web>, install_with_npm<onnxruntime_web>},
    {"onnxruntime-python", "ONNX Runtime by pip's onnxruntime, with its accelerators",
     measure_with_onnxruntime_python, nullptr, true},
    {"opencv", "OpenCV's dnn module by Debian's python3-opencv", measure_with_opencv},
    {"pytorch",
     "PyTorch, operation by operation, by Debian's python3-torch; with --accelerator cuda one CUDA "
     "graph, unless --optimisation is disabled",
     measure_with_pytorch, nullptr, true},
    {"tfjs",
     "TensorFlow.js, XNNPACK in WebAssembly, operation by operation, by npm's "
     "@tensorflow/tfjs-backend-wasm",
     measure_with_npm<tfjs_wasm>, install_with_npm<tfjs_wasm>},
    {"tfjs-cpu", "the same in JavaScript alone, by npm's @tensorflow/tfjs-backend-cpu",
     measure_with_npm<tfjs_cpu>, install_with_npm<tfjs_cpu>},
    {"tract", "tract in WebAssembly by npm's tractjs", measure_with_npm<tractjs>,
     install_with_npm<tractjs>},
    {"command", "any program, by --command and --pattern", measure_with_command},
}};

}  // namespace

std::span<const Runner> all_runners() { return runners; }

Result<const Runner*> find_runner(std::string_view name) {
  std::string known;
  for (const Runner& runner : runners) {
    if (runner.name == name) return &runner;
    known += concat(known.empty() ? "" : ", ", runner.name);
  }
  return fail(concat("no runner '", name, "'; there are: ", known));
}

std::vector<std::string> install_command(const Runner& runner, const Settings& settings) {
  if (runner.install != nullptr) return runner.install(settings);
  return {};
}

Result<> run_program(const std::vector<std::string>& words, double patience) {
  HALE_TRY(Process process, Process::start(words, 0));
  if (const auto said = process.read_all(patience); !said)
    return fail_in(words.front(), said.error());
  return {};
}

}  // namespace hale::runners
