#include "models.hpp"

#include <algorithm>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/graph/cost.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/workload.hpp>
#include <hale/lower/families.hpp>
#include <hale/onnx.hpp>
#include <limits>
#include <span>
#include <string_view>
#include <system_error>
#include <unordered_set>

#include "inputs.hpp"

namespace hale::cli {
namespace {

/// Extents that no model exceeds; larger ones are typing errors.
constexpr std::int64_t largest_extent = std::numeric_limits<std::int32_t>::max();

std::optional<std::int64_t> parse_extent(std::string_view text) {
  const auto extent = parse_number<std::int64_t>(text);
  if (!extent || *extent < 1 || *extent > largest_extent) return std::nullopt;
  return extent;
}

/// Sets every dimension of these symbols. Returns whether there was one. Cost: one walk over the
/// values.
bool set_symbols(graph::Graph& graph, const std::unordered_set<std::string>& symbols,
                 std::int64_t extent) {
  bool found = false;
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    graph::Type& type = graph.value(static_cast<graph::ValueId>(i)).type;
    if (!type.dims) continue;
    for (graph::Dim& dim : *type.dims)
      if (!dim.is_static() && symbols.contains(dim.symbol)) {
        dim = graph::Dim{extent};
        found = true;
      }
  }
  return found;
}

std::vector<graph::Type> types_of_inputs(const graph::Graph& graph) {
  std::vector<graph::Type> types;
  for (const graph::ValueId id : graph.body().inputs) types.push_back(graph.value(id).type);
  return types;
}

/// What the file says of computed values no longer holds once an input's extent is another.
void forget_computed_shapes(graph::Graph& graph) {
  for (std::size_t i = 0; i < graph.value_count(); ++i) {
    const auto id = static_cast<graph::ValueId>(i);
    const graph::Operation* producer = graph.producer(id);
    if (producer != nullptr && !producer->is("Constant")) graph.value(id).type.dims.reset();
  }
}

Result<> set_shape(graph::Graph& graph, const std::string& name,
                   const std::vector<std::int64_t>& extents) {
  std::string known;
  for (const graph::ValueId id : graph.body().inputs) {
    graph::Value& value = graph.value(id);
    if (value.name != name) {
      known += (known.empty() ? "'" : ", '") + value.name + "'";
      continue;
    }
    if (value.type.dims && value.type.dims->size() != extents.size())
      return fail(concat("shape: input '", name, "' has ", value.type.dims->size(),
                         " dimensions, found ", extents.size()));
    const std::vector<graph::Dim> before = value.type.dims.value_or(std::vector<graph::Dim>{});
    for (std::size_t d = 0; d < before.size(); ++d)
      if (!before[d].symbol.empty()) set_symbols(graph, {before[d].symbol}, extents[d]);
    value.type.dims = graph::tensor_type(value.type.element, extents).dims;
    return {};
  }
  return fail(concat("shape: no input '", name, "'; there are: ", known.empty() ? "none" : known));
}

Result<> set_dim(graph::Graph& graph, const std::string& symbol, std::int64_t extent) {
  std::vector<std::string> known;
  for (const graph::ValueId id : graph.body().inputs)
    for (const graph::Dim& dim : graph.value(id).type.dims.value_or(std::vector<graph::Dim>{}))
      if (!dim.symbol.empty()) known.push_back(dim.symbol);
  if (set_symbols(graph, {symbol}, extent)) return {};
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "'" : ", '") + one + "'";
  return fail(
      concat("--dim: no open dimension '", symbol, "'; there are: ", list.empty() ? "none" : list));
}

struct BatchAxis {
  graph::ValueId input;
  std::size_t axis;
};

/// The batch of each data input: its first axis, the second where recurrent layers take steps or
/// directions first. Cost: one walk over the operations.
std::vector<BatchAxis> batch_axes(const graph::Graph& graph) {
  std::vector<bool> is_of_steps(graph.value_count(), false);
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    const graph::Operation& op = graph.operation(id);
    if (!op.is("LSTM") && !op.is("GRU") && !op.is("RNN")) return;
    if (graph::integer_of(graph::OperationView{graph, op}, "layout", 0) != 0) return;
    for (const std::size_t slot : {0U, 5U, 6U})  // x and the states
      if (slot < op.operands.size() && op.operands[slot] != graph::ValueId::none)
        is_of_steps[graph::index_of(op.operands[slot])] = true;
  });
  std::vector<BatchAxis> axes;
  for (const graph::ValueId id : data_inputs(graph)) {
    const bool is_second = is_of_steps[graph::index_of(id)] && graph.value(id).type.rank() == 3;
    axes.push_back({id, is_second ? std::size_t{1} : std::size_t{0}});
  }
  return axes;
}

const graph::Dim& batch_in(const graph::Graph& graph, const BatchAxis& of) {
  return (*graph.value(of.input).type.dims)[of.axis];
}
graph::Dim& batch_in(graph::Graph& graph, const BatchAxis& of) {
  return (*graph.value(of.input).type.dims)[of.axis];
}

