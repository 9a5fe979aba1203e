#include <cmath>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/runtime/spaces.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.hpp"
#include "models.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  std::vector<std::string> passes;
  std::string print = "summary";
  ShapeOptions shapes;
  FormatOption format;
};

/// Errors: a pass that there is none of, with those there are.
Result<> run_passes(graph::Graph& graph, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const graph::PassEntry* pass = graph::find_pass(name);
    if (pass == nullptr) {
      std::string known;
      for (const graph::PassEntry& entry : graph::passes())
        known += concat(known.empty() ? "" : ", ", entry.name);
      return fail(concat("--passes: no pass '", name, "'; there are: ", known));
    }
    if (const auto ran = pass->run(graph); !ran) return fail_in(concat("pass ", name), ran.error());
  }
  return {};
}

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

Result<Json> summary_of(const graph::Graph& graph, const std::string& model) {
  std::map<std::string, std::size_t> operations;
  std::size_t count = 0;
  graph::for_each_operation(graph, graph::Graph::body_id(), [&](graph::OperationId id) {
    const graph::Operation& op = graph.operation(id);
    if (op.is("Constant")) return;
    ++count;
    ++operations[op.domain.empty() ? op.name : concat(op.domain, ".", op.name)];
  });
  const auto recognition = runtime::recognise(graph);
  Json summary = {{"model", model},
                  {"space", recognition ? Json(recognition->space) : Json()},
                  {"arch", recognition ? Json(recognition->archs.front()) : Json()},
                  {"class_size", recognition ? recognition->archs.size() : 0},
                  {"differences", Json::array()},
                  {"assumptions", Json::array()},
                  {"reason", recognition ? Json() : Json(recognition.error().message)},
                  {"inputs", values(graph, graph.body().inputs)},
                  {"outputs", values(graph, graph.body().outputs)},
                  {"operations", count},
                  {"operations_by_name", operations}};
  if (recognition) {
    summary["differences"] = recognition->differences;
    summary["assumptions"] = recognition->assumptions;
  }
  HALE_TRY(const ModelCost cost, cost_of(graph));
  summary["macs"] = cost.macs;
  summary["parameters"] = cost.parameters;
  summary["coverage"] = {{"nodes", rounded(cost.nodes_covered)},
                         {"macs", rounded(cost.nodes_covered)},
                         {"unknown_ops", cost.unknown_ops}};
  return summary;
}

std::string plain(const Json& value) {
  if (value.is_null()) return "none";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_primitive()) return json_text(value, false);
  std::string text;
  for (const auto& [key, element] : value.items()) {
    if (!text.empty()) text += ", ";
    if (value.is_object())
      text += concat(key, " ", plain(element));
    else if (element.is_object())
      text +=
          concat(plain(element["name"]), " ", plain(element["type"]), " ", plain(element["shape"]));
    else
      text += plain(element);
  }
  return text.empty() ? "none" : text;
}

std::string write(const Json& record, std::string_view key, Format format) {
  if (format == Format::json) return json_text({{"hale", json_schema}, {key, record}}, true) + "\n";
  if (format == Format::jsonl) return format_listing({"", {}}, Json::array({record}), format);
  if (format == Format::csv) {
    std::vector<std::string> names;
    std::vector<std::string> fields;
    for (const auto& [name, value] : record.items()) {
      names.push_back(name);
      fields.push_back(value.is_null() ? "" : plain(value));
    }
    return csv_line(names) + csv_line(fields);
  }
  std::size_t widest = 0;
  for (const auto& [name, value] : record.items()) widest = std::max(widest, name.size());
  std::string text;
  for (const auto& [name, value] : record.items())
    text += concat(name, std::string(widest + 2 - name.size(), ' '), plain(value), "\n");
  return text;
}

Result<std::string> encoding_of(const graph::Graph& graph, const Options& options) {
  HALE_TRY(const runtime::Recognition recognition, runtime::recognise(graph));
  HALE_TRY(const runtime::SpaceEntry* space, runtime::find_space(recognition.space));
  const std::string& arch = recognition.archs.front();
  HALE_TRY(const std::vector<double> encoded, space->encode(arch));
  Json codes = Json::array();
  for (const double code : encoded)
    codes.push_back(std::floor(code) < code ? Json(code) : Json(static_cast<std::int64_t>(code)));
  const Json record = {{"model", options.model},
                       {"space", space->name},
                       {"arch", arch},
                       {"encoder", space->encoder},
                       {"encoding", codes}};
  return write(record, "encoding", options.format.format());
}

Result<std::string> inspect(const Options& options) {
  HALE_TRY(graph::Graph graph, read_model(options.model));
  const auto text = [&]() -> Result<std::string> {
    HALE_CHECK(options.shapes.apply(graph));
    HALE_CHECK(run_passes(graph, options.passes));
    if (options.print == "ir") return graph::print(graph);
    if (options.print == "encoding") return encoding_of(graph, options);
    HALE_TRY(const Json summary, summary_of(graph, options.model));
    return write(summary, "model", options.format.format());
  }();
  if (!text) return fail_in(options.model, text.error());
  return text;
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.word("model", options->model, "An ONNX file, or - for stdin");
  arguments.list("--passes LIST", options->passes, "Passes to run first, separated by commas");
  arguments.choice("--print", options->print, {"ir", "encoding", "summary"},
                   "The graph as text; the recognised architecture's encoding; or an overview");
  options->shapes.declare(arguments);
  options->format.declare(arguments);
  return [options] {
    if (const auto parsed = options->shapes.parse(); !parsed)
      return refuse_usage(parsed.error().message);
    const auto done = inspect(*options);
    return done ? finish(*done) : refuse(done.error());
  };
}

}  // namespace

const Command inspect_command = {
    "inspect", "What hale sees in an ONNX file",
    "  hale inspect network.onnx --passes infer-shapes,remove-dead-code --print ir\n"
    "prints the graph in MLIR's generic form; without --print, its multiply-adds, its parameters\n"
    "and the search space that it was recognised in.",
    declare};

}  // namespace hale::cli
