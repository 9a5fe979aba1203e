#include "overview.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <hale/core/text.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;
using session::Inspection;

Json ports_json(const std::vector<session::Port>& ports) {
  Json list = Json::array();
  for (const session::Port& port : ports)
    list.push_back({{"name", port.name}, {"type", port.type}, {"shape", port.shape}});
  return list;
}

Json share(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return {};
  return rounded(static_cast<double>(part) / static_cast<double>(whole));
}

/// The sum of what each has; it stops at the largest number.
template <class Each, class Macs>
std::uint64_t sum_of(const std::vector<Each>& all, const Macs& macs) {
  std::uint64_t sum = 0;
  for (const Each& each : all)
    if (__builtin_add_overflow(sum, macs(each), &sum)) return ~std::uint64_t{0};
  return sum;
}

Json operator_records(const std::vector<session::OperatorTotal>& totals) {
  const std::uint64_t whole = sum_of(totals, [](const auto& total) { return total.macs; });
  Json records = Json::array();
  for (const session::OperatorTotal& total : totals) {
    const Json macs = total.is_known || total.macs > 0 ? Json(total.macs) : Json();
    records.push_back({{"operator", total.name},
                       {"count", total.count},
                       {"macs", macs},
                       {"share", total.is_known ? share(total.macs, whole) : Json()}});
  }
  return records;
}

Json opsets(const std::vector<graph::OperatorSet>& sets) {
  Json list = Json::array();
  for (const graph::OperatorSet& set : sets)
    list.push_back(
        {{"domain", set.domain.empty() ? "ai.onnx" : set.domain}, {"version", set.version}});
  return list;
}

Json uncovered_json(const Inspection& found) {
  Json list = Json::array();
  for (const auto& each : found.uncovered)
    list.push_back(
        {{"operator", each.operation}, {"node", each.location}, {"reason", each.reason}});
  return list;
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

std::string port_lines(std::string_view name, const Json& list) {
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

Json overview_of(const Inspection& found, const std::string& model) {
  const bool is_recognised = !found.space.empty();
  std::size_t count = 0;
  std::map<std::string, std::size_t> by_name;
  for (const session::OperatorTotal& total : found.operators) {
    count += total.count;
    by_name[total.name] = total.count;
  }
  return {{"model", model},
          {"space", is_recognised ? Json(found.space) : Json()},
          {"arch", is_recognised ? Json(found.archs.front()) : Json()},
          {"class_size", found.archs.size()},
          {"differences", found.differences},
          {"assumptions", found.assumptions},
          {"reason", is_recognised ? Json() : Json(found.reason)},
          {"opsets", opsets(found.operator_sets)},
          {"inputs", ports_json(found.inputs)},
          {"outputs", ports_json(found.outputs)},
          {"operations", count},
          {"operations_by_name", by_name},
          {"operators", operator_records(found.operators)},
          {"macs", found.cost.macs},
          {"parameters", found.cost.parameters},
          {"coverage",
           {{"nodes", rounded(found.cost.covered)},
            {"macs", rounded(found.cost.covered)},
            {"unknown_ops", found.cost.unknown_operations}}},
          {"bytes_read", found.traffic.bytes_read},
          {"bytes_written", found.traffic.bytes_written},
          {"weight_bytes", found.traffic.weight_bytes},
          {"fusion", found.fusion},
          {"kernels", found.kernels},
          {"kernels_by_kind", found.kernels_by_kind},
          {"uncovered", uncovered_json(found)},
          {"peak_activation_bytes", found.memory.bytes},
          {"peak_activation_at", found.memory.at.empty() ? Json() : Json(found.memory.at)},
          {"values_of_unknown_size", found.memory.unknown}};
}

std::string overview_text(const Json& record) {
  std::string text = line("model", record["model"].get<std::string>());
  text += port_lines("inputs", record["inputs"]) + port_lines("outputs", record["outputs"]);
  text += costs(record) + recognised(record);
  bool is_first = true;
  for (const Json& assumption : record["assumptions"])
    text +=
        line(std::exchange(is_first, false) ? "assumptions" : "", assumption.get<std::string>());
  return text + operator_table(record) + not_covered(record);
}

std::string operations_text(const std::vector<session::OperationRow>& rows, Format format) {
  const std::uint64_t whole = sum_of(rows, [](const auto& row) { return row.macs.value_or(0); });
  const auto known = [](const std::optional<std::uint64_t>& figure) {
    return figure ? Json(*figure) : Json();
  };
  Json records = Json::array();
  for (const session::OperationRow& row : rows)
    records.push_back({{"node", row.node},
                       {"operator", row.name},
                       {"output", row.output},
                       {"macs", known(row.macs)},
                       {"share", row.macs ? share(*row.macs, whole) : Json()},
                       {"bytes_read", known(row.bytes_read)},
                       {"bytes_written", known(row.bytes_written)},
                       {"parameters", row.parameters}});
  return format_listing({"operations",
                         {"node", "operator", "output", "macs", "share", "bytes_read",
                          "bytes_written", "parameters"}},
                        records, format);
}

}  // namespace hale::cli
