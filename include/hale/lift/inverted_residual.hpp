#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/lift/activation.hpp>
#include <hale/lift/pattern.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hale::lift::detail {

/// A convolution with what normalises and activates its result.
struct ConvUnit {
  ConvShape shape;
  Activation activation = Activation::none;
  ValueId input = ValueId::none;
};

/// activation(BatchNormalization(Conv(x))) -> x, the outer two only if they are there.
[[nodiscard]] inline std::optional<ConvUnit> conv_unit(const Graph& graph, ValueId id) {
  ConvUnit unit;
  if (const ValueId before = behind_relu(graph, id); before != ValueId::none) {
    unit.activation = Activation::relu;
    id = before;
  } else if (const ValueId inside = hard_swish_input(graph, id); inside != ValueId::none) {
    unit.activation = Activation::hard_swish;
    id = inside;
  }
  if (const ValueId before = operand_of(graph, id, "BatchNormalization"); before != ValueId::none)
    id = before;
  const Operation* conv = graph.producer(id);
  const auto shape = conv_shape(graph, conv);
  if (!shape) return std::nullopt;
  unit.shape = *shape;
  unit.input = conv->operands[0];
  return unit;
}

/// Squeeze-and-excitation: a value times a gate for each channel, computed from its mean.
struct Squeeze {
  ValueId input = ValueId::none;
  std::int64_t channels = 0;  // between the two layers
};

/// A layer over channels alone: a 1x1 convolution or a linear layer; its input and channels.
[[nodiscard]] inline Squeeze channel_layer(const Graph& graph, ValueId id) {
  id = behind_reshapes(graph, id);
  const auto unit = conv_unit(graph, id);
  if (unit && unit->shape.is(1, 1) && unit->activation == Activation::none)
    return {unit->input, unit->shape.out};
  const ValueId input = linear_input(graph, id);
  if (input == ValueId::none) return {};
  const Operation& op = *graph.producer(id);
  const Operation* product = op.is("Add") ? graph.producer(op.operands[0]) : &op;
  if (product == nullptr || product->operands.size() < 2 || product->operands[0] != input)
    product = graph.producer(op.operands[1]);
  const graph::AttributeValue* transposed = product->attribute("transB");
  const bool is_transposed = transposed != nullptr && *transposed == graph::AttributeValue{1L};
  return {input, static_cast<std::int64_t>(
                     extent(graph.value(product->operands[1]).type, is_transposed ? 0 : 1))};
}

/// x * HardSigmoid(layer(Relu(layer(mean(x))))) -> x
[[nodiscard]] inline std::optional<Squeeze> squeeze_of(const Graph& graph, ValueId id) {
  const Operation* product = graph.producer(id);
  if (product == nullptr || !product->is("Mul")) return std::nullopt;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const ValueId gate =
        hard_sigmoid_input(graph, behind_reshapes(graph, product->operands[1 - side]));
    if (gate == ValueId::none) continue;
    const Squeeze excited = channel_layer(graph, gate);
    if (excited.input == ValueId::none) continue;
    const ValueId between = behind_relu(graph, behind_reshapes(graph, excited.input));
    if (between == ValueId::none) continue;
    const Squeeze squeezed = channel_layer(graph, between);
    if (squeezed.input == ValueId::none) continue;
    if (mean_input(graph, behind_reshapes(graph, squeezed.input)) == product->operands[side])
      return Squeeze{product->operands[side], squeezed.channels};
  }
  return std::nullopt;
}

/// Reshape(Transpose(Reshape(x))) that takes channels group by group in turn -> x
[[nodiscard]] inline ValueId shuffle_input(const Graph& graph, ValueId id) {
  const ValueId swapped = operand_of(graph, id, "Reshape");
  if (swapped == ValueId::none) return ValueId::none;
  const ValueId grouped = operand_of(graph, swapped, "Transpose");
  if (grouped == ValueId::none) return ValueId::none;
  const graph::AttributeValue* order = graph.producer(swapped)->attribute("perm");
  using Order = std::vector<std::int64_t>;
  if (order == nullptr || *order != graph::AttributeValue{Order{0, 2, 1, 3, 4}})
    return ValueId::none;
  return operand_of(graph, grouped, "Reshape");
}

