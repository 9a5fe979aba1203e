#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <utility>
#include <vector>

namespace hale::graph {

/// As many elements as a condition leaves: of an axis, or of all elements in a row.
struct CompressRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    const auto* axis = attribute_of<std::int64_t>(view, "axis");
    if (axis == nullptr) return one_result(Type{type.element, std::vector<Dim>(1)});
    if (!type.is_ranked()) return unranked(type.element);
    HALE_TRY(const std::size_t place, normalise_axis(view, *axis, type.rank()));
    (*type.dims)[place] = Dim{};
    return one_result(std::move(type));
  }
};

struct NonMaxSuppressionRule {
  [[nodiscard]] static Result<Types> infer(const OperationView&) {
    return one_result(ranked(ElementType::i64, {Dim{}, Dim{3}}));
  }
};

struct OneHotRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    type.element = view.type(2).element;
    if (!type.is_ranked()) return unranked(type.element);
    HALE_TRY(const std::size_t axis,
             normalise_axis(view, integer_of(view, "axis", -1), type.rank() + 1));
    const auto depth = view.integers(1);
    const bool is_known = depth && depth->size() == 1 && depth->front() >= 0;
    type.dims->insert(type.dims->begin() + static_cast<std::ptrdiff_t>(axis),
                      is_known ? Dim{depth->front()} : Dim{});
    return one_result(std::move(type));
  }
};

struct UniqueRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type{view.type(0).element, std::vector<Dim>(1)};
    if (const auto* axis = attribute_of<std::int64_t>(view, "axis")) {
      type = view.type(0);
      if (type.is_ranked()) {
        HALE_TRY(const std::size_t place, normalise_axis(view, *axis, type.rank()));
        (*type.dims)[place] = Dim{};
      }
    }
    const Type places{ElementType::i64, std::vector<Dim>(1)};
    return Types{std::move(type), places, places, places};
  }
};

struct MultinomialRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const std::int64_t samples = integer_of(view, "sample_size", 1);
    if (samples < 0) return view.fail("sample_size is ", samples, ", expected 0 or more");
    Dim batch = x.is_ranked() && x.rank() > 0 ? (*x.dims)[0] : Dim{};
    return one_result(
        ranked(element_type(integer_of(view, "dtype", 6)), {std::move(batch), Dim{samples}}));
  }
};

/// Texts with those left out that attributes name: as many along the last axis as are left.
struct StringNormalizerRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (type.is_ranked() && type.rank() > 0) type.dims->back() = Dim{};
    return one_result(std::move(type));
  }
};

struct StringSplitRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type parts = view.type(0);
    const Type counts{ElementType::i64, parts.dims};
    if (parts.is_ranked()) parts.dims->push_back(Dim{});
    return Types{std::move(parts), counts};
  }
};

struct StringConcatRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) { return broadcast(view); }
};

/// A tensor read as another number format of the same width, or one that `to` names.
struct ToAttribute {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(Type{element_type(integer_of(view, "to", 1)), view.type(0).dims});
  }
};

inline constexpr auto selection_operations = std::to_array<Declaration>(
    {{"Compress", "the elements where a condition holds", Kind::movement, "input condition",
      "output", rules<CompressRule>, "axis:integer"},
     {"NonMaxSuppression", "the boxes that overlap no better one", Kind::other,
      "boxes scores max_output_boxes_per_class? iou_threshold? score_threshold?",
      "selected_indices", rules<NonMaxSuppressionRule>, "center_point_box:integer"},
     {"OneHot", "one of two values, by an index", Kind::movement, "indices depth values", "output",
      rules<OneHotRule>, "axis:integer"},
     {"Unique", "each different element once", Kind::movement, "X",
      "Y indices? inverse_indices? counts?", rules<UniqueRule>, "axis:integer sorted:integer"},
     {"Multinomial", "samples of a distribution", Kind::other, "input", "output",
      rules<MultinomialRule>, "dtype:integer sample_size:integer"},
     {"StringNormalizer", "texts in one form, without some", Kind::other, "X", "Y",
      rules<StringNormalizerRule>, "case_change_action:text"},
     {"StringSplit", "texts in parts", Kind::other, "X", "Y Z", rules<StringSplitRule>,
      "delimiter:text maxsplit:integer"},
     {"StringConcat", "two texts in a row", Kind::other, "X Y", "Z", rules<StringConcatRule>},
     {"RegexFullMatch", "whether a text fits a pattern", Kind::other, "X", "Y",
      rules<SameShape<ElementType::boolean>>, "pattern:text"},
     {"BitCast", "bits read as another number format", Kind::other, "input", "output",
      rules<ToAttribute>, "to:integer"}});

}  // namespace hale::graph
