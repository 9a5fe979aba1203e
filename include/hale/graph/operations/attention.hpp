#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/arithmetic.hpp>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace hale::graph {

/// An extent of a type; open where the type does not say.
[[nodiscard]] inline Dim dim_of(const Type& type, std::size_t axis) {
  return type.is_ranked() && axis < type.rank() ? (*type.dims)[axis] : Dim{};
}

/// Nothing where one of the extents is open or the product is beyond 64 bits.
template <class... Dims>
[[nodiscard]] std::optional<std::int64_t> product_of(const Dims&... dims) {
  std::optional<std::int64_t> product = 1;
  const auto multiply = [&product](const Dim& dim) {
    if (product) product = dim.is_static() ? checked_product(*product, dim.extent) : std::nullopt;
  };
  (multiply(dims), ...);
  return product;
}

/// What attention works on: `heads` queries of `width` numbers at `queries` places each meet `keys`
/// places, whose values have `value_width` numbers; keys and values have `key_heads` heads.
struct AttentionShape {
  Dim batch{}, heads{}, key_heads{}, queries{}, keys{}, width{}, value_width{};
  ElementType element = ElementType::undefined;
  bool is_split = false;  // heads are an axis of their own: (batch, heads, places, width)

  /// One product for each pair of places: the score's and the weighted value's.
  [[nodiscard]] std::optional<std::uint64_t> multiply_adds() const {
    const auto products = product_of(batch, heads, queries, keys, dim_sum(width, value_width));
    return products ? std::optional(static_cast<std::uint64_t>(*products)) : std::nullopt;
  }
  /// The output, then keys and values as they are kept for the next step.
  [[nodiscard]] Types types() const {
    Type y = ranked(element, {batch, queries, dim_product(heads, value_width)});
    if (is_split) y.dims = std::vector<Dim>{batch, heads, queries, value_width};
    return {std::move(y), ranked(element, {batch, key_heads, keys, width}),
            ranked(element, {batch, key_heads, keys, value_width})};
  }
};

/// What follows from the shape that `Rule::shape` says.
template <class Rule>
struct ShapedAttention {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return Rule::shape(view).types();
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return Rule::shape(view).multiply_adds();
  }
};

/// Queries, keys and values as operands. Source: ONNX operators, Attention-23.
struct AttentionRule : ShapedAttention<AttentionRule> {
  [[nodiscard]] static AttentionShape shape(const OperationView& view) {
    const Type& q = view.type(0);
    const Type& k = view.type(1);
    const Type& v = view.type(2);
    AttentionShape found{.batch = dim_of(q, 0), .element = q.element};
    found.is_split = q.is_ranked() && q.rank() == 4;
    if (found.is_split) {
      found.heads = dim_of(q, 1);
      found.queries = dim_of(q, 2);
      found.width = dim_of(q, 3);
    } else {
      found.heads = extent_of(view, "q_num_heads");
      found.queries = dim_of(q, 1);
      found.width = dim_quotient(dim_of(q, 2), found.heads);
    }
    const bool is_split = k.is_ranked() && k.rank() == 4;
    found.key_heads = is_split ? dim_of(k, 1) : extent_of(view, "kv_num_heads");
    found.keys = dim_of(k, is_split ? 2 : 1);
    found.value_width = is_split ? dim_of(v, 3) : dim_quotient(dim_of(v, 2), found.key_heads);
    if (view.has(4)) found.keys = dim_sum(found.keys, dim_of(view.type(4), 2));
    return found;
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const AttentionShape found = shape(view);
    Types types = found.types();
    types.push_back(ranked(found.element, {found.batch, found.heads, found.queries, found.keys}));
    return types;
  }
};

/// As above, with ONNX Runtime's packed forms: all in the first operand (batch, places, heads, 3,
/// width), or keys and values in the second. Source: com.microsoft.MultiHeadAttention.
struct MultiHeadAttentionRule : ShapedAttention<MultiHeadAttentionRule> {
  [[nodiscard]] static AttentionShape shape(const OperationView& view) {
    const Type& q = view.type(0);
    AttentionShape found{.batch = dim_of(q, 0),
                         .heads = extent_of(view, "num_heads"),
                         .queries = dim_of(q, 1),
                         .element = q.element};
    found.key_heads = found.heads;
    const bool is_packed = q.is_ranked() && q.rank() == 5;
    found.width = is_packed ? dim_of(q, 4) : dim_quotient(dim_of(q, 2), found.heads);
    found.keys = found.queries;
    found.value_width = found.width;
    const Type k = type_or_none(view, 1);
    const Type v = type_or_none(view, 2);
    if (view.has(1)) found.keys = dim_of(k, k.rank() == 4 ? 2 : 1);
    if (view.has(2))
      found.value_width = v.rank() == 4 ? dim_of(v, 3) : dim_quotient(dim_of(v, 2), found.heads);
    if (view.has(6)) found.keys = dim_sum(found.keys, dim_of(view.type(6), 2));
    return found;
  }
};

