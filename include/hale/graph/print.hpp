#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/graph/ir.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace hale::graph {

namespace detail {

[[nodiscard]] inline std::string in_quotes(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += '\\';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// "<domain>.<name>", in which the last dot parts the two: a name's own dots are written as $2E,
/// and $ as $24; a domain that is called as ONNX's own is here as $6Fnnx.
[[nodiscard]] inline std::string operator_text(std::string_view domain, std::string_view name) {
  std::string out = domain.empty() ? "onnx" : domain == "onnx" ? "$6Fnnx" : "";
  if (out.empty())
    for (const char c : domain) out += c == '$' ? std::string("$24") : std::string(1, c);
  out += '.';
  for (const char c : name)
    out += c == '$' ? std::string("$24") : c == '.' ? std::string("$2E") : std::string(1, c);
  return out;
}

/// Letters, digits and underscores: what stands for itself as an attribute's name.
[[nodiscard]] inline bool is_bare(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  for (const char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
      return false;
  return true;
}

/// The shortest digits that read back the same, with the point that MLIR wants; hexadecimal bits
/// for what is no number.
template <class Float>
[[nodiscard]] std::string float_text(Float number) {
  std::array<char, 64> digits{};
  if (!std::isfinite(number)) {
    using Bits = std::conditional_t<sizeof(Float) == 4, std::uint32_t, std::uint64_t>;
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), std::bit_cast<Bits>(number), 16)
            .ptr;
    std::string hex(digits.data(), end);
    for (char& c : hex) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
    return concat("0x", hex);
  }
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                 std::chars_format::scientific)
                       .ptr;
  std::string text(digits.data(), end);
  if (text.find('.') == std::string::npos) text.insert(text.find('e'), ".0");
  return text;
}

/// "3x?xf32", and the symbols of open extents as the encoding that MLIR lets a tensor have.
[[nodiscard]] inline std::string extents_text(const Type& type) {
  if (!type.dims) return concat("*x", name_of(type.element));
  std::string text;
  bool has_symbol = false;
  for (const Dim& dim : *type.dims) {
    has_symbol = has_symbol || !dim.symbol.empty();
    text += dim.is_static() ? concat(dim.extent, "x") : "?x";
  }
  text += name_of(type.element);
  if (!has_symbol) return text;
  text += ", {dims = [";
  for (std::size_t i = 0; i < type.dims->size(); ++i)
    text += concat(i == 0 ? "" : ", ", in_quotes((*type.dims)[i].symbol));
  return text + "]}";
}

[[nodiscard]] inline std::string type_text(const Type& type) {
  if (type.is_tensor()) return concat("tensor<", extents_text(type), ">");
  if (type.other == "none") return "none";
  if (type.other == "sparse_tensor") return concat("!onnx.sparse_tensor<", extents_text(type), ">");
  std::string inside = type.other == "map" ? std::string(name_of(type.element)) : std::string();
  for (const Type& each : type.inside)
    inside += concat(inside.empty() ? "" : ", ", type_text(each));
  return inside.empty() ? concat("!onnx.", type.other)
                        : concat("!onnx.", type.other, "<", inside, ">");
}

[[nodiscard]] inline std::string element_text(ElementType type, std::int64_t element) {
  if (type == ElementType::boolean) return element != 0 ? "true" : "false";
  if (type == ElementType::u64) return concat(static_cast<std::uint64_t>(element));
  return concat(element);
}

[[nodiscard]] inline std::string element_text(ElementType type, double element) {
  return type == ElementType::f64 ? float_text(element) : float_text(static_cast<float>(element));
}

/// Nested lists: one level for each axis from `axis` on.
template <class Elements>
void append_elements(std::string& out, const Tensor& tensor, const Elements& elements,
                     std::size_t axis, std::size_t& next) {
  if (axis == tensor.dims.size()) {
    out += element_text(tensor.element, elements[next++]);
    return;
  }
  out += '[';
  for (std::int64_t i = 0; i < tensor.dims[axis]; ++i) {
    if (i > 0) out += ", ";
    append_elements(out, tensor, elements, axis + 1, next);
  }
  out += ']';
}

[[nodiscard]] inline std::string tensor_text(const Tensor& tensor) {
  const auto count = element_count(tensor.type());
  const auto list = [&](const auto& elements) -> std::string {
    if constexpr (std::is_same_v<std::decay_t<decltype(elements)>, std::monostate>) {
      return "dense_resource<__elided__>";
    } else if (count == 0) {
      return "dense<>";
    } else if (elements.size() == 1) {
      return concat("dense<", element_text(tensor.element, elements[0]), ">");
    } else {
      std::string text = "dense<";
      std::size_t next = 0;
      append_elements(text, tensor, elements, 0, next);
      return text + ">";
    }
  };
  return concat(std::visit(list, tensor.elements), " : ", type_text(tensor.type()));
}

struct AttributeText {
  std::string operator()(std::int64_t value) const { return concat(value, " : i64"); }
  std::string operator()(float value) const { return concat(float_text(value), " : f32"); }
  std::string operator()(const std::string& value) const { return in_quotes(value); }
  std::string operator()(const Tensor& value) const { return tensor_text(value); }
  std::string operator()(const Opaque& value) const { return concat("#onnx.", value.kind); }
  std::string operator()(const Type& value) const { return type_text(value); }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string text = "[";
    for (const std::string& each : list)
      text += concat(text.size() > 1 ? ", " : "", in_quotes(each));
    return text + "]";
  }
  std::string operator()(const std::vector<std::int64_t>& list) const {
    std::string text = "array<i64";
    for (const std::int64_t each : list) text += concat(text.size() > 9 ? ", " : ": ", each);
    return text + ">";
  }
  std::string operator()(const std::vector<float>& list) const {
    std::string text = "array<f32";
    for (const float each : list) text += concat(text.size() > 9 ? ", " : ": ", float_text(each));
    return text + ">";
  }
};

