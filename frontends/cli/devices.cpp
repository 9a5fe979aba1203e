#include <hale/hale.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

Json record(std::string_view name, const device::Profile& profile) {
  Json bases = Json::array();
  for (const device::ProfileSection& section : profile.sections) bases.push_back(section.base);
  return {
      {"name", name},           {"alias_of", name == profile.name ? Json() : Json(profile.name)},
      {"batch", profile.batch}, {"precision", profile.precision},
      {"bases", bases},         {"made_from", profile.made_from}};
}

Exit devices(Format format) {
  Json records = Json::array();
  std::vector<std::string> names = {std::string(session::default_device)};
  for (const session::BuiltIn& file : built_in().contents().devices) names.emplace_back(file.name);
  for (const std::string& name : names) {
    const auto profile = built_in().built_in_device(name);
    if (!profile) return refuse(profile.error());
    records.push_back(record(name, *profile));
  }
  return finish(
      format_listing({"devices", {"name", "alias_of", "batch", "precision", "bases", "made_from"}},
                     records, format));
}

Action declare(Arguments& arguments) {
  auto format = std::make_shared<FormatOption>();
  format->declare(arguments);
  return [format] { return devices(format->format()); };
}

}  // namespace

const Command devices_command = {
    "devices", "The devices that are built in",
    "  hale devices --format json\n"
    "lists each device with the batch and precision it was measured at, and where the\n"
    "measurements are from.",
    declare};

}  // namespace hale::cli
