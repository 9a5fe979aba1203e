#pragma once

#include <cstddef>
#include <cstdint>
#include <hale/core/error.hpp>
#include <hale/graph/attribute.hpp>
#include <hale/graph/text_reader.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::graph::detail {

/// Types and attributes as Printer writes them.
class AttributeReader {
 public:
  explicit AttributeReader(TextReader& in) : in_(in) {}

  [[nodiscard]] Result<Type> type() { return type(0); }
  /// `{name = value, ..}`; none where no brace comes next.
  [[nodiscard]] Result<std::vector<Attribute>> dictionary() {
    std::vector<Attribute> out;
    if (!in_.take("{")) return out;
    const auto entry = [&]() -> Result<> {
      std::string name;
      if (in_.sees("\"")) {
        HALE_TRY(name, in_.string());
      } else {
        name = in_.run_of(TextReader::is_word);
      }
      if (name.empty()) return in_.refuse("an attribute's name");
      HALE_CHECK(in_.expect("="));
      HALE_TRY(AttributeValue value, attribute_value());
      out.push_back({std::move(name), std::move(value)});
      return {};
    };
    HALE_CHECK(in_.list("}", entry));
    return out;
  }

 private:
  static constexpr std::size_t max_depth = 64;
  static constexpr std::size_t max_elements = std::size_t{1} << 16;

  [[nodiscard]] Result<Type> type(std::size_t depth) {
    Type out;
    if (in_.take("none")) return Type{.other = "none"};
    if (in_.take("tensor<")) {
      HALE_CHECK(element_and_extents(out));
      return out;
    }
    if (depth > max_depth) return in_.refuse("fewer nested types");
    if (!in_.take("!onnx.")) return in_.refuse("a type");
    out.other = in_.run_of(TextReader::is_word);
    if (out.other.empty()) return in_.refuse("the name of a type");
    if (!in_.take("<")) return out;
    if (out.other == "sparse_tensor") {
      HALE_CHECK(element_and_extents(out));
      return out;
    }
    if (out.other == "map") {
      HALE_TRY(out.element, element());
      if (!in_.take(",")) return ended(std::move(out));
    }
    HALE_TRY(Type inside, type(depth + 1));
    out.inside.push_back(std::move(inside));
    return ended(std::move(out));
  }
  [[nodiscard]] Result<Type> ended(Type type) {
    HALE_CHECK(in_.expect(">"));
    return type;
  }
  /// What stands in `tensor<..>`, with the bracket that closes it.
  [[nodiscard]] Result<> element_and_extents(Type& out) {
    if (!in_.take("*x")) {
      out.dims.emplace();
      while (out.dims->size() < max_elements) {
        if (in_.take("?x")) {
          out.dims->push_back(Dim{});
          continue;
        }
        const std::string_view digits = in_.run_of([](char c) { return c >= '0' && c <= '9'; });
        if (digits.empty()) break;
        const auto extent = parse_number<std::int64_t>(digits);
        if (!extent || !in_.take("x")) return in_.refuse("an extent followed by 'x'");
        out.dims->push_back(Dim{*extent});
      }
    }
    HALE_TRY(out.element, element());
    if (in_.take(", {dims = [")) HALE_CHECK(symbols(out));
    return in_.expect(">");
  }
  [[nodiscard]] Result<ElementType> element() {
    const std::size_t start = in_.position();
    std::string token(
        in_.run_of([](char c) { return TextReader::is_word(c) || c == '!' || c == '.'; }));
    if (token == "complex") token += in_.take("<f32>") ? "<f32>" : in_.take("<f64>") ? "<f64>" : "";
    for (std::size_t i = 0; i < element_type_names.size(); ++i)
      if (element_type_names[i] == token) return static_cast<ElementType>(i);
    in_.go_to(start);
    return in_.refuse("an element type");
  }
  [[nodiscard]] Result<> symbols(Type& out) {
    std::size_t next = 0;
    HALE_CHECK(in_.list("]", [&]() -> Result<> {
      HALE_TRY(std::string symbol, in_.string());
      if (!out.dims || next == out.dims->size() ||
          (!symbol.empty() && (*out.dims)[next].is_static()))
        return in_.refuse("one symbol for each axis, empty where its extent is known");
      (*out.dims)[next++].symbol = std::move(symbol);
      return {};
    }));
    return in_.expect("}");
  }

