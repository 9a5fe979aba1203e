#include <hale/hale.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "commands.hpp"
#include "output.hpp"

namespace hale::cli {
namespace {

Exit spaces(Format format) {
  nlohmann::ordered_json records = nlohmann::ordered_json::array();
  for (const runtime::SpaceEntry& space : built_in().contents().spaces) {
    nlohmann::ordered_json base;  // null: none is built in
    if (open_base(std::string(space.name))) base = built_in().resolved_base(space.name);
    records.push_back({{"name", space.name}, {"base", base}, {"summary", space.summary}});
  }
  return finish(format_listing({"spaces", {"name", "base", "summary"}}, records, format));
}

Action declare(Arguments& arguments) {
  auto format = std::make_shared<FormatOption>();
  format->declare(arguments);
  return [format] { return spaces(format->format()); };
}

}  // namespace

const Command spaces_command = {"spaces", "The search spaces that are built in",
                                "  hale spaces\n"
                                "prints a line for each space, with the base that answers for it.",
                                declare};

}  // namespace hale::cli
