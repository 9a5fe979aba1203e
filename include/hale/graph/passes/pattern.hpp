#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/graph/operation.hpp>
#include <hale/graph/pass.hpp>
#include <hale/graph/rewrite.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hale::graph {

/// Operations that spell out another one.
///
/// Every spelling holds one of the operations that `needs` names, ONNX's own. `match` is asked for
/// the last of them, and returns the other one, without results, whose result
/// has the first operand's shape.
template <class P>
concept Pattern = requires(const Graph& graph, const Operation& last) {
  { P::name } -> std::convertible_to<std::string_view>;
  { P::summary } -> std::convertible_to<std::string_view>;
  {std::span<const std::string_view>(P::needs)};
  { P::match(graph, last) } -> std::same_as<std::optional<Operation>>;
};

/// Whether a graph holds an operation of ONNX's own of one of these names. Cost: one walk.
[[nodiscard]] inline bool has_any_of(const Graph& graph, std::span<const std::string_view> names) {
  for (std::size_t i = 0; i < graph.operation_count(); ++i) {
    const Operation& op = graph.operation(static_cast<OperationId>(i));
    if (op.domain.empty() && std::find(names.begin(), names.end(), op.name) != names.end())
      return true;
  }
  return false;
}

/// The pass that puts what a pattern spells out in its place, wherever it ends.
///
/// What else takes a part of the spelling goes on taking it.
template <class P>
struct Recognise {
  [[nodiscard]] static Result<> run(Graph& graph) {
    static_assert(Pattern<P>);
    if (!has_any_of(graph, P::needs)) return {};
    Rewriter rewriter(graph);
    return rewriter.walk([&](OperationId id) -> Result<> {
      const Operation& last = graph.operation(id);
      if (last.results.size() != 1 || last.results[0] == ValueId::none) return {};
      std::optional<Operation> found = P::match(graph, last);
      if (!found) return {};
      const ValueId spelled = last.results[0];
      const Type& like = graph.value(found->operands[0]).type;
      Type type = graph.value(spelled).type;
      if (type.is_ranked() && like.is_ranked() && type.dims != like.dims) return {};
      if (!type.is_ranked()) type = like;
      found->location = last.location;
      const ValueId result = graph.add_value(std::move(type), graph.value(spelled).name);
      found->results = {result};
      rewriter.insert(*std::move(found));
      rewriter.replace(spelled, result);
      return {};
    });
  }
};

namespace detail::patterns {

/// Whether a constant is the one that a formula names, as exporters round it, to half precision.
[[nodiscard]] inline bool is_close(double found, double expected) {
  return std::abs(found - expected) <= 5e-4 * std::max(std::abs(expected), 1e-6);
}

[[nodiscard]] inline const Operation* made_by(const Graph& graph, ValueId id,
                                              std::string_view name) {
  const Operation* producer = graph.producer(id);
  return producer != nullptr && producer->is(name) && producer->results.front() == id ? producer
                                                                                      : nullptr;
}

/// The only element of a constant that widens nothing.
[[nodiscard]] inline std::optional<double> scalar(const Graph& graph, ValueId id) {
  const Tensor* tensor = graph.constant(id);
  if (tensor == nullptr || tensor->dims.size() > 1) return std::nullopt;
  if (!tensor->dims.empty() && tensor->dims[0] != 1) return std::nullopt;
  if (const auto* reals = std::get_if<std::vector<double>>(&tensor->elements);
      reals != nullptr && reals->size() == 1)
    return reals->front();
  return std::nullopt;
}

[[nodiscard]] inline bool is_scalar(const Graph& graph, ValueId id, double expected) {
  const auto found = scalar(graph, id);
  return found && is_close(*found, expected);
}

/// The operand beside a scalar of this value, on either side.
[[nodiscard]] inline std::optional<ValueId> beside(const Graph& graph, const Operation* op,
                                                   double expected) {
  if (op == nullptr || op->operands.size() != 2) return std::nullopt;
  if (is_scalar(graph, op->operands[1], expected)) return op->operands[0];
  if (is_scalar(graph, op->operands[0], expected)) return op->operands[1];
  return std::nullopt;
}

/// The factors of a product: all scalars as one number, the others as values.
struct Product {
  double scale = 1;
  std::vector<ValueId> factors{};
};

/// Splits x * y / 2 into its factors, a few levels deep, but never `whole`, which may be a product
/// of its own.
inline void factorise(const Graph& graph, ValueId id, ValueId whole, Product& out, int depth = 4) {
  const Operation* op = graph.producer(id);
  const bool splits = op != nullptr && op->operands.size() == 2 && id != whole && depth > 0;
  if (const auto number = scalar(graph, id)) {
    out.scale *= *number;
  } else if (splits && op->is("Mul")) {
    for (const ValueId each : op->operands) factorise(graph, each, whole, out, depth - 1);
  } else if (splits && op->is("Div") && scalar(graph, op->operands[1])) {
    out.scale /= *scalar(graph, op->operands[1]);
    factorise(graph, op->operands[0], whole, out, depth - 1);
  } else {
    out.factors.push_back(id);
  }
}

/// x of x * gate(x) * scale; `gated(value)` returns the x of a gate, nothing for any other value.
template <class Gated>
[[nodiscard]] std::optional<ValueId> gated_product(const Graph& graph, const Operation& last,
                                                   double scale, const Gated& gated) {
  if (!last.is("Mul") && !last.is("Div")) return std::nullopt;
  Product parts;
  factorise(graph, last.results[0], ValueId::none, parts);
  for (const ValueId gate : parts.factors) {
    const std::optional<ValueId> x = gated(gate);
    if (!x) continue;
    Product product;
    factorise(graph, last.results[0], *x, product);
    const auto& factors = product.factors;
    const bool fits =
        factors.size() == 2 && is_close(product.scale, scale) &&
        ((factors[0] == *x && factors[1] == gate) || (factors[1] == *x && factors[0] == gate));
    if (fits) return x;
  }
  return std::nullopt;
}

/// The axes of a reduction that keeps them, from the front, sorted; nothing where not known.
///
/// Its operand has the rank of `like`, even where nobody has inferred it.
[[nodiscard]] inline std::optional<std::vector<std::int64_t>> kept_axes(const Graph& graph,
                                                                        const Operation& op,
                                                                        ValueId like) {
  const auto* keep = op.attribute("keepdims");
  const auto* kept = keep == nullptr ? nullptr : std::get_if<std::int64_t>(keep);
  if (kept != nullptr && *kept == 0) return std::nullopt;
  const Type& type = graph.value(like).type;
  if (!type.is_ranked()) return std::nullopt;
  std::optional<std::vector<std::int64_t>> axes;
  if (const auto* attribute = op.attribute("axes")) {
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(attribute)) axes = *list;
  } else if (op.operands.size() > 1) {
    if (const Tensor* tensor = graph.constant(op.operands[1])) axes = tensor->integers();
  }
  if (!axes || axes->empty()) return std::nullopt;
  for (std::int64_t& axis : *axes)
    if (axis < 0) axis += static_cast<std::int64_t>(type.rank());
  std::sort(axes->begin(), axes->end());
  return axes;
}

