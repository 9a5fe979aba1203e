#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/attention.hpp>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/linear.hpp>
#include <hale/graph/operations/shape.hpp>
#include <optional>
#include <utility>
#include <vector>

// Products and look-ups by weights of few bits, several of them in a byte, as models of language
// have them. Source: ONNX Runtime, docs/ContribOperators.md.
namespace hale::graph {

/// A weight's matrix by the rows that it is multiplied with: the inputs' elements by `columns`.
[[nodiscard]] inline std::optional<std::uint64_t> rows_by_columns(const OperationView& view,
                                                                  const Dim& columns) {
  const auto inputs = element_count(view.type(0));
  const auto products = inputs ? product_of(Dim{*inputs}, columns) : std::nullopt;
  return products ? std::optional(static_cast<std::uint64_t>(*products)) : std::nullopt;
}
/// The first operand with another last extent.
[[nodiscard]] inline Type with_last(Type type, Dim extent) {
  if (!type.is_ranked() || type.rank() == 0) return Type{type.element};
  type.dims->back() = std::move(extent);
  return type;
}
[[nodiscard]] inline std::optional<std::uint64_t> counted(std::optional<std::int64_t> count) {
  return count ? std::optional(static_cast<std::uint64_t>(*count)) : std::nullopt;
}

/// A product with a weight of N rows of K numbers, both attributes.
struct MatMulBitsRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(with_last(view.type(0), extent_of(view, "N")));
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return rows_by_columns(view, extent_of(view, "N"));
  }
  [[nodiscard]] static std::optional<std::uint64_t> packed(const OperationView& view,
                                                           std::size_t slot) {
    if (slot != 1) return counted(element_count(view.type(slot)));
    return counted(product_of(extent_of(view, "N"), extent_of(view, "K")));
  }
};

/// The same where the last operand says the weight's extents, (K, N).
struct MatMulFpQ4Rule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(with_last(view.type(0), columns(view)));
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return rows_by_columns(view, inferred_columns(view));
  }
  [[nodiscard]] static std::optional<std::uint64_t> packed(const OperationView& view, std::size_t) {
    const Type& x = view.type(0);
    return counted(product_of(dim_of(x, x.rank() - 1), inferred_columns(view)));
  }

 private:
  [[nodiscard]] static Dim inferred_columns(const OperationView& view) {
    const Type& y = view.graph.value(view.operation.results[0]).type;
    return dim_of(y, y.rank() - 1);
  }
  [[nodiscard]] static Dim columns(const OperationView& view) {
    const auto shape = view.integers(2);
    return shape && shape->size() == 2 && shape->back() >= 0 ? Dim{shape->back()} : Dim{};
  }
};

/// Two products with the same rows, of which one is an activation's gate.
struct MatMulBitsMlpRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return Types{with_last(view.type(0), extent_of(view, "N")), view.type(0)};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return rows_by_columns(view, dim_product(Dim{2}, extent_of(view, "N")));
  }
  [[nodiscard]] static std::optional<std::uint64_t> packed(const OperationView& view,
                                                           std::size_t slot) {
    if (slot != 3 && slot != 6) return counted(element_count(view.type(slot)));
    return counted(product_of(extent_of(view, "N"), extent_of(view, "K")));
  }
};

/// Three products with the same rows: queries, keys and values.
struct MatMulBitsQkvRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type kept = with_last(view.type(0), extent_of(view, "Nkv"));
    return Types{with_last(view.type(0), extent_of(view, "Nq")), kept, kept, view.type(0)};
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Dim kept = extent_of(view, "Nkv");
    return rows_by_columns(view, dim_sum(extent_of(view, "Nq"), dim_sum(kept, kept)));
  }
  [[nodiscard]] static std::optional<std::uint64_t> packed(const OperationView& view,
                                                           std::size_t slot) {
    if (slot != 3 && slot != 6 && slot != 9) return counted(element_count(view.type(slot)));
    return counted(product_of(extent_of(view, slot == 3 ? "Nq" : "Nkv"), extent_of(view, "K")));
  }
};

