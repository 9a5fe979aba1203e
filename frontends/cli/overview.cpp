#include "overview.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/graph/passes.hpp>
#include <hale/lift/activation_memory.hpp>
#include <hale/lift/workload.hpp>
#include <hale/runtime/spaces.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "models.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

struct OperatorTotal {
  std::size_t count = 0;
  std::uint64_t macs = 0;
  bool is_known = true;
};
using OperatorTotals = std::map<std::string, OperatorTotal>;

Json values(const graph::Graph& graph, const std::vector<graph::ValueId>& ids) {
  Json list = Json::array();
  for (const graph::ValueId id : ids) {
    const graph::Value& value = graph.value(id);
    list.push_back({{"name", value.name},
                    {"type", graph::name_of(value.type.element)},
                    {"shape", graph::describe(value.type)}});
  }
  return list;
}

/// Pre: shapes are inferred.
OperatorTotals operator_totals(const graph::Graph& graph) {
  OperatorTotals totals;
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    const graph::Operation& op = graph.operation(id);
    if (op.is("Constant")) return;
    OperatorTotal& total = totals[lift::operation_name(op)];
    const auto products = lift::macs_of(graph, id);
    ++total.count;
    total.macs = workload::saturating_sum(total.macs, products.value_or(0));
    total.is_known = total.is_known && products.has_value();
  });
  return totals;
}

Json share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return rounded(static_cast<double>(part) / static_cast<double>(whole));
}

/// The costliest first, then the most frequent.
Json operator_records(const OperatorTotals& totals) {
  std::uint64_t whole = 0;
  for (const auto& [name, total] : totals) whole = workload::saturating_sum(whole, total.macs);
  std::vector<std::pair<std::string, OperatorTotal>> sorted(totals.begin(), totals.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.macs, a.second.count) > std::pair(b.second.macs, b.second.count);
  });
  Json records = Json::array();
  for (const auto& [name, total] : sorted) {
    const Json macs = total.is_known || total.macs > 0 ? Json(total.macs) : Json();
    records.push_back({{"operator", name},
                       {"count", total.count},
                       {"macs", macs},
                       {"share", total.is_known ? share(total.macs, whole) : Json()}});
  }
  return records;
}

Json opsets(const graph::Graph& graph) {
  Json list = Json::array();
  for (const graph::OperatorSet& set : graph.operator_sets)
    list.push_back(
        {{"domain", set.domain.empty() ? "ai.onnx" : set.domain}, {"version", set.version}});
  return list;
}

Json recognition_of(const graph::Graph& graph) {
  const auto recognition = recognise_model(graph);
  Json record = {{"space", recognition ? Json(recognition->space) : Json()},
                 {"arch", recognition ? Json(recognition->archs.front()) : Json()},
                 {"class_size", recognition ? recognition->archs.size() : 0},
                 {"differences", Json::array()},
                 {"assumptions", Json::array()},
                 {"reason", recognition ? Json() : Json(recognition.error().message)}};
  if (recognition) {
    record["differences"] = recognition->differences;
    record["assumptions"] = recognition->assumptions;
  }
  return record;
}

void add_workload(const workload::Workload& work, const std::string& fusion, Json& record) {
  const workload::Totals totals = workload::totals(work);
  std::map<std::string, std::size_t> kinds;
  for (const workload::Kernel& kernel : work.kernels)
    ++kinds[std::string(workload::name_of(kernel.kind))];
  Json uncovered = Json::array();
  for (const workload::Uncovered& each : work.uncovered)
    uncovered.push_back(
        {{"operator", each.operation}, {"node", each.location}, {"reason", each.reason}});
  record["bytes_read"] = totals.bytes_read;
  record["bytes_written"] = totals.bytes_written;
  record["weight_bytes"] = totals.weight_bytes;
  record["fusion"] = fusion;
  record["kernels"] = work.kernels.size();
  record["kernels_by_kind"] = kinds;
  record["uncovered"] = uncovered;
  Json& assumptions = record["assumptions"];
  for (const std::string& assumption : work.assumptions)
    if (std::find(assumptions.begin(), assumptions.end(), assumption) == assumptions.end())
      assumptions.push_back(assumption);
}

void add_memory(const graph::Graph& graph, Json& record) {
  const lift::ActivationMemory memory = lift::activation_memory(graph);
  record["peak_activation_bytes"] = memory.peak_bytes;
  record["peak_activation_at"] =
      memory.at == graph::OperationId::none ? Json() : Json(graph.location_of(memory.at));
  record["values_of_unknown_size"] = memory.unknown;
}

