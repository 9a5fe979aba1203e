#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/graph/passes/infer_shapes.hpp>
#include <hale/graph/passes/verify.hpp>
#include <hale/onnx.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// check_shapes FOLDER...: of every model below the folders, the types of computed values are taken
// away and inferred again. What the model declared is compared wherever it is static and does not
// hang on what an input holds. Fails under 98 %, in all or of one folder.

namespace hale {
namespace {

using graph::Graph;
using graph::OperationId;
using graph::Type;
using graph::ValueId;

/// Operands whose numbers decide the shape of a result, by the operator's definition. The list is
/// the rule by which values count as hanging on what an input holds; no miss is looked at.
struct Decides {
  std::string_view name;
  std::vector<std::size_t> operands;
};

const std::array decides = {Decides{"CenterCropPad", {1}},
                            Decides{"Col2Im", {1, 2}},
                            Decides{"Compress", {1}},
                            Decides{"ConstantOfShape", {0}},
                            Decides{"DFT", {1, 2}},
                            Decides{"Expand", {1}},
                            Decides{"HammingWindow", {0}},
                            Decides{"HannWindow", {0}},
                            Decides{"BlackmanWindow", {0}},
                            Decides{"MaxUnpool", {2}},
                            Decides{"MelWeightMatrix", {0, 1}},
                            Decides{"NonMaxSuppression", {0, 1, 2, 3, 4}},
                            Decides{"NonZero", {0}},
                            Decides{"OneHot", {1}},
                            Decides{"Pad", {1, 3}},
                            Decides{"Range", {0, 1, 2}},
                            Decides{"ReduceL1", {1}},
                            Decides{"ReduceL2", {1}},
                            Decides{"ReduceLogSum", {1}},
                            Decides{"ReduceLogSumExp", {1}},
                            Decides{"ReduceMax", {1}},
                            Decides{"ReduceMean", {1}},
                            Decides{"ReduceMin", {1}},
                            Decides{"ReduceProd", {1}},
                            Decides{"ReduceSum", {1}},
                            Decides{"ReduceSumSquare", {1}},
                            Decides{"Reshape", {1}},
                            Decides{"Resize", {1, 2, 3}},
                            Decides{"SequenceAt", {1}},
                            Decides{"SequenceErase", {1}},
                            Decides{"SequenceInsert", {2}},
                            Decides{"Slice", {1, 2, 3, 4}},
                            Decides{"Split", {1}},
                            Decides{"SplitToSequence", {1}},
                            Decides{"Squeeze", {1}},
                            Decides{"STFT", {1, 3}},
                            Decides{"StringNormalizer", {0}},
                            Decides{"Tile", {1, 2}},
                            Decides{"TopK", {1}},
                            Decides{"Unique", {0}},
                            Decides{"Unsqueeze", {1}},
                            Decides{"Upsample", {1}}};

struct Hanging {
  bool numbers = false;  // on what an input holds
  bool shape = false;
};

class Model {
 public:
  explicit Model(Graph& graph) : graph_(graph), hanging_(graph.value_count()) {
    for (const ValueId input : graph.body().inputs) {
      const Type& type = graph.value(input).type;
      hanging_[index_of(input)] = {true, !type.is_static()};
    }
    walk(Graph::body_id());
  }
  [[nodiscard]] bool shape_hangs(ValueId id) const { return hanging_[index_of(id)].shape; }

 private:
  void walk(graph::RegionId region) {
    for (const OperationId id : graph_.region(region).operations) {
      const graph::Operation& op = graph_.operation(id);
      Hanging out = of(op);
      for (const graph::NamedRegion& nested : op.regions) {
        for (const ValueId input : graph_.region(nested.region).inputs)
          hanging_[index_of(input)] = {true, out.shape || !graph_.value(input).type.is_static()};
        walk(nested.region);
        out = {true, true};  // trips and branches are chosen by numbers
      }
      for (const ValueId result : op.results)
        if (result != ValueId::none) hanging_[index_of(result)] = out;
    }
  }
  [[nodiscard]] Hanging of(const graph::Operation& op) const {
    Hanging out;
    for (const ValueId operand : op.operands) {
      if (operand == ValueId::none) continue;
      out.numbers = out.numbers || hanging_[index_of(operand)].numbers;
      out.shape = out.shape || hanging_[index_of(operand)].shape;
    }
    if (op.is("Shape") || op.is("Size")) return {out.shape, op.is("Shape") && out.shape};
    for (const Decides& each : decides) {
      if (!op.is(each.name)) continue;
      for (const std::size_t place : each.operands)
        if (place < op.operands.size() && op.operands[place] != ValueId::none)
          out.shape = out.shape || hanging_[index_of(op.operands[place])].numbers;
    }
    return out;
  }

