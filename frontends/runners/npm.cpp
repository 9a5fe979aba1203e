#include "npm.hpp"

#include <cstdlib>
#include <embedded.hpp>
#include <filesystem>
#include <hale/core/text.hpp>
#include <system_error>

#include "script.hpp"

namespace hale::runners {
namespace {

std::string version_of(const NpmRuntime& runtime, const Settings& settings) {
  return settings.version.empty() ? std::string(runtime.version) : settings.version;
}

std::string folder_of(const NpmRuntime& runtime, const Settings& settings) {
  if (!settings.folder.empty()) return settings.folder;
  const char* home = std::getenv("HOME");
  return concat(home == nullptr ? "." : home, "/.local/share/hale/", runtime.name, "-",
                version_of(runtime, settings));
}

/// npm.cjs and the runtime's scripts behind it, as one.
std::string script_of(const NpmRuntime& runtime) {
  const auto text_of = [](std::string_view name) {
    return session::find_built_in(embedded::scripts(), name)->bytes;
  };
  std::string text(text_of("npm"));
  for (const std::string_view script : runtime.scripts) text += text_of(script);
  return text;
}

}  // namespace

Result<Readings> measure_with_node(const NpmRuntime& runtime, const Model& model,
                                   const Settings& settings) {
  const std::string folder = folder_of(runtime, settings);
  for (const NpmPackage& package : runtime.packages) {
    const auto path = std::filesystem::path(folder) / "node_modules" / package.name;
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
      return fail(concat(package.name, " is not installed in ", folder,
                         "; 'hale measure --install' with the same --runner installs it"));
  }
  std::vector<std::string> words = {"node"};
  words.insert(words.end(), runtime.node.begin(), runtime.node.end());
  words.insert(words.end(), {"-e", script_of(runtime), "--", folder,
                             std::string(runtime.packages.front().name)});
  return measure_with_script(words, model, settings);
}

std::vector<std::string> npm_install(const NpmRuntime& runtime, const Settings& settings) {
  std::vector<std::string> words = {"npm",        "install",  "--ignore-scripts",
                                    "--no-audit", "--prefix", folder_of(runtime, settings)};
  for (const NpmPackage& package : runtime.packages)
    words.push_back(concat(
        package.name, "@",
        package.version.empty() ? version_of(runtime, settings) : std::string(package.version)));
  return words;
}

}  // namespace hale::runners
