#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <embedded.hpp>
#include <hale/core/config.hpp>
#include <hale/core/random.hpp>
#include <hale/core/text.hpp>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;
using predictor::metric_names;
using predictor::MetricName;

/// What a reader sees of a metric.
struct MetricText {
  std::string_view name;  // as metric_names has it
  std::string_view label;
  std::string_view meaning;
  std::string_view better;  // high, low, or near: to the interval's level
  bool percent = true;
};
constexpr std::array<MetricText, metric_names.size()> metric_texts = {{
    {"spearman", "Spearman", "rank correlation of predicted and measured", "high", false},
    {"kendall", "Kendall", "rank correlation by pairs, tau b", "high", false},
    {"mape", "MAPE", "mean of |predicted - measured| / measured", "low"},
    {"median_error", "Median error", "median of |predicted - measured| / measured", "low"},
    {"within_5", "Within 5 %", "rows whose error is at most 5 %", "high"},
    {"within_10", "Within 10 %", "rows whose error is at most 10 %", "high"},
    {"coverage_90", "Coverage", "rows inside their 90 % interval; 90 % is best", "near"},
    {"width_90", "Width", "median width of the 90 % interval over the prediction", "low"},
    {"regret_top5", "Regret", "mean latency of the 5 % predicted fastest over the fastest's, - 1",
     "low"},
}};
static_assert(std::equal(metric_texts.begin(), metric_texts.end(), metric_names.begin(),
                         [](const auto& text, const auto& metric) {
                           return text.name == metric.name;
                         }),
              "hale: report: metric_texts is not in the order of metric_names; describe each");

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// With a no-break space before the sign.
std::string figure_text(const MetricText& metric, double value) {
  if (!std::isfinite(value)) return "–";
  return metric.percent ? fmt::format("{:.1f}\u00a0%", 100 * value) : fmt::format("{:.3f}", value);
}

double worst_of(const MetricText& metric, const Spread& spread) {
  if (metric.better == "high") return spread.min;
  if (metric.better == "low") return spread.max;
  constexpr double level = 0.9;
  return level - spread.min > spread.max - level ? spread.min : spread.max;
}

/// A row a device, and the mean of all.
std::string figures_table(const MethodEvaluation& method) {
  const std::string name = html_text(method.name);
  std::string text = concat("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"",
                            name, "\">\n<table>\n<caption><span>", name,
                            "</span></caption>\n<thead><tr><th scope=\"col\">device</th>");
  for (const MetricText& metric : metric_texts)
    text += concat("<th scope=\"col\">", metric.label, "</th>");
  text += "</tr></thead>\n<tbody>\n";
  for (const auto& evaluation : method.devices) {
    text += concat("<tr><th scope=\"row\">", html_text(evaluation.device), "</th>");
    for (std::size_t m = 0; m < metric_texts.size(); ++m) {
      const Spread spread = spread_of(evaluation.draws, metric_names[m].value);
      const MetricText& metric = metric_texts[m];
      text += concat("<td>", figure_text(metric, spread.mean), "<small>± ",
                     figure_text(metric, spread.sd), "</small><small>worst ",
                     figure_text(metric, worst_of(metric, spread)), "</small></td>");
    }
    text += "</tr>\n";
  }
  text += "<tr class=\"mean\"><th scope=\"row\">mean</th>";
  for (std::size_t m = 0; m < metric_texts.size(); ++m)
    text += concat(
        "<td>",
        figure_text(metric_texts[m], mean_over_devices(method.devices, metric_names[m].value)),
        "</td>");
  return text + "</tr>\n</tbody>\n</table>\n</div>\n";
}

std::string definition(std::string_view term, std::string_view text) {
  return concat("<dt>", html_text(term), "</dt><dd>", html_text(text), "</dd>\n");
}

std::string protocol_text(const EvaluationSetup& setup) {
  if (setup.protocol == "help")
    return concat(
        "help, the paper's own: ", setup.samples,
        " samples beside a base's references are measured; limits come from the target's "
        "training rows; the query rows, trimmed to the central 80 %, are scored; a baseline "
        "measures as many random rows as stand behind its name");
  if (setup.protocol == "halves")
    return concat(
        "halves: ", setup.samples,
        " measurements of the target device among a random half of its rows, everything included; "
        "the other half is scored; a baseline is fitted on the same rows");
  return concat(
      "strict: ", setup.samples,
      " measurements of the target device, everything included; every other row of the "
      "table is scored, untrimmed; a baseline measures as many random rows as stand behind "
      "its name");
}

