// The C interface: graphs that are no ONNX files.
#include <algorithm>
#include <cstddef>
#include <hale/graph/builder.hpp>
#include <span>
#include <vector>

#include "c_interface.hpp"

struct hale_graph : hale::c_interface::Handle {
  static constexpr auto own_kind = hale::c_interface::Kind::graph;
  explicit hale_graph(std::string of) : Handle{own_kind}, name(std::move(of)), builder(name) {}

  [[nodiscard]] hale_value given(hale::graph::ValueId id) {
    const auto number = static_cast<hale_value>(id);
    values = std::max(values, number + 1);
    return number;
  }

  std::string name;
  hale::graph::Builder builder;
  hale_value values = 0;  // one more than the largest that was given out
  std::vector<hale::graph::RegionId> open_regions{};
};

namespace hale::c_interface {
namespace {

constexpr std::size_t most_integers = 1024;  // as many as an ONNX file's constants keep
constexpr std::size_t most_numbers = 16;

Result<graph::ElementType> element_type(std::int32_t number) {
  const graph::ElementType type = graph::element_type(number);
  if (type == graph::ElementType::undefined)
    return fail(concat("element: found ", number, ", expected one of ONNX's numbers, as HALE_F32"));
  return type;
}

/// Errors: a type that is no tensor's; extents that are open where they must not be.
Result<graph::Type> type_of(const hale_type* said, std::string_view what, bool may_be_open) {
  if (said == nullptr) return fail(concat(what, ": found no type, expected one"));
  HALE_CHECK(require_array(said->extents, said->rank, concat(what, ": extents"), HALE_MAX_RANK));
  HALE_TRY(const graph::ElementType element, element_type(said->element));
  graph::Type type{element, std::vector<graph::Dim>()};
  for (std::size_t d = 0; d < said->rank; ++d) {
    graph::Dim dim{said->extents[d]};
    const bool is_open = dim.extent == HALE_OPEN;
    if (!(is_open && may_be_open) && (dim.extent < 0 || dim.extent > session::largest_extent))
      return fail(concat(what, ": found the extent ", dim.extent, ", expected 0 to ",
                         session::largest_extent, may_be_open ? ", or HALE_OPEN" : ""));
    if (is_open && said->symbols != nullptr) dim.symbol = text_or_empty(said->symbols[d]);
    type.dims->push_back(std::move(dim));
  }
  return type;
}

template <class T>
Result<graph::Tensor> tensor_of(const hale_type* type, const T* elements, std::size_t most) {
  HALE_TRY(const graph::Type known, type_of(type, "constant", false));
  const auto count = graph::element_count(known);
  if (!count || static_cast<std::size_t>(*count) > most)
    return fail(concat("constant: found ", graph::describe(known), ", expected at most ", most,
                       " elements; larger ones are weights"));
  HALE_CHECK(require_array(elements, static_cast<std::size_t>(*count), "elements"));
  graph::Tensor tensor{.element = known.element};
  for (const graph::Dim& dim : *known.dims) tensor.dims.push_back(dim.extent);
  tensor.elements = std::vector<T>(elements, elements + *count);
  return tensor;
}

template <class T>
Result<std::vector<T>> list_of(const T* elements, const hale_attribute& said) {
  HALE_CHECK(require_array(elements, said.count, concat("attribute '", said.name, "'")));
  return std::vector<T>(elements, elements + said.count);
}

Result<graph::AttributeValue> value_of(const hale_attribute& said) {
  switch (said.kind) {
    case HALE_INTEGER:
      return said.integer;
    case HALE_NUMBER:
      return said.number;
    case HALE_TEXT:
      return text_or_empty(said.text);
    case HALE_INTEGERS:
      return list_of(said.integers, said);
    case HALE_NUMBERS:
      return list_of(said.numbers, said);
    case HALE_TEXTS: {
      HALE_TRY(const auto pointers, list_of(said.texts, said));
      std::vector<std::string> texts;
      for (const char* text : pointers) texts.push_back(text_or_empty(text));
      return texts;
    }
    default:
      return fail(concat("attribute '", said.name, "': found the kind ", said.kind,
                         ", expected HALE_INTEGER to HALE_TEXTS"));
  }
}

/// Errors: NULL where something must be, absurd counts, types and attributes of no kind.
Result<graph::NewOperation> operation_of(const hale_operation* said) {
  HALE_CHECK(require_size(said, "hale_operation"));
  HALE_CHECK(require_text(said->name, "operation"));
  const std::string where = concat("operation ", said->name);
  HALE_CHECK(require_array(said->operands, said->operand_count, where + ": operands"));
  HALE_CHECK(require_array(said->attributes, said->attribute_count, where + ": attributes"));
  HALE_CHECK(require_array(said->regions, said->region_count, where + ": regions"));
  if (said->result_count > 65536)
    return fail(concat(where, ": found ", said->result_count, " results, expected at most 65536"));
  graph::NewOperation op{.name = said->name,
                         .results = std::max<std::size_t>(said->result_count, 1),
                         .domain = text_or_empty(said->domain),
                         .location = text_or_empty(said->location)};
  for (const hale_value each : std::span(said->operands, said->operand_count))
    op.operands.push_back(static_cast<graph::ValueId>(each));
  for (const hale_attribute& each : std::span(said->attributes, said->attribute_count)) {
    HALE_CHECK(require_text(each.name, where + ": attribute"));
    HALE_TRY(graph::AttributeValue value, value_of(each));
    op.attributes.push_back({each.name, std::move(value)});
  }
  for (const hale_named_region& each : std::span(said->regions, said->region_count))
    op.regions.push_back({text_or_empty(each.name), static_cast<graph::RegionId>(each.region)});
  if (said->result_types != nullptr)
    for (std::size_t i = 0; i < op.results; ++i) {
      HALE_TRY(op.types.emplace_back(), type_of(said->result_types + i, where, true));
    }
  return op;
}

/// Errors: values that the graph did not give out.
Result<> require_value(const hale_graph& graph, hale_value value, std::string_view what) {
  if (value < graph.values) return {};
  return fail(concat(what, ": found the value ", value, ", expected one of this graph"));
}

}  // namespace
}  // namespace hale::c_interface

