#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/attention.hpp>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/sequences.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hale::graph {

// Models of the years before deep learning, domain ai.onnx.ml. What they compute per row of their
// operand are comparisons and table look-ups; products are counted where they are dense.

/// How many entries an attribute lists; nothing where it lists none.
template <class Element>
[[nodiscard]] std::int64_t entries_of(const OperationView& view, std::string_view name) {
  const auto* found = attribute_of<std::vector<Element>>(view, name);
  return found == nullptr ? 0 : static_cast<std::int64_t>(found->size());
}

/// Rows of the operand: a lone vector is one row.
[[nodiscard]] inline Dim rows_of(const Type& x) {
  if (!x.is_ranked() || x.rank() == 0) return Dim{};
  return x.rank() == 1 ? Dim{1} : (*x.dims)[0];
}

/// A class for each row, by text or number, and a score for each class.
struct ClassifierRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Dim rows = rows_of(view.type(0));
    std::int64_t texts = 0;
    std::int64_t numbers = 0;
    for (const std::string_view name : {"classlabels_strings", "classlabels_string"})
      texts = std::max(texts, entries_of<std::string>(view, name));
    for (const std::string_view name : {"classlabels_ints", "classlabels_int64s"})
      numbers = std::max(numbers, entries_of<std::int64_t>(view, name));
    const std::int64_t classes = std::max(texts, numbers);
    return Types{ranked(texts > 0 ? ElementType::string : ElementType::i64, {rows}),
                 ranked(ElementType::f32, {rows, classes > 0 ? Dim{classes} : Dim{}})};
  }
};

/// Figures for each row, as many as an attribute says.
template <FixedString Count>
struct RegressorRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(
        ranked(ElementType::f32, {rows_of(view.type(0)), extent_of(view, Count.view(), 1)}));
  }
};

/// A rule with a product a row by each of the numbers that an attribute lists.
template <class Rule, FixedString Numbers>
struct ProductsBy : Rule {
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Dim rows = rows_of(view.type(0));
    const std::int64_t numbers = entries_of<float>(view, Numbers.view());
    std::int64_t products = 0;
    if (!rows.is_static() || __builtin_mul_overflow(rows.extent, numbers, &products))
      return std::nullopt;
    return static_cast<std::uint64_t>(products);
  }
};

struct TreeEnsembleRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(
        ranked(view.type(0).element, {rows_of(view.type(0)), extent_of(view, "n_targets", 1)}));
  }
};

/// Each element looked up in a table: the element is the table's.
struct LabelEncoderRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    const bool was_text = type.element == ElementType::string;
    if (entries_of<std::string>(view, "values_strings") > 0)
      type.element = ElementType::string;
    else if (entries_of<std::int64_t>(view, "values_int64s") > 0)
      type.element = ElementType::i64;
    else if (entries_of<float>(view, "values_floats") > 0)
      type.element = ElementType::f32;
    else if (const Tensor* table = attribute_of<Tensor>(view, "values_tensor"))
      type.element = table->element;
    else
      type.element = was_text ? ElementType::i64 : ElementType::string;
    return one_result(std::move(type));
  }
};

/// A new last axis: 1 at the category's place.
struct CategoriesRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type{ElementType::f32, view.type(0).dims};
    const std::int64_t categories = std::max(entries_of<std::int64_t>(view, "cats_int64s"),
                                             entries_of<std::string>(view, "cats_strings"));
    if (type.dims) type.dims->push_back(categories > 0 ? Dim{categories} : Dim{});
    return one_result(std::move(type));
  }
};

struct FeatureExtractorRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    const Type& places = view.type(1);
    if (!type.is_ranked() || type.rank() == 0) return unranked(type.element);
    const auto count = element_count(places);
    type.dims->back() = count ? Dim{*count} : Dim{};
    if (type.rank() == 1) type.dims->insert(type.dims->begin(), Dim{1});
    return one_result(std::move(type));
  }
};

