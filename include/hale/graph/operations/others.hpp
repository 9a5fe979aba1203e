#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/arithmetic.hpp>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/movement.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// Random numbers in an operand's extents, or an identity: `dtype`, or the operand's element.
struct LikeWithDtype {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (const auto* dtype = attribute_of<std::int64_t>(view, "dtype"))
      type.element = element_type(*dtype);
    return one_result(std::move(type));
  }
};

/// Random numbers in extents that an attribute names.
struct ShapeAttribute {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const ElementType element = element_type(integer_of(view, "dtype", 1));
    const std::vector<std::int64_t> shape = integers_of(view, "shape");
    for (const std::int64_t each : shape)
      if (each < 0) return view.fail("shape has the entry ", each, ", expected 0 or more");
    return one_result(tensor_type(element, shape));
  }
};

struct DetRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (!type.dims) return one_result(type);
    if (type.rank() < 2)
      return view.fail("operand of rank ", type.rank(), " found, expected 2 or more");
    type.dims->resize(type.rank() - 2);
    return one_result(std::move(type));
  }
};

/// Extents of one operand with the trailing ones of another's or of attributes.
struct GridSampleRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const Type& grid = view.type(1);
    if (!x.dims || !grid.dims || x.rank() < 3 || grid.rank() != x.rank())
      return unranked(x.element);
    std::vector<Dim> dims{(*x.dims)[0], (*x.dims)[1]};
    dims.insert(dims.end(), grid.dims->begin() + 1, grid.dims->end() - 1);
    return one_result(Type{x.element, std::move(dims)});
  }
};

struct RoiAlignRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& x = view.type(0);
    const Type& rois = view.type(1);
    Type y{x.element, std::vector<Dim>(4)};
    if (rois.is_ranked() && rois.rank() == 2) (*y.dims)[0] = (*rois.dims)[0];
    if (x.is_ranked() && x.rank() == 4) (*y.dims)[1] = (*x.dims)[1];
    (*y.dims)[2] = extent_of(view, "output_height", 1);
    (*y.dims)[3] = extent_of(view, "output_width", 1);
    return one_result(std::move(y));
  }
};

/// A plane of another size: by factors (an attribute of Upsample-7), or by sizes.
struct ResizeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    if (!type.is_ranked()) return unranked(type.element);
    const bool has_roi = view.operation.is("Resize") && view.operation.operands.size() > 2;
    const std::vector<std::size_t> axes = axes_of(view, type.rank());
    // Resize-11 has an empty operand of sizes beside its factors.
    if (view.has(3) && element_count(view.type(3)) != 0) return sized(view, axes, std::move(type));
    const std::vector<Number> scales = factors(view, has_roi ? 2 : 1);
    for (std::size_t i = 0; i < axes.size(); ++i) {
      Dim& dim = (*type.dims)[axes[i]];
      dim = scales.size() == axes.size() ? scaled(dim, scales[i]) : Dim{};
    }
    return one_result(std::move(type));
  }

 private:
  /// The axes that the attribute `axes` names and the tensor has; all without the attribute.
  [[nodiscard]] static std::vector<std::size_t> axes_of(const OperationView& view,
                                                        std::size_t rank) {
    std::vector<std::size_t> axes;
    for (std::int64_t axis : integers_of(view, "axes")) {
      if (axis < 0) axis += static_cast<std::int64_t>(rank);
      if (axis >= 0 && axis < static_cast<std::int64_t>(rank))
        axes.push_back(static_cast<std::size_t>(axis));
    }
    if (view.operation.attribute("axes") == nullptr)
      for (std::size_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
    return axes;
  }
  /// In single precision, as ONNX has it: 10 by 0.7 is 7.
  [[nodiscard]] static Dim scaled(const Dim& dim, const Number& scale) {
    using namespace arithmetic;
    if (scale == Number(1.0)) return dim;
    return dim_of(cast(floor(multiply(number_of(dim), scale)), ElementType::i64));
  }
  [[nodiscard]] static Result<Types> sized(const OperationView& view,
                                           const std::vector<std::size_t>& axes, Type type) {
    auto sizes = view.dims(3);
    if (!sizes || sizes->size() != axes.size()) sizes.emplace(axes.size());
    const std::string policy = text_of(view, "keep_aspect_ratio_policy", "stretch");
    if (policy != "stretch") sizes = in_proportion(policy == "not_larger", axes, *sizes, type);
    for (std::size_t i = 0; i < axes.size(); ++i) (*type.dims)[axes[i]] = (*sizes)[i];
    return one_result(std::move(type));
  }
  /// The axes by one factor: the least that the sizes ask for, or the largest.
  [[nodiscard]] static std::vector<Dim> in_proportion(bool is_least,
                                                      const std::vector<std::size_t>& axes,
                                                      std::vector<Dim> sizes, const Type& type) {
    std::optional<double> factor;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const Dim& dim = (*type.dims)[axes[i]];
      if (!dim.is_static() || !sizes[i].is_static() || dim.extent == 0)
        return std::vector<Dim>(axes.size());
      const double own = static_cast<double>(sizes[i].extent) / static_cast<double>(dim.extent);
      factor = !factor ? own : is_least ? std::min(*factor, own) : std::max(*factor, own);
    }
    for (std::size_t i = 0; i < axes.size(); ++i) {
      const double extent = static_cast<double>((*type.dims)[axes[i]].extent);
      sizes[i] = Dim{static_cast<std::int64_t>(std::floor(extent * *factor + 0.5))};
    }
    return sizes;
  }
  [[nodiscard]] static std::vector<Number> factors(const OperationView& view, std::size_t operand) {
    if (const Contents* found = view.contents(operand)) return found->elements;
    std::vector<Number> scales;
    if (const auto* given = attribute_of<std::vector<float>>(view, "scales"))
      for (const float each : *given) scales.emplace_back(static_cast<double>(each));
    return scales;
  }
};