/// An inverted residual block: a 1x1 convolution that widens, a depthwise one, and a 1x1 one that
/// narrows, and perhaps a sum with the input.
struct InvertedResidual {
  ValueId input = ValueId::none;
  ValueId output = ValueId::none;
  std::int64_t in = 0;
  std::int64_t inside = 0;
  std::int64_t out = 0;
  std::int64_t kernel = 0;
  std::int64_t stride = 1;
  std::int64_t groups = 1;  // of the two 1x1 convolutions
  Activation activation = Activation::relu;
  bool is_widened = false;  // the first convolution is there
  bool is_shuffled = false;
  bool is_residual = false;
  std::int64_t squeezed = 0;  // channels inside squeeze-and-excitation; 0: there is none

  [[nodiscard]] bool keeps_shape() const { return in == out && stride == 1; }
};

/// A block without its sum, read from the end.
/// Errors: the first operation from the end that does not fit.
[[nodiscard]] inline Result<InvertedResidual> match_branch(const Graph& graph, ValueId output) {
  const auto narrowing = conv_unit(graph, output);
  if (!narrowing || narrowing->shape.kernel != 1 || narrowing->shape.stride != 1 ||
      narrowing->activation != Activation::none)
    return refuse(graph, output, "a block's last 1x1 convolution, or its sum with the input");
  InvertedResidual block{.output = output, .out = narrowing->shape.out};
  block.groups = narrowing->shape.groups;
  ValueId id = narrowing->input;
  if (const auto squeeze = squeeze_of(graph, id)) {
    block.squeezed = squeeze->channels;
    id = squeeze->input;
  }
  const auto depthwise = conv_unit(graph, id);
  if (!depthwise || !depthwise->shape.is_depthwise() || depthwise->activation == Activation::none)
    return refuse(graph, id,
                  "a depthwise convolution and its activation, with squeeze-and-excitation or not");
  block.inside = depthwise->shape.out;
  block.kernel = depthwise->shape.kernel;
  block.stride = depthwise->shape.stride;
  block.activation = depthwise->activation;
  block.input = depthwise->input;
  block.in = block.inside;
  const ValueId shuffled = shuffle_input(graph, block.input);
  block.is_shuffled = shuffled != ValueId::none;
  const auto widening = conv_unit(graph, block.is_shuffled ? shuffled : block.input);
  if (!widening || widening->shape.kernel != 1 || widening->shape.stride != 1 ||
      widening->activation != block.activation || widening->shape.out != block.inside) {
    if (block.is_shuffled) return refuse(graph, shuffled, "a block's first 1x1 convolution");
    return block;
  }
  if (widening->shape.groups != block.groups)
    return refuse(graph, block.input,
                  concat("a 1x1 convolution in ", block.groups, " groups, as the block's last"));
  block.is_widened = true;
  block.input = widening->input;
  block.in = widening->shape.in;
  return block;
}

/// The block whose result a value is.
/// Errors: the first operation from the end that does not fit.
[[nodiscard]] inline Result<InvertedResidual> match_inverted_residual(const Graph& graph,
                                                                      ValueId output) {
  const Operation* sum = graph.producer(output);
  if (sum == nullptr || !sum->is("Add")) return match_branch(graph, output);
  std::optional<Error> error;
  for (const std::size_t side : {std::size_t{1}, std::size_t{0}}) {
    auto block = match_branch(graph, sum->operands[1 - side]);
    if (!block) {
      error = std::move(block).error();
    } else if (block->input == sum->operands[side]) {
      block->is_residual = true;
      block->output = output;
      return block;
    } else if (!block->is_widened) {
      error =
          refuse(graph, block->input, "a block's first 1x1 convolution, or what its sum takes too")
              .value();
    }
  }
  if (error) return tl::unexpected<Error>(*std::move(error));
  return refuse(graph, output, "the sum of a block's result and its input");
}

}  // namespace hale::lift::detail