/// Only what is marked as learned holds parameters: tables of cosines and sines are computed.
struct LearnedAsMarked {
  [[nodiscard]] static std::optional<std::uint64_t> packed(const OperationView& view,
                                                           std::size_t slot) {
    const auto elements = element_count(view.type(slot));
    return elements ? std::optional(static_cast<std::uint64_t>(*elements)) : std::nullopt;
  }
};

/// A row of a table for each token; nothing where that is not known.
[[nodiscard]] inline std::optional<std::uint64_t> rows_of_tokens(const Type& table,
                                                                 const Dim& batch,
                                                                 const Dim& sequence) {
  const Dim width = table.is_ranked() && table.rank() > 0 ? table.dims->back() : Dim{};
  const auto elements = product_of(batch, sequence, width);
  return elements ? std::optional(static_cast<std::uint64_t>(*elements)) : std::nullopt;
}

/// Numbers turned by angles, which tables have: cosines in the operand `Table`, then sines.
template <std::size_t Table>
struct RotaryRule : SameType, LearnedAsMarked {
  [[nodiscard]] static std::optional<std::uint64_t> elements_read(const OperationView& view,
                                                                  std::size_t slot) {
    if (slot != Table && slot != Table + 1) return std::nullopt;
    const Type& x = view.type(0);  // (batch, sequence, ..) or (batch, heads, sequence, width)
    return rows_of_tokens(view.type(slot), dim_of(x, 0), dim_of(x, x.rank() == 4 ? 2 : 1));
  }
};

/// Several heads of queries share one of keys. Source: com.microsoft.GroupQueryAttention.
struct GroupQueryAttentionRule : LearnedAsMarked, ShapedAttention<GroupQueryAttentionRule> {
  [[nodiscard]] static std::optional<std::uint64_t> elements_read(const OperationView& view,
                                                                  std::size_t slot) {
    if (slot != 7 && slot != 8) return std::nullopt;
    return rows_of_tokens(view.type(slot), dim_of(view.type(0), 0), dim_of(view.type(0), 1));
  }
  [[nodiscard]] static AttentionShape shape(const OperationView& view) {
    const Type& q = view.type(0);
    const Dim heads = extent_of(view, "num_heads");
    const Dim key_heads = extent_of(view, "kv_num_heads");
    const Dim all = view.has(1) ? heads : dim_sum(heads, dim_sum(key_heads, key_heads));
    const Dim width = dim_quotient(dim_of(q, 2), all);
    AttentionShape found{dim_of(q, 0), heads, key_heads, dim_of(q, 1),
                         dim_of(q, 1), width, width,     q.element};
    if (view.has(1)) found.keys = dim_of(view.type(1), 1);
    if (view.has(3)) found.keys = dim_sum(found.keys, dim_of(view.type(3), 2));
    return found;
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Types types = shape(view).types();
    // A cache may be of fewer bits than the queries.
    if (view.has(3)) types[1].element = types[2].element = view.type(3).element;
    return types;
  }
};

