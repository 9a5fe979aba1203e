#include "read_tensor.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hale/core/text.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hale::onnx_frontend {

namespace {

[[nodiscard]] double half_to_double(std::uint16_t bits) {
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 0x3ff;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 31) return sign * (fraction == 0 ? HUGE_VAL : std::nan(""));
  return sign * std::ldexp(fraction + 1024, exponent - 25);
}

[[nodiscard]] double brain_to_double(std::uint16_t bits) {
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
}

/// `count` numbers of little-endian bytes; nothing where their size is another.
template <class Stored>
[[nodiscard]] std::optional<std::vector<Stored>> stored_numbers(const std::string& bytes,
                                                                std::size_t count) {
  if (bytes.size() % sizeof(Stored) != 0 || bytes.size() / sizeof(Stored) != count)
    return std::nullopt;
  std::vector<Stored> numbers(count);
  if (count > 0) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

template <class Kept, class Numbers, class Convert>
[[nodiscard]] std::vector<Kept> converted(const Numbers& numbers, const Convert& convert) {
  std::vector<Kept> out;
  out.reserve(static_cast<std::size_t>(numbers.size()));
  for (const auto number : numbers) out.push_back(convert(number));
  return out;
}

template <class Kept>
constexpr auto plain = [](auto number) { return static_cast<Kept>(number); };

[[nodiscard]] tl::unexpected<Error> refuse_tensor(const onnx::TensorProto& proto,
                                                  std::string_view found,
                                                  std::string_view expected) {
  return fail(concat("tensor '", proto.name(), "': ", found, " found, expected ", expected));
}

/// A tensor of these extents without elements; `named` is the message that has its name.
template <class Extents>
[[nodiscard]] Result<graph::Tensor> elided(const onnx::TensorProto& named, const Extents& extents) {
  graph::Tensor out{.element = graph::element_type(named.data_type())};
  const auto rank = static_cast<std::size_t>(extents.size());
  if (rank > graph::max_rank)
    return refuse_tensor(named, concat(rank, " axes"), concat("at most ", graph::max_rank));
  std::optional<std::int64_t> count = 1;
  for (const std::int64_t extent : extents) {
    if (extent < 0) return refuse_tensor(named, concat("extent ", extent), "none below 0");
    out.dims.push_back(extent);
    if (count) count = graph::checked_product(*count, extent);
  }
  if (!count) return refuse_tensor(named, "more than 2^63 elements", "fewer");
  return out;
}

class TensorReader {
 public:
  explicit TensorReader(const onnx::TensorProto& proto) : proto_(proto) {}

  [[nodiscard]] Result<graph::Tensor> run() {
    HALE_TRY(graph::Tensor out, elided(proto_, proto_.dims()));
    count_ = 1;
    for (const std::int64_t extent : out.dims) count_ *= static_cast<std::size_t>(extent);
    // What lies outside the file is weights, whatever its size; its path is not looked at.
    if (proto_.data_location() != onnx::TensorProto::EXTERNAL) HALE_CHECK(elements(out));
    return out;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> refuse(std::string_view found,
                                             std::string_view expected) const {
    return refuse_tensor(proto_, found, expected);
  }

  [[nodiscard]] Result<> elements(graph::Tensor& out) {
    using enum graph::ElementType;
    const auto& narrow = proto_.int32_data();
    switch (out.element) {
      case f32:
        return floats<float>(out, proto_.float_data(), plain<double>);
      case f64:
        return floats<double>(out, proto_.double_data(), plain<double>);
      case f16:
        return floats<std::uint16_t>(out, narrow, [](auto bits) {
          return half_to_double(static_cast<std::uint16_t>(bits));
        });
      case bf16:
        return floats<std::uint16_t>(out, narrow, [](auto bits) {
          return brain_to_double(static_cast<std::uint16_t>(bits));
        });
      case i64:
        return integers<std::int64_t>(out, proto_.int64_data());
      case i32:
        return integers<std::int32_t>(out, narrow);
      case i16:
        return integers<std::int16_t>(out, narrow);
      case i8:
        return integers<std::int8_t>(out, narrow);
      case u8:
      case boolean:
        return integers<std::uint8_t>(out, narrow);
      case u16:
        return integers<std::uint16_t>(out, narrow);
      case u32:
        return integers<std::uint32_t>(out, proto_.uint64_data());
      case u64:
        return integers<std::uint64_t>(out, proto_.uint64_data());
      default:
        return {};
    }
  }

  template <class Stored, class Listed, class Convert>
  [[nodiscard]] Result<> floats(graph::Tensor& out, const Listed& listed, const Convert& convert) {
    HALE_TRY(std::vector<double> found, (read<Stored, double>(listed, convert)));
    bool is_finite = true;
    for (const double each : found) is_finite = is_finite && std::isfinite(each);
    const bool is_kept = count_ <= kept_floats && found.size() == count_;
    const bool is_printable = is_finite || sizeof(Stored) >= 4;
    if (is_kept && is_printable) out.elements = std::move(found);
    return {};
  }
  template <class Stored, class Listed>
  [[nodiscard]] Result<> integers(graph::Tensor& out, const Listed& listed) {
    HALE_TRY(std::vector<std::int64_t> found,
             (read<Stored, std::int64_t>(listed, plain<std::int64_t>)));
    if (found.size() == count_ && count_ <= kept_integers) out.elements = std::move(found);
    return {};
  }
  /// The elements of either form; none where the payload is left out.
  template <class Stored, class Kept, class Listed, class Convert>
  [[nodiscard]] Result<std::vector<Kept>> read(const Listed& listed, const Convert& convert) {
    if (!proto_.raw_data().empty()) {
      const auto numbers = stored_numbers<Stored>(proto_.raw_data(), count_);
      if (!numbers)
        return refuse(concat(proto_.raw_data().size(), " bytes of raw_data"),
                      concat(sizeof(Stored), " for each of ", count_, " elements"));
      return converted<Kept>(*numbers, convert);
    }
    if (!listed.empty() && static_cast<std::size_t>(listed.size()) != count_)
      return refuse(concat(listed.size(), " elements"), concat(count_));
    return converted<Kept>(listed, convert);
  }

  const onnx::TensorProto& proto_;
  std::size_t count_ = 0;
};

}  // namespace

Result<graph::Tensor> read_tensor(const onnx::TensorProto& proto) {
  return TensorReader(proto).run();
}

Result<graph::Tensor> read_tensor(const onnx::SparseTensorProto& proto) {
  return elided(proto.values(), proto.dims());
}

}  // namespace hale::onnx_frontend
