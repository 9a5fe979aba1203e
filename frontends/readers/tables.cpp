#include <hale/io/file.hpp>
#include <hale/io/table.hpp>
#include <hale/readers.hpp>

namespace hale::readers {

Result<device::LatencyTable> read_latency_table(const std::filesystem::path& path) {
  HALE_TRY(const std::string text, io::read_file(path));
  auto table = io::parse_latency_table(text);
  if (!table) return fail_in(path.string(), table.error());
  return table;
}

}  // namespace hale::readers
