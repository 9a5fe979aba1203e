#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace hale::graph {

/// A sequence, or an optional, of what is inside.
[[nodiscard]] inline Type container_of(std::string_view kind, Type inside) {
  Type type;
  type.other = kind;
  type.inside.push_back(std::move(inside));
  return type;
}

/// What is inside a sequence or an optional; of anything else nothing is known.
[[nodiscard]] inline Type inside_of(const Type& type) {
  return type.inside.empty() ? Type{} : type.inside.front();
}

/// How long the sequence is that an operand holds, where its producers say; nothing otherwise.
/// Cost: O(operations that the sequence passed through), at most 1000 of them.
[[nodiscard]] inline std::optional<std::int64_t> length_of(const OperationView& view,
                                                           std::size_t operand) {
  if (!view.has(operand)) return std::nullopt;
  std::int64_t change = 0;
  const Operation* op = view.graph.producer(view.operation.operands[operand]);
  for (int step = 0; op != nullptr && step < 1000; ++step) {
    if (op->is("SequenceConstruct")) return change + static_cast<std::int64_t>(op->operands.size());
    if (op->is("SequenceEmpty")) return std::max<std::int64_t>(change, 0);
    if (op->is("SequenceInsert"))
      ++change;
    else if (op->is("SequenceErase"))
      --change;
    else if (!op->is("Identity"))
      return std::nullopt;
    if (op->operands.empty() || op->operands.front() == ValueId::none) return std::nullopt;
    op = view.graph.producer(op->operands.front());
  }
  return std::nullopt;
}

struct SequenceConstructRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type joined = type_or_none(view, 0);
    for (std::size_t i = 1; i < view.operation.operands.size(); ++i)
      joined = either(joined, type_or_none(view, i));
    return one_result(container_of("sequence", std::move(joined)));
  }
};

struct SequenceEmptyRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(container_of("sequence", Type{element_type(integer_of(view, "dtype", 1))}));
  }
};

struct SequenceInsertRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& inserted = view.type(1);
    if (length_of(view, 0) == 0) return one_result(container_of("sequence", inserted));
    return one_result(container_of("sequence", either(inside_of(view.type(0)), inserted)));
  }
};

struct InsideRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& type = view.type(0);
    return one_result(type.is_tensor() ? type : inside_of(type));
  }
};

/// One number or truth value.
template <ElementType Element>
struct ScalarRule {
  [[nodiscard]] static Result<Types> infer(const OperationView&) {
    return one_result(tensor_type(Element, {}));
  }
};

/// Parts of one extent each without `split`, else of what it says where that is one for all.
struct SplitToSequenceRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type part = view.type(0);
    if (!part.is_ranked()) return one_result(container_of("sequence", std::move(part)));
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", 0), part.rank()));
    if (!view.has(1)) {
      (*part.dims)[axis] = Dim{1};
      if (integer_of(view, "keepdims", 1) == 0)
        part.dims->erase(part.dims->begin() + static_cast<std::ptrdiff_t>(axis));
    } else {
      (*part.dims)[axis] = even_part(view, (*part.dims)[axis]);
    }
    return one_result(container_of("sequence", std::move(part)));
  }

 private:
  [[nodiscard]] static Dim even_part(const OperationView& view, const Dim& whole) {
    const auto sizes = view.integers(1);
    if (!sizes || sizes->empty() || sizes->front() < 1) return Dim{};
    for (const std::int64_t each : *sizes)
      if (each != sizes->front()) return Dim{};
    const bool is_scalar = type_or_none(view, 1).is_ranked() && view.type(1).rank() == 0;
    if (is_scalar && (!whole.is_static() || whole.extent % sizes->front() != 0)) return Dim{};
    return Dim{sizes->front()};
  }
};

