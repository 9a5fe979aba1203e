#pragma once

#include <zlib.h>

#include <cstddef>
#include <hale/core/error.hpp>
#include <hale/core/text.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace hale::embedded {

/// What zlib deflated. Errors: damaged bytes; more than a gigabyte. Cost: linear.
[[nodiscard]] inline Result<std::string> inflate(std::string_view bytes) {
  constexpr std::size_t most = std::size_t{1} << 30U;
  z_stream stream{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  if (inflateInit(&stream) != Z_OK) return fail("zlib does not start");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ends(&stream, inflateEnd);
  std::string out;
  int status = Z_OK;
  while (status == Z_OK && out.size() < most) {
    constexpr std::size_t block = std::size_t{1} << 20U;
    const std::size_t before = out.size();
    out.resize(before + block);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(block);
    status = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(before + block - stream.avail_out);
  }
  if (status != Z_STREAM_END)
    return fail(concat("deflated bytes are damaged or cut after ", out.size(), " bytes of text"));
  return out;
}

}  // namespace hale::embedded
