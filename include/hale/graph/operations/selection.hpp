#pragma once

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
    if (axis == nullptr) return Types{Type{type.element, std::vector<Dim>(1)}};
    if (!type.is_ranked()) return unranked(type.element);
    HALE_TRY(const std::size_t place, normalise_axis(view, *axis, type.rank()));
    (*type.dims)[place] = Dim{};
    return Types{std::move(type)};
  }
};

struct NonZeroRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    Dim rank = x.is_ranked() ? Dim{static_cast<std::int64_t>(x.rank())} : Dim{};
    return Types{Type{ElementType::i64, std::vector<Dim>{std::move(rank), Dim{}}}};
  }
};

struct NonMaxSuppressionRule {
  [[nodiscard]] static Result<Types> infer(const OperationView&) {
    return Types{Type{ElementType::i64, std::vector<Dim>{Dim{}, Dim{3}}}};
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
    return Types{std::move(type)};
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
    return Types{Type{element_type(integer_of(view, "dtype", 6)),
                      std::vector<Dim>{std::move(batch), Dim{samples}}}};
  }
};

/// Texts with those left out that attributes name: as many along the last axis as are left.
struct StringNormalizerRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (type.is_ranked() && type.rank() > 0) type.dims->back() = Dim{};
    return Types{std::move(type)};
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
    return Types{Type{element_type(integer_of(view, "to", 1)), view.type(0).dims}};
  }
};

using SelectionFamily = Family<
    Declared<"Compress", "the elements where a condition holds", CompressRule,
             Slots<"input", "condition">, Slots<"output">, Integer<"axis">>,
    Declared<"NonZero", "the places of what is not zero", NonZeroRule, Slots<"X">, Slots<"Y">>,
    Declared<"NonMaxSuppression", "the boxes that overlap no better one", NonMaxSuppressionRule,
             Slots<"boxes", "scores", "max_output_boxes_per_class?", "iou_threshold?",
                   "score_threshold?">,
             Slots<"selected_indices">, Integer<"center_point_box">>,
    Declared<"OneHot", "one of two values, by an index", OneHotRule,
             Slots<"indices", "depth", "values">, Slots<"output">, Integer<"axis">>,
    Declared<"Unique", "each different element once", UniqueRule, Slots<"X">,
             Slots<"Y", "indices?", "inverse_indices?", "counts?">, Integer<"axis">,
             Integer<"sorted">>,
    Declared<"Multinomial", "samples of a distribution", MultinomialRule, Slots<"input">,
             Slots<"output">, Integer<"dtype">, Integer<"sample_size">>,
    Declared<"StringNormalizer", "texts in one form, without some", StringNormalizerRule,
             Slots<"X">, Slots<"Y">, Text<"case_change_action">>,
    Declared<"StringSplit", "texts in parts", StringSplitRule, Slots<"X">, Slots<"Y", "Z">,
             Text<"delimiter">, Integer<"maxsplit">>,
    Declared<"StringConcat", "two texts in a row", StringConcatRule, Slots<"X", "Y">, Slots<"Z">>,
    Declared<"RegexFullMatch", "whether a text fits a pattern", SameShape<ElementType::boolean>,
             Slots<"X">, Slots<"Y">, Text<"pattern">>,
    Declared<"BitCast", "bits read as another number format", ToAttribute, Slots<"input">,
             Slots<"output">, Integer<"to">>,
    Declared<"CumProd", "running products along an axis", SameType, Slots<"x", "axis">, Slots<"y">,
             Integer<"exclusive">, Integer<"reverse">>>;

}  // namespace hale::graph