/// A tensor of a sequence. Of a tensor that was split, the part at a place that is known.
struct SequenceAtRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = inside_of(view.type(0));
    const Operation* split = view.graph.producer(view.operation.operands[0]);
    if (split == nullptr || !split->is("SplitToSequence") || !type.is_ranked())
      return one_result(std::move(type));
    const OperationView of{view.graph, *split, view.known};
    const auto place = view.integers(1);
    const auto sizes = sizes_of(of);
    if (!place || place->size() != 1 || !sizes) return one_result(std::move(type));
    const auto count = static_cast<std::int64_t>(sizes->size());
    const std::int64_t index = place->front() < 0 ? place->front() + count : place->front();
    if (index < 0 || index >= count)
      return view.fail("position is ", place->front(), ", expected one of ", count, " parts");
    HALE_TRY(const std::size_t axis,
             normalise_axis(of, integer_of(of, "axis", 0), of.type(0).rank()));
    (*type.dims)[axis] = Dim{(*sizes)[static_cast<std::size_t>(index)]};
    return one_result(std::move(type));
  }

 private:
  /// How long each part is, where the operand `split` says.
  [[nodiscard]] static std::optional<std::vector<std::int64_t>> sizes_of(const OperationView& of) {
    if (!of.has(0) || !of.has(1) || !of.type(0).is_ranked()) return std::nullopt;
    auto sizes = of.integers(1);
    if (!sizes || of.contents(1)->rank() != 0) return sizes;
    const auto axis = normalise_axis(of, integer_of(of, "axis", 0), of.type(0).rank());
    if (!axis) return std::nullopt;
    const Dim& whole = (*of.type(0).dims)[*axis];
    const std::int64_t size = sizes->front();
    constexpr std::int64_t most = 1000;
    if (!whole.is_static() || size < 1 || whole.extent / size > most) return std::nullopt;
    sizes->assign(static_cast<std::size_t>(whole.extent / size), size);
    if (whole.extent % size != 0) sizes->push_back(whole.extent % size);
    return sizes;
  }
};

struct ConcatFromSequenceRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = inside_of(view.type(0));
    if (!type.is_ranked()) return unranked(type.element);
    const bool is_new = integer_of(view, "new_axis", 0) != 0;
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", 0), type.rank() + (is_new ? 1 : 0)));
    if (is_new) type.dims->insert(type.dims->begin() + static_cast<std::ptrdiff_t>(axis), Dim{1});
    Dim& dim = (*type.dims)[axis];
    const auto length = length_of(view, 0);
    const auto sum =
        length && dim.is_static() ? checked_product(*length, dim.extent) : std::nullopt;
    dim = Dim{sum.value_or(Dim::open)};
    return one_result(std::move(type));
  }
};

struct OptionalRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type* stated = attribute_of<Type>(view, "type");
    Type inside = view.has(0) || stated == nullptr ? type_or_none(view, 0) : *stated;
    return one_result(container_of("optional", std::move(inside)));
  }
};

/// An operation whose regions say what it computes: InferShapes walks them, and how often they run
/// is no single operation's to say.
struct OfRegions : Unsaid {
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView&) {
    return std::nullopt;
  }
};

inline constexpr auto sequence_operations = std::to_array<Declaration>(
    {{"SequenceConstruct", "a sequence of the operands", Kind::other, "inputs*", "output_sequence",
      rules<SequenceConstructRule>},
     {"SequenceEmpty", "a sequence of nothing", Kind::other, "", "output", rules<SequenceEmptyRule>,
      "dtype:integer"},
     {"SequenceInsert", "a sequence with one more tensor", Kind::other,
      "input_sequence tensor position?", "output_sequence", rules<SequenceInsertRule>},
     {"SequenceErase", "a sequence with one tensor less", Kind::other, "input_sequence position?",
      "output_sequence", rules<SameType>},
     {"SequenceAt", "a tensor of a sequence", Kind::other, "input_sequence position", "tensor",
      rules<SequenceAtRule>},
     {"SequenceLength", "how many tensors a sequence has", Kind::other, "input_sequence", "length",
      rules<ScalarRule<ElementType::i64>>},
     {"SplitToSequence", "parts along an axis", Kind::other, "input split?", "output_sequence",
      rules<SplitToSequenceRule>, "axis:integer keepdims:integer"},
     {"ConcatFromSequence", "a sequence's tensors joined along an axis", Kind::other,
      "input_sequence", "concat_result", rules<ConcatFromSequenceRule>,
      "axis:integer new_axis:integer"},
     {"SequenceMap", "a region's results for each tensor of a sequence", Kind::other,
      "input_sequence additional_inputs*", "out_sequence*", rules<OfRegions>},
     {"Optional", "a value that may be absent", Kind::other, "input?", "output",
      rules<OptionalRule>, "type:type"},
     {"OptionalGetElement", "the value that is there", Kind::other, "input", "output",
      rules<InsideRule>},
     {"OptionalHasElement", "whether a value is there", Kind::other, "input?", "output",
      rules<ScalarRule<ElementType::boolean>>},
     {"If", "one of two regions", Kind::other, "cond", "outputs*", rules<OfRegions>},
     {"Loop", "a region as often as a count or a condition says", Kind::other,
      "M? cond? v_initial*", "v_final_and_scan_outputs*", rules<OfRegions>},
     {"Scan", "a region for each slice of the operands", Kind::other,
      "first_state? states_and_scan_inputs*", "final_state_and_scan_outputs*", rules<OfRegions>,
      "num_scan_inputs:integer"}});

}  // namespace hale::graph
