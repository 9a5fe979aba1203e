#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
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
[[nodiscard]] inline Dim dim_product(const Dim& a, const Dim& b) {
  return Dim{product_of(a, b).value_or(Dim::open)};
}
[[nodiscard]] inline Dim dim_quotient(const Dim& a, const Dim& b) {
  return a.is_static() && b.is_static() && b.extent > 0 ? Dim{a.extent / b.extent} : Dim{};
}
[[nodiscard]] inline Dim dim_sum(const Dim& a, const Dim& b) {
  const auto sum = a.is_static() && b.is_static() ? checked_sum(a.extent, b.extent) : std::nullopt;
  return Dim{sum.value_or(Dim::open)};
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
    Type y{element, std::vector<Dim>{batch, queries, dim_product(heads, value_width)}};
    if (is_split) y.dims = std::vector<Dim>{batch, heads, queries, value_width};
    return {std::move(y), Type{element, std::vector<Dim>{batch, key_heads, keys, width}},
            Type{element, std::vector<Dim>{batch, key_heads, keys, value_width}}};
  }
};

/// Queries, keys and values as operands. Source: ONNX operators, Attention-23.
struct AttentionRule {
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
    types.push_back(
        Type{found.element, std::vector<Dim>{found.batch, found.heads, found.queries, found.keys}});
    return types;
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return shape(view).multiply_adds();
  }
};

/// As above, with ONNX Runtime's packed forms: all in the first operand (batch, places, heads, 3,
/// width), or keys and values in the second. Source: com.microsoft.MultiHeadAttention.
struct MultiHeadAttentionRule {
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
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return shape(view).types();
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return shape(view).multiply_adds();
  }
};

/// Several heads of queries share one of keys. Source: com.microsoft.GroupQueryAttention.
struct GroupQueryAttentionRule {
  [[nodiscard]] static AttentionShape shape(const OperationView& view) {
    const Type& q = view.type(0);
    const Dim heads = extent_of(view, "num_heads");
    const Dim key_heads = extent_of(view, "kv_num_heads");
    const Dim all = view.has(1) ? heads : dim_sum(heads, dim_sum(key_heads, key_heads));
    const Dim width = dim_quotient(dim_of(q, 2), all);
    AttentionShape found{dim_of(q, 0), heads, key_heads, dim_of(q, 1),
                         dim_of(q, 1), width, width,     q.element};
    if (view.has(3)) found.keys = dim_sum(found.keys, dim_of(view.type(3), 2));
    return found;
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return shape(view).types();
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return shape(view).multiply_adds();
  }
};

/// Projections and attention in one: the weight (width, 3 times the heads' width) makes queries,
/// keys and values. `Past` is the operand that holds earlier keys and values (2, batch, heads,
/// places, width). Source: com.microsoft.Attention and QAttention.
template <std::size_t Past>
struct FusedAttentionRule {
  [[nodiscard]] static AttentionShape shape(const OperationView& view) {
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
    if (view.has(Past)) found.keys = dim_sum(found.keys, dim_of(view.type(Past), 3));
    return found;
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const AttentionShape found = shape(view);
    const std::vector<std::int64_t> sizes = integers_of(view, "qkv_hidden_sizes");
    Type y = found.types().front();
    y.dims->back() = sizes.size() == 3 ? Dim{std::max(sizes[2], Dim::open)}
                                       : dim_quotient(dim_of(view.type(1), 1), Dim{3});
    return Types{std::move(y),
                 Type{found.element,
                      std::vector<Dim>{Dim{2}, found.batch, found.heads, found.keys, found.width}}};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const AttentionShape found = shape(view);
    const auto attended = found.multiply_adds();
    const auto weights = element_count(view.type(1));
    if (!attended || !weights) return std::nullopt;
    const auto projected = product_of(found.batch, found.queries, Dim{*weights});
    return projected ? std::optional(*attended + static_cast<std::uint64_t>(*projected))
                     : std::nullopt;
  }
};

/// Words, places and segments as vectors, summed and normalised.
struct EmbedLayerNormalizationRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& ids = view.type(0);
    const Type& words = view.type(2);
    const Type y{words.element, std::vector<Dim>{dim_of(ids, 0), dim_of(ids, 1), dim_of(words, 1)}};
    return Types{y, Type{ElementType::i32, std::vector<Dim>{dim_of(ids, 0)}}, y};
  }
};

template <class Declaration>
using Contributed = InDomain<"com.microsoft", Declaration>;

template <FixedString Name, FixedString Summary>
using LongAttention =
    Declared<Name, Summary, AttentionRule,
             Slots<"Q", "K", "V", "attn_mask?", "past_key?", "past_value?", "nonpad_kv_seqlen?">,
             Slots<"Y", "present_key?", "present_value?", "qk_matmul_output?">,
             Integer<"q_num_heads">, Integer<"kv_num_heads">, Integer<"is_causal">>;

using AttentionFamily = Family<
    LongAttention<"Attention", "each query's mean of the values, weighed by how keys fit">,
    Declared<"RotaryEmbedding", "places turned into angles of pairs of elements", SameType,
             Slots<"X", "cos_cache", "sin_cache", "position_ids?">, Slots<"Y">,
             Integer<"interleaved">, Integer<"num_heads">, Integer<"rotary_embedding_dim">>,
    Contributed<Declared<"RotaryEmbedding", "as in ai.onnx", SameType,
                         Slots<"input", "position_ids", "cos_cache", "sin_cache">, Slots<"output">,
                         Integer<"interleaved">, Integer<"num_heads">>>,
    Contributed<
        Declared<"Attention", "projections and attention in one", FusedAttentionRule<4>,
                 Slots<"input", "weights!", "bias?!", "mask_index?", "past?", "attention_bias?",
                       "past_sequence_length?">,
                 Slots<"output", "present?">, Integer<"num_heads">, Integers<"qkv_hidden_sizes">>>,
    Contributed<
        Declared<"QAttention", "projections and attention of integers", FusedAttentionRule<8>,
                 Slots<"input", "weight!", "bias!", "input_scale", "weight_scale", "mask_index?",
                       "input_zero_point?", "weight_zero_point?", "past?">,
                 Slots<"output", "present?">, Integer<"num_heads">>>,
    Contributed<
        Declared<"MultiHeadAttention", "attention of several heads", MultiHeadAttentionRule,
                 Slots<"query", "key?", "value?", "bias?!", "key_padding_mask?", "attention_bias?",
                       "past_key?", "past_value?", "past_sequence_length?", "cache_indirection?">,
                 Slots<"output", "present_key?", "present_value?", "qk?">, Integer<"num_heads">>>,
    Contributed<Declared<"GroupQueryAttention", "attention whose heads share keys and values",
                         GroupQueryAttentionRule,
                         Slots<"query", "key?", "value?", "past_key?", "past_value?", "seqlens_k",
                               "total_sequence_length", "cos_cache?", "sin_cache?", "position_ids?",
                               "attention_bias?", "head_sink?">,
                         Slots<"output", "present_key?", "present_value?", "output_qk?">,
                         Integer<"num_heads">, Integer<"kv_num_heads">>>,
    Contributed<
        Declared<"EmbedLayerNormalization", "embeddings of words, places and segments, normalised",
                 EmbedLayerNormalizationRule,
                 Slots<"input_ids", "segment_ids?", "word_embedding!", "position_embedding!",
                       "segment_embedding?!", "gamma!", "beta!", "mask?", "position_ids?">,
                 Slots<"output", "mask_index?", "embedding_sum?">, Float<"epsilon">>>>;

}  // namespace hale::graph
