#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace hale::graph {

/// A vector that grows by blocks, so that references to its elements stay valid while more is
/// added.
///
/// Cost: an element is found by a shift and a mask; a block is one allocation.
template <class T>
class StableVector {
 public:
  StableVector() = default;
  StableVector(const StableVector& other) { append_all(other); }
  StableVector(StableVector&& other) noexcept
      : blocks_(std::move(other.blocks_)), size_(std::exchange(other.size_, 0)) {}
  StableVector& operator=(StableVector other) noexcept {
    blocks_.swap(other.blocks_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~StableVector() = default;

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::size_t index) { return blocks_[index / block][index % block]; }
  [[nodiscard]] const T& operator[](std::size_t index) const {
    return blocks_[index / block][index % block];
  }
  [[nodiscard]] T& front() { return blocks_.front().front(); }
  [[nodiscard]] const T& front() const { return blocks_.front().front(); }

  void push_back(T element) {
    if (size_ % block == 0) blocks_.emplace_back().reserve(block);
    blocks_.back().push_back(std::move(element));
    ++size_;
  }

 private:
  static constexpr std::size_t block = 64;

  void append_all(const StableVector& other) {
    blocks_.reserve(other.blocks_.size());
    for (const std::vector<T>& from : other.blocks_) {
      std::vector<T>& to = blocks_.emplace_back();
      to.reserve(block);
      to.insert(to.end(), from.begin(), from.end());
    }
    size_ = other.size_;
  }

  std::vector<std::vector<T>> blocks_;  // each of `block` elements but the last
  std::size_t size_ = 0;
};

}  // namespace hale::graph