struct FeatureVectorizerRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    std::int64_t width = 0;
    for (const std::int64_t each : integers_of(view, "inputdimensions")) {
      const auto sum = checked_sum(width, each);
      if (each < 0 || !sum)
        return view.fail("inputdimensions has the entry ", each, ", expected 0 or more");
      width = *sum;
    }
    return one_result(ranked(ElementType::f32, {rows_of(view.type(0)), Dim{width}}));
  }
};

/// A map of classes to scores for each row.
struct ZipMapRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const bool is_text = entries_of<std::string>(view, "classlabels_strings") > 0;
    Type map = container_of("map", tensor_type(ElementType::f32, {}));
    map.element = is_text ? ElementType::string : ElementType::i64;
    return one_result(container_of("sequence", std::move(map)));
  }
};

struct ToTextAttribute {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const std::string to = text_of(view, "cast_to", "TO_FLOAT");
    const ElementType element = to == "TO_STRING"  ? ElementType::string
                                : to == "TO_INT64" ? ElementType::i64
                                                   : ElementType::f32;
    return one_result(ranked(element, {Dim{1}, Dim{}}));
  }
};

using ToFloat = SameShape<ElementType::f32>;

inline constexpr auto classical_operations = in_domain(
    domains::classical,
    std::to_array<Declaration>(
        {{"ArrayFeatureExtractor", "columns picked by their places", Kind::other, "X Y", "Z",
          rules<FeatureExtractorRule>},
         {"Binarizer", "whether elements are above a threshold", Kind::other, "X", "Y",
          rules<SameType>, "threshold:float"},
         {"CastMap", "a map as a tensor", Kind::other, "X", "Y", rules<ToTextAttribute>,
          "cast_to:text"},
         {"CategoryMapper", "categories as numbers or texts", Kind::other, "X", "Y",
          rules<LabelEncoderRule>},
         {"DictVectorizer", "a map as a row of features", Kind::other, "X", "Y", rules<Unsaid>},
         {"FeatureVectorizer", "operands as columns of one", Kind::other, "X*", "Y",
          rules<FeatureVectorizerRule>, "inputdimensions:integers"},
         {"Imputer", "missing elements replaced", Kind::other, "X", "Y", rules<SameType>},
         {"LabelEncoder", "elements looked up in a table", Kind::other, "X", "Y",
          rules<LabelEncoderRule>},
         {"LinearClassifier", "a class by linear scores", Kind::other, "X", "Y Z",
          rules<ProductsBy<ClassifierRule, "coefficients">>,
          "multi_class:integer post_transform:text"},
         {"LinearRegressor", "linear figures", Kind::other, "X", "Y",
          rules<ProductsBy<RegressorRule<"targets">, "coefficients">>,
          "targets:integer post_transform:text"},
         {"Normalizer", "rows of norm 1", Kind::other, "X", "Y", rules<ToFloat>, "norm:text"},
         {"OneHotEncoder", "categories as axes", Kind::other, "X", "Y", rules<CategoriesRule>,
          "zeros:integer"},
         {"Scaler", "elements shifted and scaled", Kind::other, "X", "Y", rules<ToFloat>},
         {"SVMClassifier", "a class by support vectors", Kind::other, "X", "Y Z",
          rules<ProductsBy<ClassifierRule, "support_vectors">>, "kernel_type:text"},
         {"SVMRegressor", "a figure by support vectors", Kind::other, "X", "Y",
          rules<ProductsBy<RegressorRule<"n_targets">, "support_vectors">>, "kernel_type:text"},
         {"TreeEnsemble", "figures by decision trees", Kind::other, "X", "Y",
          rules<TreeEnsembleRule>, "n_targets:integer"},
         {"TreeEnsembleClassifier", "a class by decision trees", Kind::other, "X", "Y Z",
          rules<ClassifierRule>},
         {"TreeEnsembleRegressor", "figures by decision trees", Kind::other, "X", "Y",
          rules<RegressorRule<"n_targets">>, "n_targets:integer"},
         {"ZipMap", "scores by the names of their classes", Kind::other, "X", "Z",
          rules<ZipMapRule>}}));

}  // namespace hale::graph
