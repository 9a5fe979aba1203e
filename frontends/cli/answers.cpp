#include "answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <hale/core/text.hpp>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;
using session::Answer;
using session::KernelTime;

Json kernel_json(const std::vector<KernelTime>& kernels) {
  Json rows = Json::array();
  for (const KernelTime& kernel : kernels)
    rows.push_back({{"kernel", kernel.location},
                    {"operations", kernel.operations},
                    {"share", rounded(kernel.share)},
                    {"latency_ms", rounded(kernel.ms)},
                    {"macs", kernel.macs},
                    {"bytes", kernel.bytes}});
  return rows;
}

std::string kernel_table(const std::vector<KernelTime>& kernels) {
  TextTable table{{"kernel", "operations", "share", "ms", "MACs", "bytes"},
                  {},
                  {false, false, true, true, true, true}};
  for (const KernelTime& kernel : kernels)
    table.rows.push_back({kernel.location, kernel.operations,
                          fmt::format("{:.1f} %", 100 * kernel.share),
                          fmt::format("{:.3g}", kernel.ms), fmt::format("{}", kernel.macs),
                          fmt::format("{}", kernel.bytes)});
  return table.format();
}

Json json_of(const Row& row) {
  const Answer& answer = row.answer;
  Json result = {{"model", answer.model.empty() ? Json() : Json(answer.model)},
                 {"device", answer.device},
                 {"batch", answer.batch},
                 {"precision", answer.precision},
                 {"space", answer.space},
                 {"arch", answer.arch.empty() ? Json() : Json(answer.arch)},
                 {"latency_ms", nullptr},
                 {"interval_ms", nullptr},
                 {"interval_level", answer.interval_level},
                 {"verdict", "unknown"},
                 {"reason", nullptr},
                 {"macs", nullptr},
                 {"parameters", nullptr},
                 {"coverage", {{"nodes", 1.0}, {"macs", 1.0}, {"unknown_ops", Json::array()}}},
                 {"assumptions", answer.assumptions},
                 {"warnings", answer.warnings}};
  if (!row.is_answered) {
    for (const char* part : {"nodes", "macs"}) result["coverage"][part] = nullptr;
    return result;
  }
  result["latency_ms"] = rounded(answer.prediction.median.value);
  result["interval_ms"] = {rounded(answer.prediction.low.value),
                           rounded(answer.prediction.high.value)};
  result["verdict"] = session::name_of(answer.prediction.verdict);
  if (!answer.reason.empty()) result["reason"] = answer.reason;
  if (row.has_cost) {
    result["macs"] = answer.cost.macs;
    result["parameters"] = answer.cost.parameters;
    // An operation of unknown cost counts as an average one.
    result["coverage"] = {{"nodes", rounded(answer.cost.covered)},
                          {"macs", rounded(answer.cost.covered)},
                          {"unknown_ops", answer.cost.unknown_operations}};
  }
  if (!answer.kernels.empty()) result["ops"] = kernel_json(answer.kernels);
  return result;
}

std::string csv(const std::vector<Row>& rows) {
  std::string text = csv_line({"model", "device", "batch", "precision", "space", "arch",
                               "latency_ms", "low_ms", "high_ms", "interval_level", "verdict",
                               "macs", "parameters", "assumptions", "warnings"});
  for (const Row& row : rows) {
    const Answer& answer = row.answer;
    const auto number = [&](Milliseconds ms) {
      return row.is_answered ? number_text(ms.value) : std::string();
    };
    const auto count = [&](std::uint64_t of) {
      return row.is_answered && row.has_cost ? concat(of) : std::string();
    };
    text += csv_line(
        {answer.model, answer.device, concat(answer.batch), answer.precision,
         std::string(answer.space), answer.arch, number(answer.prediction.median),
         number(answer.prediction.low), number(answer.prediction.high),
         number_text(answer.interval_level),
         row.is_answered ? std::string(session::name_of(answer.prediction.verdict)) : "unknown",
         count(answer.cost.macs), count(answer.cost.parameters), joined(answer.assumptions, "; "),
         joined(answer.warnings, "; ")});
  }
  return text;
}

