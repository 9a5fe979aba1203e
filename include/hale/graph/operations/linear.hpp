#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operations/declared.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

namespace detail {

/// Products of a matrix product: its result's elements times the inner extent.
[[nodiscard]] inline std::optional<std::uint64_t> inner_products(const OperationView& view,
                                                                 const Dim& inner) {
  const auto outputs = element_count(view.graph.value(view.operation.results[0]).type);
  if (!outputs || !inner.is_static()) return std::nullopt;
  const auto products = checked_product(*outputs, inner.extent);
  if (!products) return std::nullopt;
  return static_cast<std::uint64_t>(*products);
}

}  // namespace detail

/// Y = alpha A B + beta C on matrices. Source: ONNX operators, Gemm-13.
struct Gemm {
  struct Attributes {
    BOOST_HANA_DEFINE_STRUCT(Attributes, (Float<1>, alpha), (Float<1>, beta), (Integer<>, transA),
                             (Integer<>, transB));
  };

  [[nodiscard]] static Result<Types> infer(const OperationView& view, const Attributes& a) {
    const Type& left = view.type(0);
    const Type& right = view.type(1);
    if (!left.is_ranked() || !right.is_ranked()) return unranked(left.element);
    if (left.rank() != 2 || right.rank() != 2)
      return view.fail("operands ", describe(left), " and ", describe(right),
                       " found, expected two matrices");
    const Dim& inner = (*left.dims)[a.transA != 0 ? 0 : 1];
    const Dim& met = (*right.dims)[a.transB != 0 ? 1 : 0];
    if (inner.is_static() && met.is_static() && inner != met)
      return view.fail("operands ", describe(left), " and ", describe(right),
                       " found, expected inner extents that agree");
    const Dim& rows = (*left.dims)[a.transA != 0 ? 1 : 0];
    const Dim& columns = (*right.dims)[a.transB != 0 ? 0 : 1];
    return one_result(ranked(left.element, {rows, columns}));
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view,
                                                                  const Attributes& a) {
    const Type& right = view.type(1);
    if (!right.is_ranked() || right.rank() != 2) return std::nullopt;
    return detail::inner_products(view, (*right.dims)[a.transB != 0 ? 1 : 0]);
  }
};

/// numpy's matmul: stacks of matrices, vectors included. Source: ONNX operators, MatMul-13.
struct MatMul {
  [[nodiscard]] static Result<Types> infer(const OperationView& view) {
    const Type& left = view.type(0);
    const Type& right = view.type(1);
    if (!left.is_ranked() || !right.is_ranked()) return unranked(left.element);
    if (left.rank() == 0 || right.rank() == 0)
      return view.fail("a scalar operand found, expected at least one axis");
    std::vector<Dim> a = *left.dims;
    std::vector<Dim> b = *right.dims;
    if (left.rank() == 1) a.insert(a.begin(), Dim{1});
    if (right.rank() == 1) b.push_back(Dim{1});
    const Dim& inner = a.back();
    const Dim& met = b[b.size() - 2];
    if (inner.is_static() && met.is_static() && inner != met)
      return view.fail("operands ", describe(left), " and ", describe(right),
                       " found, expected inner extents that agree");
    HALE_TRY(std::vector<Dim> dims, stacked(view, a, b));
    if (left.rank() > 1) dims.push_back(a[a.size() - 2]);
    if (right.rank() > 1) dims.push_back(b.back());
    return one_result(Type{left.element, std::move(dims)});
  }
  [[nodiscard]] static std::optional<std::uint64_t> multiply_adds(const OperationView& view) {
    const Type& left = view.type(0);
    if (!left.is_ranked() || left.rank() == 0) return std::nullopt;
    return detail::inner_products(view, left.dims->back());
  }

 private:
  /// The extents before the last two, broadcast. Pre: both have at least two.
  [[nodiscard]] static Result<std::vector<Dim>> stacked(const OperationView& view,
                                                        const std::vector<Dim>& a,
                                                        const std::vector<Dim>& b) {
    const std::size_t count = std::max(a.size(), b.size()) - 2;
    std::vector<Dim> dims(count, Dim{1});
    for (std::size_t i = 0; i < count; ++i) {
      const Dim from_a = i + 2 < a.size() ? a[a.size() - 3 - i] : Dim{1};
      const Dim from_b = i + 2 < b.size() ? b[b.size() - 3 - i] : Dim{1};
      const std::optional<Dim> both = broadcast_dim(from_a, from_b);
      if (!both)
        return view.fail("operands ", describe(view.type(0)), " and ", describe(view.type(1)),
                         " found, expected stacks that broadcast");
      dims[count - 1 - i] = *both;
    }
    return dims;
  }
};

inline constexpr auto linear_operations = std::to_array<Declaration>(
    {multiplies(Form::matrices, {"Gemm", "a matrix product plus a matrix", Kind::matrix_product,
                                 "A B! C?!", "Y", rules<Gemm>}),
     multiplies(Form::stacks, {"MatMul", "a product of stacks of matrices", Kind::matrix_product,
                               "A B!", "Y", rules<MatMul>})});

}  // namespace hale::graph
