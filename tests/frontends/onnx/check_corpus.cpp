#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <hale/core/text.hpp>
#include <hale/graph/text.hpp>
#include <hale/onnx.hpp>
#include <string>
#include <vector>

// check_corpus [--print] [--except FILE] FOLDER...: every model below the folders is read, printed,
// parsed and printed again identically, but for FILE, which must be refused. With --print the texts
// go to stdout as mlir-opt's --split-input-file wants them.

namespace hale {
namespace {

[[nodiscard]] std::vector<std::string> models_below(const std::filesystem::path& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           folder, std::filesystem::directory_options::follow_directory_symlink))
    if (entry.path().extension() == ".onnx") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// The text of a model, once it has gone through parse() and stayed the same.
[[nodiscard]] Result<std::string> checked_text(const std::string& path) {
  HALE_TRY(const graph::Graph graph, onnx_frontend::import_file(path));
  std::string text = graph::print(graph);
  HALE_TRY(const graph::Graph parsed, graph::parse(text, path));
  if (graph::print(parsed) != text)
    return fail(concat(path, ": another text found after parsing, expected the same"));
  return text;
}

struct Options {
  bool prints = false;
  std::string refused{};
  std::vector<std::string> folders{};
};

struct Totals {
  std::size_t models = 0;
  std::size_t failed = 0;
};

void check(const std::string& path, const Options& options, Totals& totals) {
  const bool is_refused = std::filesystem::path(path).filename() == options.refused;
  const auto text = checked_text(path);
  const bool is_first = totals.models++ == 0;
  if (text.has_value() == is_refused) {
    ++totals.failed;
    const std::string message = text ? path + ": read, expected an error" : text.error().message;
    std::fprintf(stderr, "%s\n", message.c_str());
  } else if (text && options.prints) {
    std::printf("%s// %s\n%s", is_first ? "" : "// -----\n", path.c_str(), text->c_str());
  }
}

[[nodiscard]] Options options_of(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--print")
      options.prints = true;
    else if (arguments[i] == "--except" && i + 1 < arguments.size())
      options.refused = arguments[++i];
    else
      options.folders.push_back(arguments[i]);
  }
  return options;
}

}  // namespace
}  // namespace hale

int main(int argc, char** argv) {
  const hale::Options options = hale::options_of({argv + 1, argv + argc});
  hale::Totals totals;
  for (const std::string& folder : options.folders) {
    if (std::filesystem::is_directory(folder))
      for (const std::string& path : hale::models_below(folder)) hale::check(path, options, totals);
    else
      std::fprintf(stderr, "skipped: %s is absent\n", folder.c_str());
  }
  std::fprintf(stderr, "%zu models, %zu failed\n", totals.models, totals.failed);
  if (totals.models == 0) return 77;
  return totals.failed == 0 ? 0 : 1;
}
