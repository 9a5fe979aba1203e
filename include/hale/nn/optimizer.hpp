#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <hale/core/buffer.hpp>
#include <hale/core/config.hpp>
#include <hale/core/ratio.hpp>
#include <ratio>
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
    move(advance(), 0, theta, gradient);
  }

  /// The two factors of a step that are the same for every parameter.
  struct Step {
    T rate;
    T spread;
  };

  /// Begins a step whose parameters are moved in parts, each by one call of move().
  [[nodiscard]] Step advance() noexcept {
    ++steps_;
    const auto steps = static_cast<double>(steps_);
    return {static_cast<T>(options_.rate / (1 - std::pow(options_.beta1, steps))),
            static_cast<T>(1 / std::sqrt(1 - std::pow(options_.beta2, steps)))};
  }

  /// Moves the parameters from number `from` on. Calls with disjoint parts may run at once.
  void move(const Step& step, std::size_t from, std::span<T> theta,
            std::span<const T> gradient) noexcept {
    HALE_ASSERT(theta.size() == gradient.size() && from + theta.size() <= first_.size());
    const auto beta1 = static_cast<T>(options_.beta1);
    const auto beta2 = static_cast<T>(options_.beta2);
    const auto epsilon = static_cast<T>(options_.epsilon);
    T* const first = first_.data() + from;
    T* const second = second_.data() + from;
    for (std::size_t i = 0; i < theta.size(); ++i) {
      const T g = gradient[i];
      first[i] = beta1 * first[i] + (1 - beta1) * g;
      second[i] = beta2 * second[i] + (1 - beta2) * g * g;
      theta[i] -= step.rate * first[i] / (std::sqrt(second[i]) * step.spread + epsilon);
    }
  }

  /// What a checkpoint holds.
  [[nodiscard]] std::uint64_t& steps() { return steps_; }
  template <class Visit>
  void for_each_moment(Visit visit) {
    visit("first", first_);
    visit("second", second_);
  }
  [[nodiscard]] Buffer<T>& first() { return first_; }
  [[nodiscard]] Buffer<T>& second() { return second_; }

 private:
  Options options_;
  std::uint64_t steps_ = 0;
  Buffer<T> first_;
  Buffer<T> second_;
};

/// Adam as a recipe names it.
template <Ratio Rate = std::ratio<1, 10000>>
struct AdamRule {
  static constexpr double rate = value_of<Rate>;

  template <std::floating_point T>
  static Adam<T> make(std::size_t size, double at_rate) {
    return Adam<T>(size, {.rate = at_rate});
  }
};

}  // namespace hale::nn
