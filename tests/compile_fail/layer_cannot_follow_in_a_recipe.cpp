// expect: a layer cannot follow the shape before it
// expect: LayerCannotFollow<.*GraphConv<5.*>.*Joined<16.*, 16.*>.*1
// lines: 18
#include "chains.hpp"

using namespace chains;
using Wrong = Network<Given<6>, nn::GraphConv<5>, nn::Linear<1>>;
using L = meta::Learner<Wrong, meta::Modulator<Wrong, 6, 4, 1>, meta::MetaSgd<2>>;
template void chains::run<Recipe<L>>(const device::LatencyTable&);