std::string facts(const Report& report) {
  const EvaluationSetup& setup = report.setup;
  std::string text = definition("Protocol", protocol_text(setup));
  text += definition("Samples", concat(setup.samples));
  text += definition("Draws", concat(setup.draws, ", of seed ", setup.seed));
  text += definition("Selection", setup.select);
  text += definition("Date", report.date);
  text += definition("Space", report.space);
  text += definition("Table", report.table);
  std::vector<std::string> devices;
  for (const auto& device : report.methods[0].evaluation.devices) devices.push_back(device.device);
  text += definition("Devices", joined(devices));
  for (const ReportMethod& method : report.methods)
    text += definition(method.evaluation.name,
                       method.made_from.empty() ? "no note of its making" : method.made_from);
  return text;
}

std::string counted(std::size_t count, std::string_view what) {
  return concat(count, " ", what, count == 1 ? "" : "s");
}

/// The rows that are drawn, by rising latency: [measured, predicted, low, high].
Json points(const predictor::Scored& scored) {
  constexpr std::size_t most = 1000;
  Rng rng(1);
  const std::size_t rows = scored.truth.size();
  std::vector<std::size_t> drawn = rng.choose(rows, std::min(most, rows));
  std::sort(drawn.begin(), drawn.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(scored.truth[a], a) < std::pair(scored.truth[b], b);
  });
  Json list = Json::array();
  for (const std::size_t row : drawn) {
    const predictor::Prediction& predicted = scored.predicted[row];
    list.push_back({rounded(scored.truth[row]), rounded(predicted.median.value),
                    rounded(predicted.low.value), rounded(predicted.high.value)});
  }
  return list;
}

Json device_data(const predictor::DeviceEvaluation& evaluation,
                 const std::vector<CurvePoint>& curve) {
  Json first;
  Json metrics;
  for (const MetricName& metric : metric_names) {
    const std::string name(metric.name);
    const Spread spread = spread_of(evaluation.draws, metric.value);
    first[name] = rounded(evaluation.draws[0].*metric.value);
    metrics[name] = {{"mean", rounded(spread.mean)}, {"sd", rounded(spread.sd)}};
  }
  Json by_samples = Json::array();
  for (const CurvePoint& point : curve)
    by_samples.push_back({point.samples, rounded(point.spearman.mean), rounded(point.spearman.sd)});
  return {{"device", evaluation.device},
          {"metrics", metrics},
          {"first", first},
          {"rows", evaluation.first_draw.truth.size()},
          {"points", points(evaluation.first_draw)},
          {"curve", by_samples}};
}

/// What the page's script draws. No "<" is left in it that could end its element.
std::string script_data(const Report& report) {
  Json document;
  for (const MetricText& metric : metric_texts)
    document["metrics"].push_back({{"name", metric.name},
                                   {"label", metric.label},
                                   {"meaning", metric.meaning},
                                   {"better", metric.better},
                                   {"percent", metric.percent}});
  for (const ReportMethod& method : report.methods) {
    Json devices = Json::array();
    for (std::size_t d = 0; d < method.evaluation.devices.size(); ++d)
      devices.push_back(device_data(method.evaluation.devices[d], method.curves[d]));
    document["methods"].push_back({{"name", method.evaluation.name},
                                   {"curve_note", method.curve_note},
                                   {"devices", std::move(devices)}});
  }
  std::string text;
  for (const char c : json_text(document, false)) {
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  }
  return text;
}

std::string_view part(std::string_view name) {
  for (const session::BuiltIn& file : embedded::report())
    if (file.name == name) return file.bytes;
  return {};
}

/// Puts values into a template's {{places}}, in one go: a value may hold what looks like a place.
std::string filled(std::string_view page,
                   const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string text;
  while (true) {
    const std::size_t open = page.find("{{");
    text += page.substr(0, open);
    if (open == std::string_view::npos) return text;
    const std::size_t close = page.find("}}", open);
    const std::string_view name = page.substr(open + 2, close - open - 2);
    for (const auto& [place, value] : values)
      if (place == name) text += value;
    page.remove_prefix(close + 2);
  }
}

}  // namespace

std::string report_page(const Report& report) {
  std::string figures;
  for (const ReportMethod& method : report.methods) figures += figures_table(method.evaluation);
  std::string meanings;
  for (const MetricText& metric : metric_texts)
    meanings += definition(metric.label, metric.meaning);
  std::string script;
  for (const char* name : {"shared", "heat", "scatter", "curves"}) script += part(name);
  const std::string summary =
      concat(counted(report.methods[0].evaluation.devices.size(), "device"), ", ",
             counted(report.methods.size(), "method"), ", protocol ", report.setup.protocol, ", ",
             counted(report.setup.samples, "sample"), ", ", counted(report.setup.draws, "draw"));
  return filled(part("page"),
                {{"title", html_text(concat("Predicted latencies on ", report.space))},
                 {"style", std::string(part("style"))},
                 {"summary", html_text(summary)},
                 {"figures", figures},
                 {"meanings", meanings},
                 {"facts", facts(report)},
                 {"command", html_text(report.command)},
                 {"made_by", html_text(concat("hale " HALE_VERSION ", ", report.date))},
                 {"data", script_data(report)},
                 {"script", script}});
}

}  // namespace hale::cli
