#include "wire.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <hale/core/config.hpp>
#include <hale/core/text.hpp>
#include <optional>
#include <string_view>

namespace hale::onnx_frontend {

namespace {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

/// The messages of onnx.proto that hold tensors, however deep.
enum class Message : std::uint8_t {
  model,
  graph,
  node,
  attribute,
  function,
  sparse_tensor,
  tensor,
  other,
};

struct Child {
  Message parent;
  std::uint64_t field;
  Message message;
};

// Field numbers as in onnx.proto.
constexpr std::array children = {
    Child{Message::model, 7, Message::graph},
    Child{Message::model, 25, Message::function},
    Child{Message::function, 7, Message::node},
    Child{Message::function, 11, Message::attribute},
    Child{Message::graph, 1, Message::node},
    Child{Message::graph, 5, Message::tensor},
    Child{Message::graph, 15, Message::sparse_tensor},
    Child{Message::node, 5, Message::attribute},
    Child{Message::attribute, 5, Message::tensor},
    Child{Message::attribute, 6, Message::graph},
    Child{Message::attribute, 10, Message::tensor},
    Child{Message::attribute, 11, Message::graph},
    Child{Message::attribute, 22, Message::sparse_tensor},
    Child{Message::attribute, 23, Message::sparse_tensor},
    Child{Message::sparse_tensor, 1, Message::tensor},
    Child{Message::sparse_tensor, 2, Message::tensor},
};

[[nodiscard]] Message child_of(Message parent, std::uint64_t field) {
  for (const Child& child : children)
    if (child.parent == parent && child.field == field) return child.message;
  return Message::other;
}

struct Omitted {
  Message message;
  std::uint64_t field;
};

// Documentation, metadata, training and where external weights lie: some exporters write stack
// traces for every node.
constexpr std::array omitted = {
    Omitted{Message::model, 6},    Omitted{Message::model, 14},    Omitted{Message::model, 20},
    Omitted{Message::graph, 10},   Omitted{Message::graph, 14},    Omitted{Message::graph, 16},
    Omitted{Message::node, 6},     Omitted{Message::node, 9},      Omitted{Message::attribute, 13},
    Omitted{Message::function, 8}, Omitted{Message::function, 14}, Omitted{Message::tensor, 12},
    Omitted{Message::tensor, 13},  Omitted{Message::tensor, 16},
};

[[nodiscard]] bool is_omitted(Message message, std::uint64_t field) {
  for (const Omitted& each : omitted)
    if (each.message == message && each.field == field) return true;
  return false;
}

/// float_data, int32_data, string_data, int64_data, raw_data, double_data, uint64_data.
[[nodiscard]] bool is_payload(std::uint64_t field) {
  return (field >= 4 && field <= 7) || (field >= 9 && field <= 11);
}

struct Field {
  std::uint64_t number = 0;
  WireType type = WireType::varint;
  std::span<const std::byte> content;
};

/// Fields of one message, one behind the other.
class FieldReader {
 public:
  FieldReader(std::span<const std::byte> message, std::size_t offset)
      : message_(message), offset_(offset) {}

  [[nodiscard]] bool at_end() const { return position_ == message_.size(); }
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t offset() const { return offset_ + position_; }

  [[nodiscard]] Result<Field> next() {
    const std::size_t start = position_;
    const auto key = varint();
    if (!key) return refuse(start, "an unfinished number", "the key of a field");
    Field field;
    field.number = *key >> 3;
    if (field.number == 0 || field.number > 0x1fffffff)
      return refuse(start, concat("field number ", field.number), "one in [1, 2^29)");
    const auto type = static_cast<std::uint8_t>(*key & 7);
    if (type != 0 && type != 1 && type != 2 && type != 5)
      return refuse(start, concat("wire type ", std::uint64_t{type}), "0, 1, 2 or 5");
    field.type = static_cast<WireType>(type);
    std::size_t content = position_;
    if (field.type == WireType::varint) {
      if (!varint()) return refuse(start, "an unfinished number", "at most ten bytes of it");
    } else {
      const auto length = length_of(field.type);
      content = position_;
      if (!length || *length > message_.size() - position_)
        return refuse(start,
                      length ? concat("a field of ", *length, " bytes") : "an unfinished length",
                      concat("at most the ", message_.size() - position_, " that are left"));
      position_ += static_cast<std::size_t>(*length);
    }
    field.content = message_.subspan(content, position_ - content);
    return field;
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> length_of(WireType type) {
    if (type == WireType::fixed64) return 8;
    if (type == WireType::fixed32) return 4;
    return varint();
  }
  [[nodiscard]] std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && position_ < message_.size(); shift += 7) {
      const auto byte = static_cast<std::uint64_t>(message_[position_++]);
      if (shift < 64) value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
  }
  [[nodiscard]] tl::unexpected<Error> refuse(std::size_t start, std::string_view found,
                                             std::string_view expected) const {
    return fail(concat("at byte ", offset_ + start, ": ", found, " found, expected ", expected,
                       " of a protobuf message"));
  }