  template <class Elements, class Item>
  [[nodiscard]] Result<> elements(Elements& out, std::size_t depth, const Item& item) {
    if (out.size() > max_elements || depth > max_depth) return in_.refuse("fewer elements");
    if (in_.take("[")) return in_.list("]", [&] { return elements(out, depth + 1, item); });
    HALE_TRY(const auto next, item());
    out.push_back(next);
    return {};
  }
  [[nodiscard]] Result<Tensor> tensor() {
    Tensor out;
    if (in_.take("dense_resource<__elided__>")) {
      HALE_CHECK(tensor_shape(out));
      return out;
    }
    HALE_CHECK(in_.expect("dense<"));
    // The element type, which says how to read the elements, comes after them.
    const std::size_t start = in_.position();
    in_.go_to(in_.find('>'));
    HALE_CHECK(in_.expect(">"));
    HALE_CHECK(tensor_shape(out));
    const std::size_t end = in_.position();
    in_.go_to(start);
    HALE_CHECK(is_floating(out.element) ? floating_elements(out) : integer_elements(out));
    in_.go_to(end);
    return out;
  }
  [[nodiscard]] Result<> integer_elements(Tensor& out) {
    std::vector<std::int64_t> found;
    if (!in_.take(">")) HALE_CHECK(elements(found, 0, [this] { return in_.integer(); }));
    return keep(out, std::move(found));
  }
  [[nodiscard]] Result<> floating_elements(Tensor& out) {
    std::vector<double> found;
    const auto next = [&]() -> Result<double> {
      if (out.element == ElementType::f64) return in_.real<double>();
      HALE_TRY(const float single, in_.real<float>());
      return static_cast<double>(single);
    };
    if (!in_.take(">")) HALE_CHECK(elements(found, 0, next));
    return keep(out, std::move(found));
  }
  template <class Elements>
  [[nodiscard]] Result<> keep(Tensor& out, Elements found) {
    const auto count = element_count(out.type());
    const bool fits = count && (found.size() == static_cast<std::size_t>(*count) ||
                                (found.size() == 1 && *count > 1));
    if (!fits)
      return in_.refuse(concat("as many elements as ", describe(out.type()), " has, or one"));
    out.elements = std::move(found);
    return {};
  }
  [[nodiscard]] Result<> tensor_shape(Tensor& out) {
    HALE_CHECK(in_.expect(":"));
    HALE_TRY(const Type found, type());
    if (!found.is_static()) return in_.refuse("a tensor of known extents");
    out.element = found.element;
    for (const Dim& dim : *found.dims) out.dims.push_back(dim.extent);
    return {};
  }

  [[nodiscard]] Result<AttributeValue> attribute_value() {
    if (in_.sees("dense")) return as_value(tensor());
    if (in_.sees("\"")) return as_value(in_.string());
    if (in_.take("#onnx."))
      return AttributeValue(Opaque{std::string(in_.run_of(TextReader::is_word))});
    if (in_.sees("tensor<") || in_.sees("!onnx.") || in_.sees("none")) return as_value(type());
    if (in_.take("[")) {
      std::vector<std::string> strings;
      HALE_CHECK(in_.list("]", [&]() -> Result<> {
        HALE_TRY(std::string next, in_.string());
        strings.push_back(std::move(next));
        return {};
      }));
      return AttributeValue(std::move(strings));
    }
    if (in_.take("array<i64")) return array<std::int64_t>([this] { return in_.integer(); });
    if (in_.take("array<f32")) return array<float>([this] { return in_.real<float>(); });
    return number();
  }
  template <class Value>
  [[nodiscard]] static Result<AttributeValue> as_value(Result<Value> found) {
    if (!found) return tl::unexpected<Error>(std::move(found).error());
    return Result<AttributeValue>(tl::in_place, *std::move(found));
  }
  template <class Number, class Item>
  [[nodiscard]] Result<AttributeValue> array(const Item& item) {
    std::vector<Number> numbers;
    if (in_.take(">")) return AttributeValue(std::move(numbers));
    HALE_CHECK(in_.expect(":"));
    HALE_CHECK(in_.list(">", [&]() -> Result<> {
      HALE_TRY(const Number next, item());
      numbers.push_back(next);
      return {};
    }));
    return AttributeValue(std::move(numbers));
  }
  [[nodiscard]] Result<AttributeValue> number() {
    const std::size_t start = in_.position();
    const std::string_view token = in_.run_of(TextReader::is_numeric);
    const bool is_real = in_.take(": f32");
    const std::size_t end = in_.position();
    in_.go_to(start);
    AttributeValue out;
    if (is_real) {
      HALE_TRY(out, in_.real<float>());
      in_.go_to(end);
      return out;
    }
    if (token.empty()) return in_.refuse("an attribute");
    HALE_TRY(out, in_.integer());
    HALE_CHECK(in_.expect(": i64"));
    return out;
  }

  TextReader& in_;
};

}  // namespace hale::graph::detail
