#include <algorithm>
#include <cctype>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> wanted;  // words that a device must have
  bool details = false;
  FormatOption format;
};

/// How many networks a device was measured with: of any graph, else of a searched space.
std::size_t models_of(const device::Profile& profile) {
  const device::ProfileSection* any = profile.section_of_space("graph");
  if (any == nullptr && !profile.sections.empty()) any = &profile.sections.front();
  return any == nullptr ? 0 : any->measurements.size();
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json record(std::string_view name, const device::Profile& profile) {
  Json bases = Json::array();
  for (const device::ProfileSection& section : profile.sections) bases.push_back(section.base);
  const device::Facts& facts = profile.facts;
  return {{"name", name},
          {"alias_of", name == profile.name ? Json() : Json(profile.name)},
          {"aliases", facts.aliases},
          {"kind", text_or_null(facts.kind)},
          {"hardware", text_or_null(facts.hardware)},
          {"machine", text_or_null(facts.machine)},
          {"runtime", text_or_null(facts.runtime)},
          {"version", text_or_null(facts.version)},
          {"options", text_or_null(facts.options)},
          {"threads", facts.threads == 0 ? Json() : Json(facts.threads)},
          {"batch", profile.batch},
          {"precision", profile.precision},
          {"models", models_of(profile)},
          {"bases", bases},
          {"source", text_or_null(facts.source)},
          {"licence", text_or_null(facts.licence)},
          {"date", text_or_null(facts.date)},
          {"made_from", profile.made_from}};
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

/// The text of a field, whatever it holds; empty for null.
std::string text_of(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return json_text(value, false);
  std::vector<std::string> each;
  for (const Json& one : value) each.push_back(text_of(one));
  return joined(each);
}

/// Whether every word stands in what a record says, in capitals or not.
bool has_all(const Json& record, const std::vector<std::string>& words) {
  std::string text;
  for (const Json& value : record) text += concat(lower(text_of(value)), "\n");
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return text.find(lower(word)) != std::string::npos;
  });
}

/// Text of at most so many letters, the last of them dots where it was longer.
std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most - 2;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;  // whole letters
  return concat(std::string_view(text).substr(0, end), "..");
}

/// For reading: a line a device.
std::string as_table(const Json& records) {
  constexpr std::size_t widest = 34;  // of the hardware: its clock rates are details
  TextTable table{{"name", "hardware", "runtime", "threads", "precision", "models", "also"},
                  {},
                  {false, false, false, true, false, true, false}};
  for (const Json& one : records) {
    std::string runtime = text_of(one["runtime"]);
    if (!one["version"].is_null()) runtime = concat(runtime, " ", text_of(one["version"]));
    table.rows.push_back({text_of(one["name"]), shortened(text_of(one["hardware"]), widest),
                          shortened(runtime, widest), text_of(one["threads"]),
                          text_of(one["precision"]), text_of(one["models"]),
                          one["alias_of"].is_null() ? text_of(one["aliases"])
                                                    : concat("is ", text_of(one["alias_of"]))});
  }
  return table.format();
}

/// For reading: a line a fact that is known of each device.
std::string as_details(const Json& records) {
  std::string text;
  for (const Json& one : records) {
    TextTable table{{"name", text_of(one["name"])}, {}, {}};
    for (const auto& [key, value] : one.items())
      if (key != "name" && !text_of(value).empty()) table.rows.push_back({key, text_of(value)});
    text += concat(text.empty() ? "" : "\n", table.format());
  }
  return text;
}

Exit devices(const Options& options) {
  Json records = Json::array();
  std::vector<std::string> names = {std::string(session::default_device)};
  for (const session::BuiltIn& file : built_in().contents().devices) names.emplace_back(file.name);
  for (const std::string& name : names) {
    const auto profile = built_in().built_in_device(name);
    if (!profile) return refuse(profile.error());
    Json one = record(name, profile->value());
    if (has_all(one, options.wanted)) records.push_back(std::move(one));
  }
  if (records.empty())
    return refuse(Error{concat("no built-in device has '", joined(options.wanted, "' and '"),
                               "' in its name or its facts; 'hale devices' lists all")});
  const Format format = options.format.format();
  if (format == Format::table)
    return finish(options.details || records.size() == 1 ? as_details(records) : as_table(records));
  return finish(format_listing({"devices",
                                {"name", "kind", "hardware", "runtime", "version", "threads",
                                 "batch", "precision", "alias_of", "models"}},
                               records, format));
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.words("word", options->wanted,
                  "Only devices that have every word in their name, hardware, runtime, ..");
  arguments.flag("--details", options->details,
                 "All that is known of each device, as for a word that only one has");
  options->format.declare(arguments);
  return [options] { return devices(*options); };
}

}  // namespace

const Command devices_command = {
    "devices", "The devices that are built in",
    "  hale devices xeon\n"
    "lists the devices that have 'xeon' in their name or in what is known of them, and with how "
    "many\n"
    "models each was measured. 'also' has other names: one of those that a piece of hardware has\n"
    "stands for its usual configuration. Of a single device it says all that is known.\n"
    "  hale devices --format json\n"
    "says of each device all that is known, and where its measurements are from.",
    declare};

}  // namespace hale::cli
