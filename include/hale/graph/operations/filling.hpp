#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <hale/graph/operations/elementwise.hpp>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

/// Operations that fill a tensor with few numbers: repeated, at equal distances, or all the same.
namespace hale::graph {

/// The extents of an operand that says them; of that many axes where it does not.
[[nodiscard]] inline std::optional<std::vector<Dim>> dims_from(const OperationView& view,
                                                               std::size_t operand) {
  if (const Contents* found = view.contents(operand)) {
    for (const Number& each : found->elements)
      if (const auto* extent = std::get_if<std::int64_t>(&each); extent != nullptr && *extent < 0)
        return std::nullopt;
    return view.dims(operand);
  }
  const Type type = type_or_none(view, operand);
  if (!type.is_static() || type.rank() != 1) return std::nullopt;
  const std::int64_t rank = (*type.dims)[0].extent;
  if (rank > static_cast<std::int64_t>(max_contents)) return std::nullopt;
  return std::vector<Dim>(static_cast<std::size_t>(rank));
}

struct ExpandRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    HALE_TRY(Type type,
             broadcast_types(view, view.type(0), Type{view.type(0).element, dims_from(view, 1)}));
    return one_result(std::move(type));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    const auto extents = extents_of_result(view);
    return data == nullptr || !extents ? std::nullopt : broadcast_to(*data, *extents);
  }
};

struct TileRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type type = view.type(0);
    const auto repeats = view.integers(1);
    if (!type.is_ranked()) return unranked(type.element);
    if (repeats && repeats->size() != type.rank())
      return view.fail("repeats has ", repeats->size(), " entries, expected ", type.rank());
    for (std::size_t i = 0; i < type.rank(); ++i) {
      Dim& dim = (*type.dims)[i];
      const auto extent = repeats && dim.is_static() && (*repeats)[i] >= 0
                              ? checked_product(dim.extent, (*repeats)[i])
                              : std::nullopt;
      if (!repeats || (*repeats)[i] != 1) dim = Dim{extent.value_or(Dim::open)};
    }
    return one_result(std::move(type));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Contents* data = view.contents(0);
    auto extents = extents_of_result(view);
    if (data == nullptr || !extents || extents->size() != data->rank()) return std::nullopt;
    return picked(*data, *std::move(extents), [&](const std::vector<std::size_t>& at) {
      std::size_t index = 0;
      for (std::size_t i = 0; i < at.size(); ++i)
        index = index * data->extent(i) + at[i] % std::max<std::size_t>(data->extent(i), 1);
      return index;
    });
  }
};

struct ConstantOfShapeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Tensor* value = attribute_of<Tensor>(view, "value");
    return one_result(
        Type{value == nullptr ? ElementType::f32 : value->element, dims_from(view, 0)});
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    auto extents = extents_of_result(view);
    const auto count = extents ? small_count(*extents) : std::nullopt;
    if (!count) return std::nullopt;
    // More real numbers are weights: they decide no shape.
    constexpr std::size_t most_reals = 16;
    const Tensor* value = attribute_of<Tensor>(view, "value");
    const ElementType element = value == nullptr ? ElementType::f32 : value->element;
    if (is_floating(element) && *count > most_reals) return std::nullopt;
    return Contents{*std::move(extents), std::vector<Number>(*count, filler(view))};
  }
  /// What each element is.
  [[nodiscard]] static Number filler(const OperationView& view) {
    const Tensor* value = attribute_of<Tensor>(view, "value");
    if (value == nullptr) return 0.0;
    const auto only = [](const auto& kept) -> Number {
      if constexpr (requires { kept.front(); })
        return kept.size() == 1 ? Number(kept.front()) : Number();
      else
        return {};
    };
    return std::visit(only, value->elements);
  }
};

struct RangeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    return one_result(ranked(view.type(0).element, {count_of(view)}));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    const Dim count = count_of(view);
    if (!count.is_static() || !small_count({count.extent})) return std::nullopt;
    const Number& step = view.contents(2)->elements.front();
    Number each = view.contents(0)->elements.front();
    std::vector<Number> elements;
    for (std::int64_t i = 0; i < count.extent; ++i) {
      elements.push_back(each);
      each = arithmetic::add(each, step);
    }
    return Contents::vector(std::move(elements));
  }

 private:
  /// ceil((limit - start) / step), where that is known or a symbol.
  [[nodiscard]] static Dim count_of(const OperationView& view) {
    for (std::size_t i = 0; i < 3; ++i)
      if (view.contents(i) == nullptr || view.contents(i)->elements.size() != 1) return Dim{};
    const Number room =
        arithmetic::subtract(view.contents(1)->elements[0], view.contents(0)->elements[0]);
    const Number& step = view.contents(2)->elements[0];
    if (const auto* whole = std::get_if<std::int64_t>(&room))
      if (const auto* by = std::get_if<std::int64_t>(&step)) {
        if (*by == 0 || (*whole > 0) != (*by > 0)) return *by == 0 ? Dim{} : Dim{0};
        const auto quotient = arithmetic::quotient(*whole, *by);
        return quotient ? Dim{*quotient + (*whole % *by != 0 ? 1 : 0)} : Dim{};
      }
    const Number count =
        arithmetic::cast(arithmetic::ceil(arithmetic::divide(room, step, false)), ElementType::i64);
    const auto* whole = std::get_if<std::int64_t>(&count);
    return dim_of(whole != nullptr ? Number(std::max<std::int64_t>(*whole, 0)) : count);
  }
};

struct SizeRule {
  [[nodiscard]] static Result<Types> infer(const OperationView&) {
    return one_result(tensor_type(ElementType::i64, {}));
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    if (!view.type(0).is_ranked()) return std::nullopt;
    Number count = std::int64_t{1};
    for (const Dim& dim : *view.type(0).dims) count = arithmetic::multiply(count, number_of(dim));
    return Contents::scalar(std::move(count));
  }
};

inline constexpr auto filling_operations = std::to_array<Declaration>(
    {{"Expand", "a tensor repeated by broadcasting", Kind::movement, "input shape", "output",
      rules<ExpandRule>},
     {"Tile", "a tensor repeated along axes", Kind::movement, "input repeats axis?", "output",
      rules<TileRule>},
     {"ConstantOfShape", "one element everywhere", Kind::movement, "input", "output",
      rules<ConstantOfShapeRule>, "value:tensor"},
     {"Range", "numbers at equal distances", Kind::movement, "start limit delta", "output",
      rules<RangeRule>},
     {"Size", "how many elements there are", Kind::view, "data", "size", rules<SizeRule>}});

}  // namespace hale::graph
