#pragma once

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace hale {

/// Objects that one thread at a time may use, lent out and taken back.
///
/// An object is made only where none is free: there are as many as were ever lent at once, and a
/// loan allocates nothing once they are there.
template <class T>
class Pool {
 public:
  /// One object, which goes back to its pool at the end of its scope.
  class Loan {
   public:
    Loan(Pool& pool, T object) : pool_(pool), object_(std::move(object)) {}
    ~Loan() { pool_.put_back(std::move(object_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    [[nodiscard]] T& operator*() { return object_; }
    [[nodiscard]] T* operator->() { return &object_; }

   private:
    Pool& pool_;
    T object_;
  };

  /// A free object, else what `make()` gives.
  template <class Make>
  [[nodiscard]] Loan borrow(const Make& make) {
    {
      const std::scoped_lock lock(mutex_);
      if (!free_.empty()) {
        T object = std::move(free_.back());
        free_.pop_back();
        return Loan(*this, std::move(object));
      }
      free_.reserve(++made_);  // so that putting back allocates nothing, and cannot fail
    }
    return Loan(*this, make());
  }

 private:
  void put_back(T object) {
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(object));
  }

  std::mutex mutex_;
  std::vector<T> free_;
  std::size_t made_ = 0;
};

}  // namespace hale
