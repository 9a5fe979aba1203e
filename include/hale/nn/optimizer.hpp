#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <hale/core/buffer.hpp>
#include <hale/core/config.hpp>
#include <span>

namespace hale::nn {

/// Adam with bias correction, without weight decay.
///
/// Cost: O(parameters), no allocation after construction.
/// Source: Kingma and Ba, ICLR 2015, algorithm 1.
template <std::floating_point T>
class Adam {
 public:
  struct Options {
    double rate = 1e-3;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
  };

  explicit Adam(std::size_t size) : Adam(size, Options{}) {}
  Adam(std::size_t size, const Options& options) : options_(options), first_(size), second_(size) {}

  void step(std::span<T> theta, std::span<const T> gradient) noexcept {
    HALE_ASSERT(theta.size() == first_.size() && gradient.size() == first_.size());
    ++steps_;
    const auto steps = static_cast<double>(steps_);
    const auto beta1 = static_cast<T>(options_.beta1);
    const auto beta2 = static_cast<T>(options_.beta2);
    const auto epsilon = static_cast<T>(options_.epsilon);
    const auto rate = static_cast<T>(options_.rate / (1 - std::pow(options_.beta1, steps)));
    const auto spread = static_cast<T>(1 / std::sqrt(1 - std::pow(options_.beta2, steps)));
    for (std::size_t i = 0; i < theta.size(); ++i) {
      const T g = gradient[i];
      first_[i] = beta1 * first_[i] + (1 - beta1) * g;
      second_[i] = beta2 * second_[i] + (1 - beta2) * g * g;
      theta[i] -= rate * first_[i] / (std::sqrt(second_[i]) * spread + epsilon);
    }
  }

  /// What a checkpoint holds.
  [[nodiscard]] std::uint64_t& steps() { return steps_; }
  [[nodiscard]] Buffer<T>& first() { return first_; }
  [[nodiscard]] Buffer<T>& second() { return second_; }

 private:
  Options options_;
  std::uint64_t steps_ = 0;
  Buffer<T> first_;
  Buffer<T> second_;
};

}  // namespace hale::nn
