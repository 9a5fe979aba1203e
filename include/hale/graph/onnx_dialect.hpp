#pragma once

#include <algorithm>
#include <array>
#include <boost/hana/tuple.hpp>
#include <boost/hana/type.hpp>
#include <boost/hana/unpack.hpp>
#include <cstdint>
#include <hale/graph/operation.hpp>
#include <hale/graph/operation_info.hpp>
#include <hale/graph/operations/attention.hpp>
#include <hale/graph/operations/classical.hpp>
#include <hale/graph/operations/contributed.hpp>
#include <hale/graph/operations/convolution.hpp>
#include <hale/graph/operations/elementwise.hpp>
#include <hale/graph/operations/families.hpp>
#include <hale/graph/operations/layers.hpp>
#include <hale/graph/operations/linear.hpp>
#include <hale/graph/operations/movement.hpp>
#include <hale/graph/operations/others.hpp>
#include <hale/graph/operations/planes.hpp>
#include <hale/graph/operations/pooling.hpp>
#include <hale/graph/operations/selection.hpp>
#include <hale/graph/operations/sequences.hpp>
#include <hale/graph/operations/shape.hpp>
#include <hale/graph/operations/signal.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace hale::graph {

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

/// What holds a declaration's attributes: a family's members with the same ones share it.
template <class D>
struct SchemaOf {
  using Kind = D;
};
template <class D>
requires requires { typename D::Shared; }
struct SchemaOf<D> {
  using Kind = typename D::Shared;
};
template <class D>
[[nodiscard]] constexpr std::string_view domain_of() {
  if constexpr (requires { D::domain; })
    return D::domain;
  else
    return {};
}

/// The hooks of a declaration, each behind the same signature.
template <OperationDeclaration D>
struct Erased {
  [[nodiscard]] static Result<> check_attributes(const OperationView& view) {
    HALE_CHECK(read_attributes<typename SchemaOf<D>::Kind>(view));
    return {};
  }
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    HALE_TRY(const auto attributes, read_attributes<typename SchemaOf<D>::Kind>(view));
    return D::infer(view, attributes);
  }
  [[nodiscard]] static std::optional<Contents> evaluate(const OperationView& view) {
    if constexpr (requires(typename D::Attributes a) { D::evaluate(view, a); })
      if (const auto attributes = read_attributes<typename SchemaOf<D>::Kind>(view))
        return D::evaluate(view, *attributes);
    return std::nullopt;
  }
  /// An operation that declares none has no products: zero, and surely so.
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    if constexpr (requires(typename D::Attributes a) { D::multiply_adds(view, a); }) {
      const auto attributes = read_attributes<typename SchemaOf<D>::Kind>(view);
      return attributes ? D::multiply_adds(view, *attributes) : std::nullopt;
    } else {
      return 0;
    }
  }
};

template <OperationDeclaration D>
[[nodiscard]] constexpr OperationInfo info_of() {
  return {domain_of<D>(),
          D::name,
          D::summary,
          operands_of<D>,
          results_of<D>,
          attributes_of<D>,
          &Erased<D>::check_attributes,
          &Erased<D>::infer,
          &Erased<D>::evaluate,
          &Erased<D>::multiply_adds};
}

template <class... D>
[[nodiscard]] constexpr auto infos_of(Family<D...>) {
  return std::array<OperationInfo, sizeof...(D)>{info_of<D>()...};
}

[[nodiscard]] constexpr bool comes_before(const OperationInfo& a, const OperationInfo& b) {
  return a.name != b.name ? a.name < b.name : a.domain < b.domain;
}

/// The families collapsed into one table, by name and then by domain.
template <class... Families>
[[nodiscard]] constexpr auto table_of(Families... families) {
  std::array<OperationInfo, (infos_of(Families{}).size() + ...)> table{};
  auto next = table.begin();
  const auto add = [&next](const auto& infos) {
    next = std::copy(infos.begin(), infos.end(), next);
  };
  (add(infos_of(families)), ...);
  std::sort(table.begin(), table.end(), comes_before);
  return table;
}

}  // namespace detail

using SingleOperations =
    Family<Add, AveragePool, BatchNormalization, Cast, Concat, Constant, Conv, Div, Dropout,
           Flatten, Gather, Gemm, GlobalAveragePool, GlobalMaxPool, Identity, LogSoftmax, MatMul,
           MaxPool, Mul, Pad, Relu, Reshape, Shape, Sigmoid, Softmax, Squeeze, Sub, Tanh,
           Unsqueeze>;

/// Every declared operation; whatever else a model holds is carried by its name.
inline constexpr auto operation_table =
    detail::table_of(SingleOperations{}, PointwiseFamily{}, ComparisonFamily{}, CombinationFamily{},
                     ReductionFamily{}, MovementFamily{}, LayerFamily{}, OtherFamily{},
                     AttentionFamily{}, SequenceFamily{}, SelectionFamily{}, PlaneFamily{},
                     SignalFamily{}, FusedFamily{}, QuantisedFamily{}, ClassicalFamily{});

namespace detail {

/// The declaration of an operation in a sorted table; null where there is none. Cost: O(log n).
[[nodiscard]] constexpr const OperationInfo* find_in(std::span<const OperationInfo> table,
                                                     const Operation& operation) {
  OperationInfo sought{};
  sought.domain = operation.domain;
  sought.name = operation.name;
  const auto found = std::lower_bound(table.begin(), table.end(), sought, comes_before);
  if (found == table.end() || found->name != sought.name) return nullptr;
  return found->domain == sought.domain ? &*found : nullptr;
}

}  // namespace detail

#ifndef HALE_OPERATIONS
inline const OperationInfo* find_operation(const Operation& operation) {
  return detail::find_in(operation_table, operation);
}
#endif

}  // namespace hale::graph
