// check_workloads FOLDER...: every ONNX model below the folders becomes a workload under every
// preset of fusion rules, or says why not. Exits 77 where none of the folders is there.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <hale/graph/cost.hpp>
#include <hale/lift/activation_memory.hpp>
#include <hale/lift/workload.hpp>
#include <hale/onnx.hpp>
#include <hale/workload/text.hpp>
#include <string>
#include <vector>

namespace {

namespace workload = hale::workload;

struct Count {
  std::size_t models = 0;
  std::size_t covered = 0;
  std::size_t partly = 0;
  std::size_t refused = 0;
  std::size_t wrong = 0;
};

/// What must not be of a workload; empty where it is as it should be.
std::string wrong_with(const workload::Workload& work, const hale::graph::Graph& graph) {
  const auto read = workload::parse(workload::print(work));
  if (!read || *read != work) return "its text does not read back";
  bool has_regions = false;
  bool computes = false;
  hale::graph::for_each_operation(graph, hale::graph::Graph::body_id(), [&](auto id) {
    const hale::graph::Operation& op = graph.operation(id);
    has_regions = has_regions || !op.regions.empty();
    if (op.is("Constant") || !op.regions.empty()) return;
    computes = computes || hale::workload::has_products(hale::lift::kind_of(graph, op));
  });
  if (!has_regions && totals(work).macs != hale::graph::macs(graph).total)
    return "its MACs are not those of the graph";
  if (computes && work.kernels.empty() && work.uncovered.empty()) return "nothing in silence";
  return {};
}

void check(const std::filesystem::path& path, Count& count) {
  ++count.models;
  const auto graph = hale::onnx_frontend::import_file(path.string());
  if (!graph) {
    ++count.refused;
    count.wrong += graph.error().message.empty() ? 1U : 0U;
    return;
  }
  bool is_covered = true;
  for (const workload::FusionRules& rules : workload::fusion_presets) {
    hale::graph::Graph prepared = *graph;
    const auto work = hale::lift::workload(*graph, rules);
    if (!work || !hale::lift::prepare(prepared, rules)) {
      ++count.refused;
      count.wrong += work || work.error().message.empty() ? 1U : 0U;
      return;
    }
    static_cast<void>(hale::lift::activation_memory(prepared));
    is_covered = is_covered && work->uncovered.empty();
    if (const std::string wrong = wrong_with(*work, prepared); !wrong.empty()) {
      ++count.wrong;
      std::printf("%s, %s: %s\n", path.c_str(), std::string(rules.name).c_str(), wrong.c_str());
    }
  }
  ++(is_covered ? count.covered : count.partly);
}

}  // namespace

int main(int argc, char** argv) {
  Count count;
  for (const std::string& folder : std::vector<std::string>(argv + 1, argv + argc)) {
    if (!std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".onnx") check(entry.path(), count);
  }
  if (count.models == 0) return std::puts("none of the folders is there: skipped"), 77;
  std::printf("%zu models: %zu covered, %zu in part, %zu refused, %zu wrong\n", count.models,
              count.covered, count.partly, count.refused, count.wrong);
  return count.wrong == 0 ? 0 : 1;
}
