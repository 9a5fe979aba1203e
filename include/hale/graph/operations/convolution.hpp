#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hale::graph {

/// Convolution. Source: ONNX operators, Conv-11.
struct Conv {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Integers, kernel_shape), (Integers, strides),
                             (Integers, dilations), (Integers, pads), (Integer<1>, group),
                             (Text<"NOTSET">, auto_pad));
  };

  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& x = view.type(0);
    const Type& w = view.type(1);
    if (!x.is_ranked() || !w.is_ranked()) return unranked(x.element);
    HALE_CHECK(check_channels(view, a));
    Window window{a.kernel_shape, a.strides, a.dilations, a.pads};
    if (window.kernel.empty())
      for (std::size_t i = 2; i < w.rank(); ++i) {
        if (!(*w.dims)[i].is_static()) return unranked(x.element);
        window.kernel.push_back((*w.dims)[i].extent);
      }
    HALE_TRY(window, checked_window(view, std::move(window), x.rank(), a.auto_pad));
    std::vector<Dim> dims{(*x.dims)[0], (*w.dims)[0]};
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
      const Dim& filter = (*w.dims)[i + 2];
      if (filter.is_static() && filter.extent != window.kernel[i])
        return view.fail("kernel_shape has the entry ", window.kernel[i], ", expected ",
                         filter.extent, " as in the weight ", describe(w));
      HALE_TRY(Dim places, slide(view, window, i, (*x.dims)[i + 2]));
      dims.push_back(std::move(places));
    }
    return one_result(Type{x.element, std::move(dims)});
  }

  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view,
                                                                  const Attributes&) {
    const Type& w = view.type(1);
    const auto outputs = element_count(view.graph.value(view.operation.results[0]).type);
    const auto weights = element_count(w);
    if (!outputs || !weights || (*w.dims)[0].extent == 0) return std::nullopt;
    const auto products = checked_product(*outputs, *weights / (*w.dims)[0].extent);
    if (!products) return std::nullopt;
    return static_cast<std::uint64_t>(*products);
  }

 private:
  [[nodiscard]] static Result<> check_channels(const OperationView& view, const Attributes& a) {
    const Type& x = view.type(0);
    const Type& w = view.type(1);
    if (x.rank() < 3) return view.fail("operand of rank ", x.rank(), " found, expected at least 3");
    if (x.rank() != w.rank())
      return view.fail("weight of rank ", w.rank(), " found, expected ", x.rank(),
                       " as the operand has");
    if (a.group < 1) return view.fail("group is ", a.group.value, ", expected at least 1");
    const Dim& channels = (*x.dims)[1];
    const Dim& taken = (*w.dims)[1];
    if (!channels.is_static() || !taken.is_static()) return {};
    if (checked_product(taken.extent, a.group) != channels.extent)
      return view.fail("operand of ", channels.extent, " channels found, expected ", taken.extent,
                       " in each of ", a.group.value, " group(s) as in the weight ", describe(w));
    return {};
  }
};

/// Normalisation of each channel. Source: ONNX operators, BatchNormalization-15.
struct BatchNormalizationRule {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    constexpr std::array<std::string_view, 4> names = {"scale", "B", "input_mean", "input_var"};
    const Type& x = view.type(0);
    Types types{x};
    for (std::size_t operand = 1; operand < 5; ++operand) {
      const Type& each = view.type(operand);
      if (!each.is_ranked()) continue;
      if (each.rank() != 1)
        return view.fail("operand ", names[operand - 1], " of shape ", describe(each),
                         " found, expected one axis");
    }
    while (types.size() < view.operation.results.size()) types.push_back(view.type(3));
    return types;
  }
};

inline constexpr auto convolution_operations = std::to_array<Declaration>(
    {multiplies(Form::convolution, {"Conv", "a filter slides over the spatial axes",
                                    Kind::convolution, "X W! B?!", "Y", rules<Conv>}),
     {"BatchNormalization", "each channel is shifted and scaled", Kind::normalisation,
      "X scale! B! input_mean input_var", "Y running_mean? running_var? saved_mean? saved_var?",
      rules<BatchNormalizationRule>, "epsilon:float momentum:float training_mode:integer"}});

}  // namespace hale::graph