/// How many of the last axes these are, and all of them; 0 where they are others.
[[nodiscard]] inline std::size_t trailing(const std::vector<std::int64_t>& axes, std::size_t rank) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i] != static_cast<std::int64_t>(rank - axes.size() + i)) return 0;
  return axes.size() <= rank ? axes.size() : 0;
}

/// x of x * x, Pow(x, 2).
[[nodiscard]] inline std::optional<ValueId> square_of(const Graph& graph, ValueId id) {
  if (const Operation* power = made_by(graph, id, "Pow"))
    return is_scalar(graph, power->operands[1], 2) ? std::optional(power->operands[0])
                                                   : std::nullopt;
  const Operation* product = made_by(graph, id, "Mul");
  if (product == nullptr || product->operands[0] != product->operands[1]) return std::nullopt;
  return product->operands[0];
}

/// sqrt(mean(v^2 over the last axes) + epsilon).
struct RootMeanSquare {
  ValueId of;
  std::size_t axes;
  float epsilon;
};
[[nodiscard]] inline std::optional<RootMeanSquare> root_mean_square(const Graph& graph,
                                                                    ValueId id) {
  const Operation* root = made_by(graph, id, "Sqrt");
  const Operation* sum = root == nullptr ? nullptr : made_by(graph, root->operands[0], "Add");
  if (sum == nullptr) return std::nullopt;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const auto epsilon = scalar(graph, sum->operands[1 - side]);
    const Operation* mean = made_by(graph, sum->operands[side], "ReduceMean");
    if (!epsilon || mean == nullptr) continue;
    const auto of = square_of(graph, mean->operands[0]);
    const auto axes = of ? kept_axes(graph, *mean, *of) : std::nullopt;
    if (!axes) return std::nullopt;
    const std::size_t count = trailing(*axes, graph.value(*of).type.rank());
    if (count == 0) return std::nullopt;
    return RootMeanSquare{*of, count, static_cast<float>(*epsilon)};
  }
  return std::nullopt;
}

/// The numerator and the root of v / rms, v * (1 / rms), v * Reciprocal(rms).
struct Quotient {
  ValueId numerator;
  RootMeanSquare root;
};
[[nodiscard]] inline std::optional<Quotient> over_root(const Graph& graph, ValueId id) {
  if (const Operation* quotient = made_by(graph, id, "Div")) {
    const auto root = root_mean_square(graph, quotient->operands[1]);
    if (!root) return std::nullopt;
    return Quotient{quotient->operands[0], *root};
  }
  const Operation* product = made_by(graph, id, "Mul");
  if (product == nullptr) return std::nullopt;
  for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
    const ValueId inverse = product->operands[side];
    const Operation* one_over = made_by(graph, inverse, "Div");
    const Operation* reciprocal = made_by(graph, inverse, "Reciprocal");
    ValueId below = ValueId::none;
    if (reciprocal != nullptr) below = reciprocal->operands[0];
    if (one_over != nullptr && is_scalar(graph, one_over->operands[0], 1))
      below = one_over->operands[1];
    if (below == ValueId::none) continue;
    if (const auto root = root_mean_square(graph, below))
      return Quotient{product->operands[1 - side], *root};
  }
  return std::nullopt;
}

/// Whether a scale or a bias is a constant with just the extents of the last axes of `x`.
[[nodiscard]] inline bool spans(const Graph& graph, ValueId id, ValueId x, std::size_t axes) {
  if (graph.constant(id) == nullptr) return false;
  const Type& type = graph.value(id).type;
  const Type& whole = graph.value(x).type;
  if (!type.is_static() || !whole.is_ranked() || type.rank() != axes || whole.rank() < axes)
    return false;
  return std::equal(type.dims->begin(), type.dims->end(),
                    whole.dims->end() - static_cast<std::ptrdiff_t>(axes));
}

}  // namespace detail::patterns

}  // namespace hale::graph
