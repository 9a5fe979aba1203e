#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/ir.hpp>
#include <hale/lower/decoder/attention.hpp>
#include <hale/lower/decoder/configuration.hpp>
#include <hale/lower/decoder/writer.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hale::lower {

namespace detail {

/// The layers after the attention, and what comes before and behind all layers.
class DecoderLayers {
 public:
  explicit DecoderLayers(DecoderWriter& net) : net_(net), decoder_(net.decoder()) {
    if (decoder_.tied && net.is_fused())
      packed_table_ = net.packed("words", decoder_.vocabulary, decoder_.width);
    else
      table_ = net.weight("words.weight", {decoder_.vocabulary, decoder_.width});
  }

  /// (batch, sequence) -> (batch, sequence, width)
  [[nodiscard]] ValueId embed(ValueId ids, ValueId places) {
    ValueId x = words(ids);
    if (decoder_.scaled_embedding)
      x = net_.add("words/scale", "Mul",
                   {x, net_.number(std::sqrt(static_cast<double>(decoder_.width)))});
    if (!decoder_.learned_places) return x;
    const ValueId table = net_.weight("places.weight", {decoder_.places, decoder_.width});
    return net_.add("places/sum", "Add", {x, net_.add("places/rows", "Gather", {table, places})});
  }

  [[nodiscard]] ValueId feed_forward(const std::string& at, ValueId x) {
    if (decoder_.feed_forward == FeedForward::experts)
      return net_.is_fused() ? fused_experts(at, x) : plain_experts(at, x);
    const auto up = [&](const std::string& name) {
      return net_.project(at + name, x, decoder_.width, decoder_.inner, decoder_.inner_bias);
    };
    ValueId inner = ValueId::none;
    if (decoder_.feed_forward == FeedForward::gated) {
      const ValueId gate = net_.activate(at, up(".gate"));
      inner = net_.add(at + "/gated", "Mul", {gate, up(".up")});
    } else {
      inner = net_.activate(at, up(".up"));
    }
    return net_.project(at + ".down", inner, decoder_.inner, decoder_.width, decoder_.inner_bias);
  }

  /// (batch, sequence, width) -> (batch, sequence, vocabulary)
  [[nodiscard]] ValueId logits(ValueId x) {
    const std::int64_t words = decoder_.vocabulary;
    if (!decoder_.tied) return net_.project("head", x, decoder_.width, words, decoder_.head_bias);
    if (net_.is_fused())
      return net_.project_packed("head", x, packed_table_, decoder_.width, words,
                                 decoder_.head_bias);
    return net_.project_by("head", x, net_.transpose("head/columns", table_, {1, 0}), words,
                           decoder_.head_bias);
  }

 private:
  [[nodiscard]] ValueId words(ValueId ids) {
    if (table_ != ValueId::none) return net_.add("words", "Gather", {table_, ids});
    const ValueId rows = net_.reshape("words/rows", packed_table_.weight,
                                      {decoder_.vocabulary, decoder_.width * bits_of_packed / 8});
    return net_.add("words", "GatherBlockQuantized", {rows, ids, packed_table_.scales},
                    {{"bits", bits_of_packed},
                     {"block_size", packed_block},
                     {"gather_axis", std::int64_t{0}},
                     {"quantize_axis", std::int64_t{1}}},
                    microsoft);
  }