  Graph& graph_;
  std::vector<Hanging> hanging_;
};

struct Tally {
  std::size_t models = 0, refused = 0, failed = 0, same = 0, compared = 0;
  std::size_t open = 0, hanging = 0;
  std::map<std::string, std::size_t> misses{}, hanging_by{};
};

[[nodiscard]] std::string text_of(const Type& type) {
  return concat(name_of(type.element), " ", describe(type));
}

void compare(const std::string& path, Graph& graph, Tally& tally) {
  const Model model(graph);
  std::vector<Type> declared;
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    graph::Value& value = graph.value(static_cast<ValueId>(i));
    declared.push_back(value.type);
    const graph::Operation* source = graph.producer(static_cast<ValueId>(i));
    if (source != nullptr && !source->is("Constant")) value.type = Type{};
  }
  if (const auto status = graph::InferShapes::run(graph); !status) {
    ++tally.failed;
    std::printf("failed %s: %s\n", path.c_str(), status.error().message.c_str());
    return;
  }
  for (const OperationId id : graph.body().operations) {
    const graph::Operation& op = graph.operation(id);
    if (op.is("Constant")) continue;
    const std::string name = op.domain.empty() ? op.name : concat(op.domain, ".", op.name);
    for (const ValueId result : op.results) {
      if (result == ValueId::none) continue;
      const Type& stated = declared[index_of(result)];
      if (!stated.is_static() || stated.element == graph::ElementType::undefined) {
        ++tally.open;
      } else if (model.shape_hangs(result)) {
        ++tally.hanging;
        ++tally.hanging_by[name];
      } else {
        ++tally.compared;
        const Type& inferred = graph.value(result).type;
        const bool is_same = text_of(inferred) == text_of(stated);
        tally.same += is_same ? 1 : 0;
        if (is_same) continue;
        if (++tally.misses[name] <= 3)
          std::printf("miss %s: %s: %s inferred, %s declared\n", path.c_str(),
                      graph.location_of(id).c_str(), text_of(inferred).c_str(),
                      text_of(stated).c_str());
      }
    }
  }
}

void print(const char* title, const std::map<std::string, std::size_t>& counts) {
  std::printf("%s:", title);
  for (const auto& [name, count] : counts) std::printf(" %s %zu", name.c_str(), count);
  std::printf("\n");
}

[[nodiscard]] bool check_folder(const std::string& folder) {
  Tally tally;
  using Walk = std::filesystem::recursive_directory_iterator;
  for (const auto& entry :
       Walk(folder, std::filesystem::directory_options::follow_directory_symlink)) {
    if (entry.path().extension() != ".onnx") continue;
    ++tally.models;
    auto graph = onnx_frontend::import_file(entry.path());
    if (!graph || !graph::Verify::run(*graph)) {
      ++tally.refused;
      const auto status = graph ? graph::Verify::run(*graph) : Result<>{};
      std::printf("refused %s: %s\n", entry.path().c_str(),
                  graph ? status.error().message.c_str() : graph.error().message.c_str());
      continue;
    }
    compare(entry.path().string(), *graph, tally);
  }
  print("misses by operator", tally.misses);
  print("left out, since they hang on what an input holds", tally.hanging_by);
  std::printf(
      "%s: %zu of %zu declared types inferred alike; %zu are open in the model, %zu hang on "
      "what an input holds; %zu models, %zu refused, %zu failed\n",
      folder.c_str(), tally.same, tally.compared, tally.open, tally.hanging, tally.models,
      tally.refused, tally.failed);
  return tally.compared > 0 && tally.same * 100 >= tally.compared * 98;
}

}  // namespace
}  // namespace hale

int main(int argc, char** argv) {
  bool is_good = true;
  int folders = 0;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      std::printf("skipped: %s is absent\n", argv[i]);
      continue;
    }
    ++folders;
    is_good = hale::check_folder(argv[i]) && is_good;
  }
  if (folders == 0) return 77;
  return is_good ? 0 : 1;
}
