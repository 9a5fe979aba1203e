#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace hale::lift {

/// What one run of a cell's edge does. A skip and a sum are no operations: they only name values.
enum class CellOperation : std::uint8_t { avg_pool_3x3, nor_conv_1x1, nor_conv_3x3, zero };

/// What becomes of operations whose result is zero, or a constant made of biases alone.
enum class Zeros : std::uint8_t { fold, keep };

/// The computation of a cell, built up value by value, and a key that is equal for two cells if and
/// only if they compute the same: up to the order of summands and of what does not depend on each
/// other, and up to biases. Convolutions have weights of their own, so that the same convolution of
/// the same value twice is two; what has no weights and the same operand is one and the same.
class CellGraph {
 public:
  /// Of operations, and of a value's summands. A cell has six and four at the most.
  static constexpr std::size_t capacity = 8;

  /// A value: the sum of the input (0) and of operations' results (1 and up), in ascending order.
  class Value {
   public:
    [[nodiscard]] constexpr std::span<const std::uint8_t> summands() const {
      return {summands_.data(), size_};
    }
    friend constexpr bool operator==(const Value& a, const Value& b) {
      return std::equal(a.summands().begin(), a.summands().end(), b.summands().begin(),
                        b.summands().end());
    }

   private:
    friend class CellGraph;
    std::array<std::uint8_t, capacity> summands_{};
    std::uint8_t size_ = 0;
  };

  explicit constexpr CellGraph(Zeros zeros) : zeros_(zeros) {}

  [[nodiscard]] static constexpr Value input() {
    Value value;
    value.size_ = 1;
    return value;
  }
  [[nodiscard]] static constexpr Value nothing() { return {}; }

  [[nodiscard]] constexpr Value apply(CellOperation operation, const Value& operand) {
    const bool is_nothing = operation == CellOperation::zero || operand.size_ == 0;
    if (zeros_ == Zeros::fold && is_nothing) return nothing();
    const bool has_weights =
        operation == CellOperation::nor_conv_1x1 || operation == CellOperation::nor_conv_3x3;
    if (!has_weights)
      for (std::size_t i = 0; i < size_; ++i)
        if (vertices_[i].operation == operation && vertices_[i].operand == operand)
          return single(i);
    if (size_ == capacity) {
      is_too_large_ = true;
      return nothing();
    }
    vertices_[size_] = {operation, operand};
    return single(size_++);
  }

  [[nodiscard]] constexpr Value sum(const Value& a, const Value& b) {
    Value both;
    if (a.summands().size() + b.summands().size() > capacity) {
      is_too_large_ = true;
      return both;
    }
    const auto* end = std::merge(a.summands().begin(), a.summands().end(), b.summands().begin(),
                                 b.summands().end(), both.summands_.begin());
    both.size_ = static_cast<std::uint8_t>(end - both.summands_.data());
    return both;
  }

  /// The key of what has been built with `output` as its result; nothing where no cell can be so.
  ///
  /// In a cell only the convolution of the first edge can reach the output in more than one way, so
  /// that the tree of operations with a mark at that one says everything.
  [[nodiscard]] constexpr std::optional<std::uint64_t> key(const Value& output) const {
    if (is_too_large_) return std::nullopt;
    // How many ways lead from each vertex to the output; they only matter as 0, 1 and more.
    std::array<std::uint64_t, capacity + 1> ways{};
    for (const std::uint8_t summand : output.summands()) ++ways[summand];
    for (std::size_t i = size_; i-- > 0;)
      for (const std::uint8_t summand : vertices_[i].operand.summands())
        ways[summand] = std::min<std::uint64_t>(ways[summand] + ways[i + 1], 2);
    std::array<std::uint64_t, capacity + 1> codes{mix(1)};
    std::size_t shared = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      const auto operation = static_cast<std::uint64_t>(vertices_[i].operation);
      const bool has_weights = operation == 1 || operation == 2;
      const bool is_shared = has_weights && ways[i + 1] > 1;
      if (is_shared) ++shared;
      codes[i + 1] =
          mix(total(vertices_[i].operand, codes) + 2 * operation + (is_shared ? 1 : 0) + 2);
    }
    if (shared > 1) return std::nullopt;
    return mix(total(output, codes));
  }

 private:
  struct Vertex {
    CellOperation operation = CellOperation::zero;
    Value operand{};
  };

  [[nodiscard]] static constexpr Value single(std::size_t vertex) {
    Value value;
    value.summands_[0] = static_cast<std::uint8_t>(vertex + 1);
    value.size_ = 1;
    return value;
  }
  /// A sum of well-mixed codes does not depend on the order and tells multiplicities apart.
  [[nodiscard]] static constexpr std::uint64_t total(
      const Value& value, const std::array<std::uint64_t, capacity + 1>& codes) {
    std::uint64_t sum = 0;
    for (const std::uint8_t summand : value.summands()) sum += codes[summand];
    return sum;
  }
  /// Source: splitmix64's output function.
  [[nodiscard]] static constexpr std::uint64_t mix(std::uint64_t z) {
    z += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  Zeros zeros_;
  std::array<Vertex, capacity> vertices_{};
  std::size_t size_ = 0;
  bool is_too_large_ = false;
};

}  // namespace hale::lift
