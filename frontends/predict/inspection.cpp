#include <algorithm>
#include <hale/core/text.hpp>
#include <hale/graph/control.hpp>
#include <hale/graph/passes.hpp>
#include <hale/hale.hpp>
#include <hale/inspection.hpp>
#include <hale/lift/read.hpp>
#include <hale/session/batch.hpp>
#include <hale/session/open_dimensions.hpp>
#include <hale/space/any_graph.hpp>
#include <hale/workload/text.hpp>
#include <memory>
#include <utility>

namespace hale::session {
namespace {

std::vector<Port> ports(const graph::Graph& graph, const std::vector<graph::ValueId>& ids) {
  std::vector<Port> list;
  for (const graph::ValueId id : ids) {
    const graph::Value& value = graph.value(id);
    list.push_back(
        {value.name, std::string(graph::name_of(value.type.element)), graph::describe(value.type)});
  }
  return list;
}

/// The multiply-adds of an operation that runs so often.
std::optional<std::uint64_t> products_of(const graph::Graph& graph, graph::OperationId id,
                                         std::uint64_t runs) {
  auto products = lift::macs_of(graph, id);
  if (products) *products = workload::saturating_product(*products, runs);
  return products;
}

/// Of all runs of an operation; of an If those of the branch that is taken.
/// Pre: shapes are inferred.
std::vector<OperatorTotal> operator_totals(const graph::Graph& graph) {
  std::map<std::string, OperatorTotal> totals;
  graph::for_each_run(graph, graph::Graph::body_id(), 1,
                      [&](graph::OperationId id, std::uint64_t runs) {
                        const graph::Operation& op = graph.operation(id);
                        if (op.is("Constant")) return;
                        OperatorTotal& total = totals[lift::operation_name(op)];
                        const auto products = products_of(graph, id, runs);
                        ++total.count;
                        total.macs = workload::saturating_sum(total.macs, products.value_or(0));
                        total.is_known = total.is_known && products.has_value();
                      });
  std::vector<OperatorTotal> sorted;
  for (auto& [name, total] : totals) {
    total.name = name;
    sorted.push_back(std::move(total));
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::pair(a.macs, a.count) > std::pair(b.macs, b.count);
  });
  return sorted;
}

/// Where a model lies: in a searched space, else in that of any graph.
Result<runtime::Recognition> recognise(const ModelReading& read) {
  if (read.searched) return *read.searched;
  HALE_TRY(runtime::Recognition any, built_in().any_graph().recognise(read.reading));
  any.archs = {space::AnyGraph::format(read.reading.network->terms)};
  return any;
}

void add_recognition(const ModelReading& read, Inspection& out) {
  auto found = recognise(read);
  if (!found) {
    out.reason = std::move(found.error().message);
    return;
  }
  out.space = found->space;
  out.archs = std::move(found->archs);
  out.differences = std::move(found->differences);
  out.assumptions = std::move(found->assumptions);
}

/// Assumptions for what the model should state and does not.
void add_unsaid(const Model& model, Inspection& out) {
  const graph::Graph& graph = model.graph();
  if (graph.operator_sets.empty())
    out.assumptions.emplace_back("no opset is stated: operators are read as of any version");
  for (const graph::ValueId input : graph.body().inputs) {
    const graph::Value& value = graph.value(input);
    if (value.type.is_tensor() && value.type.element == graph::ElementType::undefined)
      out.assumptions.push_back(
          concat("the element type of input '", value.name, "' is not stated: its bytes are open"));
  }
  if (model.has_open_batch())
    out.assumptions.emplace_back("the batch is open in the model: figures are for a batch of 1");
  out.assumptions.insert(out.assumptions.end(), model.assumptions().begin(),
                         model.assumptions().end());
}

void add_kernels(const workload::Workload& work, Inspection& out) {
  out.traffic = workload::totals(work);
  out.kernels = work.kernels.size();
  for (const workload::Kernel& kernel : work.kernels)
    ++out.kernels_by_kind[std::string(workload::name_of(kernel.kind))];
  out.uncovered = work.uncovered;
  for (const std::string& assumption : work.assumptions)
    if (std::find(out.assumptions.begin(), out.assumptions.end(), assumption) ==
        out.assumptions.end())
      out.assumptions.push_back(assumption);
}

}  // namespace