  std::span<const std::byte> message_;
  std::size_t offset_;
  std::size_t position_ = 0;
};

void append_bytes(std::string& out, std::span<const std::byte> bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  out += static_cast<char>(value);
}

// A length that is not known yet takes as many bytes as the longest: varints may be padded.
constexpr std::size_t length_bytes = 5;

[[nodiscard]] std::size_t append_length(std::string& out) {
  out.append(length_bytes, '\0');
  return out.size();
}

/// What lies behind the length that append_length() left open is all that it counts.
void set_length(std::string& out, std::size_t start) {
  std::uint64_t size = out.size() - start;
  for (std::size_t i = start - length_bytes; i < start; ++i, size >>= 7)
    out[i] = static_cast<char>((size & 0x7f) | (i + 1 < start ? 0x80 : 0));
}

/// Copies messages field by field, those that hold tensors one by one.
class Copier {
 public:
  explicit Copier(std::size_t kept_bytes) : kept_bytes_(kept_bytes) {}

  [[nodiscard]] Result<> copy(std::span<const std::byte> bytes, std::size_t offset, Message message,
                              std::size_t depth, std::string& out) {
    constexpr std::size_t max_depth = 80;  // protobuf itself gives up at 100
    if (depth > max_depth)
      return fail(concat("at byte ", offset, ": messages nested more than ", max_depth,
                         " deep found, expected fewer"));
    bool keeps_payload = true;
    if (message == Message::tensor) {
      HALE_TRY(const std::uint64_t size, payload_bytes(bytes, offset));
      keeps_payload = size <= kept_bytes_;
    }
    FieldReader fields(bytes, offset);
    std::size_t copied = 0;  // up to here
    const auto copy_until = [&](std::size_t end) {
      append_bytes(out, bytes.subspan(copied, end - copied));
    };
    while (!fields.at_end()) {
      const std::size_t start = fields.position();
      HALE_TRY(const Field field, fields.next());
      const Message child =
          field.type == WireType::bytes ? child_of(message, field.number) : Message::other;
      const bool is_left_out =
          is_omitted(message, field.number) || (!keeps_payload && is_payload(field.number));
      if (!is_left_out && (child == Message::other || is_small(field.content, child))) continue;
      copy_until(start);
      copied = fields.position();
      if (is_left_out) continue;
      append_varint(out, field.number << 3 | static_cast<std::uint64_t>(WireType::bytes));
      const std::size_t length = append_length(out);
      HALE_CHECK(
          copy(field.content, fields.offset() - field.content.size(), child, depth + 1, out));
      set_length(out, length);
    }
    copy_until(bytes.size());
    return {};
  }

 private:
  /// What is so small that it holds no weights is copied as it is: protobuf looks into it.
  [[nodiscard]] bool is_small(std::span<const std::byte> content, Message message) const {
    constexpr std::size_t small_node = 512;
    return content.size() <= (message == Message::tensor ? kept_bytes_ : small_node);
  }

  [[nodiscard]] static Result<std::uint64_t> payload_bytes(std::span<const std::byte> tensor,
                                                           std::size_t offset) {
    std::uint64_t size = 0;
    FieldReader fields(tensor, offset);
    while (!fields.at_end()) {
      HALE_TRY(const Field field, fields.next());
      if (is_payload(field.number)) size += field.content.size();
    }
    return size;
  }

  std::size_t kept_bytes_;
};

}  // namespace

Result<std::string> without_payloads(std::span<const std::byte> model, std::size_t kept_bytes) {
  std::string out;
  out.reserve(std::min<std::size_t>(model.size(), std::size_t{1} << 20));
  HALE_CHECK(Copier(kept_bytes).copy(model, 0, Message::model, 0, out));
  return out;
}

}  // namespace hale::onnx_frontend