  /// How much each expert counts for each token, before some are chosen: (tokens, experts).
  [[nodiscard]] ValueId routed(const std::string& at, ValueId x) {
    const ValueId router = net_.project(at + ".router", x, decoder_.width, decoder_.experts, false);
    return net_.reshape(at + "/tokens", router, {-1, decoder_.experts});
  }
  [[nodiscard]] ValueId fused_experts(const std::string& at, ValueId x) {
    const auto pack = [&](const std::string& name, std::int64_t rows, std::int64_t depth) {
      const Extents extents = {decoder_.experts, rows, depth * bits_of_packed / 8};
      return DecoderWriter::Packed{
          net_.weight(at + name + ".weight", extents, ElementType::u8),
          net_.weight(at + name + ".scales", {decoder_.experts, rows, depth / packed_block})};
    };
    const auto gate = pack(".gate", decoder_.inner, decoder_.width);
    const auto down = pack(".down", decoder_.width, decoder_.inner);
    const auto up = pack(".up", decoder_.inner, decoder_.width);
    return net_.add(at + ".experts", "QMoE",
                    {x, routed(at, x), gate.weight, gate.scales, ValueId::none, down.weight,
                     down.scales, ValueId::none, up.weight, up.scales},
                    {{"k", decoder_.chosen},
                     {"expert_weight_bits", bits_of_packed},
                     {"block_size", packed_block},
                     {"activation_type", std::string("silu")}},
                    microsoft);
  }
  /// Every expert computes every token; the results of those that were not chosen count as zero.
  [[nodiscard]] ValueId plain_experts(const std::string& at, ValueId x) {
    const ValueId tokens = net_.reshape(at + ".experts/tokens", x, {-1, decoder_.width});
    const auto project = [&](const std::string& name, ValueId from, std::int64_t depth,
                             std::int64_t columns) {
      const ValueId weights =
          net_.weight(at + name + ".weight", {decoder_.experts, depth, columns});
      return net_.add(at + name, "MatMul", {from, weights});
    };
    const ValueId gate = project(".gate", tokens, decoder_.width, decoder_.inner);
    const ValueId up = project(".up", tokens, decoder_.width, decoder_.inner);
    const ValueId inner = net_.add(at + "/gated", "Mul", {net_.activate(at, gate), up});
    const ValueId all = project(".down", inner, decoder_.inner, decoder_.width);
    const ValueId weighed = net_.add(at + "/weighed", "Mul", {all, shares(at, x)});
    const ValueId sum = net_.add(at + "/sum", "ReduceSum", {weighed, net_.integers({0})},
                                 {{"keepdims", std::int64_t{0}}});
    return net_.add(at + ".experts", "Reshape",
                    {sum, net_.add(at + ".experts/shape", "Shape", {x})});
  }
  /// The shares of the chosen experts, zero of the others: (experts, tokens, 1).
  [[nodiscard]] ValueId shares(const std::string& at, ValueId x) {
    const ValueId all = net_.add(at + ".router/softmax", "Softmax", {routed(at, x)});
    const std::vector<ValueId> top = net_.add({.name = "TopK",
                                               .operands = {all, net_.integers({decoder_.chosen})},
                                               .results = 2,
                                               .location = at + ".router/top"});
    const ValueId sum = net_.add(at + ".router/sum", "ReduceSum", {top[0], net_.integers({-1})});
    const ValueId even = net_.add(at + ".router/even", "Div", {top[0], sum});
    const ValueId none = net_.add(at + ".router/none", "ConstantOfShape",
                                  {net_.add(at + ".router/shape", "Shape", {all})});
    const ValueId placed = net_.add(at + ".router/placed", "ScatterElements", {none, top[1], even},
                                    {{"axis", std::int64_t{-1}}});
    return net_.add(
        at + ".router/columns", "Unsqueeze",
        {net_.transpose(at + ".router/of_experts", placed, {1, 0}), net_.integers({2})});
  }

  DecoderWriter& net_;
  const Decoder& decoder_;
  ValueId table_ = ValueId::none;                                     // (vocabulary, width)
  DecoderWriter::Packed packed_table_{ValueId::none, ValueId::none};  // where it is of few bits
};

}  // namespace detail

/// The graph of a decoder that takes the next tokens after those in its cache.
///
/// Shapes: input_ids (batch, sequence), past_key_values.N.key and .value (batch, key heads, past,
/// head width) -> logits (batch, sequence, vocabulary), present.N.key and .value (batch, key heads,
/// past + sequence, head width). The dimensions batch, sequence and past are open. Prefill is a
/// past of 0, decoding a sequence of 1. Errors: as check().
[[nodiscard]] inline Result<graph::Graph> decoder(const Decoder& of) {
  using namespace detail;
  HALE_CHECK(check(of));
  DecoderWriter net(of);
  const Dim batch{Dim::open, "batch"};
  const ValueId ids = net.input("input_ids", ElementType::i64, {batch, {Dim::open, "sequence"}});
  std::vector<Cache> past;
  for (std::int64_t i = 0; i < of.layers; ++i) {
    const auto kept = [&](const char* name) {
      return net.input(concat("past_key_values.", i, name), ElementType::f32,
                       {batch, {of.key_heads}, {Dim::open, "past"}, {of.head_width}});
    };
    const ValueId keys = kept(".key");
    past.push_back({keys, kept(".value")});
  }
  AttentionWriter attention(net, ids, past.front());
  DecoderLayers layers(net);
  ValueId x = layers.embed(ids, attention.places());
  ValueId update = ValueId::none;  // what is still to be added to x
  std::vector<Cache> present;
  for (std::int64_t i = 0; i < of.layers; ++i) {
    const std::string at = concat("layers.", i);
    const auto normed = net.norm(at + ".norm", x, update);
    const auto attended = attention.write(at + ".attention", normed.value,
                                          past[static_cast<std::size_t>(i)], concat("present.", i));
    present.push_back(attended.present);
    if (of.parallel) {
      x = normed.sum;
      update = net.add(at + ".sum", "Add",
                       {attended.value, layers.feed_forward(at + ".feed_forward", normed.value)});
      continue;
    }
    const auto second = net.norm(at + ".second_norm", normed.sum, attended.value);
    x = second.sum;
    update = layers.feed_forward(at + ".feed_forward", second.value);
  }
  net.output(layers.logits(net.norm("norm", x, update).value), "logits");
  for (std::size_t i = 0; i < present.size(); ++i) {
    net.output(present[i].keys, concat("present.", i, ".key"));
    net.output(present[i].values, concat("present.", i, ".value"));
  }
  return std::move(net).finish();
}

}  // namespace hale::lower