/// Projections and attention in one: the weight (width, 3 times the heads' width) makes queries,
/// keys and values. `past` is the operand that holds earlier keys and values (2, batch, heads,
/// places, width). Source: com.microsoft.Attention and QAttention.
struct FusedAttention {
  [[nodiscard]] static AttentionShape shape(const OperationView& view, std::size_t past) {
    const Type& x = view.type(0);
    const Dim heads = extent_of(view, "num_heads");
    const std::vector<std::int64_t> sizes = integers_of(view, "qkv_hidden_sizes");
    const Dim third = dim_quotient(dim_of(view.type(1), 1), Dim{3});
    const Dim width =
        dim_quotient(sizes.size() == 3 ? Dim{std::max(sizes[0], Dim::open)} : third, heads);
    const Dim value =
        dim_quotient(sizes.size() == 3 ? Dim{std::max(sizes[2], Dim::open)} : third, heads);
    AttentionShape found{dim_of(x, 0), heads, heads, dim_of(x, 1),
                         dim_of(x, 1), width, value, x.element};
    if (found.element == ElementType::i8 || found.element == ElementType::u8)
      found.element = type_or_none(view, 2).element;
    if (view.has(past)) found.keys = dim_sum(found.keys, dim_of(view.type(past), 3));
    return found;
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view, std::size_t past) {
    const AttentionShape found = shape(view, past);
    const std::vector<std::int64_t> sizes = integers_of(view, "qkv_hidden_sizes");
    Type y = found.types().front();
    y.dims->back() = sizes.size() == 3 ? Dim{std::max(sizes[2], Dim::open)}
                                       : dim_quotient(dim_of(view.type(1), 1), Dim{3});
    return Types{std::move(y), ranked(found.element,
                                      {Dim{2}, found.batch, found.heads, found.keys, found.width})};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view,
                                                                  std::size_t past) {
    const AttentionShape found = shape(view, past);
    const auto attended = found.multiply_adds();
    const auto weights = element_count(view.type(1));
    if (!attended || !weights) return std::nullopt;
    const auto projected = product_of(found.batch, found.queries, Dim{*weights});
    return projected ? std::optional(*attended + static_cast<std::uint64_t>(*projected))
                     : std::nullopt;
  }
};
template <std::size_t Past>
struct FusedAttentionRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return FusedAttention::infer(view, Past);
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return FusedAttention::multiply_adds(view, Past);
  }
};

/// Words, places and segments as vectors, summed and normalised.
struct EmbedLayerNormalizationRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& ids = view.type(0);
    const Type& words = view.type(2);
    const Type y = ranked(words.element, {dim_of(ids, 0), dim_of(ids, 1), dim_of(words, 1)});
    return Types{y, ranked(ElementType::i32, {dim_of(ids, 0)}), y};
  }
};

inline constexpr auto attention_operations = std::to_array<Declaration>(
    {{"Attention", "each query's mean of the values, weighed by how keys fit", Kind::attention,
      "Q K V attn_mask? past_key? past_value? nonpad_kv_seqlen?",
      "Y present_key? present_value? qk_matmul_output?", rules<AttentionRule>,
      "q_num_heads:integer kv_num_heads:integer is_causal:integer"},
     {"RotaryEmbedding", "places turned into angles of pairs of elements", Kind::activation,
      "X cos_cache sin_cache position_ids?", "Y", rules<RotaryRule<1>>,
      "interleaved:integer num_heads:integer rotary_embedding_dim:integer"}});

inline constexpr auto contributed_attention_operations = in_domain(
    domains::microsoft,
    std::to_array<Declaration>(
        {{"RotaryEmbedding", "as in ai.onnx", Kind::activation,
          "input position_ids cos_cache sin_cache", "output", rules<RotaryRule<2>>,
          "interleaved:integer num_heads:integer"},
         {"Attention", "projections and attention in one", Kind::attention,
          "input weights! bias?! mask_index? past? attention_bias? past_sequence_length?",
          "output present?", rules<FusedAttentionRule<4>>,
          "num_heads:integer qkv_hidden_sizes:integers"},
         {"QAttention", "projections and attention of integers", Kind::attention,
          "input weight! bias! input_scale weight_scale mask_index? input_zero_point? "
          "weight_zero_point? past?",
          "output present?", rules<FusedAttentionRule<8>>, "num_heads:integer"},
         {"MultiHeadAttention", "attention of several heads", Kind::attention,
          "query key? value? bias?! key_padding_mask? attention_bias? past_key? past_value? "
          "past_sequence_length? cache_indirection?",
          "output present_key? present_value? qk?", rules<MultiHeadAttentionRule>,
          "num_heads:integer"},
         {"GroupQueryAttention", "attention whose heads share keys and values", Kind::attention,
          "query key? value? past_key? past_value? seqlens_k total_sequence_length cos_cache? "
          "sin_cache? position_ids? attention_bias? head_sink? k_scale? v_scale? q_norm_weight?! "
          "k_norm_weight?!",
          "output present_key? present_value? output_qk?", rules<GroupQueryAttentionRule>,
          "num_heads:integer kv_num_heads:integer"},
         {"EmbedLayerNormalization", "embeddings of words, places and segments, normalised",
          Kind::normalisation,
          "input_ids segment_ids? word_embedding! position_embedding! segment_embedding?! "
          "gamma! beta! mask? position_ids?",
          "output mask_index? embedding_sum?", rules<EmbedLayerNormalizationRule>,
          "epsilon:float"}}));

}  // namespace hale::graph