std::string usual_fusion() { return std::string(workload::FusionRules{}.name); }

std::vector<std::string> fusion_names() {
  std::vector<std::string> names;
  for (const workload::FusionRules& rules : workload::fusion_presets)
    names.emplace_back(rules.name);
  return names;
}

Result<Inspection> inspect(const Model& model, std::string_view fusion) {
  const graph::Graph& graph = model.graph();
  HALE_TRY(const workload::FusionRules rules, workload::fusion_rules(fusion));
  Inspection out;
  out.operator_sets = graph.operator_sets;
  out.inputs = ports(graph, graph.body().inputs);
  graph::Graph closed = graph;
  HALE_CHECK(graph::InferShapes::run(closed));
  out.outputs = ports(closed, closed.body().outputs);
  out.fusion = fusion;
  HALE_TRY(const std::shared_ptr<const ModelReading> read, model.at(1));
  add_recognition(*read, out);
  add_unsaid(model, out);
  if (model.has_open_batch()) {
    closed = graph;
    HALE_CHECK(close_batch(closed, model.batch_axes(), 1));
    HALE_CHECK(graph::InferShapes::run(closed));
  }
  HALE_CHECK(graph::InlineCalls::run(closed));
  out.operators = operator_totals(closed);
  out.cost = read->reading.cost;
  if (rules.name == workload::FusionRules{}.name) {
    out.memory = read->reading.memory;
    add_kernels(read->reading.network->fused, out);
    return out;
  }
  HALE_CHECK(lift::prepare(closed, rules));
  out.memory = lift::peak_memory(closed);
  add_kernels(lift::prepared_workload(closed, rules), out);
  return out;
}

Result<std::vector<OperationRow>> operations(const Model& model) {
  graph::Graph graph = model.graph();
  HALE_CHECK(close_batch(graph, model.batch_axes(), 1));
  HALE_CHECK((graph::Pipeline<graph::InferShapes, graph::InlineCalls>::run(graph)));
  const auto total = [&graph](const std::vector<graph::ValueId>& ids,
                              std::uint64_t runs) -> std::optional<std::uint64_t> {
    std::uint64_t sum = 0;
    for (const graph::ValueId each : ids) {
      if (each == graph::ValueId::none) continue;
      const auto bytes = graph::bytes_of(graph.value(each).type);
      if (!bytes) return std::nullopt;
      sum = workload::saturating_sum(sum, *bytes);
    }
    return workload::saturating_product(sum, runs);
  };
  std::vector<OperationRow> rows;
  graph::for_each_run(
      graph, graph::Graph::body_id(), 1, [&](graph::OperationId id, std::uint64_t runs) {
        const graph::Operation& op = graph.operation(id);
        if (op.is("Constant")) return;
        const bool has_result = !op.results.empty() && op.results[0] != graph::ValueId::none;
        rows.push_back(
            {.node = op.location,
             .name = lift::operation_name(op),
             .output = has_result ? graph::describe(graph.value(op.results[0]).type) : "",
             .macs = products_of(graph, id, runs),
             .bytes_read = total(op.operands, runs),
             .bytes_written = total(op.results, runs),
             .parameters = graph::cost_of(graph, id).parameters});
      });
  return rows;
}

Result<std::string> kernels_text(const graph::Graph& graph, std::string_view fusion) {
  HALE_TRY(const workload::FusionRules rules, workload::fusion_rules(fusion));
  HALE_TRY(const workload::Workload work, lift::workload(graph, rules));
  return workload::print(work);
}

Result<Encoding> encoding_of(const Model& model) {
  HALE_TRY(const std::shared_ptr<const ModelReading> read, model.at(1));
  HALE_TRY(runtime::Recognition found, recognise(*read));
  HALE_TRY(const runtime::SpaceEntry* space, built_in().find_space(found.space));
  HALE_TRY(std::vector<double> codes, space->encode(found.archs.front()));
  return Encoding{space->name, std::move(found.archs.front()), space->encoder, std::move(codes)};
}

}  // namespace hale::session