/// What a row is called: the model, or the line of --archs.
const std::string& name_of(const Answer& answer) {
  return answer.model.empty() ? answer.arch : answer.model;
}

/// A row a kernel; where an answer has none, a row that says so by its empty cells.
std::string kernel_csv(const std::vector<Row>& rows) {
  std::string text = csv_line({"model", "device", "batch", "precision", "kernel", "operations",
                               "latency_ms", "share", "macs", "bytes"});
  for (const Row& row : rows) {
    const Answer& answer = row.answer;
    const std::string& name = name_of(answer);
    for (const KernelTime& kernel : answer.kernels)
      text += csv_line({name, answer.device, concat(answer.batch), answer.precision,
                        kernel.location, kernel.operations, number_text(kernel.ms),
                        number_text(kernel.share), concat(kernel.macs), concat(kernel.bytes)});
    if (answer.kernels.empty())
      text += csv_line(
          {name, answer.device, concat(answer.batch), answer.precision, "", "", "", "", "", ""});
  }
  return text;
}

/// What the answers assume and warn of, each line once.
std::vector<std::string> notes_of(const Rows& rows) {
  std::vector<std::string> notes;
  const auto note = [&](std::string line) {
    if (std::find(notes.begin(), notes.end(), line) == notes.end())
      notes.push_back(std::move(line));
  };
  for (const Row& row : rows.given) {
    const Answer& answer = row.answer;
    const std::string& name = name_of(answer);
    if (!answer.model.empty() && !answer.arch.empty())
      note(concat(name, ": ", answer.space, " ", answer.arch));
    for (const std::string& assumption : answer.assumptions)
      note(concat(name, ": ", rows.devices > 1 ? answer.device + ": " : "", assumption));
    for (const std::string& warning : answer.warnings) note(concat(name, ": ", warning));
  }
  return notes;
}

std::string table(const Rows& rows) {
  if (rows.given.empty()) return {};
  TextTable table{{rows.are_of_archs ? "architecture" : "model", "latency", "interval", "device",
                   "batch", "verdict"},
                  {},
                  {false, true, false, false, true, false}};
  for (const Row& row : rows.given) {
    const session::Prediction& p = row.answer.prediction;
    table.rows.push_back(
        {name_of(row.answer), row.is_answered ? short_number(p.median.value) + " ms" : "",
         row.is_answered
             ? fmt::format("[{} .. {}]", short_number(p.low.value), short_number(p.high.value))
             : "",
         row.answer.device, concat(row.answer.batch),
         row.is_answered ? std::string(session::name_of(p.verdict)) : "not answered"});
  }
  std::string text = table.format();
  text += fmt::format("\neach interval should hold the measured time in {:g} of 10 cases\n",
                      10 * rows.given.front().answer.interval_level);
  if (!rows.default_device.empty())
    text += fmt::format("device: {}, the default\n", rows.default_device);
  for (const std::string& line : notes_of(rows)) text += line + "\n";
  for (const Row& row : rows.given)
    if (!row.answer.kernels.empty())
      text += concat("\n", name_of(row.answer), " on ", row.answer.device, ":\n",
                     kernel_table(row.answer.kernels));
  return text;
}

}  // namespace

std::string format_answers(const Rows& rows, Format format) {
  if (format == Format::table) return table(rows);
  if (format == Format::csv) return rows.has_kernels ? kernel_csv(rows.given) : csv(rows.given);
  Json results = Json::array();
  for (const Row& row : rows.given) results.push_back(json_of(row));
  if (format == Format::jsonl) return format_listing({"results", {}}, results, format);
  Json errors = Json::array();
  for (const Refusal& refused : rows.refused)
    errors.push_back({{"model", refused.input}, {"message", refused.message}});
  return json_text({{"hale", json_schema}, {"results", results}, {"errors", errors}}, true) + "\n";
}

}  // namespace hale::cli
