#pragma once

#include <span>
#include <string_view>

/// Files that are part of the binary: what ships in data/, and the parts of its report.
namespace hale::embedded {

struct File {
  std::string_view name;  // without its folder and ending
  std::string_view bytes;
};

[[nodiscard]] std::span<const File> bases();
[[nodiscard]] std::span<const File> devices();
/// A page with places to fill, its style, and its script in parts.
[[nodiscard]] std::span<const File> report();

}  // namespace hale::embedded
