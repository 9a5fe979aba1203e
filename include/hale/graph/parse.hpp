#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <hale/graph/attribute_reader.hpp>
#include <hale/graph/ir.hpp>
#include <hale/graph/text_reader.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hale::graph {

namespace detail {

/// Reads what Printer writes, from left to right without going back.
class Parser {
 public:
  Parser(std::string_view text, std::string_view name) : in_(text, name), attributes_(in_) {}

  [[nodiscard]] Result<Graph> run() {
    HALE_CHECK(in_.expect("\"onnx.graph\"() ("));
    HALE_CHECK(region(Graph::body_id(), 0));
    HALE_CHECK(in_.expect(")"));
    HALE_TRY(const std::vector<Attribute> attributes, attributes_.dictionary());
    HALE_CHECK(in_.expect(": () -> ()"));
    if (!in_.at_end()) return in_.refuse("the end of the text");
    for (const Attribute& attribute : attributes) HALE_CHECK(header(attribute));
    return std::move(graph_);
  }

 private:
  static constexpr std::size_t max_depth = 64;

  [[nodiscard]] Result<std::string> ssa_name() {
    HALE_CHECK(in_.expect("%"));
    return std::string(in_.run_of(TextReader::is_word));
  }
  [[nodiscard]] Result<ValueId> use() {
    const std::size_t start = in_.position();
    HALE_TRY(const std::string name, ssa_name());
    const auto found = values_.find(name);
    if (found != values_.end()) return found->second;
    in_.go_to(start);
    in_.skip_blanks();
    return in_.refuse("a value that is defined before");
  }
  [[nodiscard]] Result<std::vector<ValueId>> uses() {
    std::vector<ValueId> out;
    HALE_CHECK(in_.expect("("));
    HALE_CHECK(in_.list(")", [&]() -> Result<> {
      HALE_TRY(const ValueId next, use());
      out.push_back(next);
      return {};
    }));
    return out;
  }
  [[nodiscard]] Result<ValueId> define(const std::string& name, Type defined) {
    const ValueId id =
        defined.other == "none" ? ValueId::none : graph_.add_value(std::move(defined));
    if (!values_.emplace(name, id).second)
      return in_.refuse(concat("%", name, " to be defined once"));
    return id;
  }

  [[nodiscard]] Result<> region(RegionId id, std::size_t depth) {
    if (depth > max_depth) return in_.refuse("fewer nested regions");
    HALE_CHECK(in_.expect("{"));
    const auto input = [&]() -> Result<> {
      HALE_TRY(const std::string name, ssa_name());
      HALE_CHECK(in_.expect(":"));
      HALE_TRY(Type of, attributes_.type());
      HALE_TRY(const ValueId defined, define(name, std::move(of)));
      if (defined == ValueId::none) return in_.refuse("an input of another type than none");
      graph_.region(id).inputs.push_back(defined);
      return {};
    };
    if (in_.take("^bb0(")) HALE_CHECK(in_.list("):", input));
    while (!in_.take("\"onnx.return\"")) HALE_CHECK(operation(id, depth));
    HALE_TRY(graph_.region(id).outputs, uses());
    for (const ValueId output : graph_.region(id).outputs)
      if (output == ValueId::none) return in_.refuse("outputs that are defined");
    HALE_CHECK(in_.expect(": ("));
    HALE_CHECK(skip_types(graph_.region(id).outputs));
    HALE_CHECK(in_.expect("-> ()"));
    return in_.expect("}");
  }
  /// The types behind a list of operands, which repeat what their definitions said.
  [[nodiscard]] Result<> skip_types(const std::vector<ValueId>& values) {
    std::size_t next = 0;
    HALE_CHECK(in_.list(")", [&]() -> Result<> {
      HALE_TRY(const Type found, attributes_.type());
      const bool same = next < values.size() &&
                        (values[next] == ValueId::none ? found.other == "none"
                                                       : graph_.value(values[next]).type == found);
      ++next;
      if (!same) return in_.refuse("the types that the operands were defined with before this");
      return {};
    }));
    if (next < values.size()) return in_.refuse("as many types as operands before this");
    return {};
  }

  /// What operator_text() writes otherwise than it is.
  [[nodiscard]] static std::string without_escapes(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, char>, 3> escapes = {
        {{"$24", '$'}, {"$2E", '.'}, {"$6F", 'o'}}};
    std::string out;
    while (!text.empty()) {
      const auto found = std::find_if(escapes.begin(), escapes.end(), [text](const auto& escape) {
        return text.starts_with(escape.first);
      });
      out += found == escapes.end() ? text.front() : found->second;
      text.remove_prefix(found == escapes.end() ? 1 : found->first.size());
    }
    return out;
  }

