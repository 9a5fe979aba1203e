// expect: hale: MetaRecipe: the modulator takes another size than the embedding has
// lines: 18
#include "chains.hpp"

using namespace chains;
using L = meta::Learner<Net, meta::Modulator<Net, 10, 4, 2>, meta::MetaSgd<2>>;
template void chains::run<Recipe<L>>(const device::LatencyTable&);
