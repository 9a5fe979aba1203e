// expect: InnerLoop
// lines: 24
#include "chains.hpp"

using namespace chains;
struct Steps {  // of second order, but nothing takes a step back
  static constexpr std::size_t steps = 2;
  static constexpr meta::Order order = meta::Order::second;
  static constexpr bool learns_rates = false;
  static constexpr double initial_rate = 1e-3;
  template <class T>
  static void step(std::size_t, std::span<const T>, std::span<const T>, std::span<const T>,
                   std::span<T>) noexcept {}
};
meta::Learner<Net, meta::NoModulator, Steps> learner;