  [[nodiscard]] Result<> operation(RegionId owner, std::size_t depth) {
    std::vector<std::string> names;
    if (in_.sees("%")) {
      HALE_CHECK(in_.list("=", [&]() -> Result<> {
        HALE_TRY(std::string name, ssa_name());
        names.push_back(std::move(name));
        return {};
      }));
    }
    HALE_TRY(const std::string full_name, in_.string());
    const std::size_t dot = full_name.rfind('.');
    if (dot == std::string::npos || dot + 1 == full_name.size())
      return in_.refuse("an operation named '<domain>.<name>'");
    Operation op{.domain = without_escapes(full_name.substr(0, dot)),
                 .name = without_escapes(full_name.substr(dot + 1))};
    if (full_name.substr(0, dot) == "onnx") op.domain.clear();
    HALE_TRY(op.operands, uses());
    HALE_CHECK(nested_regions(op, depth));
    HALE_TRY(op.attributes, attributes_.dictionary());
    HALE_CHECK(name_regions(op));
    HALE_CHECK(in_.expect(": ("));
    HALE_CHECK(skip_types(op.operands));
    HALE_CHECK(in_.expect("->"));
    HALE_CHECK(results(op, names));
    if (names == std::vector<std::string>{"none"} &&
        (!op.is("NoValue") || op.results.front() != ValueId::none))
      return in_.refuse("%none to be the result of onnx.NoValue alone");
    if (in_.take("loc(")) {
      HALE_TRY(op.location, in_.string());
      HALE_CHECK(in_.expect(")"));
    }
    // What stands for all operands that are left out is no operation of the graph.
    if (names != std::vector<std::string>{"none"}) graph_.append(owner, std::move(op));
    return {};
  }
  [[nodiscard]] Result<> results(Operation& op, const std::vector<std::string>& names) {
    const auto one = [&]() -> Result<> {
      HALE_TRY(Type defined, attributes_.type());
      if (op.results.size() == names.size()) return in_.refuse("as many types as results");
      HALE_TRY(const ValueId id, define(names[op.results.size()], std::move(defined)));
      op.results.push_back(id);
      return {};
    };
    HALE_CHECK(in_.take("(") ? in_.list(")", one) : one());
    if (op.results.size() != names.size()) return in_.refuse("as many types as results");
    return {};
  }
  [[nodiscard]] Result<> nested_regions(Operation& op, std::size_t depth) {
    if (!in_.take("(")) return {};
    return in_.list(")", [&]() -> Result<> {
      const RegionId nested = graph_.add_region();
      op.regions.push_back({"", nested});
      return region(nested, depth + 1);
    });
  }
  [[nodiscard]] Result<> name_regions(Operation& op) {
    if (op.regions.empty()) return {};
    if (op.attributes.empty() || op.attributes.back().name != "region_names")
      return in_.refuse("region_names as the last attribute");
    const auto* names = std::get_if<std::vector<std::string>>(&op.attributes.back().value);
    if (names == nullptr || names->size() != op.regions.size())
      return in_.refuse("one entry of region_names for each region");
    for (std::size_t i = 0; i < names->size(); ++i) op.regions[i].name = (*names)[i];
    op.attributes.pop_back();
    return {};
  }

  [[nodiscard]] Result<> header(const Attribute& attribute) {
    if (attribute.name == "name") {
      const auto* name = std::get_if<std::string>(&attribute.value);
      if (name == nullptr) return in_.refuse("a name that is a string");
      graph_.name = *name;
      return {};
    }
    const auto* list = std::get_if<std::vector<std::string>>(&attribute.value);
    if (list == nullptr) return in_.refuse(concat("a list of strings as ", attribute.name));
    if (attribute.name == "inputs") return name_values(graph_.body().inputs, *list);
    if (attribute.name == "outputs") return name_values(graph_.body().outputs, *list);
    if (attribute.name != "operator_sets")
      return in_.refuse("no other attributes than inputs, name, operator_sets and outputs");
    for (const std::string& set : *list) {
      const std::size_t colon = set.rfind(':');
      const auto version = parse_number<std::int64_t>(
          std::string_view(set).substr(colon == std::string::npos ? set.size() : colon + 1));
      if (!version) return in_.refuse("operator sets as '<domain>:<version>'");
      graph_.operator_sets.push_back({set.substr(0, colon), *version});
    }
    return {};
  }
  [[nodiscard]] Result<> name_values(const std::vector<ValueId>& values,
                                     const std::vector<std::string>& names) {
    if (names.size() != values.size()) return in_.refuse("one name for each input and each output");
    for (std::size_t i = 0; i < names.size(); ++i) graph_.value(values[i]).name = names[i];
    return {};
  }

  TextReader in_;
  AttributeReader attributes_;
  Graph graph_;
  std::unordered_map<std::string, ValueId> values_;
};

}  // namespace detail

/// The graph that print() wrote.
///
/// Errors: the first place at which the text leaves that form, as "name:line: found .., expected
/// ..".
[[nodiscard]] inline Result<Graph> parse(std::string_view text, std::string_view name = "<text>") {
  return detail::Parser(text, name).run();
}

}  // namespace hale::graph
