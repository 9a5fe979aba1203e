#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/graph/operations/convolution.hpp>
#include <hale/graph/operations/pooling.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hale::lift::detail {

using graph::Graph;
using graph::Operation;
using graph::OperationView;
using graph::ValueId;

/// "AveragePool 2x2, stride 2", for messages.
[[nodiscard]] inline std::string describe(const Graph& graph, const Operation& op) {
  const auto lists = [&](const auto& kernel, const auto& strides) {
    std::string text = op.name;
    for (std::size_t i = 0; i < kernel.size(); ++i) text += concat(i == 0 ? " " : "x", kernel[i]);
    return strides.empty() ? text : concat(text, ", stride ", strides.front());
  };
  const OperationView view{graph, op};
  if (op.is("Conv"))
    if (const auto a = graph::read_attributes<graph::Conv>(view))
      return concat(lists(a->kernel_shape, a->strides),
                    a->group == 1 ? std::string() : concat(", group ", a->group.value));
  if (op.is("AveragePool"))
    if (const auto a = graph::read_attributes<graph::AveragePool>(view))
      return lists(a->kernel_shape, a->strides);
  return op.name;
}

/// The error for a value that something else than `expected` gives.
[[nodiscard]] inline tl::unexpected<Error> refuse(const Graph& graph, ValueId id,
                                                  std::string_view expected) {
  if (const Operation* op = graph.producer(id))
    return graph::fail_at(graph, *op, describe(graph, *op), " found, expected ", expected);
  return fail(concat("'", graph.value(id).name, "', an input, found; expected ", expected));
}

/// The operand of the operation of this name that gives a value; ValueId::none where another does.
[[nodiscard]] inline ValueId operand_of(const Graph& graph, ValueId id, std::string_view name) {
  const Operation* op = graph.producer(id);
  return op != nullptr && op->is(name) && !op->operands.empty() ? op->operands[0] : ValueId::none;
}

[[nodiscard]] inline ValueId behind_relu(const Graph& graph, ValueId id) {
  return operand_of(graph, id, "Relu");
}

/// The value behind operations that only change the shape.
[[nodiscard]] inline ValueId behind_reshapes(const Graph& graph, ValueId id) {
  for (const Operation* op = graph.producer(id); op != nullptr; op = graph.producer(id)) {
    if (!op->is("Flatten") && !op->is("Reshape") && !op->is("Squeeze") && !op->is("Unsqueeze"))
      break;
    id = op->operands[0];
  }
  return id;
}

[[nodiscard]] inline bool all_are(const std::vector<std::int64_t>& list, std::int64_t number,
                                  bool if_empty) {
  if (list.empty()) return if_empty;
  return std::all_of(list.begin(), list.end(), [number](auto each) { return each == number; });
}

/// Whether a value is a constant, cast or not, whose elements are all `number`, as far as f32
/// tells.
[[nodiscard]] inline bool is_number(const Graph& graph, ValueId id, double number) {
  if (const ValueId inner = operand_of(graph, id, "Cast"); inner != ValueId::none) id = inner;
  const graph::Tensor* tensor = graph.constant(id);
  const auto* elements =
      tensor == nullptr ? nullptr : std::get_if<std::vector<double>>(&tensor->elements);
  if (elements == nullptr || elements->empty()) return false;
  return std::all_of(elements->begin(), elements->end(), [number](double each) {
    return std::max(each - number, number - each) <= 1e-6 * std::max(number, 1.0);
  });
}

/// The other operand of a commutative operation with a constant `number`; ValueId::none where the
/// value is none's.
[[nodiscard]] inline ValueId beside_number(const Graph& graph, ValueId id, std::string_view name,
                                           double number) {
  const Operation* op = graph.producer(id);
  if (op == nullptr || !op->is(name) || op->operands.size() != 2) return ValueId::none;
  for (const std::size_t side : {std::size_t{1}, std::size_t{0}})
    if (is_number(graph, op->operands[side], number)) return op->operands[1 - side];
  return ValueId::none;
}

/// A square convolution in two dimensions that keeps the extents but for its stride.
struct ConvShape {
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t groups = 1;
  std::int64_t in = 0;
  std::int64_t out = 0;

  [[nodiscard]] bool is(std::int64_t wanted_kernel, std::int64_t wanted_stride) const {
    return kernel == wanted_kernel && stride == wanted_stride && groups == 1;
  }
  [[nodiscard]] bool is_depthwise() const { return groups == in && in == out; }
};

[[nodiscard]] inline std::optional<ConvShape> conv_shape(const Graph& graph, const Operation* op) {
  if (op == nullptr || !op->is("Conv") || op->operands.size() < 2) return std::nullopt;
  const auto a = graph::read_attributes<graph::Conv>(OperationView{graph, *op});
  const graph::Type& weight = graph.value(op->operands[1]).type;
  if (!a || !weight.is_static() || weight.rank() != 4) return std::nullopt;
  const std::int64_t stride = a->strides.empty() ? 1 : a->strides.front();
  if (!all_are(a->dilations, 1, true) || !all_are(a->strides, stride, true)) return std::nullopt;
  const auto extent = [&](std::size_t axis) { return (*weight.dims)[axis].extent; };
  const ConvShape shape{extent(2), stride, a->group, extent(1) * a->group, extent(0)};
  const bool keeps = a->auto_pad == "NOTSET" ? all_are(a->pads, shape.kernel / 2, shape.kernel == 1)
                     : a->auto_pad == "VALID"
                         ? shape.kernel == 1
                         : stride == 1;  // SAME_UPPER and SAME_LOWER agree there
  if (!keeps || extent(3) != shape.kernel || shape.kernel % 2 == 0) return std::nullopt;
  return shape;
}

