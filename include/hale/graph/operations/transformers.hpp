#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/attention.hpp>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/elementwise.hpp>
#include <hale/graph/operations/linear.hpp>
#include <hale/graph/operations/packed.hpp>
#include <optional>
#include <utility>
#include <vector>

// What ONNX Runtime's fused exports of transformers and diffusion models have beside attention.
// Source: ONNX Runtime, docs/ContribOperators.md.
namespace hale::graph {

/// Half of the last axis: one half times an activation of the other.
struct HalvedRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const Dim last = x.is_ranked() && x.rank() > 0 ? x.dims->back() : Dim{};
    return one_result(with_last(x, dim_quotient(last, Dim{2})));
  }
};

/// The type of several operands, in their order.
template <std::size_t... Operands>
struct TypesOf {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return Types{type_or_none(view, Operands)...};
  }
};

/// Attention over tokens of several texts without padding: (tokens, width). How long the texts are
/// hangs on the data, so that each token is taken to meet all places of its row.
struct PackedAttentionRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(with_last(view.type(0), width(view)));
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Dim tokens = dim_of(view.type(0), 0);
    const auto weights = element_count(view.type(1));
    if (!weights) return std::nullopt;
    const Dim met = dim_product(dim_of(type_or_none(view, 3), 1), dim_product(Dim{2}, width(view)));
    return counted(product_of(tokens, dim_sum(Dim{*weights}, met)));
  }

 private:
  [[nodiscard]] static Dim width(const OperationView& view) {
    const std::vector<std::int64_t> sizes = integers_of(view, "qkv_hidden_sizes");
    return sizes.size() == 3 ? Dim{std::max(sizes[2], Dim::open)}
                             : dim_quotient(dim_of(view.type(1), 1), Dim{3});
  }
};

/// The same with queries, keys and values as operands, or all in the first one.
struct PackedMultiHeadAttentionRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& q = view.type(0);
    return one_result(ranked(q.element, {dim_of(q, 0), width(view)}));
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return counted(
        product_of(dim_of(view.type(0), 0), dim_of(type_or_none(view, 4), 1), Dim{2}, width(view)));
  }

 private:
  [[nodiscard]] static Dim width(const OperationView& view) {
    if (view.has(2)) return dim_of(view.type(2), 1);
    const Type& packed = view.type(0);  // (tokens, heads, 3, width)
    return dim_product(dim_of(packed, 1), dim_of(packed, 3));
  }
};

/// One place at a time, with past keys and values: (batch, heads, places, width).
struct DecoderAttentionRule : ShapedAttention<DecoderAttentionRule> {
  [[nodiscard]] static AttentionShape shape(const OperationView& view) {
    AttentionShape found = MultiHeadAttentionRule::shape(view);
    if (view.has(5)) found.keys = dim_sum(found.queries, dim_of(view.type(5), 2));
    return found;
  }
};

/// Linear attention: a state of (width, value width) a head instead of keys and values.
struct LinearAttentionRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& q = view.type(0);
    const Dim heads = largest(extent_of(view, "q_num_heads"), extent_of(view, "kv_num_heads"));
    const auto [width, value] = widths(view);
    return Types{ranked(q.element, {dim_of(q, 0), dim_of(q, 1), dim_product(heads, value)}),
                 ranked(q.element, {dim_of(q, 0), extent_of(view, "kv_num_heads"), width, value})};
  }
  /// The state is read by the query and written by key and value; delta rules read it once more.
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Type& q = view.type(0);
    const Dim heads = largest(extent_of(view, "q_num_heads"), extent_of(view, "kv_num_heads"));
    const auto [width, value] = widths(view);
    const std::string rule = text_of(view, "update_rule", "gated_delta");
    const bool is_delta = rule == "delta" || rule == "gated_delta";
    return counted(
        product_of(dim_of(q, 0), dim_of(q, 1), heads, width, value, Dim{is_delta ? 3 : 2}));
  }

 private:
  [[nodiscard]] static Dim largest(const Dim& a, const Dim& b) {
    return a.is_static() && b.is_static() ? Dim{std::max(a.extent, b.extent)} : Dim{};
  }
  [[nodiscard]] static std::pair<Dim, Dim> widths(const OperationView& view) {
    return {dim_quotient(dim_of(view.type(0), 2), extent_of(view, "q_num_heads")),
            dim_quotient(dim_of(view.type(2), 2), extent_of(view, "kv_num_heads"))};
  }
};

