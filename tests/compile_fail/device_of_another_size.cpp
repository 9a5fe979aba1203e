// expect: hale: MetaRecipe: the network takes another size than the embedding has
// lines: 18
#include "chains.hpp"

using namespace chains;
using Ten = Network<Given<10>, nn::Linear<1>>;
using L = meta::Learner<Ten, meta::NoModulator, meta::MetaSgd<2>>;
template void chains::run<Recipe<L>>(const device::LatencyTable&);
