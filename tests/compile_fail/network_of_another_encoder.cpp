// expect: hale: MetaRecipe: the network takes another input than the encoder gives
// lines: 18
#include "chains.hpp"

using namespace chains;
using Other = nn::Network<nn::Sequential<Tower, nn::Linear<1>>, Given<9>>;
using L = meta::Learner<Other, meta::NoModulator, meta::MetaSgd<2>>;
template void chains::run<Recipe<L>>(const device::LatencyTable&);