/// Each token meets the tokens of a window on either side.
struct LongformerAttentionRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) { return same_type(view); }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Type& x = view.type(0);
    const auto weights = element_count(view.type(1));
    if (!weights) return std::nullopt;
    const Dim window = dim_product(Dim{2}, extent_of(view, "window"));
    const Dim met = dim_product(dim_product(Dim{2}, window), dim_of(x, 2));
    return counted(product_of(dim_of(x, 0), dim_of(x, 1), dim_sum(Dim{*weights}, met)));
  }
};

/// Biases by how far two places are from each other: (1, heads, queries, keys).
struct RelativePositionBiasRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const auto place = [&](std::size_t operand) {
      const auto found = view.dims(operand);
      return found && found->size() == 1 ? found->front() : Dim{};
    };
    return one_result(
        ranked(view.type(0).element, {Dim{1}, dim_of(view.type(0), 1), place(1), place(2)}));
  }
};
struct GatedRelativePositionBiasRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& bias = view.type(2);
    return one_result(ranked(view.type(0).element, {dim_of(view.type(0), 0), dim_of(bias, 1),
                                                    dim_of(bias, 2), dim_of(bias, 3)}));
  }
};

/// Tokens without the padding of their texts, whose number hangs on the data; and put back.
struct RemovePaddingRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    return Types{ranked(x.element, {Dim{}, dim_of(x, 2)}),
                 ranked(ElementType::i32, {dim_of(x, 0), dim_of(x, 1)}),
                 ranked(ElementType::i32, {dim_sum(dim_of(x, 0), Dim{1})}),
                 tensor_type(ElementType::i32, {1})};
  }
};
struct RestorePaddingRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& places = view.type(1);
    return one_result(ranked(view.type(0).element,
                             {dim_of(places, 0), dim_of(places, 1), dim_of(view.type(0), 1)}));
  }
};

/// An LSTM whose weights are integers, (directions, inputs, four times the hidden width).
struct DynamicQuantizeLstmRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const Dim directions = dim_of(view.type(1), 0);
    const Dim hidden = dim_of(view.type(2), 1);
    const Type state = ranked(x.element, {directions, dim_of(x, 1), hidden});
    return Types{ranked(x.element, {dim_of(x, 0), directions, dim_of(x, 1), hidden}), state, state};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const auto w = element_count(view.type(1));
    const auto r = element_count(view.type(2));
    const auto weights = w && r ? checked_sum(*w, *r) : std::nullopt;
    if (!weights) return std::nullopt;
    return counted(product_of(dim_of(view.type(0), 0), dim_of(view.type(0), 1), Dim{*weights}));
  }
};

/// Distances between the rows of two matrices.
struct DistancesRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(
        ranked(view.type(0).element, {dim_of(view.type(0), 0), dim_of(view.type(1), 0)}));
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return rows_by_columns(view, dim_of(view.type(1), 0));
  }
};