/// What a training step changes keeps its type: the operands after the rate and the count of steps,
/// without the gradients. `kept` of each learned tensor's operands come back as results.
[[nodiscard]] inline Types stepped(const OperationView& view, std::size_t kept) {
  const std::size_t count = view.operation.operands.size();
  const std::size_t tensors = count < 2 ? 0 : (count - 2) / (kept + 1);
  Types types;
  for (std::size_t kind = 0; kind < kept; ++kind)
    for (std::size_t i = 0; i < tensors; ++i)
      types.push_back(type_or_none(view, 2 + (kind == 0 ? 0 : kind + 1) * tensors + i));
  return types;
}
template <std::size_t Kept>
struct Optimizer {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return stepped(view, Kept);
  }
};

struct GradientRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Types types;
    for (std::size_t i = 0; i < view.operation.operands.size(); ++i)
      types.push_back(type_or_none(view, i));
    return types;
  }
};

/// The last axis becomes as many counts as the largest of `ngram_indexes` asks for.
struct TfIdfRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type{ElementType::f32, view.type(0).dims};
    std::int64_t most = -1;
    for (const std::int64_t each : integers_of(view, "ngram_indexes")) most = std::max(most, each);
    const auto width = checked_sum(most, 1);
    if (type.dims && type.rank() > 0 && width && *width >= 0) type.dims->back() = Dim{*width};
    return one_result(std::move(type));
  }
};

inline constexpr auto other_operations = std::to_array<Declaration>(
    {{"Det", "the determinant of each matrix", Kind::other, "X", "Y", rules<DetRule>},
     {"GridSample", "elements at places that a grid names", Kind::movement, "X grid", "Y",
      rules<GridSampleRule>, "align_corners:integer mode:text padding_mode:text"},
     {"RoiAlign", "regions of a plane at one size", Kind::pooling, "X rois batch_indices", "Y",
      rules<RoiAlignRule>, "output_height:integer output_width:integer"},
     {"Resize", "a plane of another size", Kind::movement, "X roi? scales? sizes?", "Y",
      rules<ResizeRule>, "mode:text"},
     {"Upsample", "a plane of another size", Kind::movement, "X scales?", "Y", rules<ResizeRule>,
      "mode:text"},
     {"Bernoulli", "0 or 1 with the operand's probability", Kind::other, "input", "output",
      rules<LikeWithDtype>, "dtype:integer"},
     {"RandomUniformLike", "random numbers", Kind::other, "input", "output", rules<LikeWithDtype>,
      "dtype:integer"},
     {"RandomNormalLike", "random numbers", Kind::other, "input", "output", rules<LikeWithDtype>,
      "dtype:integer"},
     {"EyeLike", "ones on a diagonal", Kind::movement, "input", "output", rules<LikeWithDtype>,
      "dtype:integer k:integer"},
     {"RandomUniform", "random numbers", Kind::other, "", "output", rules<ShapeAttribute>,
      "dtype:integer shape:integers"},
     {"RandomNormal", "random numbers", Kind::other, "", "output", rules<ShapeAttribute>,
      "dtype:integer shape:integers"},
     {"TfIdfVectorizer", "counts of n-grams", Kind::other, "X", "Y", rules<TfIdfRule>,
      "ngram_indexes:integers mode:text"}});

inline constexpr auto training_operations = in_domain(
    domains::training,
    std::to_array<Declaration>(
        {{"Momentum", "a step of gradient descent with momentum", Kind::other, "R T inputs*",
          "outputs*", rules<Optimizer<2>>},
         {"Adagrad", "a step of Adagrad", Kind::other, "R T inputs*", "outputs*",
          rules<Optimizer<2>>},
         {"Adam", "a step of Adam", Kind::other, "R T inputs*", "outputs*", rules<Optimizer<3>>},
         {"Gradient", "the derivatives of an output", Kind::other, "Inputs*", "Outputs*",
          rules<GradientRule>}}));

}  // namespace hale::graph
