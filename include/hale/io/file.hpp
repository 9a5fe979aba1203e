#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <string>
#include <string_view>
#include <system_error>

namespace hale::io {

/// The whole of a file. Errors: what cannot be read, and why.
[[nodiscard]] inline Result<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return fail(concat(path.string(), ": is a folder, expected a file"));
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(concat(path.string(), ": cannot be opened: ", std::strerror(errno)));
  std::string bytes;
  std::array<char, 65536> piece{};
  do {
    in.read(piece.data(), piece.size());
    bytes.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  } while (in);
  if (in.bad()) return fail(concat(path.string(), ": cannot be read: ", std::strerror(errno)));
  return bytes;
}

/// Writes a file whole or not at all: under a temporary name first, renamed when complete.
[[nodiscard]] inline Result<> write_file(const std::filesystem::path& path,
                                         std::string_view bytes) {
  std::filesystem::path part = path;
  part += ".part";
  const auto give_up = [&](std::string_view what, std::string_view why) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    return fail(concat(path.string(), ": cannot be ", what, ": ", why));
  };
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    if (!out) return give_up("created", std::strerror(errno));
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.flush();
    if (!out) return give_up("written", std::strerror(errno));
  }
  std::error_code error;
  std::filesystem::rename(part, path, error);
  if (error) return give_up("renamed into place", error.message());
  return {};
}

}  // namespace hale::io
