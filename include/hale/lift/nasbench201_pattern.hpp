#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/lift/pattern.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace hale::lift::detail {

/// A cell's pooling: 3x3, stride 1, the border not counted; or a residual block's: 2x2, stride 2.
[[nodiscard]] inline bool is_average_pool(const Graph& graph, const Operation* op,
                                          std::int64_t kernel, std::int64_t stride) {
  if (op == nullptr || !op->is("AveragePool")) return false;
  const auto a = graph::read_attributes<graph::AveragePool>(OperationView{graph, *op});
  if (!a || a->kernel_shape.size() != 2 || !all_are(a->kernel_shape, kernel, false)) return false;
  if (!all_are(a->strides, stride, stride == 1) || !all_are(a->dilations, 1, true)) return false;
  const std::int64_t pad = kernel == 3 ? 1 : 0;
  if (a->auto_pad == "NOTSET")
    return all_are(a->pads, pad, pad == 0) && (pad == 0 || a->count_include_pad == 0);
  return a->auto_pad == "VALID" ? pad == 0 : a->count_include_pad == 0 && stride == 1;
}

/// What gives a value of a cell, seen with its ReLU.
struct Step {
  enum class Kind : std::uint8_t { sum, avg_pool_3x3, nor_conv_1x1, nor_conv_3x3, zero };
  Kind kind;
  std::array<ValueId, 2> operands;  // the second of a sum alone
};

/// The step whose result a value is; nothing where it is none of a cell's.
[[nodiscard]] inline std::optional<Step> step_of(const Graph& graph, ValueId id) {
  const Operation* op = graph.producer(id);
  if (op == nullptr) return std::nullopt;
  if (op->is("Add")) return Step{Step::Kind::sum, {op->operands[0], op->operands[1]}};
  if (is_average_pool(graph, op, 3, 1))
    return Step{Step::Kind::avg_pool_3x3, {op->operands[0], ValueId::none}};
  if (op->is("Mul"))
    for (const std::size_t factor : {std::size_t{1}, std::size_t{0}}) {
      const graph::Tensor* tensor = graph.constant(op->operands[factor]);
      if (tensor != nullptr && graph::all_equal(*tensor, 0))
        return Step{Step::Kind::zero, {op->operands[1 - factor], ValueId::none}};
    }
  for (const std::int64_t kernel : {1, 3})
    if (is_conv(graph, op, kernel, 1))
      if (const ValueId input = behind_relu(graph, op->operands[0]); input != ValueId::none)
        return Step{kernel == 1 ? Step::Kind::nor_conv_1x1 : Step::Kind::nor_conv_3x3,
                    {input, ValueId::none}};
  return std::nullopt;
}

/// The input of the residual block whose result a value is; ValueId::none where it is none's:
/// Conv1x1(AveragePool2x2(x)) + Conv3x3(Relu(Conv3x3, stride 2(Relu(x)))).
[[nodiscard]] inline ValueId residual_input(const Graph& graph, ValueId id) {
  const Operation* sum = graph.producer(id);
  if (sum == nullptr || !sum->is("Add")) return ValueId::none;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const Operation* shortcut = graph.producer(sum->operands[side]);
    const Operation* second = graph.producer(sum->operands[1 - side]);
    if (!is_conv(graph, shortcut, 1, 1) || !is_conv(graph, second, 3, 1)) continue;
    const Operation* pool = graph.producer(shortcut->operands[0]);
    if (!is_average_pool(graph, pool, 2, 2)) continue;
    const ValueId between = behind_relu(graph, second->operands[0]);
    const Operation* first = graph.producer(between);
    if (!is_conv(graph, first, 3, 2)) continue;
    const ValueId input = behind_relu(graph, first->operands[0]);
    if (input != ValueId::none && input == pool->operands[0]) return input;
  }
  return ValueId::none;
}

/// Whether a value is the stem's: Conv3x3 of an input of the graph.
[[nodiscard]] inline bool is_stem(const Graph& graph, ValueId id) {
  const Operation* op = graph.producer(id);
  return is_conv(graph, op, 3, 1) && graph.producer(op->operands[0]) == nullptr;
}

/// The classifier's parts.
struct Head {
  ValueId features;  // what the last stage gives
  std::size_t classes = 0;
  std::vector<ValueId> passed;  // values on the way, each of which may be an output too
};

/// BatchNormalization, Relu, a mean over the plane, and a linear layer, read from its end.
/// Errors: the first operation from the end that does not fit.
[[nodiscard]] inline Result<Head> match_head(const Graph& graph, ValueId output) {
  HALE_TRY(Classifier classifier, match_classifier(graph, output));
  Head head{classifier.features, classifier.classes, std::move(classifier.passed)};
  const auto advance = [&](ValueId id) {
    head.features = id;
    head.passed.push_back(id);
  };
  const ValueId plane = mean_input(graph, head.features);
  if (plane == ValueId::none)
    return refuse(graph, head.features,
                  "the mean over the whole plane (GlobalAveragePool or ReduceMean)");
  advance(plane);
  const ValueId before = behind_relu(graph, plane);
  if (before == ValueId::none)
    return refuse(graph, plane, "the Relu before the mean over the plane");
  advance(before);
  if (const ValueId conv = operand_of(graph, before, "BatchNormalization"); conv != ValueId::none)
    advance(conv);
  return head;
}

}  // namespace hale::lift::detail
