#pragma once

#include <span>
#include <string_view>

/// Files that are part of the binary: what ships in data/.
namespace hale::embedded {

struct File {
  std::string_view name;  // without its folder and ending
  std::string_view bytes;
};

[[nodiscard]] std::span<const File> bases();
[[nodiscard]] std::span<const File> devices();

}  // namespace hale::embedded