/// Changes the batch of the inputs that have the first one's: where any is open, of those alone.
void set_batch(graph::Graph& graph, std::int64_t extent) {
  const std::vector<BatchAxis> axes = batch_axes(graph);
  const bool is_open = std::any_of(axes.begin(), axes.end(), [&](const BatchAxis& each) {
    return !batch_in(graph, each).is_static();
  });
  if (is_open) return close_batch(graph, extent);
  if (axes.empty()) return;
  const std::int64_t before = batch_in(graph, axes.front()).extent;
  for (const BatchAxis& each : axes)
    if (batch_in(graph, each).extent == before) batch_in(graph, each) = graph::Dim{extent};
}

/// See ModelCost.
std::map<std::string, double> precisions_of(const workload::Workload& work) {
  std::map<std::string, double> products;
  double all = 0;
  for (const workload::Kernel& kernel : work.kernels) {
    if (kernel.macs == 0) continue;
    const auto macs = static_cast<double>(kernel.macs) * static_cast<double>(kernel.runs);
    products[kernel.element] += macs;
    all += macs;
  }
  for (auto& [type, share] : products) share /= all;
  return products;
}

}  // namespace

std::vector<graph::ValueId> data_inputs(const graph::Graph& graph) {
  std::vector<bool> is_parameter(graph.value_count(), false);
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    const graph::Operation& op = graph.operation(id);
    const graph::OperationInfo* info = graph::find_operation(op);
    if (info == nullptr) return;
    for (std::size_t slot = 0; slot < op.operands.size() && slot < info->operands.size(); ++slot)
      if (info->operands[slot].is_parameter && op.operands[slot] != graph::ValueId::none)
        is_parameter[graph::index_of(op.operands[slot])] = true;
  });
  std::vector<graph::ValueId> inputs = graph.body().inputs;
  std::erase_if(inputs, [&](graph::ValueId id) {
    return is_parameter[graph::index_of(id)] || graph.value(id).type.rank() == 0;
  });
  return inputs;
}

void ShapeOptions::declare(Arguments& arguments) {
  arguments.repeated("--shape INPUT:1x3x224x224", shape_words_, "The shape of an input");
  arguments.repeated("--dim SYMBOL=VALUE", dim_words_, "The extent of an open dimension");
  arguments.number("--batch N", batch_, "The batch that the model is run with");
}

Result<> ShapeOptions::parse() {
  for (const std::string& word : shape_words_) {
    auto shape = parse_shape(word);
    if (!shape || shape->input.empty())
      return fail(concat("--shape: found '", word, "', expected INPUT:1x3x224x224"));
    if (std::any_of(shapes_.begin(), shapes_.end(),
                    [&](const Shape& other) { return other.input == shape->input; }))
      return fail(concat("--shape: input '", shape->input, "' stands twice"));
    shapes_.push_back(*std::move(shape));
  }
  for (const std::string& word : dim_words_) {
    const std::size_t equals = word.rfind('=');
    const auto extent = equals == std::string::npos || equals == 0
                            ? std::nullopt
                            : parse_extent(std::string_view(word).substr(equals + 1));
    if (!extent) return fail(concat("--dim: found '", word, "', expected SYMBOL=VALUE"));
    const std::string symbol = word.substr(0, equals);
    if (std::any_of(dims_.begin(), dims_.end(),
                    [&](const auto& other) { return other.first == symbol; }))
      return fail(concat("--dim: dimension '", symbol, "' stands twice"));
    dims_.emplace_back(symbol, *extent);
  }
  if (batch_ && (*batch_ < 1 || *batch_ > static_cast<std::size_t>(largest_extent)))
    return fail(concat("--batch: found ", *batch_, ", expected one in [1, ", largest_extent, "]"));
  return {};
}

std::optional<ShapeOptions::Shape> ShapeOptions::parse_shape(std::string_view word) {
  const std::size_t colon = word.rfind(':');
  if (colon == 0) return std::nullopt;
  Shape shape;
  if (colon != std::string_view::npos) shape.input = word.substr(0, colon);
  for (const std::string_view piece : split(word.substr(colon + 1), 'x')) {
    const auto extent = parse_extent(piece);
    if (!extent) return std::nullopt;
    shape.extents.push_back(*extent);
  }
  return shape;
}

Result<ShapeOptions> ShapeOptions::stated(std::string_view text) {
  ShapeOptions options;
  if (trim(text).empty()) return options;
  for (const std::string_view word : split(text, ';')) {
    auto shape = parse_shape(trim(word));
    if (!shape)
      return fail(concat("shape: found '", text.substr(0, 80), "', expected INPUT:1x3x224x224"));
    options.shapes_.push_back(*std::move(shape));
  }
  return options;
}

