#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hale::graph {

/// A window's mean or maximum. Source: ONNX operators, AveragePool-19 and MaxPool-12.
struct Pool {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Required<Integers>, kernel_shape), (Integers, strides),
                             (Integers, dilations), (Integers, pads), (Integer<>, ceil_mode),
                             (Integer<>, count_include_pad), (Integer<>, storage_order),
                             (Text<"NOTSET">, auto_pad));
  };

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

using AveragePool = Pool;
using MaxPool = Pool;

/// A pooling whose window is the whole plane.
struct GlobalPool {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    Type pooled = view.type(0);
    if (!pooled.is_ranked()) return unranked(pooled.element);
    for (std::size_t i = 2; i < pooled.rank(); ++i) (*pooled.dims)[i] = Dim{1};
    return one_result(std::move(pooled));
  }
};

inline constexpr auto pooling_operations = std::to_array<Declaration>(
    {{"AveragePool", "the mean of a window that slides over the spatial axes", Kind::pooling, "X",
      "Y Indices?", rules<AveragePool>},
     {"MaxPool", "the maximum of a window that slides over the spatial axes", Kind::pooling, "X",
      "Y Indices?", rules<MaxPool>},
     {"GlobalAveragePool", "the mean over all spatial axes", Kind::pooling, "X", "Y",
      rules<GlobalPool>},
     {"GlobalMaxPool", "the maximum over all spatial axes", Kind::pooling, "X", "Y",
      rules<GlobalPool>}});

}  // namespace hale::graph
