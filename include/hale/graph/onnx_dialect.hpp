#pragma once

#include <algorithm>
#include <array>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operation.hpp>
#include <hale/graph/operations/convolution.hpp>
#include <hale/graph/operations/elementwise.hpp>
#include <hale/graph/operations/linear.hpp>
#include <hale/graph/operations/pooling.hpp>
#include <hale/graph/operations/shape.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace hale::graph {

/// What a table of attributes says of one of them.
struct AttributeSummary {
  std::string_view name;
  std::string_view kind;  // "an integer"
  bool is_required = false;
};

/// A declared operation without its type, as the passes, the verifier and the documentation see it.
struct OperationInfo {
  std::string_view name;
  std::string_view summary;
  std::span<const Slot> operands;
  std::span<const Slot> results;
  std::span<const AttributeSummary> attributes;
  Result<> (*check_attributes)(const OperationView&);
  Result<Types> (*infer)(const OperationView&);
  std::optional<Contents> (*evaluate)(const OperationView&);
  std::optional<std::uint64_t> (*multiply_adds)(const OperationView&);
};

namespace detail {

template <class D>
inline constexpr auto operands_of = D::operands();
template <class D>
inline constexpr auto results_of = D::results();
template <class D>
inline constexpr auto attributes_of = hana::unpack(D::fields(), [](const auto&... each) {
  return std::array<AttributeSummary, sizeof...(each)>{AttributeSummary{
      each.name,
      attribute_kind_names[kind_index<attribute_kind_t<
          std::remove_cvref_t<decltype(std::declval<typename D::Attributes&>().*each.member)>>>],
      each.is_required}...};
});

/// The hooks of a declaration, each behind the same signature.
template <OperationDeclaration D>
struct Erased {
  [[nodiscard]] static Result<> check_attributes(const OperationView& view) {
    HALE_CHECK(read_attributes<D>(view));
    return {};
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    HALE_TRY(const auto attributes, read_attributes<D>(view));
    return D::infer(view, attributes);
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    if constexpr (requires(typename D::Attributes a) { D::evaluate(view, a); })
      if (const auto attributes = read_attributes<D>(view)) return D::evaluate(view, *attributes);
    return std::nullopt;
  }
  /// An operation that declares none has no products: zero, and surely so.
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    if constexpr (requires(typename D::Attributes a) { D::multiply_adds(view, a); }) {
      const auto attributes = read_attributes<D>(view);
      return attributes ? D::multiply_adds(view, *attributes) : std::nullopt;
    } else {
      return 0;
    }
  }
};

template <OperationDeclaration D>
[[nodiscard]] constexpr OperationInfo info_of() {
  return {D::name,           D::summary,           operands_of<D>,
          results_of<D>,     attributes_of<D>,     &Erased<D>::check_attributes,
          &Erased<D>::infer, &Erased<D>::evaluate, &Erased<D>::multiply_adds};
}

}  // namespace detail

/// Every declared operation of ONNX; whatever else a model holds is carried by its name.
inline constexpr auto declared_operations =
    hana::tuple_t<Add, AveragePool, BatchNormalization, Cast, Concat, Constant, Conv, Div, Dropout,
                  Flatten, Gather, Gemm, GlobalAveragePool, GlobalMaxPool, Identity, LogSoftmax,
                  MatMul, MaxPool, Mul, Pad, ReduceMean, Relu, Reshape, Shape, Sigmoid, Softmax,
                  Squeeze, Sub, Tanh, Unsqueeze>;

/// The declarations collapsed into one table, by name.
inline constexpr auto operation_table = hana::unpack(declared_operations, [](auto... each) {
  std::array<OperationInfo, sizeof...(each)> table{
      detail::info_of<typename decltype(each)::type>()...};
  std::sort(table.begin(), table.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return table;
});

/// The declaration of an operation; null where there is none. Cost: O(log n).
[[nodiscard]] inline const OperationInfo* find_operation(const Operation& operation) {
  if (!operation.domain.empty()) return nullptr;
  const std::string_view name = operation.name;
  const auto* found = std::lower_bound(
      operation_table.begin(), operation_table.end(), name,
      [](const OperationInfo& info, std::string_view key) { return info.name < key; });
  return found != operation_table.end() && found->name == name ? found : nullptr;
}

}  // namespace hale::graph
