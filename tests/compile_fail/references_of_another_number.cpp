// expect: hale: MetaRecipe: the protocol has another number of references
// lines: 18
#include "chains.hpp"

using namespace chains;
using Ten = device::ReferenceLatencies<10>;
using L = meta::Learner<Network<Given<10>, nn::Linear<1>>, meta::NoModulator, meta::MetaSgd<2>>;
template void chains::run<Recipe<L, Encoder, Ten>>(const device::LatencyTable&);
