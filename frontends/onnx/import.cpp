#include <fcntl.h>
#include <google/protobuf/arena.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <hale/core/text.hpp>
#include <hale/onnx.hpp>
#include <limits>

#include "other_formats.hpp"
#include "proto.hpp"
#include "read_graph.hpp"
#include "wire.hpp"

namespace hale::onnx_frontend {

namespace {

/// Tensors of more bytes are weights: they decide no shape.
constexpr std::size_t kept_bytes = 8192;

/// A file as memory, for as long as this lives.
class MappedFile {
 public:
  MappedFile() = default;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() {
    if (data_ != nullptr) ::munmap(data_, size_);
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] Result<std::span<const std::byte>> open(const std::filesystem::path& path) {
    // Not to wait for a writer where the path is a pipe.
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0)
      return fail(concat("cannot be read: ", std::strerror(errno)));
    if (S_ISDIR(status.st_mode)) return fail("a folder found, expected an ONNX file");
    if (!S_ISREG(status.st_mode)) return fail("no regular file found, expected an ONNX file");
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return std::span<const std::byte>();
    void* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor_, 0);
    if (mapped == MAP_FAILED) return fail(concat("cannot be read: ", std::strerror(errno)));
    data_ = mapped;
    return std::span(static_cast<const std::byte*>(data_), size_);
  }

 private:
  int descriptor_ = -1;
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

[[nodiscard]] Result<graph::Graph> import_model(std::span<const std::byte> bytes) {
  if (bytes.empty()) return fail("an empty file found, expected an ONNX model");
  const auto no_model = [bytes](std::string_view found) {
    const std::string_view other = other_format(bytes);
    return fail(concat("no ONNX model: ", other.empty() ? found : other));
  };
  const auto stripped = without_payloads(bytes, kept_bytes);
  if (!stripped) return no_model(stripped.error().message);
  if (stripped->size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return no_model("more than 2 GiB beside the weights found, expected less");
  google::protobuf::ArenaOptions blocks;
  blocks.start_block_size = 2 * stripped->size() + 4096;
  blocks.max_block_size = std::size_t{1} << 20;
  google::protobuf::Arena arena(blocks);
  auto& model = *google::protobuf::Arena::CreateMessage<onnx::ModelProto>(&arena);
  if (!model.ParseFromArray(stripped->data(), static_cast<int>(stripped->size())))
    return no_model("fields that are no ModelProto found, expected one");
  if (!model.has_graph()) return no_model("a message without a graph found, expected a ModelProto");
  if (model.graph().output_size() == 0)
    return fail(concat("graph '", model.graph().name(), "' without outputs found, expected some"));
  return read_graph(model);
}

}  // namespace

Result<graph::Graph> import_bytes(std::span<const std::byte> bytes, std::string_view name) {
  auto imported = import_model(bytes);
  if (!imported) return fail_in(name, imported.error());
  return imported;
}

Result<graph::Graph> import_file(const std::filesystem::path& path) {
  MappedFile file;
  const auto bytes = file.open(path);
  if (!bytes) return fail_in(path.string(), bytes.error());
  return import_bytes(*bytes, path.string());
}

}  // namespace hale::onnx_frontend
