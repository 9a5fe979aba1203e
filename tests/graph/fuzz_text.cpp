#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <hale/graph/text.hpp>
#include <string_view>

/// Whatever the text is: an error, or a graph whose own text is read back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed =
      hale::graph::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!parsed) return 0;
  const std::string text = hale::graph::print(*parsed);
  const auto again = hale::graph::parse(text);
  if (!again || hale::graph::print(*again) != text) std::abort();
  return 0;
}
