#include <cmath>
#include <cstdint>
#include <hale/core/text.hpp>
#include <hale/files.hpp>
#include <hale/graph/passes.hpp>
#include <hale/graph/text.hpp>
#include <hale/hale.hpp>
#include <hale/inspection.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "output.hpp"
#include "overview.hpp"
#include "shapes.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  std::vector<std::string> passes;
  std::string print = "summary";
  std::string fusion = session::usual_fusion();
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

std::string plain(const Json& value);

/// The fields of a record within a list: "x f32 1x3".
std::string fields(const Json& record) {
  std::string text;
  for (const auto& [key, value] : record.items())
    text += concat(text.empty() ? "" : " ", plain(value));
  return text;
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
    else
      text += element.is_object() ? fields(element) : plain(element);
  }
  return text.empty() ? "none" : text;
}

std::string write(const Json& record, std::string_view key, Format format) {
  if (format == Format::json) return json_text({{"hale", json_schema}, {key, record}}, true) + "\n";
  if (format == Format::jsonl) return format_listing({"", {}}, Json::array({record}), format);
  if (format == Format::csv) {
    std::vector<std::string> names;
    std::vector<std::string> cells;
    for (const auto& [name, value] : record.items()) {
      names.push_back(name);
      cells.push_back(value.is_null() ? "" : plain(value));
    }
    return csv_line(names) + csv_line(cells);
  }
  std::size_t widest = 0;
  for (const auto& [name, value] : record.items()) widest = std::max(widest, name.size());
  std::string text;
  for (const auto& [name, value] : record.items())
    text += concat(name, std::string(widest + 2 - name.size(), ' '), plain(value), "\n");
  return text;
}

Result<std::string> encoding_of(const session::Model& model, const Options& options) {
  HALE_TRY(const session::Encoding encoding, session::encoding_of(model));
  Json codes = Json::array();
  for (const double code : encoding.codes)
    codes.push_back(std::floor(code) < code ? Json(code) : Json(static_cast<std::int64_t>(code)));
  const Json record = {{"model", options.model},
                       {"space", encoding.space},
                       {"arch", encoding.arch},
                       {"encoder", encoding.encoder},
                       {"encoding", codes}};
  return write(record, "encoding", options.format.format());
}

/// A text as it is, or a field of a record.
std::string text_or_record(std::string text, const Options& options) {
  if (options.format.format() == Format::table) return text;
  return write({{"model", options.model}, {options.print, std::move(text)}}, "model",
               options.format.format());
}

Result<std::string> inspect(const Options& options) {
  HALE_TRY(graph::Graph graph, session::read_graph(options.model));
  auto text = [&]() -> Result<std::string> {
    const session::Inputs& inputs = options.shapes.inputs();
    session::BatchAxes axes = session::batch_axes(graph, inputs);
    HALE_CHECK(session::apply(inputs, graph));
    HALE_CHECK(run_passes(graph, options.passes));
    if (options.print == "ir") return text_or_record(graph::print(graph), options);
    if (options.print == "kernels") {
      HALE_TRY(std::string kernels, session::kernels_text(graph, options.fusion));
      return text_or_record(std::move(kernels), options);
    }
    const session::Model model = make_model(std::move(graph), std::move(axes), inputs);
    if (options.print == "encoding") return encoding_of(model, options);
    if (options.print == "ops") {
      HALE_TRY(const auto rows, session::operations(model));
      return operations_text(rows, options.format.format());
    }
    HALE_TRY(const session::Inspection found, session::inspect(model, options.fusion));
    const Json overview = overview_of(found, options.model);
    if (options.format.format() == Format::table) return overview_text(overview);
    return write(overview, "model", options.format.format());
  }();
  if (!text) return fail_in(options.model, text.error());
  return text;
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.word("model", options->model, "An ONNX file, or - for stdin");
  arguments.list("--passes LIST", options->passes, "Passes to run first, separated by commas");
  arguments.choice("--print", options->print, {"ir", "ops", "kernels", "encoding", "summary"},
                   "The graph as text; a row an operation; a line a kernel; the recognised "
                   "architecture's encoding; or an overview");
  arguments.choice("--fusion", options->fusion, session::fusion_names(),
                   "The runtime whose rules fuse operations into kernels");
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
    "inspect", "What hale sees in an ONNX file: what goes in and out, costs, assumptions",
    "  hale inspect network.onnx\n"
    "prints inputs, outputs and opsets; multiply-adds (MACs), parameters, the bytes that kernels\n"
    "read and write, the most memory that activations hold at once; the search space that it was\n"
    "recognised in; each operator by its share of the MACs; and what these figures leave out.\n"
    "  hale inspect network.onnx --print ops --format csv\n"
    "writes a row for each operation, for a spreadsheet.\n"
    "  hale inspect network.onnx --batch 8 --fusion none --print kernels\n"
    "writes the kernels of a runtime that fuses nothing, for a batch of 8.\n"
    "  hale inspect network.onnx --passes infer-shapes,remove-dead-code --print ir\n"
    "prints the graph in MLIR's generic form after these passes.\n"
    "  hale inspect decoder.onnx --take cache=else --value sample_rate=16000\n"
    "takes the else branch of the node 'cache', and those that a sample rate of 16000 decides;\n"
    "without, the costlier branch of each If is assumed, and said.",
    declare};

}  // namespace hale::cli