[[nodiscard]] inline bool is_conv(const Graph& graph, const Operation* op, std::int64_t kernel,
                                  std::int64_t stride) {
  const auto shape = conv_shape(graph, op);
  return shape && shape->is(kernel, stride);
}

/// What the mean over the plane of a value is taken of, in one or two steps; ValueId::none where
/// the value is no such mean.
[[nodiscard]] inline ValueId mean_input(const Graph& graph, ValueId id) {
  const auto axes_of = [&](const Operation& op) {
    std::vector<std::int64_t> axes;
    if (const auto* given = op.attribute("axes"))
      if (const auto* list = std::get_if<std::vector<std::int64_t>>(given)) axes = *list;
    if (axes.empty() && op.operands.size() > 1)
      axes = OperationView{graph, op}.integers(1).value_or(axes);
    for (std::int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
    std::sort(axes.begin(), axes.end());
    return axes;
  };
  using Axes = std::vector<std::int64_t>;
  if (const ValueId pooled = operand_of(graph, id, "GlobalAveragePool"); pooled != ValueId::none)
    return pooled;
  if (const ValueId pooled = operand_of(graph, id, "AveragePool"); pooled != ValueId::none) {
    const auto after = graph::element_count(graph.value(id).type);
    const graph::Type& plane = graph.value(pooled).type;
    const bool is_whole = !plane.is_static() || plane.rank() != 4 || !after ||
                          (*plane.dims)[0].extent * (*plane.dims)[1].extent == *after;
    return is_whole ? pooled : ValueId::none;
  }
  const ValueId reduced = operand_of(graph, id, "ReduceMean");
  if (reduced == ValueId::none) return ValueId::none;
  const Axes axes = axes_of(*graph.producer(id));
  if (axes == Axes{2, 3}) return reduced;
  const ValueId inner = operand_of(graph, reduced, "ReduceMean");
  if (inner == ValueId::none) return ValueId::none;
  // Without kept dimensions the second axis moves to where the first one was, or counts from 3.
  const Axes before = axes_of(*graph.producer(reduced));
  const bool is_plane = (before == Axes{3} && (axes == Axes{2} || axes == Axes{3})) ||
                        (before == Axes{2} && (axes == Axes{2} || axes == Axes{3}));
  return is_plane ? inner : ValueId::none;
}

/// The linear layer at the end of a network and the mean over the plane before it.
struct Classifier {
  ValueId features = ValueId::none;  // what the linear layer takes, flattened or not
  std::size_t classes = 0;
  std::vector<ValueId> passed;  // values on the way, each of which may be an output too
};

/// What a linear layer (Gemm, or MatMul with a bias or without one) takes; ValueId::none where the
/// value is none's.
[[nodiscard]] inline ValueId linear_input(const Graph& graph, ValueId id) {
  if (const ValueId input = operand_of(graph, id, "Gemm"); input != ValueId::none) return input;
  if (const Operation* sum = graph.producer(id); sum != nullptr && sum->is("Add"))
    for (const ValueId side : sum->operands)
      if (const ValueId input = operand_of(graph, side, "MatMul"); input != ValueId::none)
        return input;
  return operand_of(graph, id, "MatMul");
}

/// Errors: another operation than a linear layer at the end.
[[nodiscard]] inline Result<Classifier> match_classifier(const Graph& graph, ValueId output) {
  Classifier classifier;
  const ValueId input = linear_input(graph, output);
  if (input == ValueId::none) return refuse(graph, output, "a linear classifier (Gemm or MatMul)");
  const graph::Type& logits = graph.value(output).type;
  if (logits.is_ranked() && logits.rank() == 2 && logits.dims->back().is_static())
    classifier.classes = static_cast<std::size_t>(logits.dims->back().extent);
  classifier.passed = {output, input};
  classifier.features = input;
  while (const Operation* op = graph.producer(classifier.features)) {
    if (!op->is("Flatten") && !op->is("Reshape") && !op->is("Squeeze")) break;
    classifier.features = op->operands[0];
    classifier.passed.push_back(classifier.features);
  }
  return classifier;
}

/// The operations of a graph must all be among these; `where` names the networks for the message.
[[nodiscard]] inline Result<> check_operations(const Graph& graph,
                                               std::span<const std::string_view> known,
                                               std::string_view networks) {
  for (const graph::OperationId id : graph.body().operations) {
    const Operation& op = graph.operation(id);
    if (op.domain.empty() && std::find(known.begin(), known.end(), op.name) != known.end())
      continue;
    return graph::fail_at(graph, op, "an operation found that no network of ", networks, " has");
  }
  return {};
}

[[nodiscard]] inline std::size_t extent(const graph::Type& type, std::size_t axis) {
  const bool is_known = type.is_ranked() && axis < type.rank() && (*type.dims)[axis].is_static();
  return is_known ? static_cast<std::size_t>((*type.dims)[axis].extent) : 0;
}

/// The output from which `match` reads a head; the others must be among the values that the head
/// passed, as published networks return their features too.
template <class Match>
[[nodiscard]] auto find_head(const Graph& graph, Match&& match)
    -> decltype(match(graph, ValueId::none)) {
  Error first{"a graph without outputs found, expected a classifier's"};
  bool is_first = true;
  for (const ValueId output : graph.body().outputs) {
    auto head = match(graph, output);
    if (!head) {
      if (is_first) first = std::move(head).error();
      is_first = false;
      continue;
    }
    for (const ValueId other : graph.body().outputs)
      if (other != output &&
          std::find(head->passed.begin(), head->passed.end(), other) == head->passed.end())
        return fail(concat("output '", graph.value(other).name,
                           "' found, expected the classifier's and its features alone"));
    return head;
  }
  return tl::unexpected<Error>(std::move(first));
}

}  // namespace hale::lift::detail
