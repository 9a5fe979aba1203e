// expect: hale: Learner: the modulator is to change more layers than the network has
// lines: 18
#include "chains.hpp"

using namespace chains;
using L = meta::Learner<Net, meta::Modulator<Net, 6, 4, 5>, meta::MetaSgd<2>>;
template void chains::run<Recipe<L>>(const device::LatencyTable&);