using namespace hale::c_interface;
using hale::Result;
using hale::graph::ValueId;

hale_graph* hale_graph_new(const char* name, char** error) {
  return guarded<hale_graph*>(
      error, nullptr, [&]() -> Result<hale_graph*> { return new hale_graph(text_or_empty(name)); });
}

void hale_graph_close(hale_graph* graph) { give_back(graph); }

hale_value hale_graph_input(hale_graph* graph, const char* name, const hale_type* type,
                            char** error) {
  return guarded(error, HALE_NO_VALUE, [&]() -> Result<hale_value> {
    HALE_CHECK(require(graph, "graph"));
    HALE_CHECK(require_text(name, "input"));
    HALE_TRY(hale::graph::Type known, type_of(type, hale::concat("input '", name, "'"), true));
    return graph->given(graph->builder.input(name, std::move(known)));
  });
}

hale_value hale_graph_weight(hale_graph* graph, const char* name, const hale_type* type,
                             char** error) {
  return guarded(error, HALE_NO_VALUE, [&]() -> Result<hale_value> {
    HALE_CHECK(require(graph, "graph"));
    HALE_CHECK(require_text(name, "weight"));
    HALE_TRY(const hale::graph::Type known,
             type_of(type, hale::concat("weight '", name, "'"), false));
    return graph->given(graph->builder.weight(name, known));
  });
}

hale_value hale_graph_integers(hale_graph* graph, const hale_type* type, const int64_t* elements,
                               char** error) {
  return guarded(error, HALE_NO_VALUE, [&]() -> Result<hale_value> {
    HALE_CHECK(require(graph, "graph"));
    HALE_TRY(hale::graph::Tensor tensor, tensor_of(type, elements, most_integers));
    if (!hale::graph::is_integer(tensor.element))
      return hale::fail("constant: found another element, expected one of integers");
    return graph->given(graph->builder.constant(std::move(tensor)));
  });
}

