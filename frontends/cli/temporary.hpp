#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace hale::cli {

/// A file in the folder for such that is removed at the end.
class TemporaryFile {
 public:
  /// An empty one. Errors: a folder that takes no file.
  [[nodiscard]] static Result<TemporaryFile> create(std::string_view suffix) {
    std::error_code ignored;
    std::string path =
        (std::filesystem::temp_directory_path(ignored) / concat("hale-XXXXXX", suffix)).string();
    const int made = mkstemps(path.data(), static_cast<int>(suffix.size()));
    if (made < 0) return fail(concat(path, ": cannot be created: ", std::strerror(errno)));
    close(made);
    TemporaryFile file;
    file.path_ = std::move(path);
    return file;
  }
  TemporaryFile() = default;
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFile& operator=(TemporaryFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryFile() {
    if (!path_.empty()) unlink(path_.c_str());
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace hale::cli