inline constexpr auto transformer_operations = in_domain(
    domains::microsoft,
    std::to_array<Declaration>(
        {transcendental({"BiasSplitGelu", "a sum, half of it times Gelu of the other half",
                         Kind::activation, "X bias!", "Y", rules<HalvedRule>}),
         {"SkipGroupNorm", "GroupNormalization of a sum, with an activation", Kind::normalisation,
          "X gamma! beta! skip bias?!", "Y S?", rules<TypesOf<0, 0>>,
          "groups:integer activation:integer channels_last:integer"},
         transcendental({"GatedRMSNorm", "RMSNormalization times Swish of a gate",
                         Kind::normalisation, "X scale! gate", "Y", rules<SameType>,
                         "epsilon:float"}),
         {"MRotaryEmbedding", "RotaryEmbedding of three kinds of places", Kind::activation,
          "input position_ids cos_cache sin_cache", "output", rules<RotaryRule<2>>,
          "interleaved:integer num_heads:integer rotary_embedding_dim:integer"},
         {"GemmaRotaryEmbedding", "queries and keys turned by angles", Kind::activation,
          "emb q q_rot k k_rot", "output1 output2", rules<TypesOf<1, 3>>},
         {"PackedAttention", "projections and attention over tokens without padding",
          Kind::attention,
          "input weights! bias! token_offset cumulative_sequence_length attention_bias?", "output",
          rules<PackedAttentionRule>, "num_heads:integer qkv_hidden_sizes:integers"},
         {"PackedMultiHeadAttention", "attention over tokens without padding", Kind::attention,
          "query key? value? bias?! token_offset cumulative_sequence_length attention_bias?",
          "output", rules<PackedMultiHeadAttentionRule>, "num_heads:integer"},
         {"DecoderMaskedMultiHeadAttention", "attention of the next token", Kind::attention,
          "query key? value? mask_index? attention_bias? past_key? past_value? "
          "past_sequence_length? beam_width? cache_indirection? bias?!",
          "output present_key? present_value? qk?", rules<DecoderAttentionRule>,
          "num_heads:integer"},
         {"SparseAttention", "attention over blocks of places", Kind::attention,
          "query key? value? past_key past_value block_row_indices block_col_indices "
          "total_sequence_length key_total_sequence_lengths cos_cache? sin_cache?",
          "output present_key present_value", rules<GroupQueryAttentionRule>,
          "num_heads:integer kv_num_heads:integer"},
         {"LinearAttention", "attention with a state of fixed size", Kind::attention,
          "query key value past_state? decay? beta?", "output present_state",
          rules<LinearAttentionRule>, "q_num_heads:integer kv_num_heads:integer update_rule:text"},
         transcendental({"LinearAttentionGate", "the gates of LinearAttention", Kind::activation,
                         "a dt_bias! decay_scale! b?", "decay beta?", rules<TypesOf<0, 3>>}),
         {"LongformerAttention", "projections and attention within a window", Kind::attention,
          "input weight! bias! mask global_weight! global_bias! global", "output",
          rules<LongformerAttentionRule>, "num_heads:integer window:integer"},
         {"RelativePositionBias", "biases by the distance of places", Kind::movement,
          "bias_table! query_length key_length", "output", rules<RelativePositionBiasRule>},
         {"GatedRelativePositionBias", "biases by the distance of places, gated", Kind::arithmetic,
          "query_layer query_bias! rel_pos weight! bias! eco_a token_offset?", "output",
          rules<GatedRelativePositionBiasRule>, "num_heads:integer"},
         {"RemovePadding", "tokens without padding", Kind::movement, "input sequence_token_count",
          "output token_offset cumulated_seq_len max_seq_len", rules<RemovePaddingRule>},
         {"RestorePadding", "tokens with padding again", Kind::movement, "input token_offset",
          "output", rules<RestorePaddingRule>},
         {"NGramRepeatBlock", "scores without what would repeat", Kind::other, "input_ids scores",
          "scores_out", rules<TypesOf<1>>},
         {"DynamicQuantizeLSTM", "an LSTM with weights of eight bits", Kind::recurrent,
          "X W! R! B?! sequence_lens? initial_h? initial_c? P?! W_scale W_zero_point R_scale "
          "R_zero_point",
          "Y? Y_h? Y_c?", rules<DynamicQuantizeLstmRule>, "hidden_size:integer direction:text"},
         multiplies(Form::stacks, {"GemmFastGelu", "a matrix product and FastGelu",
                                   Kind::matrix_product, "X W! bias?!", "Y", rules<MatMul>}),
         multiplies(Form::matrices, {"GemmFloat8", "a matrix product of eight floating bits",
                                     Kind::matrix_product, "A B! C?! scaleA? scaleB? scaleY?", "Y",
                                     rules<Like<Gemm, ElementType::undefined, 0, 0, 1, 2>>,
                                     "transA:integer transB:integer activation:text"}),
         multiplies(Form::stacks, {"MatMulInteger16", "a product of integers of sixteen bits",
                                   Kind::matrix_product, "A B!", "Y",
                                   rules<Like<MatMul, ElementType::i32, 0, 0, 1>>}),
         {"CDist", "distances between rows", Kind::matrix_product, "A B", "C", rules<DistancesRule>,
          "metric:text"},
         {"BiasDropout", "a sum; Dropout in training", Kind::arithmetic,
          "data bias! residual? ratio? training_mode?", "output mask?", rules<TypesOf<0>>},
         {"Inverse", "the inverse of each matrix", Kind::other, "X", "Y", rules<SameType>},
         {"ComplexMul", "products of complex numbers", Kind::arithmetic, "A B", "C",
          rules<BroadcastRule>},
         {"ComplexMulConj", "products with conjugates", Kind::arithmetic, "A B", "C",
          rules<BroadcastRule>}}));

}  // namespace hale::graph
