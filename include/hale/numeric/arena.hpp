#pragma once

#include <algorithm>
#include <cstddef>
#include <hale/core/buffer.hpp>
#include <hale/core/config.hpp>
#include <hale/core/view.hpp>
#include <hale/numeric/dual.hpp>
#include <vector>

namespace hale::numeric {

/// Memory for the activations of one pass, given back all at once.
///
/// Cost: no allocation once a pass as large as the next has been through.
template <std::floating_point T>
class Arena {
 public:
  /// A matrix of unspecified contents that lives until reset().
  template <Scalar S>
  requires std::is_same_v<Real<S>, T>
  [[nodiscard]] Matrix<S> take(std::size_t rows, std::size_t columns) {
    if constexpr (std::is_same_v<S, T>) {
      return {claim(rows * columns), rows, columns};
    } else {
      T* known = computes_values<S> ? claim(rows * columns) : replayed();
      const MatrixView<T> value{known, rows, columns};
      return {value, {claim(rows * columns), rows, columns}};
    }
  }

  /// From now on the values of replayed matrices are those that `recorded` gave out, in order.
  /// Pre: the same pass went through `recorded` since its last reset, which it outlives.
  void replay(const Arena& recorded) {
    recorded_ = &recorded;
    reset();
  }

  /// Ends the life of every matrix taken; what was used is kept as one block.
  void reset() {
    if (blocks_.size() > 1) {
      std::size_t total = 0;
      for (const Buffer<T>& block : blocks_) total += block.size();
      blocks_.clear();
      blocks_.emplace_back(total);
    }
    used_ = 0;
    given_.clear();
    next_replayed_ = 0;
  }

 private:
  T* replayed() {
    HALE_ASSERT(recorded_ != nullptr && next_replayed_ < recorded_->given_.size());
    return recorded_->given_[next_replayed_++];
  }

  T* claim(std::size_t count) {
    constexpr std::size_t line = Buffer<T>::slack;
    const std::size_t padded = (count / line + 2) * line;  // aligned, with slack to read
    if (blocks_.empty() || blocks_.back().size() - used_ < padded) {
      const std::size_t last = blocks_.empty() ? 0 : blocks_.back().size();
      blocks_.emplace_back(std::max({padded, 2 * last, std::size_t{1} << 14}));
      used_ = 0;
    }
    T* first = blocks_.back().data() + used_;
    used_ += padded;
    given_.push_back(first);
    return first;
  }

  std::vector<Buffer<T>> blocks_;  // the last one is being filled
  std::size_t used_ = 0;
  std::vector<T*> given_;  // since the last reset, in order
  const Arena* recorded_ = nullptr;
  std::size_t next_replayed_ = 0;
};

}  // namespace hale::numeric
