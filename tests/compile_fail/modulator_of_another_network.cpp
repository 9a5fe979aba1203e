// expect: hale: Learner: the modulator was made for another network
// lines: 18
#include "chains.hpp"

using namespace chains;
using Other = Network<Given<6>, nn::Linear<64>, nn::Relu, nn::Linear<1>>;
using L = meta::Learner<Net, meta::Modulator<Other, 6, 4, 2>, meta::MetaSgd<2>>;
template void chains::run<Recipe<L>>(const device::LatencyTable&);
