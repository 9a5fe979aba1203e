#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <hale/graph/passes/pattern.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph {

/// QuantizeLinear(f(DequantizeLinear(x), DequantizeLinear(w))) -> QLinear f(x, w)
///
/// f is Conv, MatMul, Add or Mul. A Relu after it is left out where the result's zero is the least
/// number that there is: quantising clips there.
struct RecogniseQuantised {
  static constexpr std::string_view name = "recognise-quantised";
  static constexpr std::string_view summary =
      "makes quantised operations of Q/DQ around an operator";

  [[nodiscard]] static Result<> run(Graph& graph) {
    const std::vector<std::size_t> uses = count_uses(graph);
    Rewriter rewriter(graph);
    return rewriter.walk([&](OperationId id) -> Result<> {
      const Operation& last = graph.operation(id);
      if (!last.is("QuantizeLinear") || last.operands.size() != 3) return {};
      std::optional<Operation> found = match(graph, last, uses);
      if (!found) return {};
      found->location = last.location;
      const ValueId spelled = last.results[0];
      const ValueId result = graph.add_value(graph.value(spelled).type, graph.value(spelled).name);
      found->results = {result};
      rewriter.insert(*std::move(found));
      rewriter.replace(spelled, result);
      return {};
    });
  }

 private:
  /// What ONNX or ONNX Runtime calls the quantised form.
  struct Form {
    std::string_view name;
    std::string_view domain;
    std::string_view quantised;
  };
  static constexpr std::array<Form, 4> forms = {{{"Conv", "", "QLinearConv"},
                                                 {"MatMul", "", "QLinearMatMul"},
                                                 {"Add", "com.microsoft", "QLinearAdd"},
                                                 {"Mul", "com.microsoft", "QLinearMul"}}};

  /// Nothing where other operations take a part of it: that part is computed all the same.
  [[nodiscard]] static std::optional<Operation> match(const Graph& graph, const Operation& last,
                                                      const std::vector<std::size_t>& uses) {
    const auto maker_of = [&](ValueId id) -> const Operation* {
      const bool is_others = index_of(id) < uses.size() && uses[index_of(id)] > 1;
      return is_others ? nullptr : graph.producer(id);
    };
    const Operation* op = maker_of(last.operands[0]);
    if (op != nullptr && op->is("Relu") && clips_at_zero(graph, last))
      op = maker_of(op->operands[0]);
    if (op == nullptr) return std::nullopt;
    const auto form = std::find_if(forms.begin(), forms.end(),
                                   [op](const Form& each) { return op->is(each.name); });
    if (form == forms.end() || op->operands.size() < 2) return std::nullopt;
    Operation out{.domain = std::string(form->domain), .name = std::string(form->quantised)};
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const Operation* real =
          detail::patterns::made_by(graph, op->operands[side], "DequantizeLinear");
      if (real == nullptr || real->operands.size() != 3) return std::nullopt;
      out.operands.insert(out.operands.end(), real->operands.begin(), real->operands.end());
    }
    out.operands.insert(out.operands.end(), {last.operands[1], last.operands[2]});
    if (op->operands.size() > 2) {
      const auto bias = integer_bias(graph, op->operands[2]);
      if (!bias) return std::nullopt;
      out.operands.push_back(*bias);
    }
    if (op->is("Conv")) out.attributes = op->attributes;
    return out;
  }

  /// The integers of a bias that is dequantised.
  [[nodiscard]] static std::optional<ValueId> integer_bias(const Graph& graph, ValueId bias) {
    if (bias == ValueId::none) return bias;
    const Operation* real = detail::patterns::made_by(graph, bias, "DequantizeLinear");
    if (real == nullptr || graph.value(real->operands[0]).type.element != ElementType::i32)
      return std::nullopt;
    return real->operands[0];
  }

  [[nodiscard]] static bool clips_at_zero(const Graph& graph, const Operation& last) {
    const Tensor* zero = graph.constant(last.operands[2]);
    const auto numbers = zero == nullptr ? std::nullopt : zero->integers();
    if (!numbers || numbers->empty()) return false;
    if (zero->element != ElementType::u8 && zero->element != ElementType::i8) return false;
    const std::int64_t least = zero->element == ElementType::u8 ? 0 : -128;
    return std::all_of(numbers->begin(), numbers->end(),
                       [least](std::int64_t each) { return each == least; });
  }
};

}  // namespace hale::graph
