#include "onnxruntime.hpp"

#include <cstdlib>
#include <embedded.hpp>
#include <filesystem>
#include <hale/core/text.hpp>
#include <system_error>

#include "script.hpp"

namespace hale::runners {
namespace {

constexpr std::string_view default_version = "1.22.0";

std::string version_of(const Settings& settings) {
  return settings.version.empty() ? std::string(default_version) : settings.version;
}

/// Where npm puts a package of this version.
std::string folder_of(std::string_view package, const Settings& settings) {
  if (!settings.folder.empty()) return settings.folder;
  const char* home = std::getenv("HOME");
  return concat(home == nullptr ? "." : home, "/.local/share/hale/", package, "-",
                version_of(settings));
}

Result<Readings> measure(std::string_view package, std::vector<std::string> words,
                         const Model& model, const Settings& settings) {
  const std::string folder = folder_of(package, settings);
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::path(folder) / "node_modules" / package, ignored))
    return fail(concat(package, " is not installed in ", folder,
                       "; 'hale measure --install' with the same --runner installs it"));
  words.insert(words.end(),
               {"-e", std::string(embedded::find(embedded::scripts(), "onnxruntime")->bytes), "--",
                folder, std::string(package)});
  return measure_with_script(words, model, settings);
}

}  // namespace

Result<Readings> measure_natively(const Model& model, const Settings& settings) {
  return measure("onnxruntime-node", {"node"}, model, settings);
}

Result<Readings> measure_in_wasm(const Model& model, const Settings& settings) {
  // Or the first readings are of code that has not been optimised yet.
  return measure("onnxruntime-web", {"node", "--no-liftoff", "--no-wasm-tier-up"}, model, settings);
}

std::vector<std::string> npm_install(std::string_view package, const Settings& settings) {
  return {"npm",
          "install",
          "--ignore-scripts",
          "--no-audit",
          "--prefix",
          folder_of(package, settings),
          concat(package, "@", version_of(settings))};
}

}  // namespace hale::runners
