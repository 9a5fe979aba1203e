#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/core/buffer.hpp>
#include <hale/core/shape.hpp>
#include <hale/nn/values.hpp>
#include <hale/space/concepts.hpp>
#include <span>
#include <vector>

namespace hale::meta {

/// A batch of encoded architectures, as the network whose input is `Input` takes it.
template <class Input, std::floating_point T, space::Number CodeType = std::uint8_t>
class InputBatch;

template <class G, std::floating_point T>
class InputBatch<GivenNodes<G>, T, std::uint8_t> {
 public:
  using Code = std::uint8_t;

  void assign(std::span<const Code> codes) { batch_.assign(codes); }
  [[nodiscard]] const nn::NodeBatch<G, T>* value() const { return &batch_; }
  [[nodiscard]] std::size_t rows() const { return batch_.rows(); }

 private:
  nn::NodeBatch<G, T> batch_;
};

template <std::size_t N, std::floating_point T, space::Number CodeType>
class InputBatch<Given<N>, T, CodeType> {
 public:
  using Code = CodeType;

  void assign(std::span<const Code> codes) {
    rows_ = codes.size() / N;
    if (features_.size() < codes.size()) features_ = Buffer<T>(codes.size());
    std::transform(codes.begin(), codes.end(), features_.begin(),
                   [](Code code) { return static_cast<T>(code); });
  }
  [[nodiscard]] MatrixView<const T> value() const { return {features_.data(), rows_, N}; }
  [[nodiscard]] std::size_t rows() const { return rows_; }

 private:
  Buffer<T> features_;
  std::size_t rows_ = 0;
};

/// The batch of an encoder's architectures.
template <space::Encoder E, std::floating_point T>
using EncodedBatch = InputBatch<typename E::Output, T, typename E::Code>;

/// Many architectures' codes one behind the other.
template <space::Encoder E>
class EncodedRows {
  static_assert(space::EncoderCheck<E>::is_said);

 public:
  using Code = typename E::Code;
  using Architecture = typename E::Space::Architecture;

  void push_back(const Architecture& architecture) {
    codes_.resize(codes_.size() + E::size);
    E::encode(architecture,
              std::span<Code, E::size>(codes_.data() + codes_.size() - E::size, E::size));
  }
  [[nodiscard]] std::size_t size() const { return codes_.size() / E::size; }
  [[nodiscard]] std::span<const Code> codes() const { return codes_; }
  [[nodiscard]] std::span<const Code> row(std::size_t index) const {
    return std::span<const Code>(codes_).subspan(index * E::size, E::size);
  }
  /// The codes of some rows, in their order. Shapes: rows (n) -> (n * E::size).
  void select(std::span<const std::size_t> rows, std::vector<Code>& out) const {
    out.clear();
    for (const std::size_t index : rows) {
      const auto code = row(index);
      out.insert(out.end(), code.begin(), code.end());
    }
  }

 private:
  std::vector<Code> codes_;
};

}  // namespace hale::meta
