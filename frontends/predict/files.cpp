#include <cstdio>
#include <filesystem>
#include <hale/files.hpp>
#include <hale/io/file.hpp>
#include <hale/lower/families.hpp>
#include <hale/onnx.hpp>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace hale::session {
namespace {

Result<std::string> read_stdin() {
  std::string text;
  std::vector<char> block(std::size_t{1} << 16);
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), stdin))
    text.append(block.data(), count);
  if (std::ferror(stdin) != 0) return fail("-: stdin cannot be read");
  return text;
}

}  // namespace

Result<std::string> read_text(const std::string& path) {
  return path == "-" ? read_stdin() : io::read_file(path);
}

bool is_network_name(const std::string& word) {
  std::error_code ignored;
  if (std::filesystem::exists(word, ignored)) return false;
  const std::string_view family = std::string_view(word).substr(0, word.find('/'));
  return family.size() != word.size() && lower::find_family(family).has_value();
}

Result<graph::Graph> read_graph(const std::string& path) {
  if (is_network_name(path)) return lower::named_network(path);
  if (path != "-") return onnx_frontend::import_file(path);
  HALE_TRY(const std::string bytes, read_text(path));
  return onnx_frontend::import_bytes(std::as_bytes(std::span(bytes.data(), bytes.size())), path);
}

}  // namespace hale::session