/// A product with a weight (N, K), or (N, K / 2) of two numbers in a byte.
template <std::int64_t InByte>
struct MatMulRowsRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(with_last(view.type(0), dim_of(view.type(1), 0)));
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    return rows_by_columns(view, dim_of(view.type(1), 0));
  }
  [[nodiscard]] static std::optional<std::uint64_t> packed(const OperationView& view,
                                                           std::size_t slot) {
    const auto stored = element_count(view.type(slot));
    return counted(slot == 1 && stored ? checked_product(*stored, InByte) : stored);
  }
};

/// How many numbers a byte of a weight holds: none is packed where the type itself has few bits.
[[nodiscard]] inline std::int64_t in_byte(const OperationView& view, std::size_t slot,
                                          std::string_view bits) {
  if (type_or_none(view, slot).element != ElementType::u8) return 1;
  const std::int64_t each = integer_of(view, bits, 4);
  return each > 0 && each < 8 ? 8 / each : 1;
}

/// Rows of a table of few bits, made floating.
struct GatherBlockQuantizedRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    HALE_TRY(Types types, Gather::infer(view, attributes(view)));
    types[0].element = view.type(2).element;
    if (const std::int64_t pack = in_byte(view, 0, "bits");
        pack > 1 && types[0].is_ranked() && types[0].rank() > 0)
      types[0].dims->back() = dim_product(types[0].dims->back(), Dim{pack});
    return types;
  }
  [[nodiscard]] static std::optional<std::uint64_t> packed(const OperationView& view,
                                                           std::size_t slot) {
    const auto stored = element_count(view.type(slot));
    return counted(stored ? checked_product(*stored, in_byte(view, slot, "bits")) : stored);
  }
  /// The rows that are picked, of the table, its scales and zero points.
  [[nodiscard]] static std::optional<std::uint64_t> elements_read(const OperationView& view,
                                                                  std::size_t slot) {
    const Type& table = view.type(slot);
    const auto axis = normalise_axis(view, integer_of(view, "gather_axis", 0), table.rank());
    const auto picked = element_count(view.type(1));
    const auto elements = element_count(table);
    if (slot == 1 || !axis || !picked || !elements || *elements == 0) return std::nullopt;
    return counted(product_of(Dim{*elements / (*table.dims)[*axis].extent}, Dim{*picked}));
  }

 private:
  [[nodiscard]] static Gather::Attributes attributes(const OperationView& view) {
    Gather::Attributes found{};
    found.axis.value = integer_of(view, "gather_axis", 0);
    return found;
  }
};

/// Each token goes through `k` of the experts, whose two or three matrices stand at `Weights`.
template <std::size_t... Weights>
struct MixtureRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) { return same_type(view); }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Type& x = view.type(0);
    if (!x.is_static() || x.rank() == 0 || x.dims->back().extent == 0) return std::nullopt;
    const Dim tokens{*element_count(x) / x.dims->back().extent};
    Dim expert{0};
    for (const std::size_t slot : {Weights...}) {
      if (!view.has(slot)) continue;
      const Type& weight = view.type(slot);
      if (!weight.is_static() || weight.rank() != 3) return std::nullopt;
      const Dim stored = dim_product((*weight.dims)[1], (*weight.dims)[2]);
      expert = dim_sum(expert, dim_product(stored, Dim{in_byte(view, slot, "expert_weight_bits")}));
    }
    return counted(product_of(tokens, extent_of(view, "k", 1), expert));
  }
  [[nodiscard]] static std::optional<std::uint64_t> packed(const OperationView& view,
                                                           std::size_t slot) {
    const auto stored = element_count(view.type(slot));
    return counted(stored ? checked_product(*stored, in_byte(view, slot, "expert_weight_bits"))
                          : stored);
  }
  /// Of what each expert has a part of, those that the tokens may have chosen, which is at most `k`
  /// different ones a token.
  [[nodiscard]] static std::optional<std::uint64_t> elements_read(const OperationView& view,
                                                                  std::size_t slot) {
    const Type& x = view.type(0);
    const Dim experts = dim_of(view.type(2), 0);
    const Type& read = view.type(slot);
    const auto elements = element_count(read);
    const auto inputs = element_count(x);
    if (slot < 2 || read.rank() < 2 || !surely_equal(dim_of(read, 0), experts) || !elements ||
        !inputs || !experts.is_static() || *elements == 0 || x.rank() == 0)
      return std::nullopt;
    const std::int64_t tokens = *inputs / std::max<std::int64_t>(x.dims->back().extent, 1);
    const auto chosen = product_of(Dim{tokens}, extent_of(view, "k", 1));
    if (!chosen) return std::nullopt;
    return counted(
        product_of(Dim{*elements / experts.extent}, Dim{std::min(*chosen, experts.extent)}));
  }
};

