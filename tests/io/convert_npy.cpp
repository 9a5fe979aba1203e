#include <cstdint>
#include <cstdio>
#include <hale/core/error.hpp>
#include <hale/io/file.hpp>
#include <hale/io/npy.hpp>
#include <string>
#include <string_view>

// convert_npy IN OUT TYPE: an array of two axes read as this type and written again.

namespace {

template <hale::io::NpyNumber T>
hale::Result<> convert(const char* in, const char* out) {
  HALE_TRY(const std::string bytes, hale::io::read_file(in));
  const auto loaded = hale::io::load_npy<T, 2>(bytes);
  if (!loaded) return hale::fail_in(in, loaded.error());
  return hale::io::write_file(out, hale::io::serialise_npy(*loaded));
}

hale::Result<> convert(const char* in, const char* out, std::string_view type) {
  if (type == "u1") return convert<std::uint8_t>(in, out);
  if (type == "i1") return convert<std::int8_t>(in, out);
  if (type == "i4") return convert<std::int32_t>(in, out);
  if (type == "i8") return convert<std::int64_t>(in, out);
  if (type == "f4") return convert<float>(in, out);
  return convert<double>(in, out);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto done = convert(argv[1], argv[2], argv[3]);
  if (!done) std::puts(done.error().message.c_str());
  return done ? 0 : 1;
}
