#include <hale/hale.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

using Json = nlohmann::ordered_json;

Json record(std::string_view name, const runtime::BaseInfo& info) {
  return {{"name", name},
          {"alias_of", name == info.name ? Json() : Json(info.name)},
          {"space", info.space},
          {"recipe", info.recipe},
          {"least_measurements", info.least_measurements},
          {"references_only", info.exact},
          {"interval_level", info.interval_level},
          {"made_from", info.made_from}};
}

Exit bases(Format format) {
  Json records = Json::array();
  for (const session::BuiltIn& file : built_in().contents().bases) {
    const auto loaded = open_base(std::string(file.name));
    if (!loaded) return refuse(loaded.error());
    const runtime::BaseInfo& info = loaded->base->info();
    if (info.space != file.name && built_in().resolved_base(info.space) == file.name)
      records.push_back(record(info.space, info));
    records.push_back(record(file.name, info));
  }
  return finish(format_listing({"bases",
                                {"name", "alias_of", "space", "recipe", "least_measurements",
                                 "references_only", "made_from"}},
                               records, format));
}

Action declare(Arguments& arguments) {
  auto format = std::make_shared<FormatOption>();
  format->declare(arguments);
  return [format] { return bases(format->format()); };
}

}  // namespace

const Command bases_command = {
    "bases", "The trained bases that are built in",
    "  hale bases\n"
    "lists each base with its search space, how many measurements it needs of a device, and what\n"
    "it was trained on.",
    declare};

}  // namespace hale::cli
