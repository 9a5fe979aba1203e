#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace hale {

/// A flat array on a 64-byte boundary whose length is fixed when it is made.
///
/// One vector register's worth of zeros follows the last element, so that kernels may read, never
/// write, a whole register at any element.
template <class T>
requires std::is_trivially_copyable_v<T>
class Buffer {
 public:
  static constexpr std::size_t alignment = 64;
  static constexpr std::size_t slack = alignment / sizeof(T);

  Buffer() = default;
  explicit Buffer(std::size_t size) : data_(allocate(size)), size_(size) {}
  explicit Buffer(std::span<const T> values) : Buffer(values.size()) {
    std::copy(values.begin(), values.end(), data_);
  }
  Buffer(const Buffer& other) : Buffer(std::span<const T>(other)) {}
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Buffer() {
    if (data_ != nullptr) ::operator delete (data_, std::align_val_t{alignment});
  }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] T* begin() { return data_; }
  [[nodiscard]] T* end() { return data_ + size_; }
  [[nodiscard]] const T* begin() const { return data_; }
  [[nodiscard]] const T* end() const { return data_ + size_; }
  [[nodiscard]] T& operator[](std::size_t index) { return data_[index]; }
  [[nodiscard]] const T& operator[](std::size_t index) const { return data_[index]; }

  friend bool operator==(const Buffer& a, const Buffer& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  static T* allocate(std::size_t size) {
    // A size that no memory holds is one that operator new refuses in its own way.
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
    const std::size_t padded = size + slack;
    const std::size_t bytes = size < most / sizeof(T) - slack ? padded * sizeof(T) : most;
    T* data = static_cast<T*>(::operator new (bytes, std::align_val_t{alignment}));
    std::fill_n(data, padded, T{});
    return data;
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace hale
