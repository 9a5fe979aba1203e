#pragma once

#include <span>
#include <string_view>

/// Files that are part of the binary: what ships in data/, the parts of its report, and the scripts
/// that measure.
namespace hale::embedded {

struct File {
  std::string_view name;  // without its folder and ending
  std::string_view bytes;
};

[[nodiscard]] std::span<const File> bases();
[[nodiscard]] std::span<const File> devices();
/// A page with places to fill, its style, and its script in parts.
[[nodiscard]] std::span<const File> report();
/// For the interpreters of runtimes that have none in C++.
[[nodiscard]] std::span<const File> scripts();

/// The file with this name; nullptr where there is none.
[[nodiscard]] inline const File* find(std::span<const File> files, std::string_view name) {
  for (const File& file : files)
    if (file.name == name) return &file;
  return nullptr;
}

}  // namespace hale::embedded
