// expect: hale: Learner: learned rates have no gradient of first order
// lines: 18
#include "chains.hpp"

using namespace chains;
struct Hasty : meta::Maml<2, meta::Order::first> {
  static constexpr bool learns_rates = true;
};
using L = meta::Learner<Net, meta::NoModulator, Hasty>;
template void chains::run<Recipe<L>>(const device::LatencyTable&);
