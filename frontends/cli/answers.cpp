#include "answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <hale/core/text.hpp>
#include <nlohmann/json.hpp>
#include <utility>

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Answer& answer) {
  Json result = {{"model", answer.model.empty() ? Json() : Json(answer.model)},
                 {"device", answer.device->name},
                 {"batch", answer.device->batch},
                 {"precision", answer.device->precision},
                 {"space", answer.space},
                 {"arch", answer.arch.empty() ? Json() : Json(answer.arch)},
                 {"latency_ms", nullptr},
                 {"interval_ms", nullptr},
                 {"interval_level", answer.interval_level},
                 {"verdict", "unknown"},
                 {"macs", nullptr},
                 {"parameters", nullptr},
                 {"coverage", {{"nodes", 1.0}, {"macs", 1.0}, {"unknown_ops", Json::array()}}},
                 {"assumptions", answer.assumptions},
                 {"warnings", answer.warnings}};
  if (!answer.prediction) {
    for (const char* part : {"nodes", "macs"}) result["coverage"][part] = nullptr;
  } else {
    result["latency_ms"] = rounded(answer.prediction->median.value);
    result["interval_ms"] = {rounded(answer.prediction->low.value),
                             rounded(answer.prediction->high.value)};
    result["verdict"] = predictor::name_of(answer.prediction->verdict);
  }
  if (answer.cost) {
    result["macs"] = answer.cost->macs;
    result["parameters"] = answer.cost->parameters;
    // What an operation that cannot be costed multiplies is not known: taken as the average one.
    result["coverage"] = {{"nodes", rounded(answer.cost->nodes_covered)},
                          {"macs", rounded(answer.cost->nodes_covered)},
                          {"unknown_ops", answer.cost->unknown_ops}};
  }
  if (!answer.kernels.empty() && answer.prediction)
    result["ops"] = kernel_json(answer.kernels, answer.prediction->median);
  return result;
}

std::string csv(const std::vector<Answer>& answers) {
  std::string text = csv_line({"model", "device", "batch", "precision", "space", "arch",
                               "latency_ms", "low_ms", "high_ms", "interval_level", "verdict",
                               "macs", "parameters", "assumptions", "warnings"});
  for (const Answer& answer : answers) {
    const auto& p = answer.prediction;
    const auto number = [&](Milliseconds ms) { return number_text(ms.value); };
    text += csv_line({answer.model, answer.device->name, concat(answer.device->batch),
                      answer.device->precision, std::string(answer.space), answer.arch,
                      p ? number(p->median) : "", p ? number(p->low) : "", p ? number(p->high) : "",
                      number_text(answer.interval_level),
                      p ? std::string(predictor::name_of(p->verdict)) : "unknown",
                      answer.cost ? concat(answer.cost->macs) : "",
                      answer.cost ? concat(answer.cost->parameters) : "",
                      joined(answer.assumptions, "; "), joined(answer.warnings, "; ")});
  }
  return text;
}

/// What a row is called: the model, or the line of --archs.
const std::string& name_of(const Answer& answer) {
  return answer.model.empty() ? answer.arch : answer.model;
}

std::string table(const Answers& answers) {
  TextTable table{{answers.are_of_archs ? "architecture" : "model", "latency", "interval", "device",
                   "batch", "verdict"},
                  {},
                  {false, true, false, false, true, false}};
  std::vector<std::string> notes;
  const auto note = [&](std::string line) {
    if (std::find(notes.begin(), notes.end(), line) == notes.end())
      notes.push_back(std::move(line));
  };
  for (const Answer& answer : answers.given) {
    const auto& p = answer.prediction;
    const std::string& name = name_of(answer);
    table.rows.push_back(
        {name, p ? short_number(p->median.value) + " ms" : "",
         p ? fmt::format("[{} .. {}]", short_number(p->low.value), short_number(p->high.value))
           : "",
         answer.device->name, concat(answer.device->batch),
         p ? std::string(predictor::name_of(p->verdict)) : "not answered"});
    if (!answer.model.empty() && !answer.arch.empty())
      note(concat(name, ": ", answer.space, " ", answer.arch));
    for (const std::string& assumption : answer.assumptions)
      note(concat(name, ": ", answers.devices > 1 ? answer.device->name + ": " : "", assumption));
    for (const std::string& warning : answer.warnings) note(concat(name, ": ", warning));
  }
  if (answers.given.empty()) return {};
  std::string text = table.format();
  text += fmt::format("\nintervals hold {:g} % of what was measured\n",
                      100 * answers.given.front().interval_level);
  if (!answers.default_device.empty())
    text += fmt::format("device: {}, the default\n", answers.default_device);
  for (const std::string& line : notes) text += line + "\n";
  for (const Answer& answer : answers.given)
    if (!answer.kernels.empty() && answer.prediction)
      text += concat("\n", name_of(answer), " on ", answer.device->name, ":\n",
                     kernel_table(answer.kernels, answer.prediction->median));
  return text;
}

}  // namespace

std::string format_answers(const Answers& answers, Format format) {
  if (format == Format::table) return table(answers);
  if (format == Format::csv) return csv(answers.given);
  Json results = Json::array();
  for (const Answer& answer : answers.given) results.push_back(json_of(answer));
  if (format == Format::jsonl) return format_listing({"results", {}}, results, format);
  Json errors = Json::array();
  for (const Refusal& refused : answers.refused)
    errors.push_back({{"model", refused.input}, {"message", refused.message}});
  return json_text({{"hale", json_schema}, {"results", results}, {"errors", errors}}, true) + "\n";
}

}  // namespace hale::cli