std::string ShapeOptions::state(const graph::Graph& graph) const {
  std::string text;
  if (says_nothing()) return text;
  for (const graph::ValueId id : data_inputs(graph)) {
    const graph::Value& value = graph.value(id);
    text += concat(text.empty() ? "" : ";", value.name);
    for (std::size_t d = 0; d < value.type.dims->size(); ++d)
      text += concat(d == 0 ? ":" : "x", (*value.type.dims)[d].extent);
  }
  return text;
}

/// Errors: a first input that --shape or --dim gives another batch.
Result<> ShapeOptions::require_batch(const graph::Graph& graph, std::int64_t extent) const {
  const std::vector<BatchAxis> axes = batch_axes(graph);
  if (axes.empty()) return {};
  const graph::Value& value = graph.value(axes.front().input);
  const std::size_t axis = axes.front().axis;
  const auto refused = [&](std::int64_t found, std::string_view option) {
    return fail(concat("--batch ", extent, ": ", option, " gives input '", value.name,
                       "' a batch of ", found));
  };
  for (const Shape& shape : shapes_)
    if ((shape.input.empty() || shape.input == value.name) && axis < shape.extents.size() &&
        shape.extents[axis] != extent)
      return refused(shape.extents[axis], "--shape");
  for (const auto& [symbol, said] : dims_)
    if ((*value.type.dims)[axis].symbol == symbol && said != extent) return refused(said, "--dim");
  return {};
}

Result<> ShapeOptions::apply(graph::Graph& graph) const {
  if (says_nothing()) return {};
  if (batch_) HALE_CHECK(require_batch(graph, static_cast<std::int64_t>(*batch_)));
  const std::vector<graph::Type> before = types_of_inputs(graph);
  for (const auto& [input, extents] : shapes_) {
    const std::vector<graph::ValueId> inputs = data_inputs(graph);
    if (input.empty() && inputs.size() != 1)
      return fail(concat("shape: found one without a name for ", inputs.size(),
                         " inputs, expected INPUT:1x3x224x224"));
    HALE_CHECK(set_shape(graph, input.empty() ? graph.value(inputs[0]).name : input, extents));
  }
  for (const auto& [symbol, extent] : dims_) {
    HALE_CHECK(set_dim(graph, symbol, extent));
  }
  if (batch_) set_batch(graph, static_cast<std::int64_t>(*batch_));
  if (types_of_inputs(graph) != before) forget_computed_shapes(graph);
  return {};
}

bool is_network_name(const std::string& word) {
  std::error_code ignored;
  if (std::filesystem::exists(word, ignored)) return false;
  const std::string_view family = std::string_view(word).substr(0, word.find('/'));
  return family.size() != word.size() && lower::find_family(family).has_value();
}

Result<graph::Graph> read_model(const std::string& path) {
  if (is_network_name(path)) return lower::named_network(path);
  if (path != "-") return onnx_frontend::import_file(path);
  HALE_TRY(const std::string bytes, read_input(path));
  return onnx_frontend::import_bytes(std::as_bytes(std::span(bytes.data(), bytes.size())), path);
}

void close_batch(graph::Graph& graph, std::int64_t extent) {
  std::unordered_set<std::string> symbols;
  for (const BatchAxis& each : batch_axes(graph)) {
    graph::Dim& dim = batch_in(graph, each);
    if (dim.is_static()) continue;
    if (!dim.symbol.empty()) symbols.insert(dim.symbol);
    dim = graph::Dim{extent};
  }
  if (!symbols.empty()) set_symbols(graph, symbols, extent);
}

bool is_open(const graph::Graph& graph) {
  const std::vector<graph::ValueId> inputs = data_inputs(graph);
  return std::any_of(inputs.begin(), inputs.end(),
                     [&](graph::ValueId id) { return !graph.value(id).type.is_static(); });
}

std::optional<std::int64_t> batch_of(const graph::Graph& graph) {
  const std::vector<BatchAxis> axes = batch_axes(graph);
  if (axes.empty()) return 1;
  const graph::Dim& dim = batch_in(graph, axes.front());
  return dim.is_static() ? std::optional(dim.extent) : std::nullopt;
}

Result<ModelCost> cost_of(graph::Graph graph) {
  HALE_CHECK(graph::InferShapes::run(graph));
  ModelCost cost{.parameters = graph::parameters(graph).total};  // before any is folded away
  workload::FusionRules rules = workload::no_fusion();
  rules.folds_zeros = true;  // what no runtime needs to compute is no cost of the model's
  HALE_TRY(const workload::Workload work, lift::workload(graph, rules));
  cost.macs = workload::totals(work).macs;
  for (const workload::Uncovered& each : work.uncovered)
    if (std::find(cost.unknown_ops.begin(), cost.unknown_ops.end(), each.operation) ==
        cost.unknown_ops.end())
      cost.unknown_ops.push_back(each.operation);
  cost.nodes_covered = workload::covered_share(work);
  cost.precisions = precisions_of(work);
  return cost;
}

}  // namespace hale::cli
