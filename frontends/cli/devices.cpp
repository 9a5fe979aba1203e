#include <algorithm>
#include <cctype>
#include <hale/core/text.hpp>
#include <hale/hale.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "commands.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> wanted;  // words that a device must have
  FormatOption format;
};

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
          {"bases", bases},
          {"source", text_or_null(facts.source)},
          {"licence", text_or_null(facts.licence)},
          {"date", text_or_null(facts.date)},
          {"made_from", profile.made_from}};
}

/// Whether a record holds every word somewhere, in capitals or not.
bool has_all(const Json& record, const std::vector<std::string>& words) {
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return text;
  };
  const std::string text = lower(json_text(record, false));
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return text.find(lower(word)) != std::string::npos;
  });
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
  return finish(format_listing({"devices",
                                {"name", "kind", "hardware", "runtime", "version", "threads",
                                 "batch", "precision", "alias_of"}},
                               records, options.format.format()));
}

Action declare(Arguments& arguments) {
  auto options = std::make_shared<Options>();
  arguments.words("word", options->wanted,
                  "Only devices that have every word in their name, hardware, runtime, ..");
  options->format.declare(arguments);
  return [options] { return devices(*options); };
}

}  // namespace

const Command devices_command = {
    "devices", "The devices that are built in",
    "  hale devices xeon\n"
    "lists the devices that have 'xeon' in their name or in what is known of them: hardware,\n"
    "runtime and its version, threads, and the batch and precision they were measured at.\n"
    "  hale devices --format json\n"
    "says of each device all that is known, and where its measurements are from.",
    declare};

}  // namespace hale::cli