/// What the model does not say although it should.
void add_unsaid(const graph::Graph& graph, Json& record) {
  if (graph.operator_sets.empty())
    record["assumptions"].push_back("no opset is stated: operators are read as of any version");
  for (const graph::ValueId input : graph.body().inputs) {
    const graph::Value& value = graph.value(input);
    if (value.type.is_tensor() && value.type.element == graph::ElementType::undefined)
      record["assumptions"].push_back(
          concat("the element type of input '", value.name, "' is not stated: its bytes are open"));
  }
}

/// Closes an open batch with 1. Returns whether there was one.
bool assume_batch(graph::Graph& graph) {
  const Json before = values(graph, graph.body().inputs);
  close_batch(graph, 1);
  return values(graph, graph.body().inputs) != before;
}

std::string scaled(const Json& number, std::string_view unit) {
  if (!number.is_number()) return "?";
  const auto value = number.get<double>();
  constexpr std::array<std::pair<double, std::string_view>, 4> prefixes = {
      {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
  for (const auto& [factor, prefix] : prefixes)
    if (value >= factor) return concat(short_number(value / factor), " ", prefix, unit);
  return concat(number.get<std::uint64_t>(), unit.empty() ? "" : " ", unit);
}

std::string percent(const Json& part) {
  if (!part.is_number()) return "?";
  return concat(short_number(100 * part.get<double>()), " %");
}

std::string line(std::string_view name, std::string_view text) {
  const std::string padding(name.size() < 13 ? 13 - name.size() : 1, ' ');
  return concat(name, padding, text.empty() ? "none" : text, "\n");
}

std::string ports(std::string_view name, const Json& list) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < list.size() && i < most; ++i)
    text += line(i == 0 ? name : "", concat(list[i]["name"].get<std::string>(), "  ",
                                            list[i]["type"].get<std::string>(), "  ",
                                            list[i]["shape"].get<std::string>()));
  if (list.size() > most) text += line("", concat("and ", list.size() - most, " more"));
  return list.empty() ? line(name, "") : text;
}

std::string recognised(const Json& record) {
  if (record["space"].is_null()) return line("space", "none recognised");
  std::string text = line(
      "space", concat(record["space"].get<std::string>(), "  ", record["arch"].get<std::string>()));
  if (record["class_size"].get<std::size_t>() > 1)
    text += line("", concat("or one of ", record["class_size"].get<std::size_t>() - 1,
                            " others that are the same graph"));
  for (const Json& difference : record["differences"])
    text += line("", concat("differs: ", difference.get<std::string>()));
  return text;
}

std::string costs(const Json& record) {
  std::string opset_list;
  for (const Json& set : record["opsets"])
    opset_list += concat(opset_list.empty() ? "" : ", ", set["domain"].get<std::string>(), " ",
                         set["version"].get<std::int64_t>());
  std::string text = line("opsets", opset_list);
  text += line("MACs", scaled(record["macs"], ""));
  text += line("parameters", scaled(record["parameters"], ""));
  text += line("traffic", concat("reads ", scaled(record["bytes_read"], "B"), ", ",
                                 scaled(record["weight_bytes"], "B"), " of it weights; writes ",
                                 scaled(record["bytes_written"], "B")));
  std::string peak = scaled(record["peak_activation_bytes"], "B");
  if (record["peak_activation_at"].is_string())
    peak += concat(" of activations at once, at ", record["peak_activation_at"].get<std::string>());
  if (const auto unknown = record["values_of_unknown_size"].get<std::size_t>(); unknown > 0)
    peak += concat("; ", unknown, " values of unknown size not counted");
  text += line("peak memory", peak);
  return text +
         line("kernels", concat(record["kernels"].get<std::size_t>(), " of ",
                                record["operations"].get<std::size_t>(), " operations, fused as ",
                                record["fusion"].get<std::string>()));
}

std::string operator_table(const Json& record) {
  TextTable table{{"operator", "count", "MACs", "share"}, {}, {false, true, true, true}};
  for (const Json& each : record["operators"])
    table.rows.push_back({each["operator"].get<std::string>(),
                          concat(each["count"].get<std::size_t>()), scaled(each["macs"], ""),
                          each["macs"] == 0 ? "" : percent(each["share"])});
  return "\n" + table.format();
}