/// Numbers the values in the order in which they are printed.
class Printer {
 public:
  explicit Printer(const Graph& graph) : graph_(graph), numbers_(graph.value_count(), unnumbered) {}

  [[nodiscard]] std::string run() {
    out_ = "\"onnx.graph\"() (";
    region(Graph::body_id(), 0);
    const auto names = [this](const std::vector<ValueId>& values) {
      std::vector<std::string> list;
      list.reserve(values.size());
      for (const ValueId id : values) list.push_back(graph_.value(id).name);
      return AttributeText{}(list);
    };
    std::vector<std::string> sets;
    for (const OperatorSet& set : graph_.operator_sets)
      sets.push_back(concat(set.domain, ":", set.version));
    out_ += concat(") {inputs = ", names(graph_.body().inputs), ", name = ", in_quotes(graph_.name),
                   ", operator_sets = ", AttributeText{}(sets),
                   ", outputs = ", names(graph_.body().outputs), "} : () -> ()\n");
    return std::move(out_);
  }

 private:
  static constexpr std::uint32_t unnumbered = 0xffffffff;

  [[nodiscard]] std::string define(ValueId id) {
    const std::uint32_t number = next_++;
    if (id != ValueId::none) numbers_[index_of(id)] = number;
    return concat("%", number);
  }
  [[nodiscard]] std::string use(ValueId id) const {
    if (id == ValueId::none) return "%none";
    HALE_ASSERT(numbers_[index_of(id)] != unnumbered);
    return concat("%", numbers_[index_of(id)]);
  }
  [[nodiscard]] std::string type_of(ValueId id) const {
    return id == ValueId::none ? "none" : type_text(graph_.value(id).type);
  }
  template <class Text>
  [[nodiscard]] static std::string list(const std::vector<ValueId>& values, const Text& text) {
    std::string out;
    for (const ValueId id : values) out += concat(out.empty() ? "" : ", ", text(id));
    return out;
  }
  [[nodiscard]] std::string uses(const std::vector<ValueId>& values) const {
    return list(values, [this](ValueId id) { return use(id); });
  }
  [[nodiscard]] std::string types(const std::vector<ValueId>& values) const {
    return list(values, [this](ValueId id) { return type_of(id); });
  }

  [[nodiscard]] bool leaves_out(RegionId id) const {
    bool found = false;
    for_each_operation(graph_, id, [&](OperationId each) {
      for (const ValueId operand : graph_.operation(each).operands)
        found = found || operand == ValueId::none;
    });
    return found;
  }

  void region(RegionId id, std::size_t depth) {
    const Region& printed = graph_.region(id);
    const std::string indent(2 * depth, ' ');
    out_ += "{\n";
    if (!printed.inputs.empty()) {
      const auto argument = [this](ValueId input) {
        return concat(define(input), ": ", type_of(input));
      };
      out_ += concat(indent, "^bb0(", list(printed.inputs, argument), "):\n");
    }
    if (depth == 0 && leaves_out(id)) out_ += "  %none = \"onnx.NoValue\"() : () -> none\n";
    for (const OperationId each : printed.operations) operation(graph_.operation(each), depth + 1);
    out_ += concat(indent, "  \"onnx.return\"(", uses(printed.outputs), ") : (",
                   types(printed.outputs), ") -> ()\n", indent, "}");
  }

  void operation(const Operation& op, std::size_t depth) {
    out_ += std::string(2 * depth, ' ');
    // Results are numbered after the regions, which cannot use them.
    std::string line =
        concat(in_quotes(operator_text(op.domain, op.name)), "(", uses(op.operands), ")");
    std::string regions;
    if (!op.regions.empty()) {
      const std::string before = std::move(out_);
      out_.clear();
      for (const NamedRegion& nested : op.regions) {
        out_ += out_.empty() ? " (" : ", ";
        region(nested.region, depth);
      }
      regions = concat(out_, ")");
      out_ = before;
    }
    const std::string results = list(op.results, [this](ValueId id) { return define(id); });
    if (!results.empty()) out_ += concat(results, " = ");
    out_ += concat(line, regions, attributes(op), " : (", types(op.operands), ") -> ");
    out_ += op.results.size() == 1 ? type_of(op.results[0]) : concat("(", types(op.results), ")");
    if (!op.location.empty()) out_ += concat(" loc(", in_quotes(op.location), ")");
    out_ += '\n';
  }

  [[nodiscard]] static std::string attributes(const Operation& op) {
    std::string text;
    for (const Attribute& attribute : op.attributes)
      text += concat(text.empty() ? "" : ", ",
                     is_bare(attribute.name) ? attribute.name : in_quotes(attribute.name), " = ",
                     std::visit(AttributeText{}, attribute.value));
    if (!op.regions.empty()) {
      std::vector<std::string> names;
      for (const NamedRegion& nested : op.regions) names.push_back(nested.name);
      text += concat(text.empty() ? "" : ", ", "region_names = ", AttributeText{}(names));
    }
    return text.empty() ? "" : concat(" {", text, "}");
  }

  const Graph& graph_;
  std::vector<std::uint32_t> numbers_;
  std::uint32_t next_ = 0;
  std::string out_;
};

}  // namespace detail

/// A graph in MLIR's generic form, which `mlir-opt --allow-unregistered-dialect` accepts.
///
/// Weights are elided; the names of inner values are left out, those of nodes are locations.
/// Pre: every operand is produced before it is used, as the pass verify checks.
[[nodiscard]] inline std::string print(const Graph& graph) { return detail::Printer(graph).run(); }

}  // namespace hale::graph
