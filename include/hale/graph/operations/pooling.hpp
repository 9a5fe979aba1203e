#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/core/fixed_string.hpp>
#include <hale/graph/operations/shape_rules.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hale::graph {

/// The attributes that AveragePool and MaxPool share, and those of one that the other never has.
struct PoolAttributes {
  std::vector<std::int64_t> kernel_shape{}, strides{}, dilations{}, pads{};
  std::int64_t ceil_mode = 0;
  std::int64_t count_include_pad = 0;
  std::int64_t storage_order = 0;
  std::string auto_pad = "NOTSET";
};

/// A window's mean or maximum. Source: ONNX operators, AveragePool-19 and MaxPool-12.
template <FixedString Name, FixedString Summary>
struct Pool {
  static constexpr std::string_view name = Name.view();
  static constexpr std::string_view summary = Summary.view();
  using Attributes = PoolAttributes;
  [[nodiscard]] static constexpr auto operands() { return std::array{Slot{"X"}}; }
  [[nodiscard]] static constexpr auto results() {
    return std::array{Slot{"Y"}, Slot{"Indices", Arity::optional}};
  }
  [[nodiscard]] static constexpr auto fields() {
    return hana::make_tuple(
        required_field("kernel_shape", &Attributes::kernel_shape),
        field("strides", &Attributes::strides), field("dilations", &Attributes::dilations),
        field("pads", &Attributes::pads), field("ceil_mode", &Attributes::ceil_mode),
        field("count_include_pad", &Attributes::count_include_pad),
        field("storage_order", &Attributes::storage_order),
        field("auto_pad", &Attributes::auto_pad));
  }

  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& x = view.type(0);
    if (!x.is_ranked()) return unranked(x.element);
    HALE_TRY(const Window window, checked_window(view,
                                                 Window{.kernel = a.kernel_shape,
                                                        .strides = a.strides,
                                                        .dilations = a.dilations,
                                                        .pads = a.pads,
                                                        .ceil_mode = a.ceil_mode != 0},
                                                 x.rank(), a.auto_pad));
    std::vector<Dim> dims{(*x.dims)[0], (*x.dims)[1]};
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
      HALE_TRY(Dim places, slide(view, window, i, (*x.dims)[i + 2]));
      dims.push_back(std::move(places));
    }
    Types types{Type{x.element, dims}};
    if (view.operation.results.size() > 1) types.push_back(Type{ElementType::i64, dims});
    return types;
  }
};

using AveragePool = Pool<"AveragePool", "the mean of a window that slides over the spatial axes">;
using MaxPool = Pool<"MaxPool", "the maximum of a window that slides over the spatial axes">;

/// A pooling whose window is the whole plane.
template <FixedString Name, FixedString Summary>
struct GlobalPool : WithoutAttributes, OneResult {
  static constexpr std::string_view name = Name.view();
  static constexpr std::string_view summary = Summary.view();
  [[nodiscard]] static constexpr auto operands() { return std::array{Slot{"X"}}; }

  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes&) {
    Type pooled = view.type(0);
    if (!pooled.is_ranked()) return unranked(pooled.element);
    for (std::size_t i = 2; i < pooled.rank(); ++i) (*pooled.dims)[i] = Dim{1};
    return Types{std::move(pooled)};
  }
};

using GlobalAveragePool = GlobalPool<"GlobalAveragePool", "the mean over all spatial axes">;
using GlobalMaxPool = GlobalPool<"GlobalMaxPool", "the maximum over all spatial axes">;

}  // namespace hale::graph