/// Each operator once, with how many nodes and the first one's reason.
std::string not_covered(const Json& record) {
  std::map<std::string, std::size_t> counts;
  std::vector<std::pair<std::string, std::string>> order;
  for (const Json& each : record["uncovered"]) {
    const auto name = each["operator"].get<std::string>();
    if (++counts[name] == 1) order.emplace_back(name, each["reason"].get<std::string>());
  }
  std::string text = order.empty() ? "" : "\nnot in these figures\n";
  for (const auto& [name, reason] : order)
    text += concat("  ", name, " x", counts[name], ": ", reason, "\n");
  return text;
}

}  // namespace

Result<runtime::Recognition> recognise_model(const graph::Graph& graph) {
  auto searched = runtime::recognise_searched(graph);
  if (searched) return searched;
  graph::Graph run = graph;
  close_batch(run, 1);
  return runtime::graph_space().recognise(run);
}

Result<Json> overview_of(const graph::Graph& graph, const std::string& model,
                         const std::string& fusion) {
  HALE_TRY(const workload::FusionRules rules, workload::fusion_rules(fusion));
  Json record = {{"model", model}};
  record.update(recognition_of(graph));
  record["opsets"] = opsets(graph);
  record["inputs"] = values(graph, graph.body().inputs);
  record["outputs"] = values(graph, graph.body().outputs);
  add_unsaid(graph, record);
  graph::Graph closed = graph;
  if (assume_batch(closed))
    record["assumptions"].push_back("the batch is open in the model: figures are for a batch of 1");
  HALE_CHECK(graph::InferShapes::run(closed));
  const OperatorTotals totals = operator_totals(closed);
  std::size_t count = 0;
  Json by_name = Json::object();
  for (const auto& [name, total] : totals) {
    count += total.count;
    by_name[name] = total.count;
  }
  record["operations"] = count;
  record["operations_by_name"] = by_name;
  record["operators"] = operator_records(totals);
  HALE_TRY(const ModelCost cost, cost_of(closed));
  record["macs"] = cost.macs;
  record["parameters"] = cost.parameters;
  record["coverage"] = {{"nodes", rounded(cost.nodes_covered)},
                        {"macs", rounded(cost.nodes_covered)},
                        {"unknown_ops", cost.unknown_ops}};
  HALE_CHECK(lift::prepare(closed, rules));
  HALE_TRY(const workload::Workload work, lift::workload(closed, rules));
  add_workload(work, fusion, record);
  add_memory(closed, record);
  return record;
}

std::string overview_text(const Json& record) {
  std::string text = line("model", record["model"].get<std::string>());
  text += ports("inputs", record["inputs"]) + ports("outputs", record["outputs"]);
  text += costs(record) + recognised(record);
  bool is_first = true;
  for (const Json& assumption : record["assumptions"])
    text +=
        line(std::exchange(is_first, false) ? "assumptions" : "", assumption.get<std::string>());
  return text + operator_table(record) + not_covered(record);
}

Result<std::string> operations_text(graph::Graph graph, Format format) {
  assume_batch(graph);
  HALE_CHECK(graph::InferShapes::run(graph));
  std::uint64_t whole = 0;
  for (const auto& [name, total] : operator_totals(graph))
    whole = workload::saturating_sum(whole, total.macs);
  Json records = Json::array();
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    const graph::Operation& op = graph.operation(id);
    if (op.is("Constant")) return;
    const auto products = lift::macs_of(graph, id);
    const auto total = [&graph](const std::vector<graph::ValueId>& ids) -> Json {
      std::uint64_t sum = 0;
      for (const graph::ValueId each : ids) {
        if (each == graph::ValueId::none) continue;
        const auto bytes = graph::bytes_of(graph.value(each).type);
        if (!bytes) return {};
        sum = workload::saturating_sum(sum, *bytes);
      }
      return sum;
    };
    const bool has_result = !op.results.empty() && op.results[0] != graph::ValueId::none;
    records.push_back(
        {{"node", op.location},
         {"operator", lift::operation_name(op)},
         {"output", has_result ? graph::describe(graph.value(op.results[0]).type) : ""},
         {"macs", products ? Json(*products) : Json()},
         {"share", products ? share(*products, whole) : Json()},
         {"bytes_read", total(op.operands)},
         {"bytes_written", total(op.results)},
         {"parameters", graph::cost_of(graph, id).parameters}});
  });
  return format_listing({"operations",
                         {"node", "operator", "output", "macs", "share", "bytes_read",
                          "bytes_written", "parameters"}},
                        records, format);
}

}  // namespace hale::cli