inline constexpr std::string_view bits_attributes =
    "K:integer N:integer Nq:integer Nkv:integer bits:integer block_size:integer";

inline constexpr auto packed_operations = in_domain(
    domains::microsoft,
    std::to_array<Declaration>(
        {multiplies(Form::rows, {"MatMulNBits", "a product with a weight of few bits",
                                 Kind::matrix_product, "A B! scales zero_points? g_idx? bias?!",
                                 "Y", rules<MatMulBitsRule>, bits_attributes}),
         multiplies(Form::rows,
                    {"MatMulBnb4", "a product with a weight of four bits", Kind::matrix_product,
                     "A B! absmax", "Y", rules<MatMulBitsRule>, bits_attributes}),
         multiplies(Form::rows, {"MatMulFpQ4", "a product with a weight of four bits in blocks",
                                 Kind::matrix_product, "A B! B_shape", "Y", rules<MatMulFpQ4Rule>}),
         {"MatMulNBitsMlp", "two products with weights of few bits, one of them a gate",
          Kind::matrix_product,
          "A skip? norm_scale?! gate_B! gate_scales gate_bias?! up_B! up_scales up_bias?!",
          "Y input_skip_bias_sum?", rules<MatMulBitsMlpRule>, bits_attributes},
         {"MatMulNBitsQkv", "queries, keys and values by weights of few bits", Kind::matrix_product,
          "A skip? norm_scale! q_B! q_scales q_bias?! k_B! k_scales k_bias?! v_B! v_scales "
          "v_bias?!",
          "Q K V input_skip_bias_sum?", rules<MatMulBitsQkvRule>, bits_attributes},
         multiplies(
             Form::rows,
             {"MatMulBlockQuantizedFp4Weight", "a product with a weight of four floating bits",
              Kind::matrix_product, "A B! weight_scale weight_scale_2 input_scale? bias?!", "Y",
              rules<MatMulRowsRule<2>>}),
         multiplies(
             Form::rows,
             {"MatMulBlockQuantizedFp8Weight", "a product with a weight of eight floating bits",
              Kind::matrix_product, "A B! b_scale a_scale? bias?!", "Y", rules<MatMulRowsRule<1>>}),
         {"GatherBlockQuantized", "rows of a table of few bits", Kind::movement,
          "data! indices scales zero_points?", "output", rules<GatherBlockQuantizedRule>,
          "bits:integer gather_axis:integer quantize_axis:integer block_size:integer"},
         {"MoE", "a mixture of experts: each token goes through k of them", Kind::matrix_product,
          "input router_probs fc1! fc1_bias?! fc2! fc2_bias?! fc3?! fc3_bias?!", "output",
          rules<MixtureRule<2, 4, 6>>, "k:integer activation_type:text"},
         {"QMoE", "a mixture of experts of few bits", Kind::matrix_product,
          "input router_probs fc1! fc1_scales? fc1_bias?! fc2! fc2_scales? fc2_bias?! fc3?! "
          "fc3_scales? fc3_bias?! fc1_zero_points? fc2_zero_points? fc3_zero_points? "
          "router_weights?",
          "output", rules<MixtureRule<2, 5, 8>>,
          "k:integer expert_weight_bits:integer activation_type:text"}}));

}  // namespace hale::graph
