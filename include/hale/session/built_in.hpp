#pragma once

#include <span>
#include <string_view>

namespace hale::session {

/// A file that a program carries: its name without folder and ending, and its bytes.
struct BuiltIn {
  std::string_view name;
  std::string_view bytes;
};

/// The file with this name; null where there is none.
[[nodiscard]] inline const BuiltIn* find_built_in(std::span<const BuiltIn> files,
                                                  std::string_view name) {
  for (const BuiltIn& file : files)
    if (file.name == name) return &file;
  return nullptr;
}

}  // namespace hale::session