hale_value hale_graph_numbers(hale_graph* graph, const hale_type* type, const double* elements,
                              char** error) {
  return guarded(error, HALE_NO_VALUE, [&]() -> Result<hale_value> {
    HALE_CHECK(require(graph, "graph"));
    HALE_TRY(hale::graph::Tensor tensor, tensor_of(type, elements, most_numbers));
    if (!hale::graph::is_floating(tensor.element))
      return hale::fail("constant: found another element, expected one of numbers, as HALE_F32");
    return graph->given(graph->builder.constant(std::move(tensor)));
  });
}

int hale_graph_add(hale_graph* graph, const hale_operation* operation, hale_value* results,
                   char** error) {
  return guarded(error, -1, [&]() -> Result<int> {
    HALE_CHECK(require(graph, "graph"));
    HALE_TRY(hale::graph::NewOperation added, operation_of(operation));
    for (std::size_t i = 0; i < added.operands.size(); ++i)
      if (added.operands[i] != ValueId::none)
        HALE_CHECK(require_value(*graph, static_cast<hale_value>(added.operands[i]),
                                 hale::concat("operation ", added.name, ": operand ", i)));
    HALE_CHECK(require_array(results, added.results, "results"));
    HALE_TRY(const std::vector<ValueId> made, graph->builder.add(std::move(added)));
    std::transform(made.begin(), made.end(), results,
                   [graph](ValueId id) { return graph->given(id); });
    return 0;
  });
}

int hale_graph_open_region(hale_graph* graph, char** error) {
  return guarded(error, -1, [&]() -> Result<int> {
    HALE_CHECK(require(graph, "graph"));
    graph->open_regions.push_back(graph->builder.open());
    return 0;
  });
}

hale_region hale_graph_close_region(hale_graph* graph, char** error) {
  return guarded(error, HALE_NO_REGION, [&]() -> Result<hale_region> {
    HALE_CHECK(require(graph, "graph"));
    HALE_CHECK(graph->builder.close());
    const auto region = static_cast<hale_region>(graph->open_regions.back());
    graph->open_regions.pop_back();
    return region;
  });
}

int hale_graph_type(const hale_graph* graph, hale_value value, hale_known_type* type,
                    char** error) {
  return guarded(error, -1, [&]() -> Result<int> {
    HALE_CHECK(require(graph, "graph"));
    HALE_CHECK(require_value(*graph, value, "type"));
    HALE_CHECK(require_size(type, "hale_known_type"));
    const hale::graph::Type& known = graph->builder.type(static_cast<ValueId>(value));
    *type = {.size = sizeof(hale_known_type),
             .element = static_cast<std::int32_t>(known.element),
             .is_ranked = known.is_ranked() && known.rank() <= HALE_MAX_RANK ? 1 : 0,
             .rank = 0,
             .extents = {}};
    if (type->is_ranked == 0) return 0;
    type->rank = known.rank();
    std::transform(known.dims->begin(), known.dims->end(), std::begin(type->extents),
                   [](const hale::graph::Dim& dim) { return dim.extent; });
    return 0;
  });
}

int hale_graph_output(hale_graph* graph, hale_value value, const char* name, char** error) {
  return guarded(error, -1, [&]() -> Result<int> {
    HALE_CHECK(require(graph, "graph"));
    HALE_CHECK(require_value(*graph, value, "output"));
    graph->builder.output(static_cast<ValueId>(value), text_or_empty(name));
    return 0;
  });
}

hale_model* hale_graph_model(const hale_graph* graph, const hale_inputs* inputs, char** error) {
  return guarded<hale_model*>(error, nullptr, [&]() -> Result<hale_model*> {
    HALE_CHECK(require(graph, "graph"));
    HALE_TRY(hale::Inputs said, inputs_of(inputs));
    hale::graph::Builder copy = graph->builder;
    HALE_TRY(hale::graph::Graph finished, std::move(copy).finish());
    HALE_TRY(hale::Model model,
             hale::make_model(std::move(finished), std::move(said), graph->name));
    return new hale_model(std::move(model));
  });
}
